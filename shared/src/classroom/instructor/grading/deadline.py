"""A deadline: which commit of a submission counts, when it came, and what being late costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.git_history import HASH, RECEIVED, History
from classroom.core.result import GRADED

if TYPE_CHECKING:
    from classroom.core.result import Result
    from classroom.core.submission import Submission

A_DAY = timedelta(days=1)
OWN_CLOCK = "its time is the commit's own, by the clock of who made it: when it was received is not known"
NO_TIME = "it is no repository, so nothing tells when it was handed in"


@dataclass(frozen=True)
class Deadline:
    """Until when what is handed in counts.

    Attributes:
        moment: until when it is in time.
        days: how many days later it is still taken.
        points: what each of these days takes off once it has begun.
    """

    moment: datetime
    days: int = 0
    points: int = 0

    @property
    def last(self) -> datetime:
        """Until when anything is taken at all."""
        return self.moment + self.days * A_DAY

    def __str__(self) -> str:
        rule = f", up to {self.days} days late for {self.points} points a day" if self.days else ""
        return f"{shown(self.moment)}{rule}"


def deadline_of(text: str, days: int = 0, points: int = 0) -> Deadline:
    """A deadline as written on a command line; a time without a zone is one of this machine's.

    Raises:
        UsageError: it is no time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if ":" not in text and "T" not in text.upper():
            raise UsageError(f"The deadline {text} names no time of day: write it like {text.strip()}T23:59.")
        return Deadline(moment.astimezone(UTC), days, points)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"The deadline {text!r} is no time: write it like 2026-11-21T23:59, in this machine's time zone, "
            "or with one of its own, like 2026-11-21T23:59+01:00."
        ) from None


@dataclass(frozen=True)
class Arrival:
    """What counts of a submission.

    Attributes:
        submission: at the commit that counts.
        at: when that was handed in, where it is known.
        note: what has to be said of that time.
        missed: why nothing of it counts, where that is so.
        late: by how much it came after the deadline.
        off: the points that this takes off.
    """

    submission: Submission
    at: datetime | None = None
    note: str | None = None
    missed: str | None = None
    late: timedelta = timedelta()
    off: int = 0

    def apply_late_penalty(self, result: Result) -> Result:
        """Return the result with its lateness note and its late penalty applied.

        The points are counted anew from the tasks, so that this may be done to a result any number of times.
        """
        if self.note and self.note not in result.notes:
            result = replace(result, notes=(*result.notes, self.note))
        if result.status != GRADED:
            return result
        earned = sum(task.earned for task in result.tasks if not task.bonus)
        late = told(self.late) + (f", {self.off} points off" if self.off else "") if self.late else None
        return replace(result, late=late, score=max(0, earned - self.off))


def resolve_deadline(submission: Submission, deadline: Deadline | None = None) -> Arrival:
    """What counts of a submission: its last commit, or its last one before a deadline.

    A commit came when the repository received it, where the repository has that written down.
    """
    repository = History.at(submission.path)
    if repository is None or submission.commit is None:
        return Arrival(submission, note=NO_TIME if deadline and not submission.bare else None)
    pushes = received(repository) if submission.bare else []
    if deadline is None:
        commit = repository.commit()
        at = next((at for at, name in reversed(pushes) if name == submission.commit), commit.made if commit else None)
        return Arrival(submission, at)
    if pushes:
        for moment, name in reversed([push for push in pushes if push[0] <= deadline.last]):
            if repository.commit(name):
                return _counted(submission, name, moment, deadline, None)
        first = pushes[0][0]
    else:
        commit = repository.commit(until=deadline.last)
        if commit and commit.made:
            return _counted(submission, commit.name, commit.made, deadline, OWN_CLOCK)
        newest = repository.commit()
        first = newest.made if newest and newest.made else deadline.last
    why = f"nothing was handed in by {shown(deadline.last)}: what is there came {shown(first)}"
    return Arrival(replace(submission, commit=None), first, missed=why)


def _counted(submission: Submission, commit: str, moment: datetime, deadline: Deadline, note: str | None) -> Arrival:
    late = max(timedelta(), moment - deadline.moment)
    off = math.ceil(late / A_DAY) * deadline.points
    # A commit is taken from the repository, also where a working tree lies beside it.
    return Arrival(replace(submission, bare=True, commit=commit), moment, note, late=late, off=off)


def received(repository: History) -> list[tuple[datetime, str]]:
    """When the branch that is graded was pushed, and to which commit; a line that says nothing of it is passed over."""
    found = []
    for line in (repository.text(RECEIVED) or "").splitlines():
        words = line.split()
        if len(words) == 3 and words[1] == repository.branch and HASH.fullmatch(words[2]) and set(words[2]) != {"0"}:  # noqa: PLR2004
            try:
                moment = datetime.fromisoformat(words[0])
            except ValueError:
                continue
            found.append((moment if moment.tzinfo else moment.replace(tzinfo=UTC), words[2]))
    return found


def shown(moment: datetime) -> str:
    """A moment as people read it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def told(time: timedelta) -> str:
    """How long something took, in its two largest units."""
    minutes = max(1, math.ceil(time.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} {'day' if days == 1 else 'days'}" * bool(days), f"{hours} h" * bool(hours)]
    if not days:
        parts.append(f"{minutes} min" * bool(minutes))
    return " ".join(part for part in parts if part)
