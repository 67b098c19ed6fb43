"""pytest would import the sources of what is compiled beside it: their examples are run by tests/test_engine.py."""

import json
from pathlib import Path

RECORD = Path(__file__).parent / "autograd" / "compiled.json"
collect_ignore = [f"autograd/{name}" for name in json.loads(RECORD.read_text())] if RECORD.exists() else []
