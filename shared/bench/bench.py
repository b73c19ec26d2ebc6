"""What the kit costs compared with the usual way, all in one run: checks, a cohort, fresh databases.

python shared/bench/bench.py [--rounds N] [--only checks|cohorts|databases]

A check is measured by turns with a plain pytest over the same assertions, and so is a cohort with a plain loop, so that
what else the machine does falls on both. What counts is the ratio.
"""

from __future__ import annotations

import argparse
import os
import sys

import checks
import cohorts
import databases

PARTS = {"checks": checks.rows, "cohorts": cohorts.rows, "databases": databases.rows}


def main() -> None:
    """Print each part as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--only", choices=PARTS, action="append")
    arguments = parser.parse_args()
    version = sys.version.split()[0]
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {version}, {arguments.rounds} rounds, medians"
    )
    for name in arguments.only or PARTS:
        print()
        rows = []
        for row in PARTS[name](arguments.rounds):
            print(row, flush=True)
            rows.append(" ".join(row.split()))
        print(f"{name}: {'; '.join(rows[1:])}")


if __name__ == "__main__":
    main()
