"""Two hostile and two right submissions in one grading, in every order: what do the right ones lose, in points and time?

A right one may take at most 1.3 times as long as by itself.

python shared/bench/neighbors.py [--weeks 3,4,5] [--orders N] [--jobs N]
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from classroom.core.assignment import Assignment
from cohort import TOP, command
from usual import solved, week

FULL = 100
MOST, ALONE = 1.3, 3  # times as long; gradings of one by itself
# Appended to the solution: what starts when the app is imported, again after each restart.
HOSTILE = {
    "computes": "DO $$ BEGIN LOOP PERFORM md5(random()::text); END LOOP; END $$",
    "fills": "CREATE TABLE IF NOT EXISTS large (x text); "
    "INSERT INTO large SELECT repeat(md5(n::text), 100) FROM generate_series(1, 20000) n",
}
ATTACK = '''

import os as _os
import re as _re
import threading as _threading

import psycopg as _psycopg


def _attack():
    while True:
        try:
            with _psycopg.connect(_re.sub(r"[+]\\w+", "", _os.environ["DATABASE_URL"]), autocommit=True) as _connection:
                _connection.execute("SET client_connection_check_interval = 0; SET statement_timeout = '20s'")
                _connection.execute("""{statement}""")
        except _psycopg.Error:
            continue


for _ in range(20):
    _threading.Thread(target=_attack, daemon=True).start()
'''


def orders() -> list[tuple[str, ...]]:
    """Return every order of two hostile and two right submissions; the right ones are alike."""
    return sorted(set(itertools.permutations([*HOSTILE, "right", "right"])))


def lay_out(number: int, order: tuple[str, ...], folder: Path) -> None:
    """Write submissions whose names sort in this order."""
    for position, kind in enumerate(order, 1):
        name = f"{position}-{kind}"
        submission = solved(number, folder / name)
        if kind in HOSTILE:
            with (submission / "app/main.py").open("a", encoding="utf-8") as file:
                file.write(ATTACK.format(statement=HOSTILE[kind]))


def graded(number: int, order: tuple[str, ...], jobs: int) -> list[tuple[int, float]]:
    """Grade submissions in this order, so many at once; return points and seconds of each right one."""
    assignment = Assignment.load(week(number))
    with tempfile.TemporaryDirectory(prefix="neighbors-") as room:
        folder, out = Path(room, "all"), Path(room, "grades")
        lay_out(number, order, folder)
        words = command(assignment, folder, out, *(["--jobs", str(jobs)] if jobs else []), "--sandbox", "bubblewrap")
        subprocess.run(words, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
        results = [json.loads(path.read_text(encoding="utf-8")) for path in (out / "results").glob("*-right*.json")]
    if len(results) != (wanted := order.count("right")):
        sys.exit(f"week {number}, {', '.join(order)}: {len(results)} of {wanted} right submissions have a result.")
    return [(result["score"], result["duration_s"]) for result in results]


def main() -> int:
    """Print a line for each order; the exit status is 0 when no right submission lost a point or took much longer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", default="3,4,5", metavar="N,N")
    parser.add_argument("--orders", type=int, default=len(orders()), metavar="N")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="graded at once; 0 is as many as by default")
    arguments = parser.parse_args()
    worst, lost = 0.0, 0
    for number in map(int, arguments.weeks.split(",")):
        alone = statistics.mean(graded(number, ("right",), arguments.jobs)[0][1] for _ in range(ALONE))
        print(f"week {number}: a right submission by itself takes {alone:.1f} s", flush=True)
        for order in orders()[: arguments.orders]:
            found = graded(number, order, arguments.jobs)
            ratio = max(seconds for _, seconds in found) / alone
            worst, lost = max(worst, ratio), lost + sum(score != FULL for score, _ in found)
            print(f"  {', '.join(order)}: {[score for score, _ in found]}, {ratio:.2f} times as long", flush=True)
    print(f"{lost or 'no'} right submissions lost points; at most {worst:.2f} times as long as one by itself")
    return 1 if lost or worst > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
