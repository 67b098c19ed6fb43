"""What all pictures share: the Axes, and colours that the colour-blind can tell apart."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito, "Color Universal Design" (2008).
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, YELLOW, BLACK = "#E69F00", "#56B4E9", "#F0E442", "#000000"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, YELLOW, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", ":", "-.")


def matplotlib(module: str) -> Any:
    """A module of matplotlib; ImportError, in one sentence, where it is not installed."""
    try:
        return import_module(f"matplotlib.{module}")
    except ImportError:
        raise ImportError('pictures are drawn by matplotlib: pip install "chainrule[plot]"') from None


def axes(ax: Axes | None, size: tuple[float, float] = (6.4, 4.8)) -> Axes:
    """The Axes given, or those of a new figure of a size in inches."""
    made: Axes = ax or matplotlib("pyplot").subplots(figsize=size, layout="constrained")[1]
    return made


def whole_numbers_below(ax: Axes) -> None:
    """Let the ticks of the x axis be whole numbers."""
    ax.xaxis.set_major_locator(matplotlib("ticker").MaxNLocator(integer=True, min_n_ticks=1))


def legend_beside(ax: Axes, **options: Any) -> None:
    """A legend to the right of the Axes, where it covers nothing."""
    ax.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0), **options)


def key(colour: str, label: str, line: str = "-", marker: str = "") -> Any:
    """An entry of a legend: a line, or a marker, with what it means."""
    return matplotlib("lines").Line2D([], [], color=colour, label=label, linestyle=line, marker=marker)
