"""A real browser, where there is one: Chromium, driven by Playwright, and axe-core to look for barriers."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

try:
    from playwright.sync_api import sync_playwright as sync_playwright
except ImportError:
    sync_playwright = None  # type: ignore[assignment,unused-ignore]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(
    sync_playwright is None or CHROMIUM is None,
    reason='a browser opens the page: it needs Chromium and Playwright (pip install -e ".[browser]")',
)
Opened = Callable[..., contextlib.AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """Opens a file in a browser; nothing may be requested from elsewhere, nor an error be logged."""
    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)

        @contextlib.contextmanager
        def open_file(path: Path, width: int = 1280, scheme: Any = "light", motion: Any = "reduce") -> Iterator[Any]:
            size: Any = {"width": width, "height": 800}
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion=motion)
            page: Any = context.new_page()
            page.set_default_timeout(5000)
            troubles: list[str] = []
            requests: list[str] = []
            page.on("console", lambda message: troubles.append(message.text))
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("dialog", lambda dialog: troubles.append(dialog.message))
            page.on("request", lambda request: requests.append(request.url))
            page.goto(path.as_uri())
            yield page
            context.close()
            assert troubles == []
            assert requests == [path.as_uri()]

        yield open_file
        browser.close()


@functools.cache
def axe() -> str:
    """The source of axe-core, from the folder of web/package.json or npm's global one; skips where it is missing."""
    folders = [Path(__file__).parent.parent / "web" / "node_modules"]
    if npm := shutil.which("npm"):
        found = subprocess.run([npm, "root", "--global"], capture_output=True, text=True, check=False).stdout.strip()
        folders.append(Path(found))
    for folder in folders:
        if (script := folder / "axe-core" / "axe.min.js").exists():
            return script.read_text(encoding="utf-8")
    pytest.skip("axe-core looks for barriers: npm ci --prefix web")


def barriers(page: Any) -> list[str]:
    """What axe-core finds on a page, each with the elements that it is about."""
    session = page.context.new_cdp_session(page)  # the page's own policy lets no script in
    session.send("Runtime.evaluate", {"expression": axe()})
    call = "axe.run(document).then((found) => JSON.stringify(found.violations))"
    done = session.send("Runtime.evaluate", {"expression": call, "awaitPromise": True, "returnByValue": True})
    violations = json.loads(done["result"]["value"])
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in violations]
