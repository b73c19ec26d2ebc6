"""What a load has seen: requests, latency and errors, over the last seconds or all of it."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import NamedTuple

UNSENT = "not sent, too many were waiting"
MOST_OUTCOMES = 300_000  # ten minutes of 500 requests a second


class Outcome(NamedTuple):
    """How a request ended: when, which one it was, the seconds since it was due, and the error if it was one.

    `seconds` is None if there was no response, and it was not for the lack of time.
    """

    at: float
    kind: str
    seconds: float | None
    error: str | None


@dataclass(frozen=True)
class Figures:
    """The figures of some seconds.

    Attributes:
        seconds: how many seconds the figures cover.
        requests: how many requests to the site ended.
        requests_per_second: the same, for each second.
        p50: the median of the seconds from the moment a request was due to its response; None without a response.
        p95: the seconds within which 95 of 100 had their response.
        errors: how many requests failed, including the files that go to and from the storage server.
        errors_by: the same by what kind, the most frequent first, such as `{"create: 501": 3}`.
        requests_by: how many requests there were of each kind.
        waiting: how many requests are due now and have no response yet.
        unsent: how many of the requests were never sent, because too many others had no response yet; they are errors.
    """

    seconds: float
    requests: int
    requests_per_second: float
    p50: float | None
    p95: float | None
    errors: int
    errors_by: dict[str, int] = field(default_factory=dict)
    requests_by: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    unsent: int = 0


class Outcomes:
    """The outcomes of the last minutes, added in one thread and read in others."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._outcomes: deque[Outcome] = deque(maxlen=MOST_OUTCOMES)
        self._files: deque[Outcome] = deque(maxlen=MOST_OUTCOMES)
        self.began = time.monotonic()
        self.ended: float | None = None  # when the last request had ended, after a stop

    def add(self, outcome: Outcome, *, to_storage: bool = False) -> None:
        """Add how a request to the site, or to the storage server, has ended."""
        with self._turn:
            (self._files if to_storage else self._outcomes).append(outcome)

    def figures(self, seconds: float | None, waiting: int) -> Figures:
        """Return the figures of the last seconds; None for all that is known."""
        now = (self.ended or time.monotonic()) if seconds is None else time.monotonic()
        since = self.began if seconds is None else max(self.began, now - seconds)
        with self._turn:
            found, files = _since(self._outcomes, since), _since(self._files, since)
        length = now - since if seconds is None else seconds
        times = sorted(outcome.seconds for outcome in found if outcome.seconds is not None)
        errors = Counter(f"{outcome.kind}: {outcome.error}" for outcome in [*found, *files] if outcome.error)
        return Figures(
            seconds=length,
            requests=len(found),
            requests_per_second=len(found) / length if length else 0.0,
            p50=percentile(times, 0.50),
            p95=percentile(times, 0.95),
            errors=errors.total(),
            errors_by=dict(errors.most_common()),
            requests_by=dict(Counter(outcome.kind for outcome in found).most_common()),
            waiting=waiting,
            unsent=sum(outcome.error == UNSENT for outcome in found),
        )


def percentile(ordered: list[float], share: float) -> float | None:
    """Return the value that this share of the ordered values does not exceed; None for no values."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(round(len(ordered) * share, 6)) - 1)]


def _since(outcomes: deque[Outcome], moment: float) -> list[Outcome]:
    """Return the outcomes since a moment: they are in order, so the search goes back from the last one."""
    found = []
    for outcome in reversed(outcomes):
        if outcome.at < moment:
            break
        found.append(outcome)
    return found
