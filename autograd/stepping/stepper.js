// Steps through a graph: what is shown at each step, and what answers to buttons, sliders and keys.
//
// The page brings three things: `data`, the nodes and edges in the order of the forward pass, as contents.py makes it;
// `trace`, the graph's own program, which gives all values and local derivatives from the numbers of the leaves; and
// `functions`, the table of operations, for what is typed. Labels are set as text, or came as MathML, escaped.

const find = (id) => document.getElementById(id);
const data = JSON.parse(find("data").textContent);
const { nodes, edges, rules, operations } = data;

// Numbers and formulas ----------------------------------------------------------------------------------

/** A number with so many significant digits, as mathematics writes it; a part of π as such. */
function shown(x, digits = 6) {
  if (!Number.isFinite(x)) return "none";
  if (x && Math.abs(x) < 1e6)
    for (let below = 1; below <= 12; below++) {
      const above = Math.abs(Math.round((x / Math.PI) * below));
      if (above && Math.abs(Math.abs(x) - (above / below) * Math.PI) <= 4e-16 * Math.abs(x)) {
        return `${x < 0 ? "−" : ""}${above === 1 ? "" : above}π${below === 1 ? "" : `/${below}`}`;
      }
    }
  const size = Number(Math.abs(x).toPrecision(digits));
  const sign = x < 0 && size ? "−" : "";
  if (!size || (size >= 1e-4 && size < 1e12)) return sign + size;
  const [mantissa, power] = size.toExponential().split("e");
  const raised = power
    .replace("+", "")
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
  return `${sign}${mantissa === "1" ? "" : mantissa + "·"}10${raised}`;
}

/** The same as a factor: a negative one in brackets. */
const factor = (x, digits) => (x < 0 && shown(x, digits) !== "0" ? `(${shown(x, digits)})` : shown(x, digits));

const mathNumber = (x) => `<mn>${shown(x)}</mn>`;
const mathFactor = (x) => `<mn>${factor(x)}</mn>`;
const mathPartial = (of, by) =>
  `<mfrac><mrow><mo>∂</mo>${nodes[of].math}</mrow><mrow><mo>∂</mo>${nodes[by].math}</mrow></mfrac>`;
const partial = (of, by) => `∂${bracketed(nodes[of].name)}/∂${bracketed(nodes[by].name)}`;
const bracketed = (name) => (/^[\p{L}\p{N}_.\[\]⁺⁻₀-₉]+$/u.test(name) ? name : `(${name})`);
const named = (i) => nodes[i].name;

/** A formula with its holes filled: the operands are the letters that contents.py gives them. */
const filled = (template, parts) =>
  template.replace(/<mi>(ĸĸ|ŋŋ)<\/mi>|ĸĸ|ŋŋ/g, (hole) => parts[hole.includes("ĸ") ? 0 : 1]);

const formulaMath = (i) =>
  filled(
    operations[nodes[i].operation].math,
    nodes[i].operands.map((k) => nodes[k].math),
  );
const formulaText = (i) =>
  filled(
    operations[nodes[i].operation].text,
    nodes[i].operands.map((k) => bracketed(named(k))),
  );
const formulaNumbers = (i, write, kind) =>
  filled(
    operations[nodes[i].operation][kind],
    nodes[i].operands.map((k) => write(passes.values[k])),
  );
const localMath = (e) =>
  filled(
    rules[edges[e].rule].math,
    nodes[edges[e].from].operands.map((k) => nodes[k].math),
  );
const localFactor = (e) => (rules[edges[e].rule].bracketed ? `<mo>(</mo>${localMath(e)}<mo>)</mo>` : localMath(e));

/** An element with attributes and children; texts are texts. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What is equal, as a line of mathematics that can be broken before each sign: a side is the content of a math element. */
function equation(sides, kind = "") {
  const line = element("div", { class: `equation ${kind}` });
  line.innerHTML = sides.map((side, k) => `<math>${k ? "<mo>=</mo>" : ""}<mrow>${side}</mrow></math>`).join(" ");
  return line;
}

/** A list in a sentence. */
const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

// The two passes ----------------------------------------------------------------------------------------

/** The edges in the order of backward(): the nodes in reverse topological order, of each the operands in order. */
const backwardOrder = (() => {
  const leaving = nodes.map(() => []);
  edges.forEach((edge, e) => leaving[edge.from].push(e));
  return leaving.reverse().flat();
})();
const arriving = nodes.map(() => []); // the edges that bring a node its gradient, in the order in which they do
for (const e of backwardOrder) arriving[edges[e].to].push(e);

const recorded = data.leaves.map((leaf) => nodes[leaf].value);
let point = [...recorded];
let passes = run(point);

/** Both passes from the numbers of the leaves. */
function run(leaves) {
  const [values, locals] = trace(leaves);
  const moved = leaves.some((x, i) => x !== recorded[i]);
  const failed = values.findIndex((x) => !Number.isFinite(x));
  // Where it was recorded, what is nought but for rounding is 0.
  if (!moved) {
    nodes.forEach((node, i) => {
      if (node.nought) values[i] = 0;
    });
    edges.forEach((edge, e) => {
      if (edge.nought) locals[e] = 0;
    });
  }
  const sums = nodes.map(() => 0);
  const sizes = nodes.map(() => 0);
  const contributions = [];
  sums[data.output] = sizes[data.output] = 1;
  for (const e of backwardOrder) {
    const { from, to } = edges[e];
    contributions[e] = sums[from] * locals[e];
    sums[to] += contributions[e];
    sizes[to] += sizes[from] * Math.abs(locals[e]);
  }
  const gradients = sums.map((sum, i) => (Math.abs(sum) <= 1e-15 * sizes[i] ? 0 : sum)); // contributions that cancel
  return { values, locals, contributions, gradients, moved, failed };
}

// Steps -------------------------------------------------------------------------------------------------

const cells = data.cells ?? []; // the neurons of a large graph; none where every node has a box
const cellOf = nodes.map(() => -1);
cells.forEach((cell, c) =>
  cell.nodes.forEach((i) => {
    cellOf[i] = c;
  }),
);

/**
 * Everything at once; then the forward pass, node by node; then the backward pass, edge by edge; then the result. A large
 * graph goes neuron by neuron, or layer by layer where there are many.
 */
const steps = [
  { kind: "all" },
  { kind: "inputs" },
  ...(cells.length
    ? cellSteps("forward")
    : nodes.flatMap((node, i) => (node.operation ? [{ kind: "value", node: i }] : []))),
  { kind: "seed", node: data.output },
  ...(cells.length
    ? cellSteps("backward").reverse()
    : backwardOrder.map((e) => ({ kind: "edge", edge: e, node: edges[e].to }))),
  { kind: "end" },
];
const stepOfNode = nodes.map(() => 1);
const stepOfEdge = [];
steps.forEach((step, s) => {
  if (step.kind === "value") stepOfNode[step.node] = s;
  if (step.kind === "edge") stepOfEdge[step.edge] = s;
  if (step.kind === "forward")
    for (const c of step.cells) for (const i of cells[c].nodes) if (nodes[i].operation) stepOfNode[i] = s;
});
if (cells.length) {
  const stepBack = [];
  steps.forEach((step, s) => {
    if (step.kind === "backward") for (const c of step.cells) stepBack[c] = s;
  });
  edges.forEach((edge, e) => {
    stepOfEdge[e] = stepBack[cellOf[edge.from]];
  });
}
const seedStep = steps.findIndex((step) => step.kind === "seed");
const last = steps.length - 1; // what is counted to: step 0 is everything at once

function cellSteps(kind) {
  const computed = cells.flatMap((cell, c) => (cell.results.some((i) => nodes[i].operation) ? [c] : []));
  const columns = Map.groupBy(computed, (c) => cells[c].column);
  const together = computed.length > 40 ? [...columns.values()] : computed.map((c) => [c]);
  return together.map((some) => ({ kind, cells: some }));
}

/** The nodes that use a node, in the order of backward(). */
const users = (i) => [...new Set(arriving[i].map((e) => edges[e].from))];

/** The edge at which it first matters that the order is topological: it begins a sum to which others add, too. */
const begins = (e) => users(edges[e].to).length > 1 && arriving[edges[e].to][0] === e;
const orderMatters = backwardOrder.find((e) => begins(e) && nodes[edges[e].to].operation) ?? backwardOrder.find(begins);

let position = 0;
let chosen = -1; // the node whose paths are shown
let unfolded = -1; // the neuron whose nodes are shown
const answers = new Map(); // in Predict: for a step whether the first answer was right

const asks = (step) => step.kind === "value" || step.kind === "edge";
const isOpen = () => find("predict").checked && asks(steps[position]) && !answers.get(position)?.done;
const isSeen = (s) => position === 0 || s < position || (s === position && !isOpen());
const arrived = (i) => arriving[i].filter((e) => isSeen(stepOfEdge[e]));
const isWhole = (i) =>
  i === data.output ? isSeen(seedStep) : arrived(i).length === arriving[i].length && isSeen(seedStep);

// The picture -------------------------------------------------------------------------------------------

const boxes = nodes.map((node, i) => (cells.length ? null : find(`n${i}`)));
const cellBoxes = cells.map((cell, c) => find(`c${c}`));
const links = [...document.querySelectorAll(".link")];
const arrows = edges.map((edge, e) => (cells.length ? null : withContribution(find(`e${e}`))));

/** An arrow with a second line below its local derivative, for what it brings back. */
function withContribution(arrow) {
  const line = arrow.querySelector(".local").cloneNode();
  line.setAttribute("class", "contribution");
  line.setAttribute("y", Number(line.getAttribute("y")) + 14);
  arrow.append(line);
  return arrow;
}

/** Write all numbers that have been computed into the picture, and light what the step is about. */
function draw() {
  const step = steps[position];
  boxes.forEach((box, i) => box && drawBox(box, i, step));
  arrows.forEach((arrow, e) => arrow && drawArrow(arrow, e, step));
  cellBoxes.forEach((box, c) => drawCell(box, c, step));
  for (const link of links) {
    const [, from, to] = link.getAttribute("class").match(/from(\d+) to(\d+)/);
    link.classList.toggle("onward", step.kind === "forward" && step.cells.includes(Number(to)));
    link.classList.toggle("homeward", step.kind === "backward" && step.cells.includes(Number(to)));
  }
}

/** A neuron shows its result; on several samples, how many it has. */
function drawCell(box, c, step) {
  const { results } = cells[c];
  const [i] = results;
  const one = results.length === 1;
  const known = isSeen(stepOfNode[i]);
  const whole = results.every(isWhole);
  const value = !known ? "?" : one ? shown(passes.values[i], 4) : `${results.length} values`;
  const gradient = whole && one && !nodes[i].flat ? shown(passes.gradients[i], 4) : "";
  box.querySelector(".value").textContent = value;
  box.querySelector(".gradient").textContent = gradient;
  box.classList.toggle("unknown", !known);
  box.classList.toggle("waiting", !whole);
  box.classList.toggle("chosen", c === unfolded);
  box.classList.toggle(
    "lit",
    step.cells?.includes(c) ||
      (step.kind === "inputs" && !nodes[i].operation) ||
      (step.kind === "seed" && cellOf[step.node] === c),
  );
}

function drawBox(box, i, step) {
  const known = isSeen(stepOfNode[i]);
  const sum = gradientText(i);
  box.querySelector(".value").textContent = known ? `= ${shown(passes.values[i], 4)}` : "= ?";
  box.querySelector(".gradient").textContent = nodes[i].flat ? "" : `${partial(data.output, i)}${sum && ` = ${sum}`}`;
  box.classList.toggle("unknown", !known);
  box.classList.toggle("waiting", !sum);
  box.classList.toggle("chosen", i === chosen);
  box.classList.toggle("lit", step.node === i || (step.kind === "inputs" && !nodes[i].operation));
}

/** What some edges bring together. */
const added = (some) => some.reduce((sum, e) => sum + passes.contributions[e], 0);

/** The gradient as far as it has come. */
function gradientText(i) {
  if (isWhole(i)) return shown(passes.gradients[i], 4);
  const terms = arrived(i);
  return terms.length ? `${shown(added(terms), 4)} + …` : "";
}

function drawArrow(arrow, e, step) {
  const { from, to } = edges[e];
  const back = isSeen(stepOfEdge[e]);
  const known = find("predict").checked ? back : isSeen(stepOfNode[from]); // or it would give the answer away
  arrow.querySelector(".local").textContent = known ? `${partial(from, to)} = ${shown(passes.locals[e], 4)}` : "";
  arrow.querySelector(".contribution").textContent = back
    ? `${factor(passes.gradients[from], 4)} × ${factor(passes.locals[e], 4)} = ${shown(passes.contributions[e], 4)}`
    : step.edge === e
      ? "?"
      : "";
  arrow.classList.toggle("carried", isSeen(stepOfNode[from]));
  arrow.classList.toggle("returned", back);
  arrow.classList.toggle("onward", step.kind === "value" && step.node === from);
  arrow.classList.toggle("homeward", step.edge === e);
}

/** Scroll the picture, and nothing else, to the box that the step is about. */
function bringIntoView() {
  const lit = document.querySelector("#graph .lit");
  if (!lit) return;
  const frame = find("picture").getBoundingClientRect();
  const box = lit.getBoundingClientRect();
  if (box.left < frame.left || box.right > frame.right)
    find("picture").scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
}

// What is said of a step --------------------------------------------------------------------------------

/** The title of a step, the elements that explain it, and the sentence that is read aloud. */
function explained(step) {
  return {
    all: sayAll,
    inputs: sayInputs,
    value: sayValue,
    seed: saySeed,
    edge: sayEdge,
    end: sayEnd,
    forward: sayCells,
    backward: sayCells,
  }[step.kind](step);
}

/** The first of many, and how many more there are. */
function firstOf(all, write) {
  const written = all.slice(0, MANY).map(write);
  if (all.length > MANY) written.push(element("p", {}, `… and ${all.length - MANY} more.`));
  return written;
}
const MANY = 8;

const gradientList = () =>
  firstOf(data.leaves, (leaf) =>
    equation([mathPartial(data.output, leaf), mathNumber(passes.gradients[leaf])], "contributed"),
  );

const spokenGradient = () =>
  listed(data.leaves.slice(0, MANY).map((leaf) => `${partial(data.output, leaf)} = ${shown(passes.gradients[leaf])}`));

function sayAll() {
  return {
    title: "Everything at once",
    body: [
      equation([nodes[data.output].math, mathNumber(passes.values[data.output])], "computed"),
      ...gradientList(),
      element(
        "p",
        {},
        `Press Next to go through it from the beginning in ${last} steps: ${seedStep - 1} forward, ${last - seedStep} back, and the gradient.`,
      ),
    ],
    spoken: `${named(data.output)} = ${shown(passes.values[data.output])}; ${spokenGradient()}.`,
  };
}

function sayInputs() {
  const equations = firstOf(data.leaves, (leaf) =>
    equation([nodes[leaf].math, mathNumber(passes.values[leaf])], "computed"),
  );
  return {
    title: "Forward: the inputs",
    body: [element("p", {}, "The forward pass starts from the numbers of the leaves."), ...equations],
    spoken: listed(data.leaves.slice(0, MANY).map((leaf) => `${named(leaf)} = ${shown(passes.values[leaf])}`)) + ".",
  };
}

function sayValue({ node }) {
  const title = `Forward: ${named(node)}`;
  const sides = [nodes[node].math, formulaMath(node)];
  if (isOpen())
    return { title, body: [equation(sides, "computed")], spoken: `What is ${named(node)} = ${formulaText(node)}?` };
  const here = formulaNumbers(node, mathFactor, "math");
  const value = shown(passes.values[node]);
  const whole = [
    ...sides,
    ...(nodes[node].operands.every((k) => nodes[k].constant) ? [] : [here]),
    mathNumber(passes.values[node]),
  ];
  return {
    title,
    body: [equation(whole, "computed"), ...sayKept(node)],
    spoken: `${named(node)} = ${formulaText(node)} = ${formulaNumbers(node, factor, "text")} = ${value}.`,
  };
}

/** The local derivatives, which a node keeps when it is recorded. */
function sayKept(node) {
  const kept = edges.flatMap((edge, e) => (edge.from === node ? [e] : []));
  if (!kept.length || find("predict").checked) return [];
  const words =
    kept.length === 1
      ? "Kept for the way back, its local derivative:"
      : "Kept for the way back, its local derivatives:";
  return [element("p", {}, words), ...kept.map((e) => equation(localSides(e)))];
}

/** ∂v/∂x = its formula = its number; a formula that is a number is not written twice. */
function localSides(e) {
  const { from, to } = edges[e];
  const formula = localMath(e);
  return [mathPartial(from, to), ...(isNumber(formula) ? [] : [formula]), mathNumber(passes.locals[e])];
}

const isNumber = (formula) => /^(<mrow><mo>−<\/mo>)?<mn>[^<]*<\/mn>(<\/mrow>)?$/.test(formula);

function saySeed() {
  const f = data.output;
  return {
    title: "Backward: where it starts",
    body: [
      equation([mathPartial(f, f), mathNumber(1)], "contributed"),
      element(
        "p",
        {},
        `The backward pass starts at ${named(f)}: its derivative with respect to itself is 1. From here each gradient goes back along every arrow, times the local derivative that stands there.`,
      ),
    ],
    spoken: `The derivative of ${named(f)} with respect to itself is 1.`,
  };
}

function sayEdge({ edge: e }) {
  const { from, to, rule } = edges[e];
  const f = data.output;
  const title = `Backward: from ${named(from)} to ${named(to)}`;
  const upstream = passes.gradients[from];
  const local = passes.locals[e];
  if (isOpen()) {
    const body = [
      element("p", {}, `The gradient that has come to ${named(from)}, the upstream one:`),
      equation([mathPartial(f, from), mathNumber(upstream)], "contributed"),
      equation([nodes[from].math, formulaMath(from)], "computed"),
    ];
    return { title, body, spoken: `What does ${named(from)} send back to ${named(to)}?` };
  }
  const sum = saySum(to);
  const body = [
    element("p", {}, `The local derivative, by the ${rules[rule].name}${held(e)}:`),
    equation(localSides(e)),
    element("p", {}, "Upstream × local = contribution:"),
    contribution(e),
    ...sum.body,
    ...(e === orderMatters ? [element("p", { class: "note" }, sayOrder(to))] : []),
  ];
  const product = `${shown(upstream)} times ${shown(local)} is ${shown(passes.contributions[e])}.`;
  return { title, body, spoken: `${product} ${sum.spoken}` };
}

/** What a local derivative takes to be constant, though it may depend on the same node: the other operand. */
function held(e) {
  const { from, to } = edges[e];
  const others = nodes[from].operands.filter((k) => k !== to && !nodes[k].constant);
  return others.length ? `, with ${named(others[0])} held fixed` : "";
}

/** Upstream × local = contribution, by name and in numbers. */
function contribution(e) {
  const { from, to } = edges[e];
  const names = `${mathPartial(data.output, from)}<mo>×</mo>${mathPartial(from, to)}`;
  const numbers = `${mathFactor(passes.gradients[from])}<mo>×</mo>${mathFactor(passes.locals[e])}`;
  return equation([names, numbers, mathNumber(passes.contributions[e])], "contributed");
}

/** The sum that grows where a node is used more than once. */
function saySum(to) {
  const terms = arrived(to);
  const all = arriving[to].length;
  const missing = all - terms.length;
  const sum = added(terms);
  if (all === 1) {
    return {
      body: [equation([mathPartial(data.output, to), mathNumber(sum)], "contributed")],
      spoken: `So ${partial(data.output, to)} is ${shown(sum)}.`,
    };
  }
  const written = terms.map((e, k) => (k ? mathFactor : mathNumber)(passes.contributions[e])).join("<mo>+</mo>");
  const rest = missing ? "<mo>+</mo><mo>…</mo>" : "";
  const words = missing
    ? `${named(to)} is used ${times(all)}, so its gradient is the sum of ${all} contributions: ${missing} ${missing === 1 ? "is" : "are"} still to come.`
    : `${all === 2 ? "Both" : `All ${all}`} contributions are there: the gradient of ${named(to)} is complete.`;
  const sides = [
    mathPartial(data.output, to),
    written + rest,
    ...(missing || terms.length === 1 ? [] : [mathNumber(sum)]),
  ];
  return {
    body: [equation(sides, "contributed"), element("p", {}, words)],
    spoken: `${words} The sum is ${shown(sum)}.`,
  };
}

const times = (count) => (count === 2 ? "twice" : `${count} times`);

function sayOrder(to) {
  const all = listed(users(to).map(named));
  const why = `${named(to)} may pass its gradient on only when every contribution has arrived: from ${all}.`;
  return nodes[to].operation
    ? `Why the order matters: ${why} A topological order, walked backward, visits those that use a node before the node itself.`
    : `Why the order matters: the sum is complete only when all that use ${named(to)} have been visited, ${all}. A topological order, walked backward, sees to that.`;
}

/** A step of a large graph: what one neuron, or each of a layer, computes or sends back. */
function sayCells({ kind, cells: some }) {
  const back = kind === "backward";
  const first = cells[some[0]];
  const number = (i) => shown(back ? passes.gradients[i] : passes.values[i]);
  const title = `${back ? "Backward" : "Forward"}: ${some.length > 1 ? first.column : `${first.column}, ${first.name}`}`;
  const words = back
    ? "Each node sends upstream × local to its operands; a weight adds up what comes from every use of it."
    : "Each value is computed from those before it, and keeps its local derivatives for the way back.";
  const each = (c) => element("p", {}, `${cells[c].name}: ${listed(cells[c].results.slice(0, 3).map(number))}`);
  const one = some.length === 1;
  const body = [element("p", {}, words), ...(one ? [nodeTable(first)] : some.map(each))];
  const spoken = one ? `${back ? "Gradient" : "Value"} ${number(first.results[0])}.` : `${some.length} boxes.`;
  return { title, body, spoken };
}

/** Scalar nodes as rows: each a button that shows the node. What all of a neuron's names begin with is left out. */
function nodeTable({ nodes: some, about }) {
  const table = element("table");
  table.append(
    element(
      "thead",
      {},
      element("tr", {}, ...["node", "value", "gradient"].map((words) => element("th", { scope: "col" }, words))),
    ),
  );
  const rows = element("tbody");
  for (const i of some.slice(0, ROWS)) {
    const button = element(
      "button",
      { type: "button", class: "link-button" },
      short(nodes[i].operation ? `${named(i)} = ${formulaText(i)}` : named(i), about),
    );
    button.addEventListener("click", () => choose(i));
    const value = isSeen(stepOfNode[i]) ? shown(passes.values[i]) : "?";
    const gradient = nodes[i].flat || !isWhole(i) ? "" : shown(passes.gradients[i]);
    rows.append(
      element(
        "tr",
        {},
        element("th", { scope: "row" }, button),
        element("td", { class: "forward-key" }, value),
        element("td", { class: "backward-key" }, gradient),
      ),
    );
  }
  table.append(rows);
  const box = element("div", { class: "scrolled", tabindex: "0", role: "group", "aria-label": "The nodes" }, table);
  if (some.length > ROWS) box.append(element("p", {}, `… and ${some.length - ROWS} more.`));
  return box;
}
const ROWS = 100;
const short = (text, about) => (about ? text.replaceAll(`${about}.`, "") : text);

function sayEnd() {
  const body = [
    element("p", {}, "Both passes are done: one forward and one backward gave every partial derivative."),
    ...gradientList(),
  ];
  if (find("predict").checked && answers.size) body.unshift(element("p", { class: "right" }, scoreText()));
  return { title: "The gradient", body, spoken: `The gradient: ${spokenGradient()}.` };
}

// A node and its paths ----------------------------------------------------------------------------------

/** Show the nodes of a neuron. */
function unfold(c) {
  unfolded = c;
  chosen = -1;
  draw();
  showNode();
  showSliders(cells[c].nodes);
  find("announcer").textContent = `${cells[c].column}, ${cells[c].name}: ${cells[c].nodes.length} nodes.`;
}

function choose(i) {
  chosen = i;
  draw();
  showNode();
  find("announcer").textContent = find("node-body").dataset.spoken;
}

function showNode() {
  const neuron = unfolded < 0 ? [] : sayNeuron(cells[unfolded]);
  if (chosen >= 0) {
    const { title, body, spoken } = sayNode(chosen);
    find("node-title").textContent = title;
    find("node-body").replaceChildren(...body, ...neuron);
    find("node-body").dataset.spoken = spoken;
  } else if (neuron.length) {
    find("node-title").textContent = "A neuron, unfolded";
    find("node-body").replaceChildren(...neuron);
  }
}

function sayNeuron(cell) {
  const title = element("h3", {}, `${cell.column}, ${cell.name}`);
  return [title, ...(cell.about ? [element("p", { class: "hint" }, cell.about)] : []), nodeTable(cell)];
}

function sayNode(i) {
  const node = nodes[i];
  const known = isSeen(stepOfNode[i]);
  const sides = [
    node.math,
    ...(node.operation ? [formulaMath(i)] : []),
    ...(known ? [mathNumber(passes.values[i])] : []),
  ];
  const body = [equation(sides, "computed")];
  let spoken = `${named(i)}: value ${known ? shown(passes.values[i]) : "not yet computed"}.`;
  if (node.flat) {
    body.push(element("p", {}, "No derivative flows back to it."));
  } else if (!isWhole(i)) {
    body.push(element("p", {}, "Its gradient is not complete at this step."));
  } else {
    body.push(equation([mathPartial(data.output, i), mathNumber(passes.gradients[i])], "contributed"));
    spoken += ` Gradient ${shown(passes.gradients[i])}.`;
    if (i !== data.output) body.push(...(data.paths ? sayPaths(i) : sayArrivals(i)));
  }
  if (node.line) body.push(element("p", { class: "hint" }, `Recorded at ${node.line}.`));
  return { title: `The ${node.operation ? "node" : "leaf"} ${named(i)}`, body, spoken };
}

/** The gradient as the sum of what arrives: in a large graph there are too many paths. */
function sayArrivals(i) {
  const count = arriving[i].length;
  const words = `the sum of ${count} contribution${count > 1 ? "s" : ""}, upstream × local:`;
  return [element("p", {}, words), ...firstOf(arriving[i], contribution)];
}

/** The gradient as the sum over the paths from the output. */
function sayPaths(i) {
  const { count, shown: ways } = data.paths[i];
  const words =
    count === 1
      ? "because one path leads there:"
      : count <= ways.length
        ? `because ${count} paths lead there, whose products are added up:`
        : `because ${count} paths lead there; these ${ways.length} were the largest where it was recorded:`;
  const body = [element("p", {}, words)];
  const products = [];
  for (const way of ways) {
    const product = way.reduce((sofar, e) => sofar * passes.locals[e], 1);
    products.push(product);
    const names = way.map((e) => mathPartial(edges[e].from, edges[e].to)).join("<mo>·</mo>");
    const formulas = way.map(localFactor).filter((formula) => formula !== "<mn>1</mn>");
    const numbers = way.map((e) => `<mn>${factor(passes.locals[e], 4)}</mn>`).join("<mo>×</mo>");
    const formula = formulas.join("<mo>·</mo>") || "<mn>1</mn>";
    const short = way.length === 1; // its number stands in the same line
    body.push(
      equation(
        [names, ...(short && isNumber(formula) ? [] : [formula]), ...(short ? [mathNumber(product)] : [])],
        "contributed",
      ),
    );
    if (!short) body.push(equation(["", numbers, mathNumber(product)], "contributed"));
  }
  if (count > 1 && count <= ways.length) {
    const sum = products.map((product, k) => (k ? mathFactor : mathNumber)(product)).join("<mo>+</mo>");
    body.push(equation([mathPartial(data.output, i), sum, mathNumber(passes.gradients[i])], "contributed"));
  }
  return body;
}

// What is typed -----------------------------------------------------------------------------------------

const OTHER_NAMES = {
  ln: "log",
  lg: "log10",
  arcsin: "asin",
  arccos: "acos",
  arctan: "atan",
  tg: "tan",
  arsinh: "asinh",
  arcosh: "acosh",
  artanh: "atanh",
  max: "maximum",
  min: "minimum",
  sgn: "sign",
  σ: "sigmoid",
  "√": "sqrt",
};

/** The number that a text of mathematics stands for; throws an Error with a sentence for what is none. */
function evaluated(text, variables) {
  const lowered = (found) => "^" + found.replace(/./gu, (c) => "0123456789"["⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]);
  const plain = text
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, lowered)
    .normalize("NFKC")
    .replace(/[−–]/g, "-")
    .replace(/[·×⋅]/g, "*")
    .replace(/[:÷]/g, "/")
    .replace(/\*\*/g, "^");
  const tokens = plain.match(/\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[\p{L}_][\p{L}\p{N}_.]*|√|\S/gu) ?? [];
  let at = 0;
  const take = (...signs) => (signs.includes(tokens[at]) ? tokens[at++] : null);
  const expect = (sign) => {
    if (!take(sign))
      throw new Error(
        tokens[at] ? `There is a ${sign} missing before ${tokens[at]}.` : `There is a ${sign} missing at the end.`,
      );
  };
  let depth = 0;

  function sum() {
    let total = product();
    for (let sign; (sign = take("+", "-"));) total = sign === "+" ? total + product() : total - product();
    return total;
  }
  function product() {
    let total = signed();
    for (;;) {
      const sign = take("*", "/");
      if (sign) total = sign === "*" ? total * signed() : total / signed();
      else if (tokens[at] && /^[\p{L}_(√]/u.test(tokens[at])) total *= power();
      else return total;
    }
  }
  function signed() {
    let sign = 1;
    for (let found; (found = take("-", "+"));) if (found === "-") sign = -sign;
    return sign * power();
  }
  function power() {
    if (++depth > 200) throw new Error("That is nested too deeply.");
    const base = atom();
    const raised = take("^") ? base ** signed() : base;
    depth--;
    return raised;
  }
  function atom() {
    const token = tokens[at++];
    if (token === undefined)
      throw new Error(tokens.length ? "It breaks off at the end." : "Type a number, or a formula.");
    if (/^[\d.]/.test(token) && token !== ".") return Number(token);
    if (token === "(") {
      const inside = sum();
      expect(")");
      return inside;
    }
    if (variables.has(token)) return variables.get(token);
    const name = Object.hasOwn(OTHER_NAMES, token) ? OTHER_NAMES[token] : token;
    if (Object.hasOwn(functions, name)) return applied(name, token);
    if (token === "pi" || token === "π") return Math.PI;
    if (token === "e") return Math.E;
    throw new Error(
      /^[\p{L}_]/u.test(token)
        ? `There is no ${token} here; there are ${listed([...variables.keys()].slice(0, 12))}.`
        : `${token} has no place there.`,
    );
  }
  function applied(name, token) {
    if (tokens[at] !== "(") {
      if (functions[name].length > 1) throw new Error(`${token} takes its operands in brackets.`);
      return functions[name](power());
    }
    expect("(");
    const operands = [sum()];
    while (take(",", ";")) operands.push(sum());
    expect(")");
    if (operands.length !== functions[name].length)
      throw new Error(`${token} takes ${functions[name].length} operand${functions[name].length > 1 ? "s" : ""}.`);
    return functions[name](...operands);
  }

  const found = sum();
  if (at < tokens.length) throw new Error(`${tokens[at]} has no place there.`);
  return found;
}

/** The values by the names that can be typed. */
const variables = () =>
  new Map(
    nodes.flatMap((node, i) =>
      node.constant
        ? []
        : [
            [(node.label ?? node.name).normalize("NFKC"), passes.values[i]],
            [node.name.normalize("NFKC"), passes.values[i]],
          ],
    ),
  );

// Predict -----------------------------------------------------------------------------------------------

/** Whether an answer is a number to the digits that were typed, three at least; what was typed as a formula is exact. */
function agrees(answer, truth, text) {
  const error = Math.abs(answer - truth);
  if (error <= 1e-9 * Math.max(Math.abs(truth), 1e-9)) return true;
  const decimals = text.trim().match(/^[-+−–]?\d*\.?(\d*)$/);
  if (!decimals) return false;
  return significant(text) >= Math.min(3, significant(shown(truth))) && error <= 0.5000001 * 10 ** -decimals[1].length;
}

/** How many significant digits a number is written with. */
const significant = (text) => text.replace(/^[^1-9]*/, "").replace(/\D/g, "").length;

const near = (x, y) => Math.abs(x - y) <= 2e-3 * Math.max(Math.abs(y), 1e-9);

/** What the step asks for, and the numbers that the usual mistakes give. */
function question(step) {
  if (step.kind === "value") {
    const i = step.node;
    return { asked: `What is ${named(i)}?`, truth: passes.values[i], mistakes: nodes[i].mistakes };
  }
  const e = step.edge;
  const { from, to, mistakes } = edges[e];
  const f = data.output;
  const upstream = passes.gradients[from];
  const local = passes.locals[e];
  const before = added(arriving[to].slice(0, arriving[to].indexOf(e)));
  return {
    asked: `What does ${named(from)} send back to ${named(to)}? It is ${partial(f, from)} × ${partial(from, to)}.`,
    truth: passes.contributions[e],
    mistakes: [
      ...mistakes.map(([number, message]) => [upstream * number, message]),
      [
        local,
        `this is the local derivative ${partial(from, to)} alone: it is still to be multiplied by the upstream gradient ${partial(f, from)}`,
      ],
      [
        before + passes.contributions[e],
        `this is the sum so far at ${named(to)}: what is asked is this edge's contribution`,
      ],
      [upstream + local, "upstream and local are multiplied, not added"],
      [passes.values[to], `this is the value of ${named(to)}, not a derivative`],
      [passes.values[from], `this is the value of ${named(from)}, not a derivative`],
    ],
  };
}

function judge(text) {
  const { truth, mistakes } = question(steps[position]);
  let answer;
  try {
    answer = evaluated(text, variables());
    if (!Number.isFinite(answer)) throw new Error("That has no value.");
  } catch (error) {
    return tell(error.message, "wrong");
  }
  const right = agrees(answer, truth, text);
  if (!answers.has(position)) answers.set(position, { right, done: right });
  if (right) {
    answers.get(position).done = true;
    show();
    tell(`Right: ${shown(truth)}.`, "right");
    find("next").focus();
    return;
  }
  const known = mistakes.find(([number]) => near(answer, number) && !near(number, truth));
  const rough = Math.abs(answer - truth) <= 0.02 * Math.abs(truth);
  const hint = rough
    ? "Nearly: give at least three digits that are right, or a formula."
    : "Not that: try again, or press Show me.";
  tell(known ? `Not quite: ${known[1]}.` : hint, "wrong");
  find("score").textContent = scoreText();
}

function tell(words, kind) {
  find("judged").textContent = words;
  find("judged").className = kind;
}

function scoreText() {
  const right = [...answers.values()].filter((answer) => answer.right).length;
  return answers.size ? `${right} of ${answers.size} right at the first try` : "";
}

function showQuestion() {
  find("question").hidden = !isOpen();
  find("score").textContent = find("predict").checked ? scoreText() : "";
  if (isOpen()) find("asked").textContent = question(steps[position]).asked;
}

// Change it, and descend --------------------------------------------------------------------------------

let rows = []; // a slider and a field for each leaf that can be changed now

/** Sliders for the leaves among some nodes, as many as one can use. */
function showSliders(some) {
  const among = new Set(some);
  const leaves = data.leaves.flatMap((leaf, k) => (among.has(leaf) ? [k] : [])).slice(0, 12);
  if (!leaves.length) return;
  rows = leaves.map(makeRow);
  find("sliders").replaceChildren(...rows.map(({ row }) => row));
  showLeaves();
}

function makeRow(k) {
  const name = named(data.leaves[k]);
  const span = Math.max(1, 2 * Math.abs(recorded[k]));
  const limits = { min: recorded[k] - span, max: recorded[k] + span, step: "any" };
  const label = element("label", { for: `leaf${k}` }, short(name, cells[unfolded]?.about));
  const slider = element("input", { type: "range", id: `leaf${k}`, ...limits });
  const number = element("input", { type: "number", step: "any", "aria-label": `${name} as a number` });
  slider.addEventListener("input", () => change(k, slider.valueAsNumber));
  number.addEventListener("change", () => change(k, number.valueAsNumber));
  return { k, row: element("div", { class: "leaf-row" }, label, slider, number), slider, number };
}

let history = [];

function change(k, x) {
  if (!Number.isFinite(x)) return showLeaves();
  point[k] = x;
  history = [];
  again();
}

/** Everything anew from the numbers of the leaves. */
function again() {
  passes = run(point);
  const { failed } = passes;
  const operands = failed < 0 ? [] : nodes[failed].operands.map((k) => `${named(k)} = ${shown(passes.values[k])}`);
  find("problem").textContent =
    failed < 0 ? "" : `${named(failed)} = ${formulaText(failed)} has no value where ${listed([...new Set(operands)])}.`;
  show();
}

function showLeaves() {
  for (const { k, slider, number } of rows) {
    slider.min = Math.min(slider.min, point[k]);
    slider.max = Math.max(slider.max, point[k]);
    slider.value = point[k];
    slider.setAttribute("aria-valuetext", shown(point[k]));
    if (document.activeElement !== number) number.value = Number(point[k].toPrecision(6));
    slider.disabled = number.disabled = find("predict").checked;
  }
  find("reset").disabled = !passes.moved;
  for (const id of ["descend", "descend-play", "rate"]) find(id).disabled = find("predict").checked;
  showCurve();
}

/** One step of gradient descent; false where it cannot be made. */
function descend() {
  const rate = find("rate").valueAsNumber;
  const next = data.leaves.map((leaf, k) => point[k] - rate * passes.gradients[leaf]);
  if (!next.every(Number.isFinite) || passes.failed >= 0) {
    find("problem").textContent =
      "No step can be made from here: the gradient is not a number, or the learning rate is not.";
    return false;
  }
  if (!history.length) history.push(passes.values[data.output]);
  point = next;
  again();
  history.push(passes.values[data.output]);
  showCurve();
  find("announcer").textContent =
    `${named(data.output)} = ${shown(passes.values[data.output])} after ${history.length - 1} steps.`;
  return passes.failed < 0;
}

/** f over the steps of gradient descent. */
function showCurve() {
  const numbers = history.filter(Number.isFinite);
  if (numbers.length < 2) return find("curve").replaceChildren();
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const range = high - low || 1;
  const at = (y, k) => [45 + (k * 245) / (numbers.length - 1), 10 + (90 * (high - y)) / range];
  const make = (tag, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  const about = `${named(data.output)} over ${numbers.length - 1} steps of gradient descent: from ${shown(numbers[0])} to ${shown(numbers.at(-1))}`;
  const curve = make("svg", { viewBox: "0 0 300 122", role: "img", "aria-label": about });
  const [x, y] = at(numbers.at(-1), numbers.length - 1);
  curve.append(
    make("polyline", { points: numbers.map((n, k) => at(n, k).join()).join(" ") }),
    make("circle", { cx: x, cy: y, r: 3.5 }),
    make("text", { x: 0, y: 14 }, shown(high, 4)),
    make("text", { x: 0, y: 104 }, shown(low, 4)),
    make("text", { x: 300, y: 118, "text-anchor": "end" }, `step ${numbers.length - 1}: ${shown(numbers.at(-1))}`),
  );
  find("curve").replaceChildren(curve);
}

// The controls ------------------------------------------------------------------------------------------

/** Show everything as it is at this step; say it aloud where the step is a new one. */
function show(aloud = false) {
  const { title, body, spoken } = explained(steps[position]);
  draw();
  find("step-title").textContent = title;
  find("step-body").replaceChildren(...body);
  find("step").className = title.startsWith("Forward") ? "forward" : title.startsWith("Backward") ? "backward" : "";
  find("position").value = position;
  find("position").setAttribute("aria-valuetext", `${position} of ${last}: ${title}`);
  find("count").textContent = `${position} of ${last}`;
  find("previous").disabled = find("first").disabled = position === 0;
  find("next").disabled = position === last;
  showQuestion();
  showNode();
  showLeaves();
  for (const line of document.querySelectorAll(".equation")) if (line.scrollWidth > line.clientWidth) line.tabIndex = 0;
  if (aloud) find("announcer").textContent = `${title}. ${spoken}`;
}

function go(to) {
  position = Math.max(0, Math.min(last, to));
  find("answer").value = "";
  tell("", "");
  show(true);
  bringIntoView();
  if (isOpen()) find("answer").focus({ preventScroll: true });
}

/** A button that repeats something until it gives false, or is pressed again. */
function player(button, period, act) {
  let timer = 0;
  const words = button.textContent;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = words;
  };
  const tick = () => {
    if (!act()) stop();
  };
  const start = () => {
    button.textContent = "Stop";
    timer = setInterval(tick, period());
    tick();
  };
  button.addEventListener("click", () => (timer ? stop() : start()));
  return {
    stop,
    restart: () => {
      if (timer) {
        clearInterval(timer);
        timer = setInterval(tick, period());
      }
    },
  };
}

const playing = player(
  find("play"),
  () => Number(find("speed").value),
  () => {
    go(position === last ? 1 : position + 1);
    return position < last && !isOpen();
  },
);
const descending = player(
  find("descend-play"),
  () => 300,
  () => history.length < 500 && descend(),
);

function stopAll() {
  playing.stop();
  descending.stop();
}

find("next").addEventListener("click", () => {
  playing.stop();
  go(position + 1);
});
find("previous").addEventListener("click", () => {
  playing.stop();
  go(position - 1);
});
find("first").addEventListener("click", () => {
  playing.stop();
  go(1);
});
find("position").max = last;
find("position").addEventListener("input", (event) => {
  playing.stop();
  go(event.target.valueAsNumber);
});
find("speed").addEventListener("change", () => playing.restart());
find("predict").addEventListener("change", (event) => {
  stopAll();
  answers.clear();
  if (event.target.checked) reset();
  find("play").disabled = event.target.checked;
  go(event.target.checked ? 2 : position);
});
find("question").addEventListener("submit", (event) => {
  event.preventDefault();
  judge(find("answer").value);
});
find("reveal").addEventListener("click", () => {
  answers.set(position, { right: false, done: true });
  show(true);
  find("next").focus();
});
find("descend").addEventListener("click", () => {
  descending.stop();
  descend();
});
find("reset").addEventListener("click", () => {
  stopAll();
  reset();
});
find("theme").addEventListener("click", () => {
  const dark = find("theme").textContent === "Dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  find("theme").textContent = dark ? "Light" : "Dark";
});
if (matchMedia("(prefers-color-scheme: dark)").matches) find("theme").textContent = "Light";

function reset() {
  point = [...recorded];
  history = [];
  again();
}

for (const box of document.querySelectorAll(".node")) {
  box.setAttribute("role", "button");
  box.setAttribute("tabindex", "0");
}
boxes.forEach((box, i) => box?.addEventListener("click", () => choose(i)));
cellBoxes.forEach((box, c) => box.addEventListener("click", () => unfold(c)));
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const box = event.target.closest?.(".node");
  if (box && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    return box.classList.contains("cell") ? unfold(cellBoxes.indexOf(box)) : choose(boxes.indexOf(box));
  }
  if (event.target.closest?.("input, select")) return; // which have uses of their own for these keys
  const to = { ArrowRight: position + 1, ArrowLeft: position - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  playing.stop();
  go(to);
});

document.querySelector("main").classList.toggle("network", cells.length > 0);
find("predict").closest("label").hidden = cells.length > 0; // whose questions are not prepared
showSliders(data.leaves);
show();
