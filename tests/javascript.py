"""Running JavaScript, where Node is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node runs the JavaScript, and it is not installed here")


def run(program: str) -> Any:
    """What the program's last expression is: numbers that JSON cannot hold come as texts."""
    written = "(_, x) => typeof x === 'number' && !Number.isFinite(x) ? String(x) : x"
    assert NODE is not None, "the tests that run it need Node"
    program = f"console.log(JSON.stringify((0, eval)({json.dumps(program)}), {written}))"
    done = subprocess.run([NODE, "-"], input=program, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
