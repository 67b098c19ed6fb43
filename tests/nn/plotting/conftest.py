"""Pictures are drawn without a display, and do not pile up."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import pytest
from matplotlib import pyplot


@pytest.fixture(autouse=True)
def off_screen() -> Iterator[None]:
    matplotlib.use("Agg")
    yield
    pyplot.close("all")
