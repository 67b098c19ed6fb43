// Questions to Python and their answers. One is under way at a time; a newer one of its kind replaces one that waits.

import { site } from "./site.js";

const SECONDS = 30; // longer takes no honest question
const waiting = new Map();
let worker, underWay, timer, ready = false, tell = () => {};

function start() {
  // A worker made from a blob has this page's content security policy, so Python can reach nothing outside either.
  const program = `import(${JSON.stringify(new URL("worker.js", import.meta.url).href)})
    .catch((error) => self.postMessage({ failed: String(error) }))`;
  ready = false;
  worker = new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })), { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.answer !== undefined) finish(JSON.parse(data.answer));
    else if (data.ready) { ready = true; tell(data); next(); }
    else tell(data);
  };
  worker.onerror = (event) => (ready ? again("Python stopped at this.") : tell({ failed: event.message ?? "" }));
}

function next() {
  if (!ready || underWay || !waiting.size) return;
  [underWay] = waiting.values();
  waiting.delete(underWay.what);
  worker.postMessage(JSON.stringify({ what: underWay.what, about: underWay.about }));
  timer = setTimeout(() => again("This takes too long: make it shorter."), SECONDS * 1000);
}

function finish(answer) {
  clearTimeout(timer);
  const { what, resolve } = underWay;
  underWay = undefined;
  resolve(waiting.has(what) ? null : answer);
  next();
}

function again(reason) {
  worker.terminate();
  start();
  if (underWay) finish({ error: reason });
}

// The answer; null where a newer question of the same kind has come meanwhile.
export function ask(what, about = {}) {
  const prepared = site.prepared[JSON.stringify([what, about])];
  if (prepared) return Promise.resolve(prepared);
  return new Promise((resolve) => {
    waiting.get(what)?.resolve(null);
    waiting.delete(what); // the newest comes last
    waiting.set(what, { what, about, resolve });
    next();
  });
}

export function boot(progress) {
  tell = progress;
  start();
}
