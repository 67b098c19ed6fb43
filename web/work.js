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

const keyOf = (task) =>
  JSON.stringify(task.exercise ? [task.exercise, task.seed ?? ""] : [task.function, task.at]);

// The answers to a task: { task, claims, values }.
export function answersTo(task) {
  return (work.tasks[keyOf(task)] ??= { task, claims: {}, values: {} });
}

// One's own function was changed, or its point: what was answered stays with it.
export function moved(from, to) {
  const answers = answersTo(from);
  delete work.tasks[keyOf(from)];
  answers.task = to;
  work.tasks[keyOf(to)] = answers;
}

export function done() {
  const typed = (texts) => Object.values(texts).some((text) => text.trim());
  return Object.values(work.tasks).filter(({ claims, values }) => typed(claims) || typed(values));
}
