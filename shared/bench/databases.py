"""What a fresh database with the course's tables costs, three ways."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import psycopg2
from classroom.services.postgres.open import open_postgres
from containers import container, missing
from usual import week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def rows(rounds: int) -> Iterator[str]:
    """A line for each way."""
    schema = (week(3) / "grading/solution/schema/01_create_tables.sql").read_text(encoding="utf-8")
    yield "a fresh database with week 3's tables"
    with open_postgres() as provisioner:
        original = provisioner.database()
        original.script(schema)

        def clone() -> None:
            with provisioner.database(original) as database:
                psycopg2.connect(database.url).close()

        def make() -> None:
            with provisioner.database() as database:
                database.script(schema)
                psycopg2.connect(database.url).close()

        yield f"  cloned from a template        {_median(clone, rounds):>7.0f} ms"
        yield f"  empty, the tables made in it  {_median(make, rounds):>7.0f} ms"
    if reason := missing():
        yield f"  a container of its own        not here: {reason}"
        return

    def start() -> None:
        with container():
            pass

    yield f"  a container of its own        {_median(start, rounds):>7.0f} ms"


def _median(work: Callable[[], None], rounds: int) -> float:
    found = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found[1:])
