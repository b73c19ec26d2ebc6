"""The weeks of a term together: the results of each student, added up with weights."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.result import COULD_NOT_GRADE, EXCUSED, MISSING, Result
from classroom.core.text import display_name, one_line
from classroom.instructor.grading.gradebook import table_text
from classroom.instructor.grading.identity import Identities
from classroom.instructor.grading.matching import matched
from classroom.instructor.grading.results import ResultFolder, interrupted, read_results, unfinished
from classroom.instructor.grading.students import graded_at, last_roster, read_students
from classroom.instructor.roster import Roster, Student, read_roster
from classroom.instructor.username import unused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NOT_COUNTED = (EXCUSED, COULD_NOT_GRADE)
COLUMNS = ("github_username", "roster_identifier", "name", "email", "section")
SUMS = ("points", "points_available", "percent", "bonus", "not_counted")
EXTRAS = "extras"  # the last column, if extras were graded


@dataclass(frozen=True)
class Week:
    """The grades of one week.

    Attributes:
        name: the assignment's.
        folder: the --out folder of `grade`.
        results: by the name that the student has in all weeks: the username, or without a roster the submission's name.
        students: those on its roster, by the same names; empty if there was none.
        weight: how much the week counts, compared with the other weeks.
    """

    name: str
    folder: Path
    results: Mapping[str, Result]
    students: Mapping[str, Student]
    weight: float = 1

    @property
    def number(self) -> str:
        """The number of the week, or its name if it has none."""
        found = re.match(r"week(\d+)", self.name)
        return found[1] if found else self.name

    @property
    def is_extra(self) -> bool:
        """Whether it is an extra exercise, which counts for nothing."""
        return bool(ResultFolder(self.folder).settings().get("extra"))

    @property
    def max_score(self) -> int:
        """The points of all tasks."""
        return max((result.max_score for result in self.results.values()), default=0)


@dataclass(frozen=True)
class Line:
    """One student's results of all weeks; a week without a result is `missing`."""

    student: Student
    results: tuple[Result, ...]
    weights: tuple[float, ...]

    @property
    def counted(self) -> list[tuple[Result, float]]:
        """The results that count, each with its weight."""
        pairs = zip(self.results, self.weights, strict=True)
        return [(result, weight) for result, weight in pairs if result.status not in NOT_COUNTED]

    @property
    def percent(self) -> float | None:
        """The weighted mean of the shares that were reached, in percent; None if nothing counts."""
        total = sum(weight for _, weight in self.counted)
        if not total:
            return None
        shares = ((result.score or 0) / max(1, result.max_score) * weight for result, weight in self.counted)
        return 100 * sum(shares) / total


@dataclass(frozen=True)
class Term:
    """All weeks of a term.

    Attributes:
        lines: one for each student, by name.
        extras: the extra exercises that were graded; they count for nothing.
        dropped: names of those who have results, but are no longer on the roster.
        unfinished: what to do about each grading that was interrupted before it wrote all results.
    """

    weeks: tuple[Week, ...]
    lines: tuple[Line, ...]
    dropped: tuple[str, ...] = field(default=())
    extras: tuple[Week, ...] = ()
    unfinished: tuple[str, ...] = ()

    def finished(self, line: Line) -> list[str]:
        """Return the extra exercises in which a student has all points."""
        results = ((extra.name, extra.results.get(line.student.username)) for extra in self.extras)
        return [name for name, result in results if result and result.green]

    def with_status(self, status: str) -> list[str]:
        """Return which students have this status, and in which weeks."""
        found = []
        for line in self.lines:
            pairs = zip(self.weeks, line.results, strict=True)
            if weeks := [week.number for week, result in pairs if result.status == status]:
                found.append(f"{one_line(line.student.label)} (week {', '.join(weeks)})")
        return found


def read_term(folder: Path, weights: str | None = None, roster: Path | None = None) -> Term:
    """Return the weeks in a folder that holds an --out folder of `grade` for each, and the extras in it.

    Args:
        folder: the folder.
        weights: such as 1=1,2=2, or a file with such a line for each week; None if all weeks count the same.
        roster: a CSV file with the students; by default, the students of the grading with the newest roster.

    Raises:
        UsageError: there are no results, two folders hold the same week, the weights are not those of these weeks, or
            the roster cannot be read.
    """
    found = _read_weeks(folder)
    extras = [week for week in found if week.is_extra]
    weeks = [week for week in found if not week.is_extra]
    if not weeks:
        raise UsageError(f"There are only grades for extras in {folder}, and those do not count toward any week.")
    given = _weights(weights, weeks) if weights else {}
    weeks = [Week(week.name, week.folder, week.results, week.students, given.get(week.name, 1)) for week in weeks]
    everybody: dict[str, Student] = {}
    for week in weeks:
        everybody |= {name: week.students.get(name, Student(name)) for name in week.results}
    kept = (_current(weeks) or everybody) if roster is None else _on_roster(read_roster(roster), everybody)
    lines = [_line(name, student, weeks) for name, student in kept.items()]
    dropped = sorted(one_line(student.label) for name, student in everybody.items() if name not in kept)
    lines.sort(key=lambda line: line.student.label.casefold())
    told = (unfinished(path) if _has_results(path) else interrupted(path) for path in _folders(folder))
    return Term(tuple(weeks), tuple(lines), tuple(dropped), tuple(extras), tuple(filter(None, told)))


def _read_weeks(folder: Path) -> list[Week]:
    weeks = [_read_week(path) for path in _folders(folder) if _has_results(path)]
    if not weeks:
        if told := next(filter(None, map(interrupted, _folders(folder))), None):
            raise UsageError(told)
        raise UsageError(f"There are no grades in {folder}: give the folder that holds the --out folders of `grade`.")
    for name, count in Counter(week.name for week in weeks).items():
        if count > 1:
            same = " and ".join(str(week.folder) for week in weeks if week.name == name)
            raise UsageError(f"{same} hold grades for the same week, {one_line(name)}: move one of them elsewhere.")
    named = _under_one_name(weeks)
    return sorted(named, key=lambda week: [int(part) if part.isdecimal() else part for part in _parts(week.name)])


def _folders(folder: Path) -> list[Path]:
    return [folder, *sorted(path for path in folder.iterdir() if path.is_dir())] if folder.is_dir() else []


def _has_results(folder: Path) -> bool:
    return any((folder / "results").glob("*.json"))


def _parts(name: str) -> list[str]:
    """Return a name in text and numbers by turns, so that week10 is after week9."""
    return re.split(r"([0-9]+)", name)


def _read_week(folder: Path) -> Week:
    """Return a week with its results and students by the names of the submissions."""
    results, students = read_results(folder), read_students(folder)
    return Week(
        results[0].assignment,
        folder,
        {result.submission: result for result in results},
        students | last_roster(folder, students),
    )


def _under_one_name(weeks: Sequence[Week]) -> list[Week]:
    """Return the weeks with each student under one name in all of them: the one of the newest roster."""
    identities, named = Identities(), []
    for week in sorted(weeks, key=_age):
        people = {name: week.students.get(name, Student(name)) for name in {**week.results, **week.students}}
        names = identities.names(people)
        results = {names[name]: result for name, result in week.results.items()}
        students = {names[name]: replace(student, username=names[name]) for name, student in week.students.items()}
        named.append(replace(week, results=results, students=students))
    return named


def _age(week: Week) -> tuple[bool, bool, float]:
    """Return how a week is sorted, the newest roster first, then weeks without one, and extras last."""
    return week.is_extra, not week.students, -graded_at(week.folder) if week.students else 0


def _on_roster(roster: Roster, everybody: Mapping[str, Student]) -> dict[str, Student]:
    """Return the students of a roster by the usernames of the gradings: a platform's export has others, or none."""
    names = {student.username: name for name, student in matched(everybody, roster).items()}
    taken = {name.casefold() for name in everybody}
    kept = {}
    for student in roster:
        name = names.get(student.username) or unused(student.username, taken)
        kept[name] = replace(student, username=name)
    return kept


def _current(weeks: Sequence[Week]) -> dict[str, Student]:
    """Return the students of the newest roster; empty if no week was graded with a roster."""
    graded = [week for week in weeks if week.students]
    newest = max(graded, key=lambda week: graded_at(week.folder), default=None)
    return dict(newest.students) if newest else {}


def _line(name: str, student: Student, weeks: Sequence[Week]) -> Line:
    results = (week.results.get(name) or Result(week.name, name, MISSING, 0, week.max_score) for week in weeks)
    return Line(student, tuple(results), tuple(week.weight for week in weeks))


def _weights(text: str, weeks: Sequence[Week]) -> dict[str, float]:
    """Return the weight of each week.

    Raises:
        UsageError: a weight is not a number, or is of another week; or a week has none.
    """
    found: dict[str, float] = {}
    for entry in re.split(r"[,\n]", re.sub(r"#.*", "", text)):
        key, sign, value = (part.strip() for part in entry.partition("="))
        if not (key or sign):
            continue
        week = next((week for week in weeks if key in (week.number, week.name, week.folder.name)), None)
        if week is None:
            known = ", ".join(week.number for week in weeks)
            raise UsageError(f"The weights include {one_line(key)}, which is not one of the graded weeks: {known}.")
        if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value):
            raise UsageError(
                f"The weight of week {week.number} is {one_line(value) or 'missing'}: write it as 2 or 0.5."
            )
        if week.name in found:
            raise UsageError(f"The weights include week {week.number} twice: remove one of them.")
        found[week.name] = float(value)
    if without := [week.number for week in weeks if week.name not in found]:
        raise UsageError(
            f"The weights do not include week {without[0]}: add {without[0]}=1, or =0 if it does not count."
        )
    if not any(found.values()):
        raise UsageError("All weights are 0: give at least one week a weight above 0.")
    return found


def write_term(path: Path, term: Term) -> None:
    """Write one row for each student, with points and status of each week, and what they add up to."""
    columns = (name for week in term.weeks for name in (week.name, f"{week.name} status"))
    headings = [*COLUMNS, *columns, *SUMS, *([EXTRAS] if term.extras else [])]
    write_atomic(path, table_text([headings, *(_cells(term, line) for line in term.lines)]))


def _cells(term: Term, line: Line) -> Iterable[object]:
    student, counted = line.student, [result for result, _ in line.counted]
    left_out = (
        f"{week.number} ({result.status})"
        for week, result in zip(term.weeks, line.results, strict=True)
        if result not in counted
    )
    return (
        *(display_name(student.username), student.identifier, student.name, student.email, student.section),
        *(cell for result in line.results for cell in ("" if result.score is None else result.score, result.status)),
        *(sum(result.score or 0 for result in counted), sum(result.max_score for result in counted)),
        *("" if line.percent is None else f"{line.percent:.2f}", sum(result.bonus for result in counted)),
        "; ".join(left_out),
        *(["; ".join(term.finished(line))] if term.extras else []),
    )
