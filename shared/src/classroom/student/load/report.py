"""What `classroom load` reports: the figures of a load next to what the parts have counted, as a table or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from classroom.student.load.counts import Counts
    from classroom.student.load.figures import Figures

OPEN_TASKS = "501 is the response from a task that is not done yet."
EXACT_SECONDS = 0.1  # below, tenths of a millisecond are shown


@dataclass(frozen=True)
class Report:
    """A finished load.

    Attributes:
        rate: the requests a second that were asked for.
        asked_seconds: for how long; the last responses of a slow site come later, and `figures.seconds` includes these.
        writers: the share of them that changed something.
        figures: what the load has seen.
        counts: what the parts have counted in the same time.
        of_run: whether it was the site that `run` had started.
    """

    rate: float
    asked_seconds: float
    writers: float
    figures: Figures
    counts: Counts
    of_run: bool = False

    def as_json(self) -> str:
        """Return the report as JSON, with seconds for latency."""
        parts = asdict(self.counts) | {"hit_rate": self.counts.hit_rate}
        asked = {"rate": self.rate, "writers": self.writers, "of_run": self.of_run}
        return json.dumps(asked | asdict(self.figures) | {"parts": parts}, indent=2)

    def print(self, console: Console) -> None:
        """Print the report as two small tables."""
        from rich.table import Table

        where = ", to the site of `run`" if self.of_run else ""
        asked = f"{self.rate:g} requests a second for {self.asked_seconds:g} s, {self.writers:.0%} writers{where}"
        console.print(f"\n  {asked}\n")
        for rows in (self._seen(), self._counted()):
            table = Table.grid(padding=(0, 2))
            table.add_column(min_width=10)
            table.add_column(justify="right", min_width=11)
            for row in rows:
                table.add_row(f"  {row[0]}", *row[1:])
            console.print(table)
            console.print()
        if any(reason.endswith(": 501") for reason in self.figures.errors_by):
            console.print(f"  {OPEN_TASKS}", style="dim")

    def _seen(self) -> Iterator[tuple[str, str, str]]:
        figures = self.figures
        yield "requests", str(figures.requests), f"{figures.requests_per_second:.1f} a second"
        yield "p50", milliseconds(figures.p50), "half the responses came within this time"
        yield "p95", milliseconds(figures.p95), "95 of 100 did"
        yield "errors", str(figures.errors), ""
        for reason, number in figures.errors_by.items():
            yield "", str(number), reason

    def _counted(self) -> Iterator[tuple[str, str, str]]:
        counts = self.counts
        for name, number in counts.requests.items():
            yield f"instance {name}", str(number), "requests"
        if counts.refused:
            yield "balancer", str(counts.refused), "requests rejected: no instance"
        yield "primary", _count(counts.primary), "statements"
        yield "replica", _count(counts.replica), "statements"
        rate = counts.hit_rate
        yield (
            "cache",
            "-" if rate is None else f"{rate:.0%}",
            f"hits, of {(counts.hits or 0) + (counts.misses or 0)} keys",
        )
        yield "storage", str(counts.storage), "requests"
        yield "workers", str(counts.jobs), "jobs done"


def milliseconds(seconds: float | None) -> str:
    """Return seconds in milliseconds."""
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.1f} ms" if seconds < EXACT_SECONDS else f"{seconds * 1000:.0f} ms"


def _count(number: int | None) -> str:
    return "not counted" if number is None else str(number)
