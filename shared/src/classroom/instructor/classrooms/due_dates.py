"""When the weeks of a classroom close: for everyone, and for a student with an extension.

WEEK/.closes                      SECONDS TEXT, read by the hooks; TEXT is for people. A second line, late DAYS POINTS best,
                                  says how many of the days before that are late, and what each costs
WEEK/WEEK-ada.git/classroom-closes   the same for one student or team, where adjustments.csv moves it
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import stamp, write_atomic
from classroom.core.result import EXCUSED
from classroom.instructor.classrooms.classroom import ROSTER
from classroom.instructor.grading.adjustments import FILE, Adjustments, read_adjustments, read_entries
from classroom.instructor.grading.deadline import Deadline
from classroom.instructor.named_student import named_student
from classroom.instructor.roster import Roster, former_students, read_roster
from classroom.instructor.teams import FILE as TEAMS
from classroom.instructor.time_zone import FILE as ZONE_FILE
from classroom.instructor.time_zone import days_later, shown, zone_near

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.repository import Repository

CLOSES = ".closes"
OWN_CLOSING = "classroom-closes"
LATE = re.compile(r"late (?P<days>[0-9]{1,4}) (?P<points>[0-9]{1,4}) (?P<counts>best|last)")
RETRY_SECONDS = 60  # after something could not be read or written
DAMAGED = "{path} is damaged, so it is not known when {week} is due. Set the due date again."

log = logging.getLogger(__name__)


class Late(NamedTuple):
    """What being late costs in a week: how many days are accepted, the points off for each, and whether the better push counts."""

    days: int = 0
    points: int = 0
    best: bool = True


class DueDates:
    """The closing times and the adjustments of a classroom, as of the last `refresh`.

    Attributes:
        problem: why the adjustments could not be read; empty if they could.
    """

    def __init__(self, classroom: Classroom) -> None:
        self.classroom = classroom
        self.zone = zone_near(classroom.folder)
        self.problem = ""
        self._seen: object = None
        self._retry_at = 0.0
        self._adjustments: dict[str, Adjustments] = {}

    def closing(self, week: str) -> Deadline | None:
        """Return when a week is due for everyone, with its late days, or None if it never closes."""
        with contextlib.suppress(OSError, ValueError, OverflowError, IndexError):
            text = (self.classroom.folder / week / CLOSES).read_text(encoding="utf-8")
            last = datetime.fromtimestamp(int(text.split()[0]), UTC)
            late = _late(text)
            moment = days_later(last, -late.days, self.zone)
            return Deadline(moment, *late[:2], late.best and late.points > 0, self.zone)
        return None

    def ensure_readable(self, week: str) -> None:
        """Make sure that a week for which `closing` finds nothing really has no closing time.

        Raises:
            UsageError: it has one that cannot be read.
        """
        path = self.classroom.folder / week / CLOSES
        if self.closing(week) is None and path.exists():
            raise UsageError(DAMAGED.format(path=path, week=week))

    def late(self, week: str) -> Late:
        """Return what being late costs in a week."""
        with contextlib.suppress(OSError, ValueError):
            return _late((self.classroom.folder / week / CLOSES).read_text(encoding="utf-8"))
        return Late()

    def close(self, week: str, moment: datetime, late: Late | None = None) -> None:
        """Write when a week is due for everyone; `late` is what being late costs from now on, or None to keep that."""
        late = self.late(week) if late is None else late
        deadline = Deadline(moment, late.days, late.points, late.best, self.zone)
        rule = f"late {late.days} {late.points} {'best' if late.best else 'last'}\n" if late.days else ""
        write_atomic(self.classroom.folder / week / CLOSES, self._line(deadline) + rule)

    def own_closing(self, week: str, username: str) -> Deadline | None:
        """Return when a week closes for one student."""
        closing = self.closing(week)
        return self._adjustments[week].deadline(username, closing) if week in self._adjustments else closing

    def _repository_closing(self, week: str, name: str) -> Deadline | None:
        """Return when a repository closes: a team's is open as long as it is for any member."""
        closings = [self.own_closing(week, each) for each in {name, *self.classroom.sharing(week, name)}]
        return max(filter(None, closings), key=lambda closing: closing.last, default=None)

    def adjustments(self, assignment: Assignment) -> Adjustments:
        """Return the adjustments of a week."""
        return self._adjustments.get(assignment.name) or Adjustments(assignment)

    def adjusted(self, assignment: Assignment, result: Result) -> Result:
        """Return a result with what the instructor changed; also who is excused sees what the checks say."""
        own_closing = self.own_closing(assignment.name, result.submission)
        adjusted = self.adjustments(assignment).apply(result, own_closing)
        if adjusted.status == EXCUSED:
            return replace(result, adjustments=adjusted.adjustments)
        return adjusted

    def refresh(self) -> None:
        """Read what has changed, and write each student's own closing time where the hooks read it.

        A file that cannot be read changes nothing, and is logged. What could not be written is tried again a minute later.
        """
        if time.monotonic() < self._retry_at:
            return
        try:
            if not self._has_changed() or not self.read():
                return
            for week in self._adjustments:
                for username, repository in self.classroom.repositories(week).items():
                    self.write_own(week, username, repository)
        except OSError as error:
            self._try_again_later(f"{error.filename} cannot be read: {error.strerror}.")
        except ClassroomError as error:  # such as a list of teams that is being edited
            self._try_again_later(str(error))

    def read(self) -> bool:
        """Read the files, and write nothing; return whether they could be read."""
        try:
            self.zone = zone_near(self.classroom.folder)
            self._adjustments = self._read()
            self.problem = ""
        except ClassroomError as error:
            self.problem = str(error)
            log.warning("%s Until this is fixed, adjustments stay unchanged.", error)
            return False
        return True

    def _read(self) -> dict[str, Adjustments]:
        weeks, path = self.classroom.weeks(), self.classroom.folder / FILE
        if not path.is_file():
            return {week.name: Adjustments(week) for week in weeks}
        roster = self.classroom.folder / ROSTER
        students = read_roster(roster)
        former = Roster(tuple(former_students(roster)))

        def find(name: str) -> str | None:
            student = named_student(name, students, former)
            return student.username if student else None

        # Rows of weeks that are not open yet wait.
        names = [*(week.name for week in weeks), *(entry.week for entry in read_entries(path))]
        teams = {week.name: self.classroom.teams(week.name) for week in weeks}
        return {week.name: read_adjustments(path, week, names, find, teams[week.name]) for week in weeks}

    def write_own(self, week: str, username: str, repository: Repository) -> None:
        """Write when a week closes for a student, if that differs from everyone's time."""
        closing, own = self.closing(week), self._repository_closing(week, username)
        file = repository.path / OWN_CLOSING
        try:
            if closing is None or own is None or own.last == closing.last:
                file.unlink(missing_ok=True)
            else:
                write_atomic(file, self._line(own))
        except OSError as error:
            self._try_again_later(f"{week}: the closing time for {username} could not be written: {error.strerror}.")

    def _try_again_later(self, problem: str) -> None:
        log.warning("%s The next attempt is in %d seconds.", problem, RETRY_SECONDS)
        self._seen, self._retry_at = None, time.monotonic() + RETRY_SECONDS

    def _has_changed(self) -> bool:
        """Return whether a file that counts here has changed since the last call."""
        folder, weeks = self.classroom.folder, self.classroom.state_dir / "weeks"
        names = sorted(path.name for path in weeks.iterdir())
        of_weeks = (f"{name}/{file}" for name in names for file in (CLOSES, TEAMS))
        paths = [folder / name for name in (FILE, ROSTER, ZONE_FILE, *of_weeks)]
        seen = [names, [stamp(path) for path in paths]]
        changed, self._seen = seen != self._seen, seen
        return changed

    def _line(self, deadline: Deadline) -> str:
        # The hooks compare the seconds; the rest is for people.
        text = shown(deadline.last, self.zone)
        if deadline.days:
            cost = f", then {deadline.points} points off for each day" if deadline.points else ""
            text += f" (due {shown(deadline.moment, self.zone)}{cost})"
        return f"{int(deadline.last.timestamp())} {text}\n"


def _late(text: str) -> Late:
    """Return what being late costs, from the text of `.closes`."""
    found = LATE.fullmatch(text.splitlines()[1]) if text.count("\n") > 1 else None
    return Late(int(found["days"]), int(found["points"]), found["counts"] == "best") if found else Late()
