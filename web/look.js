// What the machine has to say about the task, asked for when it is opened.

import { ask } from "./python.js";
import { make, safe } from "./safe.js";

const PANELS = { gradient: gradientShown, graph: graphShown, stepped: stepperShown, derived: derivationShown };
const PIXELS = 4 / 3; // of a point, in which Graphviz measures
const frame = document.getElementById("frame");
let task;

// A part that scrolls by itself where it is too wide, by keyboard as well.
function scrolling(label, ...children) {
  return make("div", { className: "scroll", tabIndex: 0, role: "group", ariaLabel: label }, ...children);
}

const quiet = (note) => (note ? [make("p", { className: "quiet" }, `${note}.`)] : []);

function gradientShown({ shown, partials }) {
  const value = make("p", {}, ...safe("<math><mi>f</mi><mo>=</mo></math>"), ` ${shown}`);
  if (!partials.length) return [value, make("p", {}, "There is no variable to differentiate with respect to.")];
  const head = make("tr", {}, ...["", "here", "as a formula"].map((text) => make(text ? "th" : "td", {}, text)));
  const rows = partials.map((partial) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, partial.title),
      make("td", {}, partial.shown),
      make("td", {}, ...safe(partial.formula), ...quiet(partial.note)),
    ),
  );
  return [value, scrolling("the gradient", make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)))];
}

function picture(svg, text) {
  const [drawn] = svg ? safe(svg) : [make("pre", {}, text)];
  if (svg) drawn.setAttribute("width", drawn.viewBox.baseVal.width * PIXELS);
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", text);
  return make("div", { className: "picture" }, drawn);
}

function graphShown({ svg, text, note }) {
  return [
    scrolling("the graph", picture(svg, text)),
    ...quiet(note),
  ];
}

function derivationShown({ html }) {
  return safe(html).map((part) =>
    part.localName === "table" ? scrolling("a table of the derivation", part)
      : part.localName === "svg" ? scrolling("the graph", picture(part.outerHTML, "the graph"))
        : part,
  );
}

// The stepper runs its own script, so it lives in a frame that is walled off.
function stepperShown({ page }) {
  frame.hidden = false;
  frame.contentWindow.postMessage(page, "*"); // a sandbox has no origin to name
  return [];
}

async function fill(panel) {
  const content = panel.querySelector(".panel");
  if (panel.contains(frame)) frame.hidden = true;
  if (!content.childElementCount) content.replaceChildren(make("p", { className: "quiet" }, "Working …"));
  const found = await ask(panel.id, { task });
  if (!found || !panel.open) return;
  content.replaceChildren(...(found.error ? [make("p", { className: "undecided" }, `${found.error}.`)]
    : PANELS[panel.id](found)));
}

const panels = Object.keys(PANELS).map((id) => document.getElementById(id));
for (const panel of panels) panel.addEventListener("toggle", () => panel.open && fill(panel));

// Another task, or the same one changed: what is open is asked for anew.
export function lookAt(now, closed) {
  task = now;
  for (const panel of panels) {
    if (closed) panel.open = false;
    if (!panel.open) panel.querySelector(".panel").replaceChildren();
    else fill(panel);
  }
}
