"""A slot of the pool: one worker process and what it is working on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classroom.core.load import LoadLimits

if TYPE_CHECKING:
    import subprocess

    from classroom.checks.workers.job import GradingJob


@dataclass
class WorkerSlot:
    """A worker process, its current job, and the time limit of what it is doing.

    Attributes:
        cores: those that it and all that it starts are bound to; none if it may use all of them.
    """

    process: subprocess.Popen[str]
    cores: frozenset[int] = frozenset()
    ready: bool = False
    job: GradingJob | None = None
    began: float = 0.0
    seconds: float = 0.0
    patience: LoadLimits = field(default_factory=LoadLimits)

    def allow(self, seconds: float) -> None:
        """Restart the clock, with a limit of `seconds`."""
        self.began, self.seconds, self.patience = time.monotonic(), seconds, LoadLimits()

    @property
    def late(self) -> bool:
        """Return whether the limit is exceeded."""
        return time.monotonic() > self.began + self.patience.of(self.seconds)
