"""Random formulas, compiled against eager: every operation of the table, each in random company.

    python benchmarks/formulas.py [COUNT] [--seed N] [--jax N]

Prints what differs, with the seed and number that give it again, and how often each operation occurred at least; the
exit code is 1 if anything differs. ``--jax`` also compiles every N-th formula for JAX, which takes about a second each.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from autograd import OPERATIONS
from tests.compiling.formulas import Formula, difference


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jax", type=int, default=0, metavar="N", help="compile every N-th for JAX, too")
    options = parser.parse_args()
    used: Counter[str] = Counter()
    wrong = 0
    for number in range(options.count):
        formula = Formula(options.seed, number)
        used.update(formula.operations)
        targets = ["numpy"] + ["jax"] * bool(options.jax and number % options.jax == 0)
        for target in targets:
            if found := difference(formula, target):
                wrong += 1
                print(f"seed {options.seed}, formula {number}, {target}: {formula}\n    {found}", flush=True)
    missing = sorted(set(OPERATIONS) - set(used))
    print(f"{options.count} formulas, {wrong} differ; each operation at least {min(used.values(), default=0)} times")
    if missing:
        print(f"never: {', '.join(missing)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
