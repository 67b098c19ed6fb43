"""The site as it is built: whole, by itself, and with the package as a wheel that Pyodide installs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import json, sys, micropip
from autograd import Value, draw, exp, verify
from autograd.engine import engine
from autograd.exercises import fresh, solution
x = Value(3.0, label="x")
f = x * exp(x)
f.backward()
json.dumps({
    "installed": sorted(micropip.list()), "platform": sys.platform, "engine": engine(), "gradient": x.grad,
    "verdict": verify("x/y", {"x": 3, "y": 2}, {"y": "x/y^2"}).verdict,
    "drawn": draw(f).text, "solved": solution(fresh("Ada", 3)),
})
"""


@pytest.fixture(scope="module")
def micropip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("micropip")
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.14", "--dest", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "micropip"], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"micropip cannot be fetched: {done.stderr}")
    return next(folder.glob("*.whl"))


def test_micropip_installs_the_wheel_and_fetches_nothing(modules: Path, site: Path, micropip: Path) -> None:
    from autograd import Value, draw, exp
    from autograd.exercises import fresh, solution

    (wheel,) = site.glob("*.whl")
    loader = (modules / "pyodide" / "pyodide.mjs").as_uri()
    script = Path(__file__).with_name("install.mjs")
    done = subprocess.run(["node", script, loader, micropip, wheel, PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    found = json.loads(done.stdout)
    assert found.pop("installed") == ["chainrule"]  # and nothing that it would need on a desktop
    x = Value(3.0, label="x")
    f = x * exp(x)
    f.backward()
    assert found == {
        "platform": "emscripten",
        "engine": "plain Python",
        "gradient": x.grad,
        "verdict": "∂f/∂y is wrong: the sign.",
        "drawn": draw(f).text,
        "solved": solution(fresh("Ada", 3)),
    }


def test_the_wheel_is_plain_python(site: Path) -> None:
    (wheel,) = site.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "autograd/reading/table.json" in names
    assert not [name for name in names if name.endswith((".so", ".pyd", ".c", "compiled.json"))]


def test_nothing_in_the_page_comes_from_elsewhere(site: Path) -> None:
    for path in [*site.glob("*.html"), *site.glob("*.css")]:
        assert not re.search(r"""(src|href)=["']?(https?:)?//|url\((https?:)?//|@import""", path.read_text()), path.name
    for name in ("main", "answers", "look", "keys", "work", "python", "safe", "address", "worker"):
        text = (site / f"{name}.js").read_text()
        assert "innerHTML" not in text, name
        assert set(re.findall(r'from "([^"]+)"', text)) <= {
            *(f"./{path.name}" for path in site.glob("*.js")),
            "./pyodide/pyodide.mjs",
        }


def test_says_how_much_there_is_to_load(site: Path) -> None:
    data = _data(site)
    fetched = [path for path in (site / "pyodide").iterdir() if path.suffix != ".mjs"]
    fetched += [site / data["wheel"], site / "workbook.py"]
    assert data["bytes"] == sum(path.stat().st_size for path in fetched)


def test_builds_over_an_older_site_and_nothing_else(builder: Any, site: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(builder.Unbuildable, match="holds something else than a workbook"):
        builder.build(mine)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.txt"]
    older = tmp_path / "older"
    older.mkdir()
    (older / "site.js").touch()
    (older / "gone.js").touch()
    assert sorted(path.name for path in builder.build(older).iterdir()) == sorted(path.name for path in site.iterdir())


def _data(site: Path) -> dict[str, Any]:
    text = (site / "site.js").read_text()
    found: dict[str, Any] = json.loads(text.removeprefix("export const site = ").removesuffix(";\n"))
    return found
