"""The map of the site: its parts, and how much travels between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.student.control_room.charts import with_unit
from classroom.student.control_room.controls import State
from classroom.student.local_system import INSTANCES

if TYPE_CHECKING:
    from classroom.student.control_room.controls import Controls
    from classroom.student.control_room.samples import Sample

THICKNESS = (1.5, 7.0)  # of an arrow: with one request a second, and with a thousand
NARROW, WIDE = 84, 104  # of a node: in the row of four, and above it
LOW = 300


@dataclass(frozen=True)
class Node:
    """A part: where it is, what it is called, and what it is doing."""

    id: str
    title: str
    x: int
    y: int
    state: str
    note: str = ""

    @property
    def width(self) -> int:
        """Return the width of its box."""
        return NARROW if self.y > LOW else WIDE

    @property
    def shown_note(self) -> str:
        """Return the line below its name."""
        return self.note or ("" if self.state in ("running", "idle") else self.state)

    @property
    def sentence(self) -> str:
        """Return what it is doing, in words."""
        return ", ".join(filter(None, (self.state, self.note)))


@dataclass(frozen=True)
class Arrow:
    """What travels from one part to another in a second."""

    id: str
    path: str
    x: int  # of its label
    y: int
    rate: float
    unit: str
    from_to: str

    @property
    def label(self) -> str:
        """Return the rate as it is shown on the map."""
        return f"{with_unit(self.rate, '')}/s"

    @property
    def width(self) -> float:
        """Return the width of the line."""
        least, most = THICKNESS
        return round(min(most, least + (most - least) * math.log10(1 + self.rate) / 3), 1)

    @property
    def sentence(self) -> str:
        """Return the same in words."""
        return f"{self.from_to}: {with_unit(self.rate, '')} {self.unit} a second"


def nodes(controls: Controls) -> list[Node]:
    """Return the parts of the site."""
    at = {"a": (105, 190), "b": (275, 190), "cache": (50, 322), "primary": (143, 322), "replica": (237, 322)}
    found = [Node("visitors", "visitors", 190, 28, "running" if controls.rate else "idle", _visitors(controls))]
    found.append(Node("balancer", "balancer", 190, 106, controls.state("balancer").value))
    found += [Node(name, f"instance {name}", *at[name], controls.state(name).value) for name in INSTANCES]
    found.append(Node("cache", "cache", *at["cache"], controls.state("cache").value))
    primary = State.STOPPED if controls.primary_is_away else State.RUNNING
    found.append(Node("primary", "primary", *at["primary"], primary.value, "away" if controls.primary_is_away else ""))
    lag = f"{controls.lag:g} s behind" if controls.lag else ""
    found.append(Node("replica", "replica", *at["replica"], "running", lag))
    found.append(Node("storage", "storage", 330, 322, controls.state("storage").value))
    found.append(Node("worker", "worker", 56, 416, *_workers(controls)))
    return found


def _visitors(controls: Controls) -> str:
    return f"{controls.rate:g} a second" if controls.rate else "no load"


def _workers(controls: Controls) -> tuple[str, str]:
    if not controls.workers:
        return "idle", "not started"
    left = len(controls.running_workers)
    return ("running" if left else "stopped"), f"{left} of {len(controls.workers)}"


def arrows(sample: Sample) -> list[Arrow]:
    """Return what travels between the parts, from the last measurement."""

    def rate(name: str) -> float:
        return sample.rate(name) or 0.0

    return [
        Arrow("in", "M190 50 V84", 198, 72, rate("site"), "requests", "visitors to balancer"),
        Arrow("to-a", "M164 128 L124 168", 96, 150, rate("a"), "requests", "balancer to instance a"),
        Arrow("to-b", "M216 128 L256 168", 244, 150, rate("b"), "requests", "balancer to instance b"),
        Arrow("to-cache", "M50 244 V300", 58, 278, sample.lookups / sample.seconds, "look-ups", "instances to cache"),
        Arrow("to-primary", "M143 244 V300", 151, 278, rate("primary"), "statements", "instances to primary"),
        Arrow("to-replica", "M237 244 V300", 245, 278, rate("replica"), "statements", "instances to replica"),
        Arrow(
            "to-storage", "M330 244 V300", 338, 278, rate("storage"), "requests", "visitors and instances to storage"
        ),
        Arrow("from-worker", "M68 394 L118 346", 30, 374, rate("jobs"), "jobs", "worker to primary"),
    ]
