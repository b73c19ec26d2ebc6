"""What the API returns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from classroom.core.result import MISSING, NOT_STARTED, Verdict
from classroom.instructor.grading.adjustments import EVERYBODY

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.core.result import CheckResult, Result
    from classroom.instructor.classrooms.standing import Standing
    from classroom.instructor.grading.adjustments import Entry
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.site.gradings import Grading

Status = Literal["not-accepted", "not-started", "started", "excused", "could-not-read"]
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Me(BaseModel):
    """Whose token this is."""

    role: Literal["student", "assistant", "instructor"]
    username: str
    name: str


class TaskItem(BaseModel):
    """A task of a week."""

    number: int
    title: str
    points: int
    bonus: bool = Field(description="whether its points come on top of the maximum score")


class GradingItem(BaseModel):
    """The last official grading of a week, and whether students see its results."""

    state: Literal["running", "failed", "finished"]
    began_at: Moment
    ended_at: Moment | None
    graded: int = Field(description="how many submissions it has graded so far")
    total: int
    problem: str | None = Field(description="why it failed")
    released_at: Moment | None = Field(description="when the results that students see were released; null: none are")

    @classmethod
    def of(cls, grading: Grading, released_at: datetime | None) -> GradingItem:
        """Return a grading."""
        state: Any = "running" if grading.is_running else "failed" if grading.problem else "finished"
        return cls(
            state=state, began_at=_read(grading.began), ended_at=_read(grading.ended) if grading.ended else None,
            graded=grading.done, total=grading.total, problem=grading.problem or None, released_at=released_at,
        )  # fmt: skip


class WeekItem(BaseModel):
    """A week."""

    name: str = Field(description="the week as it appears in addresses, such as week1-hello-api")
    title: str
    max_score: int
    due_at: Moment | None = Field(description="a push is on time until then, your own extension included; null: always")
    closes_at: Moment | None = Field(description="you can push until then, late days included; null: always")
    tasks: list[TaskItem]
    grading: GradingItem | None = Field(description="the official grading; null for students, and before the first")

    @classmethod
    def of(cls, week: Assignment, closing: Deadline | None, grading: GradingItem | None = None) -> WeekItem:
        """Return a week with its tasks."""
        tasks = [
            TaskItem(number=task.number, title=task.title, points=task.points, bonus=task.bonus) for task in week.tasks
        ]
        return cls(
            name=week.name, title=week.title, max_score=week.max_score, tasks=tasks,
            due_at=moment_of(closing), closes_at=last_of(closing), grading=grading,
        )  # fmt: skip


class StudentItem(BaseModel):
    """A student on the roster."""

    username: str
    name: str
    identifier: str = Field(description="what the roster calls the student")
    email: str
    section: str
    joined_at: Moment | None = Field(description="when somebody joined under this name on the web")


class StandingItem(BaseModel):
    """One student in one week, as of the last push."""

    week: str
    username: str
    status: Status
    pushes: int
    pushed_at: Moment | None
    closes_at: Moment | None = Field(description="this student can push until then; null: always")
    score: int | None = Field(description="points of the visible checks; null if no push was graded")
    max_score: int
    waiting: bool = Field(description="whether a push has yet to be graded")
    handout_outdated: bool = Field(description="whether the student has yet to merge the newest handout")
    team: str | None = Field(description="the student's team for this week; null: alone, or not in a team yet")

    @classmethod
    def of(cls, week: Assignment, found: Standing, *, accepted: bool, score: int | None) -> StandingItem:
        """Return how far a student is."""
        has_not = found.status == MISSING or (found.status == NOT_STARTED and not accepted and not found.pushes)
        status: Any = "not-accepted" if has_not else found.status
        return cls(
            week=week.name, username=found.student.username, status=status, pushes=found.pushes,
            pushed_at=found.pushed, closes_at=last_of(found.closing), score=score, max_score=week.max_score,
            waiting=found.waiting, handout_outdated=found.outdated, team=found.team,
        )  # fmt: skip


class CheckItem(BaseModel):
    """One check of a task."""

    name: str
    asks: str = Field(description="what the task asks for")
    verdict: Verdict
    cause: str | None = Field(description="where the error is and what it is")
    message: str | None = Field(description="what was expected, and what was found")
    request: str | None = Field(description="the request that failed, as a curl command")
    response: str | None = Field(description="the response to it, shortened")

    @classmethod
    def of(cls, check: CheckResult) -> CheckItem:
        """Return a visible check."""
        return cls(
            name=check.name, asks=check.asks, verdict=check.verdict, cause=check.cause, message=check.message,
            request=check.request, response=check.answer,
        )  # fmt: skip


class TaskScore(BaseModel):
    """The points of a task."""

    number: int
    title: str
    points: int
    earned: int = Field(description="including what the instructor has changed")
    verdict: Verdict
    checks: list[CheckItem]


class ResultItem(BaseModel):
    """A result: the points of each task, with its visible checks."""

    commit: str | None
    score: int | None
    max_score: int
    graded_at: str
    tasks: list[TaskScore]
    notes: list[str]
    changes: list[str] = Field(description="what the instructor has changed, in sentences for the student")

    @classmethod
    def of(cls, result: Result) -> ResultItem:
        """Return a result without anything hidden."""
        tasks = [
            TaskScore(
                number=task.number, title=task.title, points=task.points, earned=result.points(task),
                verdict=task.verdict, checks=[CheckItem.of(check) for check in task.checks if not check.hidden],
            )
            for task in result.tasks
        ]  # fmt: skip
        return cls(
            commit=result.commit, score=result.score, max_score=result.max_score, graded_at=result.graded_at,
            tasks=tasks, notes=list(result.notes), changes=[change.text for change in result.adjustments],
        )  # fmt: skip


class GradeItem(BaseModel):
    """A student's score in an official grading."""

    status: str = Field(description="such as graded, not-started, excused or could-not-grade")
    score: int | None
    max_score: int


class AdjustmentItem(BaseModel):
    """A row of adjustments.csv that applies to a student."""

    kind: Literal["extension", "excuse", "waive", "points", "late", "comment"]
    value: str
    note: str = Field(description="the reason")
    for_everyone: bool

    @classmethod
    def of(cls, entry: Entry) -> AdjustmentItem:
        """Return a row."""
        kind: Any = entry.kind
        return cls(kind=kind, value=entry.value, note=entry.note, for_everyone=entry.student == EVERYBODY)


class StudentWeekItem(StandingItem):
    """One student in one week, with the result of the last graded push, and the official one once it is released."""

    result: ResultItem | None
    official: ResultItem | None = Field(description="the official result; null until the instructor releases it")
    feedback: str | None = Field(description="the official feedback as Markdown; null until the instructor releases it")
    graded: GradeItem | None = Field(
        description="the score of the last official grading, released or not; null for students, and before the first"
    )
    adjustments: list[AdjustmentItem] | None = Field(
        description="what was granted or changed, with the reasons; null for students, who see `changes` of a result"
    )


class PushItem(BaseModel):
    """A push."""

    number: int = Field(description="1 is the first push")
    commit: str
    received_at: Moment
    commits: int = Field(description="how many commits were pushed; 0 if they are no longer on the branch")
    lines_added: int = Field(description="by these commits, or, after a force push, compared with the push before")
    lines_removed: int
    score: int | None = Field(description="points of the visible checks; null if it was not graded")


class CommentItem(BaseModel):
    """A comment of the staff: on a task, on a line of a file, or on the whole week."""

    id: int
    at: Moment
    by: str
    text: str
    commit: str | None = Field(description="what the author saw; null if nothing was pushed")
    task: int | None
    file: str | None
    line: int | None
    quote: str | None = Field(description="the text of the line")


class ActItem(BaseModel):
    """A line of the log."""

    id: int
    at: Moment
    by: str
    role: str | None = Field(
        description="of who did it: instructor, assistant, student or server; null in lines of earlier versions"
    )
    what: str
    about: str | None = Field(description="the username of the student it is about")


def _read(text: str) -> datetime:
    """Return a moment as `utc_timestamp` writes it."""
    return datetime.fromisoformat(text)


def moment_of(closing: Deadline | None) -> datetime | None:
    """Return the moment of a deadline."""
    return closing.moment if closing else None


def last_of(closing: Deadline | None) -> datetime | None:
    """Return the last moment at which a push is accepted."""
    return closing.last if closing else None
