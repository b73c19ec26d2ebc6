"""Week 5's solution under load, on this machine: what the generator and the parts report, against what the parts print.

python shared/bench/load.py [--rate N] [--seconds N] [--writers X]

Requests are compared with the instances' own access logs, files with the storage server's, statements with those counted after
the end, keys with the commands that the cache has run, jobs with the rows of the table. Each may differ by 2 %.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import redis
from classroom.core.assignment import Assignment
from classroom.student.load import Load, Parts
from classroom.student.load.own_system import own_system
from classroom.student.load.report import milliseconds
from classroom.student.load.running import address_of
from usual import solved, week

if TYPE_CHECKING:
    from classroom.services.postgres.database import Database
    from classroom.student.local_system import LocalSystem

NUMBER, WORKERS = 5, 4  # each does two jobs a second
MOST_DIFFERENCE = 0.02
SETTLE_SECONDS = 3.0


def main() -> int:
    """Print each pair of counts; the exit status is 0 if all agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--writers", type=float, default=0.1)
    arguments = parser.parse_args()
    printed: Counter[str] = Counter()

    def show(part: str, line: str) -> None:
        printed[part] += " HTTP/1.1" in line

    with tempfile.TemporaryDirectory(prefix="load-") as name:
        place = solved(NUMBER, Path(name) / week(NUMBER).name)
        with own_system(Assignment.load(place), workers=WORKERS, show=show) as system:
            return compare(system, printed, arguments)


def compare(system: LocalSystem, printed: Counter[str], arguments: argparse.Namespace) -> int:
    """Send the load, and compare what was counted in the meantime; return the exit status."""
    assert system.database is not None
    load, parts = Load(address_of(system.ports.site), arguments.rate, arguments.writers), Parts(system)
    cache = redis.Redis.from_url(system.cache_url)
    load.start()
    load.prepared.wait()
    time.sleep(2)
    load.stop()
    wait(parts)
    before, lines, keys, jobs = parts.count(), Counter(printed), asked(cache), done(system.database)
    with system.database.counting() as primary, system.database.reader().counting() as replica:
        used = time.process_time()
        load.start(prepare=False)
        time.sleep(arguments.seconds)
        load.stop()
        used = (time.process_time() - used) / arguments.seconds
        wait(parts)
        counts = parts.count().since(before)
    figures, tables, new = load.figures(None), system.database.names(), printed - lines
    pairs = {
        "requests, by the load": (figures.requests - figures.unsent, sum(counts.requests.values())),
        "requests to a": (counts.requests["a"], new["a"]),
        "requests to b": (counts.requests["b"], new["b"]),
        "requests to the storage server": (counts.storage, new["storage"]),
        "statements on the primary": (counts.primary or 0, primary.total(tables)),
        "statements on the replica": (counts.replica or 0, replica.total(tables)),
        "keys of the cache": ((counts.hits or 0) + (counts.misses or 0), asked(cache) - keys),
        "jobs": (counts.jobs, done(system.database) - jobs),
    }
    for what, (shown, found) in pairs.items():
        print(f"{what:26} {shown:6} {found:6}")
    worst = max(abs(shown - found) / max(1, shown, found) for shown, found in pairs.values())
    print(
        f"{figures.requests_per_second:.0f} requests/s of {arguments.rate:g}, p50 {milliseconds(figures.p50)}, "
        f"p95 {milliseconds(figures.p95)}, {figures.errors} errors; the generator took {used:.0%} of a core; "
        f"counts differ by {worst:.1%} at most"
    )
    return 0 if worst <= MOST_DIFFERENCE and not figures.errors else 1


def wait(parts: Parts) -> None:
    """Wait until the worker has nothing left to do."""
    last = -1
    while (now := parts.count().jobs) != last:
        last = now
        time.sleep(SETTLE_SECONDS)


def asked(cache: redis.Redis) -> int:
    """Return how many keys the cache was asked for: the solution asks for two at a time."""
    return 2 * int(cache.info("commandstats").get("cmdstat_mget", {}).get("calls", 0))


def done(database: Database) -> int:
    """Return how many videos are transcoded, by the table."""
    return int(database.rows("SELECT count(*) AS number FROM jobs WHERE done")[0]["number"])


if __name__ == "__main__":
    sys.exit(main())
