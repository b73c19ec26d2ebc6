"""How far each student is in each week, and the last result: looked up again only when a file of it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from classroom.core.receipts import HANDED_OUT, RECEIVED
from classroom.instructor.classrooms.classroom import ROSTER
from classroom.instructor.classrooms.due_dates import CLOSES
from classroom.instructor.classrooms.memo import Memo, stamps
from classroom.instructor.classrooms.standing import Standing, last_result, standing
from classroom.instructor.grading.adjustments import FILE
from classroom.instructor.teams import edition
from classroom.instructor.time_zone import FILE as ZONE_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.due_dates import DueDates
    from classroom.instructor.roster import Student

MOST = 20_000  # students times weeks
MOST_RESULTS = 500  # each with everything that the scorecard says


class Shared(NamedTuple):
    """What counts for all students of a week: `seen` differs once it has changed."""

    seen: object
    has_teams: bool


class Standings:
    """The standings of a classroom; may be used in any thread."""

    def __init__(self, classroom: Classroom) -> None:
        self.classroom = classroom
        self._standings: Memo[Standing] = Memo(MOST)
        self._paths: dict[tuple[str, str], tuple[Path, ...]] = {}
        self._results: Memo[Result | None] = Memo(MOST_RESULTS)

    def of(self, week: Assignment, student: Student, dates: DueDates, shared: Shared) -> Standing:
        """Return how far a student is in a week.

        Args:
            week: the week.
            student: the student.
            dates: when the weeks close, as they were just read.
            shared: what `shared` returns for the week.
        """

        def look() -> Standing:
            repository = self.classroom.own_repository(week.name, student.username)
            return standing(self.classroom, week, student, repository, dates)

        own = stamps(self._files(week.name, self._work_name(week, student, shared)))
        # Without the adjustments, which may be there again in a moment, a closing time is not the student's own.
        return self._standings.get(
            (week.name, student.username), (own, shared.seen, student), look, lambda _: not dates.problem
        )

    def shared(self, week: Assignment) -> Shared:
        """Return what counts for all students of a week."""
        folder = self.classroom.folder
        files = (folder / FILE, folder / ROSTER, folder / ZONE_FILE, folder / week.name / CLOSES)
        return Shared((stamps(files), edition(folder / week.name)), self.classroom.teams(week.name) is not None)

    def _work_name(self, week: Assignment, student: Student, shared: Shared) -> str:
        found = self.classroom.work_name(week.name, student.username) if shared.has_teams else None
        return found or student.username

    def _files(self, week: str, name: str) -> tuple[Path, ...]:
        """Return the files that a standing depends on; building these paths takes longer than looking at the files."""
        if len(self._paths) >= MOST:
            self._paths.clear()
        if (found := self._paths.get((week, name))) is None:
            repository, score = self.classroom.repository_path(week, name), self.classroom.score_path(week, name)
            found = self._paths[week, name] = repository / RECEIVED, repository / HANDED_OUT, score
        return found

    def last_result(self, week: str, username: str) -> Result | None:
        """Return the result of a student's last graded push, without adjustments; None if it does not exist."""
        name = self.classroom.work_name(week, username)
        if name is None:
            return None
        seen = name, stamps([self.classroom.score_path(week, name)])
        return self._results.get((week, username), seen, lambda: last_result(self.classroom, week, username))
