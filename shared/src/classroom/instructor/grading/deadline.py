"""A deadline: which commit of a submission counts, when it was submitted, and what being late costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.git_history import History
from classroom.core.receipts import receipts
from classroom.core.result import GRADED, utc_timestamp
from classroom.instructor.time_zone import days_later, moment_of, shown

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from classroom.core.result import Result
    from classroom.core.submission import Submission

DAY = timedelta(days=1)
MAX_DAYS = 1_000  # after a deadline
OWN_CLOCK = "commit time from the author's computer; push time unknown"
NO_TIME = "not a repository, so the time of submission is unknown"
NO_RECEIPT = "the latest commit does not count, because the list of pushes does not say when it was received"


@dataclass(frozen=True)
class Deadline:
    """When submissions are due.

    Attributes:
        moment: the last moment that is in time.
        days: how many days later submissions are still accepted, until the same time of day.
        points: how many points each of these days costs once it has begun.
        best: whether the last commit in time counts instead of a late one that is worth less after its penalty, if any.
        zone: the time zone in which times are shown; None for this machine's.
    """

    moment: datetime
    days: int = 0
    points: int = 0
    best: bool = True
    zone: tzinfo | None = None

    @property
    def last(self) -> datetime:
        """The last moment at which anything is accepted."""
        return days_later(self.moment, self.days, self.zone)

    def penalty(self, moment: datetime) -> int:
        """Return how many points it costs to submit at a moment that is still accepted."""
        about = max(0, math.ceil((moment - self.moment) / DAY))  # where the clocks are changed, one more or less
        candidates = range(max(0, about - 1), about + 2)
        return next(days for days in candidates if moment <= days_later(self.moment, days, self.zone)) * self.points

    def __str__(self) -> str:
        rule = f", up to {self.days} days late for {self.points} points a day" if self.days else ""
        return f"{shown(self.moment, self.zone)}{rule}"


def deadline_of(
    text: str, days: int = 0, points: int = 0, *, best: bool = True, zone: tzinfo | None = None
) -> Deadline:
    """Return a deadline as written on a command line, in a time zone unless it names one.

    Where being late is free for everyone, the last commit counts, no matter what `best` says.

    Raises:
        UsageError: the text is not a date and time, or there are too many days.
    """
    if days > MAX_DAYS:
        raise UsageError(f"--late-days accepts up to {MAX_DAYS:,} days, not {days}.")
    return Deadline(moment_of(text, zone), days, points, best and points > 0, zone)


@dataclass(frozen=True)
class Counted:
    """What counts of a submission.

    Attributes:
        submission: at the commit that counts.
        at: when that commit was submitted; None if unknown.
        note: a remark about that time.
        missed: why nothing counts; None if something does.
        trouble: why it is not known what counts; None if it is.
        late: how long after the deadline it was submitted.
        penalty: the points that this costs.
        ignored: when the latest submission came, if it was too late to count.
        zone: the time zone in which times are shown; None for this machine's.
    """

    submission: Submission
    at: datetime | None = None
    note: str | None = None
    missed: str | None = None
    trouble: str | None = None
    late: timedelta = timedelta()
    penalty: int = 0
    ignored: datetime | None = None
    zone: tzinfo | None = None

    def apply_late_penalty(self, result: Result) -> Result:
        """Return the result of grading this with its time, its lateness note and late penalty applied."""
        when = shown(self.ignored, self.zone) if self.ignored else None
        ignored = f"what was submitted at {when} was too late and does not count" if when else None
        notes = (*result.notes, *filter(None, (self.note, ignored)))
        result = replace(result, notes=notes, submitted=utc_timestamp(self.at) if self.at else "")
        if result.status != GRADED:
            return result
        penalty = f", {self.penalty} points off" if self.penalty else ""
        late = f"{duration_text(self.late)}{penalty}" if self.late else None
        return replace(result, late=late, score=max(0, result.total - self.penalty))


def resolve_deadline(submission: Submission, deadline: Deadline | None = None) -> Counted:
    """Return what counts of a submission: its last commit, or its last one before a deadline.

    The time of a push is when the repository received it, if the repository records that; else the commit's own.

    Raises:
        ClassroomError: the record cannot be read, or git did not finish in time.
    """
    repository = History.at(submission.path)
    if repository is None or submission.commit is None:
        return Counted(submission, note=NO_TIME if deadline and not submission.bare else None)
    pushes = receipts(repository.folder, repository.branch) if submission.bare else None
    if deadline is None:
        commit = repository.commit()
        times = (push.received for push in reversed(pushes or []) if push.commit == submission.commit)
        return Counted(submission, next(times, commit.made if commit else None))
    if pushes is not None:
        if not pushes:
            raise ClassroomError(f"The list of pushes in {submission.path} has no push to the graded branch.")
        ignored = next((push.received for push in reversed(pushes) if push.received > deadline.last), None)
        note = None if submission.commit in {push.commit for push in pushes} else NO_RECEIPT
        for push in reversed([push for push in pushes if push.received <= deadline.last]):
            if repository.commit(push.commit):
                return replace(_counted(submission, push.commit, push.received, deadline, note), ignored=ignored)
        first = pushes[0].received
    else:
        commit = repository.commit(until=deadline.last)
        if commit and commit.made:
            return _counted(submission, commit.name, commit.made, deadline, OWN_CLOCK)
        newest = repository.commit()
        first = newest.made if newest and newest.made else deadline.last
    why = f"nothing was submitted by {shown(deadline.last, deadline.zone)}; "
    why += f"the first submission is from {shown(first, deadline.zone)}"
    return Counted(replace(submission, commit=None), first, missed=why)


def choices(submission: Submission, deadline: Deadline | None = None) -> list[Counted]:
    """Return what may count of a submission: the last commit, and before it the last on-time one if the better one counts.

    Raises:
        ClassroomError: the record cannot be read, or git did not finish in time.
    """
    last = resolve_deadline(submission, deadline)
    if deadline is None or not deadline.best or not last.late:
        return [last]
    in_time = resolve_deadline(submission, replace(deadline, days=0))
    return [last] if in_time.missed else [replace(in_time, ignored=last.ignored), last]


def _counted(submission: Submission, commit: str, moment: datetime, deadline: Deadline, note: str | None) -> Counted:
    late = max(timedelta(), moment - deadline.moment)
    # `bare`: the commit is read from the repository even if there is a working tree.
    return Counted(
        replace(submission, bare=True, commit=commit),
        moment,
        note,
        late=late,
        penalty=deadline.penalty(moment),
        zone=deadline.zone,
    )


def duration_text(time: timedelta) -> str:
    """Return a duration in its two largest units, such as `1 day 4 h`."""
    minutes = max(1, math.ceil(time.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} {'day' if days == 1 else 'days'}" * bool(days), f"{hours} h" * bool(hours)]
    if not days:
        parts.append(f"{minutes} min" * bool(minutes))
    return " ".join(part for part in parts if part)
