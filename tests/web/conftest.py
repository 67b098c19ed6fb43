"""The workbook as it is served, and a browser that shows it; each skips, with the reason, where one is missing."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.browser import CHROMIUM, sync_playwright

WEB = Path(__file__).parents[2] / "web"
if str(WEB) not in sys.path:
    sys.path.append(str(WEB))  # where workbook.py stands


@pytest.fixture(scope="session")
def builder() -> ModuleType:
    """web/build.py as a module."""
    spec = importlib.util.spec_from_file_location("workbook_builder", WEB / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def modules(builder: Any) -> Path:
    """The folder of what npm brings."""
    if not shutil.which("node"):
        pytest.skip("Node.js is not installed")
    try:
        builder.fetch_modules()
    except builder.Unbuildable as error:
        pytest.skip(f"Pyodide cannot be fetched: {error}")
    return WEB / "node_modules"


@pytest.fixture(scope="session")
def site(builder: Any, modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook, built."""
    if not (builder.ROOT / "autograd").is_dir():
        pytest.skip("the package's source, from which the workbook is built, is not beside the tests")
    return Path(builder.build(tmp_path_factory.mktemp("workbook") / "site"))


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain web server that prints nothing."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the workbook is served."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")  # two cannot run at a time, and other modules have one, too
def browser() -> Iterator[Any]:
    """Chromium."""
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()
