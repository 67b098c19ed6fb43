// The task: chosen from the list, typed, or given by the address; all else follows from it.

import { hashOf, taskOf } from "./address.js";
import { answer, judge } from "./answers.js";
import { offer } from "./keys.js";
import { lookAt } from "./look.js";
import { ask, boot } from "./python.js";
import { make, reachable, safe } from "./safe.js";
import { keep, moved, work } from "./work.js";

const PAUSE = 300; // milliseconds without a key: then one has stopped typing
const FIRST = ["2", "3", "0.5", "1.5", "4"]; // values for variables that have none yet
const OWN = "own", FRESH = "fresh ";
const byId = (id) => document.getElementById(id);
let task, shape, timer; // shape: the names that the rows are for

// Choosing ---------------------------------------------------------------------------------------------

async function fillChoice() {
  const { exercises, difficulties } = await ask("exercises");
  const option = (value, text) => make("option", { value }, text);
  const group = (label, options) => make("optgroup", { label }, ...options);
  const listed = (course) =>
    exercises.filter((one) => one.course === course).map(({ number, title }) => option(number, `${number}. ${title}`));
  byId("choice").replaceChildren(
    group("The course", listed(true)),
    group("More exercises", listed(false)),
    group("Fresh exercises", difficulties.map((one) => option(FRESH + one, `Made for you, difficulty ${one}`))),
    group("Your own", [option(OWN, "A function of your own")]),
  );
}

function random() {
  const letter = (byte) => "abcdefghijkmnpqrstuvwxyz23456789"[byte % 32];
  return [...crypto.getRandomValues(new Uint8Array(4))].map(letter).join("");
}

function choose(value) {
  const seed = byId("seed").value || work.student || random();
  if (value === OWN) choosing(work.own ?? { function: "", at: {} });
  else if (value.startsWith(FRESH)) choosing({ exercise: value.slice(FRESH.length), seed });
  else choosing({ exercise: value });
}

function choosing(chosen) {
  task = chosen;
  shape = undefined;
  byId("choice").value = !task.exercise ? OWN : task.seed ? FRESH + task.exercise : task.exercise;
  byId("fresh").hidden = !task.seed;
  byId("own").hidden = Boolean(task.exercise);
  byId("edit").hidden = !task.exercise;
  if (task.seed) byId("seed").value = task.seed;
  if (!task.exercise) byId("function").value = task.function;
  byId("link").hidden = true;
  byId("spoils").hidden = !task.exercise;
  byId("domain").hidden = byId("questions").hidden = true;
  for (const part of ["read", "point", "rows"]) byId(part).replaceChildren(); // nothing is typed for what was there
  byId("verdict").textContent = "";
  lookAt(task, true);
  return read();
}

// Reading ----------------------------------------------------------------------------------------------

function remember() {
  if (location.hash !== hashOf(task)) history.replaceState(null, "", hashOf(task));
  if (!task.exercise) work.own = task;
  keep();
}

function become(next) {
  moved(task, next);
  task = next;
}

// How Python understood the task, and what follows from it.
async function read() {
  remember();
  if (task.function === "") return misread({ error: "" });
  const asked = task;
  const found = await ask("task", { task });
  if (!found || asked !== task) return;
  if (found.error) return misread(found);
  const product = "A product is written with a blank or a sign between the letters: x y, x·y.";
  const notes = found.notes.map((note) => make("p", { className: "quiet" }, `${note}. ${product}`));
  byId("read").replaceChildren(...safe(found.math), ...notes);
  reachable(byId("read"));
  if (!task.exercise) placePoint(found.variables);
  const names = [...found.variables, ...found.steps].map(({ name }) => name);
  if (names.join() === shape) judge();
  else {
    shape = names.join();
    offer(names);
    if (task.exercise) describe(found);
    answer(task, found);
  }
  lookAt(task, false);
}

function misread({ error, start, end }) {
  const said = [];
  if (error) said.push(make("p", { className: "unreadable" }, `${error}.`));
  if (start !== null && start !== undefined && task.function) {
    const letters = [...task.function]; // Python counts characters, not halves of them
    const stop = end ?? start + 1;
    const part = (from, to) => letters.slice(from, to).join("");
    const marked = make("mark", {}, part(start, stop) || " ");
    said.push(make("p", { className: "mono" }, part(0, start), marked, part(stop)));
  }
  byId("read").replaceChildren(...said);
  if (shape) judge();
}

function describe({ title, questions, domain, variables }) {
  document.title = `${title} – Chainrule workbook`;
  const point = variables.flatMap(({ math }, i) => [i ? ", " : "at ", ...safe(math)]);
  byId("point").replaceChildren(make("span", {}, ...point));
  byId("domain").textContent = domain ? `for ${domain}` : "";
  byId("domain").hidden = !domain;
  byId("questions").querySelector("ol").replaceChildren(...questions.map((question) => make("li", {}, question)));
  byId("questions").hidden = !questions.length;
}

// A field for each variable of one's own function; those that stay keep what was typed.
function placePoint(variables) {
  document.title = "Chainrule workbook";
  byId("domain").hidden = byId("questions").hidden = true;
  const at = {};
  variables.forEach(({ name, at: given }, i) => { at[name] = task.at[name] ?? (given || FIRST[i % FIRST.length]); });
  become({ ...task, at });
  remember();
  const there = [...byId("point").querySelectorAll("input")].map((input) => input.dataset.name);
  if (JSON.stringify(there) === JSON.stringify(Object.keys(at))) return;
  byId("point").replaceChildren(...variables.map(({ name, math }) => {
    const input = make("input", {
      className: "coordinate", value: at[name], ariaLabel: `${name}, at the point`, autocomplete: "off",
      autocapitalize: "off", spellcheck: false,
    });
    input.dataset.name = name;
    input.addEventListener("input", () => later({ ...task, at: { ...task.at, [name]: input.value } }));
    return make("label", { className: "line" }, ...safe(math), " = ", input);
  }));
}

function later(next) {
  become(next);
  clearTimeout(timer);
  timer = setTimeout(read, PAUSE);
}

// Controls ---------------------------------------------------------------------------------------------

byId("choice").addEventListener("change", ({ target }) => choose(target.value));
byId("seed").addEventListener("change", ({ target }) => target.value && choosing({ ...task, seed: target.value }));
byId("another").addEventListener("click", () => choosing({ ...task, seed: random() }));
byId("function").addEventListener("input", ({ target }) => later({ ...task, function: target.value }));
byId("edit").addEventListener("click", async () => {
  const found = await ask("task", { task });
  if (!found || found.error) return;
  await choosing({ function: found.text, at: Object.fromEntries(found.variables.map(({ name, at }) => [name, at])) });
  byId("function").focus();
});
byId("copy").addEventListener("click", async ({ target }) => {
  try {
    await navigator.clipboard.writeText(location.href);
    target.textContent = "The link is copied";
    setTimeout(() => { target.textContent = "Copy a link to this task"; }, 2000);
  } catch {
    byId("link").hidden = false;
    byId("link").value = location.href;
    byId("link").select();
  }
});
addEventListener("hashchange", () => {
  const given = taskOf(location.hash);
  if (given && hashOf(given) !== hashOf(task)) choosing(given);
});

boot(({ loaded, total, ready, failed }) => {
  const state = byId("state"), bar = byId("progress");
  if (ready) {
    byId("status").hidden = true;
    navigator.serviceWorker?.register("offline.js"); // where the page is served securely
  } else if (failed !== undefined) {
    bar.hidden = true;
    state.textContent = `Python could not be loaded: reload the page to try again. What you typed is kept. (${failed})`;
  } else {
    byId("status").hidden = false; // it may be started again
    const mega = (bytes) => (bytes / 1e6).toFixed(0);
    byId("amount").textContent = `${mega(loaded)} of ${mega(total)} MB`;
    if (loaded < total) bar.value = loaded / total;
    else bar.removeAttribute("value"); // it starts
  }
});
await fillChoice();
choosing(taskOf(location.hash) ?? { exercise: "1" });
