// Python, away from the page, so that typing stays smooth: it boots, tells how far it is, then answers questions.

import { loadPyodide } from "./pyodide/pyodide.mjs";
import { instance } from "./viz.js";
import { site } from "./site.js";

const here = (file) => new URL(file, import.meta.url).href;
const plainFetch = self.fetch;
let loaded = 0;

// The same fetch, which counts what arrives.
self.fetch = async (...request) => {
  const response = await plainFetch(...request);
  if (!response.ok || !response.body) return response;
  const counted = new TransformStream({
    transform(chunk, out) {
      loaded += chunk.length;
      self.postMessage({ loaded, total: site.bytes });
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counted), { headers: response.headers });
};

async function content(file) {
  const response = await fetch(here(file));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return response;
}

try {
  const [python, viz, wheel, workbook] = await Promise.all([
    loadPyodide({ indexURL: here("pyodide/") }),
    instance(),
    content(site.wheel).then((response) => response.arrayBuffer()),
    content("workbook.py").then((response) => response.text()),
  ]);
  python.unpackArchive(wheel, "wheel");
  python.registerJsModule("page_graphviz", { svg: (source) => viz.renderString(source, { format: "svg" }) });
  python.FS.writeFile("/home/pyodide/workbook.py", workbook);
  python.runPython("import sys; sys.path.append('/home/pyodide')");
  const { answer } = python.pyimport("workbook");
  self.onmessage = ({ data }) => self.postMessage({ answer: answer(data) });
  self.postMessage({ ready: true });
} catch (error) {
  self.postMessage({ failed: String(error.message ?? error) });
}
