// A row for each value and derivative: what was typed, how it was understood, the verdict, and hints one at a time.

import { ask } from "./python.js";
import { make, reachable, safe } from "./safe.js";
import { answersTo, done, keep, work } from "./work.js";

const PAUSE = 500; // milliseconds without a key: then one has stopped typing
const MARKS = {
  right: "✓ right", rounded: "✓ rounded", wrong: "✗ wrong", undecided: "? undecided", unreadable: "? unreadable",
};
const byId = (id) => document.getElementById(id);
let answers, rows = new Map(), timer;

function row(kind, name, label, spoken) {
  const input = make("input", {
    className: "formula", id: `${kind}-${name}`, ariaLabel: spoken, value: answers[kind][name] ?? "",
    autocomplete: "off", autocapitalize: "off", spellcheck: false, enterKeyHint: "next",
  });
  const parts = {
    mark: make("span", { className: "mark" }),
    typeset: make("div", { className: "below typeset", role: "group", ariaLabel: "as it was understood" }),
    note: make("div", { className: "below" }),
    hints: make("div", { className: "below" }),
  };
  input.addEventListener("input", () => {
    answers[kind][name] = input.value;
    keep();
    clear(parts); // an older verdict is not that of what stands there now
    parts.mark.textContent = input.value.trim() && "…";
    clearTimeout(timer);
    timer = setTimeout(judge, PAUSE);
  });
  const title = make("label", { htmlFor: input.id }, ...safe(label), " =");
  rows.set(`${kind} ${name}`, parts);
  return make("div", { className: "row" }, title, input, ...Object.values(parts));
}

function clear({ mark, typeset, note, hints }) {
  mark.textContent = "";
  for (const part of [typeset, note, hints]) part.replaceChildren();
}

// Rows for this task: the steps forward, then the derivatives.
export function answer(task, { steps, variables }) {
  answers = answersTo(task);
  rows = new Map();
  const forward = steps.length ? steps : [{ name: "f", math: "<math><mi>f</mi></math>" }];
  const derivatives = [...steps.filter(({ name }) => name !== "f").reverse(), ...variables];
  byId("rows").replaceChildren(
    make("h3", { className: "part" }, "Forward: the values"),
    ...forward.map(({ name, math }) => row("values", name, math, `value of ${name}`)),
    make("h3", { className: "part" }, "Backward: the derivatives"),
    ...derivatives.map(({ name, partial }) => row("claims", name, partial, `∂f/∂${name}`)),
  );
  judge();
}

export async function judge() {
  clearTimeout(timer);
  const asked = JSON.stringify(answers);
  const found = await ask("judged", JSON.parse(asked));
  if (!found || asked !== JSON.stringify(answers)) return; // it was typed on
  byId("verdict").textContent = found.error ? `${found.error}.` : found.verdict;
  byId("verdict").className = found.ok ? "right" : "";
  for (const parts of rows.values()) clear(parts);
  for (const claim of found.claims ?? []) {
    const parts = rows.get(`${claim.kind === "value" ? "values" : "claims"} ${claim.name}`);
    if (parts) show(claim, parts);
  }
}

function show({ verdict, math, note, place, hints }, parts) {
  parts.mark.textContent = MARKS[verdict];
  parts.mark.className = `mark ${verdict}`;
  parts.typeset.replaceChildren(...safe(math));
  reachable(parts.typeset);
  parts.note.replaceChildren(...(note ? [make("p", { className: "quiet" }, note)] : []),
    ...(place ? [make("pre", {}, place)] : []));
  if (hints.length) parts.hints.replaceChildren(...hinting(hints));
}

// A list that grows by one hint with every press.
function hinting(hints) {
  const list = make("ol", { className: "hints", ariaLive: "polite" });
  const button = make("button", { type: "button" }, "Give me a hint");
  button.addEventListener("click", () => {
    list.append(make("li", {}, hints[list.childElementCount]));
    const left = hints.length - list.childElementCount;
    button.textContent = "Another hint";
    if (!left) button.remove();
  });
  return [list, button];
}

async function save() {
  const all = done();
  if (!all.length) {
    byId("saved").textContent = "There is nothing to save yet.";
    return;
  }
  const { text } = await ask("sheet", { student: work.student, work: all });
  const file = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
  const link = make("a", { href: file, download: "answers.toml" });
  link.click();
  URL.revokeObjectURL(file);
  const many = all.length === 1 ? "one task" : `${all.length} tasks`;
  byId("saved").textContent =
    `Your answers to ${many} are in answers.toml; "chainrule verify answers.toml" grades them.`;
}

byId("student").value = work.student;
byId("student").addEventListener("input", ({ target }) => {
  work.student = target.value;
  keep();
});
byId("save").addEventListener("click", save);
