// Install a wheel in Pyodide as micropip does, with no way to fetch anything, and run a program there.
// node install.mjs PYODIDE.MJS MICROPIP.WHL WHEEL PROGRAM prints what the last line of the program evaluates to.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [loader, micropip, wheel, program] = process.argv.slice(2);
const bytes = (path) => new Uint8Array(readFileSync(path));
try {
  const { loadPyodide } = await import(loader);
  const python = await loadPyodide();
  globalThis.fetch = (address) => { throw new Error(`a request to ${address}`); };
  python.unpackArchive(bytes(micropip), "wheel");
  const place = `/tmp/${basename(wheel)}`;
  python.FS.writeFile(place, bytes(wheel));
  await python.pyimport("micropip").install(`emfs:${place}`);
  console.log(await python.runPythonAsync(program));
} catch (error) {
  console.log(error.message); // Node would print the source line, which is all of Pyodide
  process.exit(1);
}
