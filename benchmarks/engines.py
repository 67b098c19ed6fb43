"""The eager engine against its peers, each in a process of its own, interleaved, in one run.

    pip install ".[benchmark]" && python benchmarks/engines.py

Prints the tables, writes benchmarks/engines.json, and draws docs/engines.svg.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from timing import interleaved, median_ratio

HERE = Path(__file__).parent
ENGINES = ["compiled", "plain", "xad", "torch", "micrograd"]
ROUNDS = 5
SAMPLES = [20, 100]
LENGTHS = [10**3, 10**4, 10**5, 10**6, 10**7]
FUNCTIONS = ["exp", "log", "sin", "cos", "sqrt", "tanh", "sigmoid", "relu", "softplus", "gelu", "power", "maximum"]


def measured(what: str, size: int, plain: bool = False) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if name != "CHAINRULE_PLAIN"}
    if plain:
        environment["CHAINRULE_PLAIN"] = "1"
    command = [sys.executable, str(HERE / "workload.py"), what, str(size)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def time_per_node(engine: str, samples: int, nodes: int) -> float:
    return float(measured(engine, samples, plain=engine == "plain")["ns"]) / nodes


def compare_engines() -> dict[str, Any]:
    results: dict[str, Any] = {}
    for samples in SAMPLES:
        nodes = measured("nodes", samples)["nodes"]
        measures = {engine: partial(time_per_node, engine, samples, nodes) for engine in ENGINES}
        times = interleaved(measures, ROUNDS)
        medians = {engine: statistics.median(found) for engine, found in times.items()}
        results[str(samples)] = {"nodes": nodes, "ns per node": medians, "all": times}
        print(f"\nMLP(2, [16, 16, 1]), hinge loss, {samples} samples, {nodes} nodes, forward and backward\n")
        print(f"{'engine':<12}{'ns a node':>10}{'compiled is faster by':>24}{'plain is faster by':>21}")
        for engine in ENGINES:
            ratios = [median_ratio(times[engine], times[base]) for base in ("compiled", "plain")]
            print(f"{engine:<12}{medians[engine]:>10.0f}{ratios[0]:>24.2f}{ratios[1]:>21.2f}")
    return results


def grow() -> dict[str, Any]:
    results: dict[str, Any] = {}
    print(f"\n{'graph':<22}{'nodes':>10}{'ns a node':>11}{'bytes a node':>14}")
    for engine in ("compiled", "plain"):
        for shape in ("chain", "fan"):
            for length in LENGTHS:
                found = measured(shape, length, plain=engine == "plain")
                results.setdefault(f"{engine} {shape}", {})[str(length)] = found
                print(f"{engine + ' ' + shape:<22}{length:>10}{found['ns']:>11.0f}{found['bytes']:>14.1f}")
    return results


def compare_functions() -> dict[str, list[float]]:
    found = measured("functions", 3000)
    ratios = {
        name: [time / base for time, base in zip(times, found["multiply"], strict=True)]
        for name, times in found.items()
    }
    print("\ncompiled: cost over that of a multiplication; recorded alone, as a term of a sum that is swept\n")
    dearest = max(ratios, key=lambda name: ratios[name][1])
    for name in [*FUNCTIONS, dearest]:
        print(f"{name:<12}{ratios[name][0]:>8.2f}{ratios[name][1]:>8.2f}")
    return ratios


def draw(results: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams["svg.hashsalt"] = "chainrule"
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for offset, samples in enumerate(SAMPLES):
        medians = results["engines"][str(samples)]["ns per node"]
        places = [i + 0.4 * offset for i in range(len(ENGINES))]
        shade = ("#7fa7d6", "#1f4e89")[offset]
        bars = left.barh(places, [medians[engine] for engine in ENGINES], 0.38, color=shade, label=f"{samples} samples")
        left.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
    left.set_xscale("log")
    left.set_yticks(
        [i + 0.2 for i in range(len(ENGINES))],
        ["Chainrule, compiled", "Chainrule, plain", "XAD", "PyTorch", "micrograd"],
    )
    left.invert_yaxis()
    left.set_xlabel("ns a node, forward and backward")
    left.margins(x=0.15)
    left.legend(frameon=False, fontsize=8)
    for name, style in (("compiled chain", "o-"), ("compiled fan", "s--"), ("plain chain", "o-"), ("plain fan", "s--")):
        found = results["growth"][name]
        colour = "#1f4e89" if name.startswith("compiled") else "#d08a2e"
        lengths = [int(length) for length in found]
        right.loglog(
            lengths,
            [f["ns"] * n / 1e9 for n, f in zip(lengths, found.values(), strict=True)],
            style,
            color=colour,
            label=name,
        )
    right.set_xlabel("nodes")
    right.set_ylabel("seconds, forward and backward")
    right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    packages = {name: version(name) for name in ("chainrule", "xad", "torch", "micrograd", "numpy")}
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), **packages}
    print("  ".join(f"{name} {value}" for name, value in machine.items()))
    results = {"machine": machine, "engines": compare_engines(), "functions": compare_functions(), "growth": grow()}
    (HERE / "engines.json").write_text(json.dumps(results, indent=1))
    draw(results, HERE.parent / "docs" / "engines.svg")


if __name__ == "__main__":
    main()
