"""What was measured in a running system, second by second, and what followed an event."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT_SECONDS = 120
FOLLOWED_SECONDS = 10
SETTLED_SECONDS = 2  # without a failure, after which an event is over
COMPARED_SECONDS = 3  # before an event, and at the end of what followed
CHANGED = 1.5  # a latency that is this many times another one has changed


@dataclass(frozen=True)
class Sample:
    """One interval of about a second.

    Attributes:
        at: its end, in seconds since 1970.
        seconds: its length.
        requests: how many requests of the load were answered or failed in it.
        errors: how many requests failed, including those to the storage server.
        why: the most frequent error, such as `list: 501`; empty without one.
        p50: the median time of a response in milliseconds; None without a response.
        p95: the time that 95 of 100 responses did not exceed.
        counts: how much each part did in it: requests of the instances, statements of the databases, hits of the cache;
            None where a part does not count.
    """

    at: float
    seconds: float
    requests: int = 0
    errors: int = 0
    why: str = ""
    p50: float | None = None
    p95: float | None = None
    counts: Mapping[str, int | None] = field(default_factory=dict)

    def rate(self, name: str) -> float | None:
        """Return how often something happened in a second: `errors`, or one of the counts; None if nobody counts it."""
        count = self.errors if name == "errors" else self.counts.get(name)
        return None if count is None else count / self.seconds

    @property
    def lookups(self) -> int:
        """Return how many keys the cache was asked for."""
        return sum(self.counts.get(name) or 0 for name in ("hits", "misses"))

    @property
    def hit_rate(self) -> float | None:
        """Return how many of 100 keys the cache had; None if it was asked for none."""
        return 100 * (self.counts.get("hits") or 0) / self.lookups if self.lookups else None


@dataclass(frozen=True)
class Event:
    """Something that was done to the system, or that happened by itself: then what follows is not its doing."""

    at: float
    text: str
    by_itself: bool = False

    @property
    def clock(self) -> str:
        """Return the time of day."""
        return time.strftime("%H:%M:%S", time.localtime(self.at))


def followed(event: Event, samples: Sequence[Sample], until: float, now: float) -> str:
    """Return in words what followed an event.

    Args:
        event: what happened.
        samples: the measurements, in order.
        until: the time of the next event that counts, or now.
        now: the time.
    """
    end = min(until, event.at + FOLLOWED_SECONDS)
    after = [sample for sample in samples if event.at < sample.at <= end]
    if event.by_itself or not sum(sample.requests for sample in after):
        return ""
    return "; ".join(filter(None, (_failures(after, is_over=end < now), _latency(event, samples, after))))


def _failures(after: Sequence[Sample], *, is_over: bool) -> str:
    failed = sum(sample.errors for sample in after)
    asked = sum(sample.requests for sample in after)
    if not failed:
        return "no request failed"
    if failed >= asked:
        return "every request failed"
    noun = "1 request" if failed == 1 else f"{failed} requests"
    last = [sample for sample in after if sample.at > after[-1].at - SETTLED_SECONDS]
    if len(after) > len(last) and not any(sample.errors for sample in last):
        return f"{noun} failed, then 0"
    return f"{failed} of {asked} requests failed" + ("" if is_over else " so far")


def _latency(event: Event, samples: Sequence[Sample], after: Sequence[Sample]) -> str:
    before = _median([each for each in samples if event.at - COMPARED_SECONDS <= each.at <= event.at])
    now = _median(after[-COMPARED_SECONDS:])
    if before is None or now is None or max(before, now) < CHANGED * min(before, now):
        return ""
    return f"p95 from {before:.0f} to {now:.0f} ms"


def _median(samples: Sequence[Sample]) -> float | None:
    known = [sample.p95 for sample in samples if sample.p95 is not None]
    return statistics.median(known) if known else None
