"""Official grading of a week in its own process, which prints a line of JSON for everything that happens.

Pages do not wait for it, and what is graded when it is killed is not graded again.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment
from classroom.core.course import extras
from classroom.core.errors import ClassroomError
from classroom.core.result import COULD_NOT_GRADE, GRADED
from classroom.instructor.classrooms.classroom import ROSTER, Classroom
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.grading.adjustments import FILE
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.site.extras import week_extras
from classroom.instructor.site.grades import grades_folder
from classroom.instructor.time_zone import zone_near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.result import Result


def command(classroom: Path, week: Path, out: Path, sandbox: str, jobs: int) -> list[str]:
    """Return the command that starts this process.

    Args:
        classroom: its folder.
        week: the folder of the week in the course, which has the hidden checks.
        out: the folder for results.
        sandbox: around each submission, `bubblewrap` or `none`.
        jobs: how many submissions are graded at once.
    """
    return [sys.executable, "-m", __name__, str(classroom), str(week), str(out), sandbox, str(jobs)]


def cohort_of(classroom: Classroom, week: Path, out: Path, sandbox: str, jobs: int) -> Cohort:
    """Return a week of a classroom as `classroom grade` would grade it: with its roster, due date and adjustments."""
    assignment, folder = Assignment.load(week), classroom.folder
    adjustments, roster, dates = folder / FILE, folder / ROSTER, DueDates(classroom)
    dates.ensure_readable(assignment.name)
    return Cohort(
        assignment,
        folder / assignment.name,
        out,
        roster=roster if roster.is_file() else None,
        deadline=dates.closing(assignment.name),
        zone=zone_near(folder),
        adjustments=adjustments if adjustments.is_file() else None,
        sandbox=sandbox,
        jobs=jobs,
    )


def main(words: Sequence[str]) -> int:
    """Grade, and print what happens."""
    folder, week, out, sandbox, jobs = words
    classroom = Classroom(Path(folder))
    try:
        cohort = cohort_of(classroom, Path(week), Path(out), sandbox, int(jobs))
        is_first = not any((cohort.out / "results").glob("*.json"))
        results = cohort.grade(
            lambda due, known: _tell(total=due + known, done=known),
            lambda result: _tell(graded=cohort.people.shown(result.submission)),
        )
    except ClassroomError as error:
        _tell(problem=str(error))
        return 1
    _grade_extras(classroom, cohort)
    _tell(**_summary(cohort, results), is_first=is_first)
    return 0


def _grade_extras(classroom: Classroom, week: Cohort) -> None:
    """Grade the extras that were handed out with a week, from the same repositories.

    They count for nothing, so nothing is too late for them; one that cannot be graded does not stop the week.
    """
    handed_out = next((each for each in classroom.weeks() if each.name == week.assignment.name), None)
    for name in week_extras(classroom, handed_out) if handed_out else ():
        folder = extras(week.assignment.folder).get(name)
        if folder is None:
            continue
        out = grades_folder(classroom, name)
        try:
            cohort = replace(week, assignment=Assignment.load(folder), out=out, deadline=None, adjustments=None)
            cohort.grade(lambda *_: None, lambda _: None)
        except ClassroomError as error:
            print(f"The extra {name} could not be graded: {error}", file=sys.stderr)


def _summary(cohort: Cohort, results: Sequence[Result]) -> dict[str, object]:
    """Return the message about a finished grading."""
    counts = {
        "graded": sum(result.status == GRADED for result in results),
        "troubled": sum(result.status == COULD_NOT_GRADE for result in results),
        "others": sum(result.status not in (GRADED, COULD_NOT_GRADE) for result in results),
    }
    changes = [[cohort.people.shown(one.name), one.before, one.after, list(one.tasks)] for one in cohort.changes]
    return {"ended": counts | {"groups": len(cohort.similar.groups)}, "changes": changes}


def _tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
