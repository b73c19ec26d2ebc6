"""Charts of the last two minutes, as paths of an SVG and as a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.student.control_room.samples import KEPT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from classroom.student.control_room.samples import Event, Sample

    Measure = Callable[[Sample], float | None]

WIDTH, HEIGHT = 300, 90
NOTHING = "no data"
HEADROOM = 1.05
RECENT = 10  # seconds, in which an error is still news
STEPS = (1, 2, 3, 4, 5, 6, 8)  # the top of a scale is one of these, times a power of ten


@dataclass(frozen=True)
class Line:
    """One line of a chart: what it is called, its newest value in words, and its path."""

    name: str
    now: str
    path: str


@dataclass(frozen=True)
class Chart:
    """One chart, ready to be drawn."""

    id: str
    title: str
    top: str
    lines: tuple[Line, ...]
    marks: tuple[float, ...]  # where events are
    sentence: str  # the same for someone who cannot see it
    note: str = ""


@dataclass(frozen=True)
class Kind:
    """What one chart shows: its title, its unit, and a measure for each line."""

    id: str
    title: str
    unit: str
    measures: dict[str, Measure]
    least: float = 10  # the top of the scale is at least this
    most: float = math.inf


def _rate(name: str) -> Measure:
    return lambda sample: sample.rate(name)


KINDS = (
    Kind("requests", "Requests a second", "", {"requests": _rate("site")}),
    Kind("latency", "Response time", "ms", {"p50": lambda each: each.p50, "p95": lambda each: each.p95}),
    Kind("errors", "Errors a second", "", {"errors": _rate("errors")}),
    Kind("statements", "SQL statements a second", "", {"primary": _rate("primary"), "replica": _rate("replica")}),
    Kind("hits", "Cache hit rate", "%", {"hit rate": lambda each: each.hit_rate}, least=100, most=100),
)


def charts(samples: Sequence[Sample], events: Iterable[Event], now: float) -> list[Chart]:
    """Return every chart of the two minutes before *now*."""
    marks = tuple(round(_x(event.at, now), 1) for event in events if event.at > now - KEPT_SECONDS)
    found = [_chart(kind, samples, marks, now) for kind in KINDS]
    return [replace(chart, note=_why(samples)) if chart.id == "errors" else chart for chart in found]


def _why(samples: Sequence[Sample]) -> str:
    """Return what most of the last errors were."""
    why = next((sample.why for sample in reversed(samples[-RECENT:]) if sample.why), "")
    if not why:
        return ""
    return f"Mostly {why.replace(': ', ' ', 1)}" + (", a TODO that is still open." if why.endswith("501") else ".")


def _chart(kind: Kind, samples: Sequence[Sample], marks: tuple[float, ...], now: float) -> Chart:
    drawn = {
        name: [(_x(each.at, now), measure(each)) for each in samples if each.at > now - KEPT_SECONDS]
        for name, measure in kind.measures.items()
    }
    known = [value for points in drawn.values() for _, value in points if value is not None]
    top = min(kind.most, _scale(max([kind.least, *(HEADROOM * value for value in known)])))
    lines = tuple(Line(name, _shown(points, kind.unit), _path(points, top)) for name, points in drawn.items())
    parts = [_spoken(line.name, line.now, drawn[line.name], kind.unit) for line in lines]
    return Chart(kind.id, kind.title, with_unit(top, kind.unit), lines, marks, ". ".join(parts) + ".")


def with_unit(value: float | None, unit: str) -> str:
    """Return a value as it is shown: whole, or with one place below ten."""
    if value is None:
        return NOTHING
    number = f"{value:.1f}" if 0 < value < 10 and round(value, 1) != round(value) else f"{value:,.0f}"  # noqa: PLR2004
    return f"{number} {unit}".rstrip()


def _shown(points: Sequence[tuple[float, float | None]], unit: str) -> str:
    return with_unit(points[-1][1] if points else None, unit)


def _spoken(name: str, now: str, points: Sequence[tuple[float, float | None]], unit: str) -> str:
    known = [value for _, value in points if value is not None]
    if not known:
        return f"{name}: nothing measured yet"
    return f"{name}: now {now}, between {with_unit(min(known), unit)} and {with_unit(max(known), unit)} in the last two minutes"


def _x(at: float, now: float) -> float:
    return WIDTH * (1 - (now - at) / KEPT_SECONDS)


def _scale(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in STEPS if step * power >= value), 10 * power)


def _path(points: Iterable[tuple[float, float | None]], top: float) -> str:
    """Return the path through all points; where nothing was measured there is a gap."""
    words, pen_is_down = [], False
    for x, value in points:
        if value is not None:
            words.append(f"{'L' if pen_is_down else 'M'}{x:.1f} {HEIGHT * (1 - min(value, top) / top):.1f}")
        pen_is_down = value is not None
    return "".join(words)
