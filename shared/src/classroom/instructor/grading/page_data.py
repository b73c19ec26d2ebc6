"""The data of the gradebook page: all that it shows on demand, as JSON in which no text of a submission can take effect."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from classroom.core.result import NOT_STARTED, Result, Verdict
from classroom.core.text import display_name, sanitize
from classroom.instructor.grading.code_view import places, room_for, shown_code
from classroom.instructor.grading.evidence import Evidence
from classroom.instructor.grading.outcome import TALKED_ABOUT
from classroom.instructor.time_zone import shown
from classroom.student.card import ASKS, check_rows, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo

    from classroom.core.result import CheckResult
    from classroom.instructor.grading.similarity import Pair
    from classroom.instructor.grading.team_results import GradedTeam
    from classroom.instructor.grading.term import Term
    from classroom.instructor.roster import Student


RED = (Verdict.FAIL, Verdict.COULD_NOT_CHECK)


@dataclass(frozen=True)
class WeekPage:
    """What the page shows of one week.

    Attributes:
        title: the assignment's.
        name: the assignment's name, such as week1-hello-api.
        results: of the cohort.
        pairs: submissions that are similar.
        deadline: for people to read.
        students: those on the roster, by the name of their submission; empty if there is no roster.
        evidence: returns the code and the pushes of a submission; read one at a time, since all of it may be large.
        gradebook: the gradebook as CSV.
        zone: in which times are shown.
        folder: of the grading, as commands take it; empty if it does not exist.
        teams: by the names of their submissions.
    """

    title: str
    name: str
    results: Sequence[Result]
    pairs: Sequence[Pair] = ()
    deadline: str | None = None
    students: Mapping[str, Student] = field(default_factory=dict)
    evidence: Callable[[str], Evidence] = lambda _: Evidence()
    gradebook: str = ""
    zone: tzinfo = UTC
    folder: str = ""
    teams: Mapping[str, GradedTeam] = field(default_factory=dict)

    def label(self, submission: str) -> str:
        """Return the name of the student, or of the team, for people to read."""
        if team := self.teams.get(submission):
            return display_name(team.label, 200)
        student = self.students.get(submission)
        return display_name(student.label if student else submission, 80)

    def place(self, submission: str) -> str:
        """Return the name under which the page shows a submission: a team's is shown with each member."""
        return display_name(self.teams[submission].result if submission in self.teams else submission)

    def time(self, text: str) -> str:
        """Return a time of a result for people to read; empty if it is unknown."""
        try:
            return shown(datetime.fromisoformat(text), self.zone)
        except (ValueError, OverflowError):
            return ""

    def interview(self, result: Result) -> str:
        """Return the command that writes a student's sheet; empty if there is nothing to talk about."""
        name = result.submission
        if not (self.folder and result.status in TALKED_ABOUT and display_name(name) == name):
            return ""
        return shlex.join(["classroom", "interview", self.folder, name])

    def is_stranger(self, submission: str) -> bool:
        """Return whether there is a roster, and this submission belongs to nobody on it."""
        return bool(self.students) and submission not in self.students


def page_data(weeks: Sequence[WeekPage], term: Term | None, gradebook: str = "") -> str:
    """Return the data of the page as JSON that no HTML parser can take for the end of a script."""
    room = room_for(sum(len(week.results) for week in weeks))
    data = {"weeks": [_week(week, room) for week in weeks], "term": _term(term, weeks, gradebook) if term else None}
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _week(week: WeekPage, room: int) -> dict[str, object]:
    """Return the data of a week; the sentence of each check is in it once, not with each student."""
    checks: dict[str, dict[str, object]] = {}
    for result in week.results:
        for task in result.tasks:
            for check in task.checks:
                checks.setdefault(check.name, {"asks": check.asks, "hidden": check.hidden})
    # After a task was added, and only some were graded again, results differ in their tasks.
    tasks = {task.number: task for result in reversed(week.results) for task in result.tasks}
    numbers = {name: number for number, name in enumerate(checks)}
    safe = {
        "name": week.name,
        "title": week.title,
        "max": max((result.max_score for result in week.results), default=0),
        "tasks": [
            {"number": task.number, "title": task.title, "points": task.points} for _, task in sorted(tasks.items())
        ],
        "checks": list(checks.values()),
        "results": [_result(week, result, numbers, room) for result in week.results],
        "pairs": [_pair(week, pair) for pair in week.pairs],
    }
    # The gradebook is already safe, and sanitizing would change the ends of its lines.
    return {**_sanitized(safe), "gradebook": week.gradebook}


def _result(week: WeekPage, result: Result, numbers: Mapping[str, int], room: int) -> dict[str, object]:
    evidence = week.evidence(result.submission)
    files = {name: text.splitlines() for name, text in evidence.files}
    red = [check for task in result.tasks for check in task.checks if check.verdict in RED]
    named = {check.name: places(check, files) for check in red}
    tasks = [
        {
            "number": task.number,
            "verdict": task.verdict.value,
            "earned": result.points(task),
            "points": task.points,
            "reason": task.reason if task.verdict is not Verdict.FAIL else None,
            "checks": [_check(check, numbers[check.name], named.get(check.name, [])) for check in task.checks],
        }
        for task in result.tasks
    ]
    kept = ("status", "score", "max_score", "bonus", "commit", "reason", "late", "notes")
    return {name: getattr(result, name) for name in kept} | {
        "submission": display_name(result.submission),
        "name": week.label(result.submission),
        "submitted": week.time(result.submitted),
        "interview": week.interview(result),
        "stranger": week.is_stranger(result.submission),
        "adjusted": [f"{change.text} {change.note}".strip() for change in result.adjustments],
        "tasks": tasks,
        "pushes": [(week.time(time), commit[:10]) for time, commit in evidence.pushes],
        "received": evidence.received,
        "outdated": evidence.outdated and result.status != NOT_STARTED,
        "files": shown_code(files, [place for found in named.values() for place in found], room),
        "left_out": evidence.left_out,
    }


def _check(check: CheckResult, number: int, named: Sequence[tuple[str, int]]) -> list[object]:
    """Return a check's number and verdict, and of a red one the card that the student gets, also of a hidden one."""
    if check.verdict not in RED:
        return [number, check.verdict.value]
    card = text_of(row for row in check_rows(check, hidden=True) if row.label != ASKS)
    return [number, check.verdict.value, card, named]


def _pair(week: WeekPage, pair: Pair) -> dict[str, object]:
    """Return a pair as data, with the names as they are shown."""
    table = asdict(pair)
    for side in (table["left"], table["right"]):
        side["label"] = week.label(side["name"])
        side["name"] = week.place(side["name"])
    return table


def _term(term: Term, weeks: Sequence[WeekPage], gradebook: str) -> dict[str, object]:
    """Return the data of all weeks together: for each student where the results are in the weeks."""
    pages = {week.name: week for week in weeks}
    indexes = [{one.submission: at for at, one in enumerate(pages[week.name].results)} for week in term.weeks]
    lines = [
        {
            "name": display_name(line.student.label, 80),
            "submission": display_name(line.student.username),
            "percent": None if line.percent is None else round(line.percent, 1),
            "results": [
                index.get(result.submission) if week.results.get(line.student.username) is result else None
                for week, index, result in zip(term.weeks, indexes, line.results, strict=True)
            ],
            "extras": term.finished(line),
        }
        for line in term.lines
    ]
    return {**_sanitized({"lines": lines, "extras": bool(term.extras)}), "gradebook": gradebook}


def _sanitized(value: Any) -> Any:
    """Return a value with every text in it sanitized."""
    if isinstance(value, dict):
        return {sanitize(key): _sanitized(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_sanitized(inner) for inner in value]
    return sanitize(value) if type(value) is str else value
