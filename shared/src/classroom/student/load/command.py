"""`classroom load`: send load to a week's site for some seconds, and report what it and its parts have seen."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.commands import typed
from classroom.core.errors import UsageError
from classroom.student.load.load import Load
from classroom.student.load.own_system import own_system, take_away
from classroom.student.load.parts import Parts
from classroom.student.load.report import Report, milliseconds
from classroom.student.load.running import RunningSystem, address_of, running_system
from classroom.student.local_system import PartEndedError
from classroom.student.workspace import kept_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.core.assignment import Assignment
    from classroom.student.local_system import LocalSystem

PREPARE_SECONDS, WARM_UP_SECONDS = 10.0, 2.0
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Wish:
    """What is asked of a load.

    Attributes:
        rate: requests a second.
        seconds: how long they are counted.
        writers: the share of them that changes something.
        workers: how many workers the system has.
        without: parts that are taken away before the load begins.
        lag: how many seconds the replica lags.
    """

    rate: float
    seconds: float
    writers: float = 0.1
    workers: int = 0
    without: tuple[str, ...] = ()
    lag: float = 0.0

    @property
    def changes_system(self) -> bool:
        """Return whether it needs its own system."""
        return bool(self.workers or self.without or self.lag)


def measure(assignment: Assignment, wish: Wish, show: Callable[[str], None] = lambda _: None) -> Report:
    """Send load to the system that `run` has started, or else to one that is started for it.

    Args:
        assignment: a week with a whole system.
        wish: what is asked for.
        show: called with one line about the last second, again and again.

    Raises:
        UsageError: the week has no system, it did not start, or a running one would have to be changed.
    """
    if "storage" not in assignment.services:
        raise UsageError(f"{assignment.name} is a single app: `load` needs a whole site, as in week 5.")
    if running_system(assignment.folder):
        if wish.changes_system:
            raise UsageError(
                "A site is running, and `load` changes nothing about it: stop it with Ctrl-C first, "
                "or leave out the options for workers, lag and parts to do without."
            )
        with _found(assignment) as running:
            return _measure(running, running.port, wish, show, lasting=True)
    show("Starting the site.")
    with own_system(assignment, workers=wish.workers) as system:
        return _measure(system, system.ports.site, wish, show)


@contextlib.contextmanager
def _found(assignment: Assignment) -> Iterator[RunningSystem]:
    """Yield the system that `run` has started, with the database that it uses."""
    with kept_database(assignment) as (_, database):
        running = running_system(assignment.folder, database)
        if running is None:
            raise UsageError(f"The site has just stopped. Try again: {typed('load', assignment.name)}")
        yield running


def _measure(
    system: LocalSystem | RunningSystem, port: int, wish: Wish, show: Callable[[str], None], *, lasting: bool = False
) -> Report:
    load, parts = Load(address_of(port), wish.rate, wish.writers), Parts(system)
    try:
        show("Warming up.")
        load.start()
        load.prepared.wait(PREPARE_SECONDS)
        time.sleep(WARM_UP_SECONDS)
        load.stop()
        _change(system, wish)
        before = parts.count()
        load.start(prepare=False)
        end = time.monotonic() + wish.seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
            show(_line(load, left))
        load.stop()
        counts = parts.count().since(before)
        return Report(wish.rate, wish.seconds, wish.writers, load.figures(None), counts, lasting)
    finally:
        load.stop()
        if lasting:
            show("Deleting its videos.")
            load.clear()


def _change(system: LocalSystem | RunningSystem, wish: Wish) -> None:
    """Take parts away and let the replica lag, as asked: the first videos are there by now."""
    if wish.changes_system:
        assert not isinstance(system, RunningSystem)
        take_away(system, wish.without)
        if wish.lag:
            system.set_replica_lag(wish.lag)


def _line(load: Load, left: float) -> str:
    figures = load.figures(1.0)
    return (
        f"{left:3.0f} s left   {figures.requests_per_second:3.0f} requests/s   p50 {milliseconds(figures.p50)}   "
        f"p95 {milliseconds(figures.p95)}   {figures.errors} errors"
    )


def load_site(assignment: Assignment, wish: Wish, *, as_json: bool = False) -> int:
    """Measure, print the report, and return 0, or 1 if there were errors or the site did not start.

    Args:
        assignment: a week with a whole system.
        wish: what is asked for.
        as_json: whether to print JSON instead of tables.
    """
    from rich.console import Console

    try:
        with Console(stderr=True, highlight=False).status("", spinner="line") as status:
            report = measure(assignment, wish, status.update)
    except PartEndedError as error:
        print(error, file=sys.stderr)
        return 1
    if as_json:
        print(report.as_json())
    else:
        report.print(Console(highlight=False))
    return 1 if report.figures.errors else 0
