// What was typed, for each task: kept for as long as the tab is open, and nowhere else.

const KEY = "chainrule";

function restored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const work = { student: "", tasks: {}, own: null, ...restored() };

export function keep() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(work));
  } catch {
    // A browser that keeps nothing: the page works all the same.
  }
}

// The answers to a task; one's own function has one place, whatever it is at the moment.
export function answersTo(task) {
  const key = task.exercise ? JSON.stringify([task.exercise, task.seed ?? ""]) : "own";
  work.tasks[key] ??= { task, claims: {}, values: {} };
  work.tasks[key].task = task;
  return work.tasks[key];
}

export function done() {
  const typed = (texts) => Object.values(texts).some((text) => text.trim());
  return Object.values(work.tasks).filter(({ claims, values }) => typed(claims) || typed(values));
}
