#!/usr/bin/env python3
"""Build the workbook: a folder that any web server, or GitHub Pages, can serve, and that needs nothing from elsewhere.

    python web/build.py            # into web/site; python -m http.server -d web/site shows it
    python web/build.py FOLDER

npm brings Pyodide and Graphviz, once; the package itself is built from this checkout, as plain Python.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
MODULES = WEB / "node_modules"
PAGE = ("index.html", "frame.html", "style.css", "workbook.py", "*.js")
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")
PACKAGE = ("autograd", "nn", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
FETCHED = ("pyodide/*.wasm", "pyodide/*.json", "pyodide/*.zip", "*.whl", "workbook.py")  # what takes its time to load
BUILT = "site.js"  # by this file a folder is known that may be built anew
LICENCES = """\
What the workbook is made of, and under which licences:

chainrule: MIT, below
Python (https://www.python.org), in Pyodide: PSF License Agreement
Graphviz (https://graphviz.org), in Viz.js: Eclipse Public License 1.0
"""


class Unbuildable(Exception):
    """What is missing, in a sentence."""


def build(site: Path) -> Path:
    """Write the whole site into a folder, which appears complete or not at all."""
    if site.exists() and any(site.iterdir()) and not (site / BUILT).exists():
        raise Unbuildable(f"{site} holds something else than a workbook: name another folder")
    fetch_modules()
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.parent, prefix=".workbook-") as work:
        made = Path(work, "site")
        (made / "pyodide").mkdir(parents=True)
        for pattern in PAGE:
            for path in WEB.glob(pattern):
                shutil.copy(path, made)
        for name in PYODIDE:
            shutil.copy(MODULES / "pyodide" / name, made / "pyodide")
        shutil.copy(MODULES / "@viz-js" / "viz" / "dist" / "viz.js", made)
        wheel = build_wheel(made)
        (made / "licences.txt").write_text(licences(), encoding="utf-8")
        size = sum(path.stat().st_size for pattern in FETCHED for path in made.glob(pattern))
        known = {"wheel": wheel.name, "bytes": size, "prepared": prepared()}
        text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
        (made / BUILT).write_text(f"export const site = {text};\n", encoding="utf-8")
        keep_offline(made)
        made.chmod(0o755)
        if site.exists():
            shutil.rmtree(site)
        made.rename(site)
    return site


def keep_offline(made: Path) -> None:
    """Tell offline.js which files there are; another version of any of them is another version of all."""
    script = made / "offline.js"
    files = sorted(path for path in made.rglob("*") if path.is_file() and path != script)
    version = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()
    names = ["./", *(path.relative_to(made).as_posix() for path in files)]
    facts = f"const FILES = {json.dumps(names)}, VERSION = {json.dumps(version)};\n"
    script.write_text(facts + script.read_text(encoding="utf-8"), encoding="utf-8")


def fetch_modules() -> None:
    """Install what package-lock.json names, unless it is there already."""
    installed = MODULES / ".package-lock.json"
    wanted = json.loads((WEB / "package-lock.json").read_text())["packages"]
    if installed.exists():
        there = json.loads(installed.read_text())["packages"]
        if all(
            there.get(name, {}).get("version") == package.get("version") for name, package in wanted.items() if name
        ):
            return
    if not shutil.which("npm"):
        raise Unbuildable("npm is needed to fetch Pyodide: install Node.js (nodejs.org)")
    with tempfile.TemporaryDirectory(dir=WEB, prefix=".npm-") as work:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(WEB / name, work)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=work)
        shutil.rmtree(MODULES, ignore_errors=True)
        with contextlib.suppress(FileExistsError):  # another build was faster
            Path(work, "node_modules").rename(MODULES)


def build_wheel(folder: Path) -> Path:
    """The package as a wheel of plain Python, from a copy, so that nothing that lies about comes into it."""
    with tempfile.TemporaryDirectory() as work:
        for name in PACKAGE:
            source, target = ROOT / name, Path(work, name)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
            else:
                shutil.copy(source, target)
        plain = {**os.environ, "CHAINRULE_PLAIN": "1"}
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), work, env=plain)
    (wheel,) = folder.glob("*.whl")
    return wheel


def prepared() -> dict[str, Any]:
    """Answers that the page needs before Python runs there, by their questions."""
    sys.path[:0] = [str(ROOT), str(WEB)]
    import workbook

    listed = workbook.exercises()
    questions: list[tuple[str, dict[str, Any]]] = [("exercises", {})]
    questions += [("task", {"task": {"exercise": str(exercise["number"])}}) for exercise in listed["exercises"]]
    return {
        json.dumps(question, separators=(",", ":")): workbook.QUESTIONS[question[0]](**question[1])
        for question in questions
    }


def licences() -> str:
    """Names, licences and sources of all that is in the folder."""
    lines = []
    for name in ("pyodide", "@viz-js/viz"):
        package = json.loads((MODULES / name / "package.json").read_text())
        address = package.get("homepage") or package["repository"]["url"]
        lines.append(f"{name} {package['version']} ({address}): {package['license']}")
    return "\n".join([LICENCES, *lines, "", (ROOT / "LICENSE").read_text()])


def run(*command: str, **options: Any) -> None:
    """Run a program; what it says in vain is the reason."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise Unbuildable(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Build the site; 1 where that cannot be done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=WEB / "site", help="where to (web/site)")
    folder = parser.parse_args().folder
    try:
        site = build(folder.absolute())
    except (Unbuildable, OSError) as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    megabytes = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    print(f"{site}: {megabytes:.1f} MB; to see it: python -m http.server -d {os.path.relpath(site)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
