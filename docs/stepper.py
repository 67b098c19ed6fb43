"""The README's picture of the stepper: ``python docs/stepper.py docs/stepper.png`` makes it.

It needs Chromium and Playwright (``pip install -e ".[browser]"``).
"""

import shutil
import sys
import tempfile
from pathlib import Path

from autograd import Value, exp, sin, stepper

STEP = "Backward: from v₂ to x"


def photograph(target: Path) -> None:
    """Write a picture of the page, in the middle of the backward pass."""
    from playwright.sync_api import sync_playwright

    x, y, z = Value(1.5, label="x"), Value(-1.0, label="y"), Value(0.5, label="z")
    f = x * exp(y) + sin(z)
    f.label = "f"
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_file = stepper(f).save(Path(folder) / "f.html")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.goto(page_file.as_uri())
        while page.inner_text("#step-title") != STEP:
            page.click("#next")
        page.click("#n0")
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    photograph(Path(sys.argv[1]))
