"""What a student's pages show: each week with its state, and every push with its score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.result import EXCUSED, MISSING, NOT_STARTED
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.standing import STARTED, Standing
from classroom.instructor.grading.deadline import duration_text
from classroom.instructor.interview.timeline import HANDED_OUT
from classroom.instructor.roster import Student
from classroom.instructor.site.timelines import known_timeline
from classroom.instructor.time_zone import shown
from classroom.student.learn import card_view

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import tzinfo

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_queue import Place
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.standings import Standings
    from classroom.instructor.site.taken_hints import Hints
    from classroom.instructor.teams import Team, Teams

STATES = {
    MISSING: "not accepted",
    NOT_STARTED: "not started",
    STARTED: "started",
    EXCUSED: "excused",
    "could-not-read": "could not be read",
}
NO_TEAM = "no team"
NO_PUSH = "Nothing has been pushed yet. Your scorecard appears here a moment after your first push."
LATE_FREE = "The last push was {time} late, which costs nothing."
LATE = "The last push was {time} late, so {points} points are taken off its official score."
LATE_BEST = " If the last push on time scores higher than what is left, that one counts."
WAITING = "Checking your last push …"
AT_TASK = "Checking task {task} …"
NEXT, AHEAD = "Waiting: your push is next …", "Waiting: {ahead} ahead of you …"


@dataclass(frozen=True)
class StudentWeek:
    """One week of one student.

    Attributes:
        result: of the last push that was graded, with what the instructor has changed.
        zone: the classroom's.
        accepted: whether the student has asked for the repository here.
        teams: of the week, if it has any.
        team: the student's, or None.
    """

    assignment: Assignment
    standing: Standing
    accepted: bool
    result: Result | None
    zone: tzinfo | None
    teams: Teams | None = None
    team: Team | None = None

    @property
    def needs_team(self) -> bool:
        """Return whether the student has to join a team first."""
        return self.teams is not None and self.team is None

    @property
    def work_name(self) -> str:
        """Return the name of the repository: the student's, or the team's; empty for who is in no team and called like one."""
        username = self.standing.student.username
        if self.team:
            return self.team.name
        return "" if self.teams and self.teams.named(username) else username

    @property
    def name(self) -> str:
        """Return the name of the week, as repositories and addresses have it."""
        return self.assignment.name

    @property
    def is_accepted(self) -> bool:
        """Return whether the student has the repository, from here or from elsewhere."""
        return self.standing.pushes > 0 or (self.accepted and self.standing.status != MISSING)

    @property
    def state(self) -> str:
        """Return the state in a word or two."""
        return state_of(self.standing, accepted=self.accepted)

    @property
    def points(self) -> int | None:
        """Return the points of the visible checks, or None if nothing was graded."""
        return self.result.score if self.result else None

    @property
    def due(self) -> str:
        """Return until when the student can push, or since when no more."""
        closing = self.standing.closing
        if closing is None:
            return "no due date"
        if self.is_closed:
            return f"closed since {shown(closing.last, self.zone)}"
        if closing.moment > datetime.now(UTC):
            return f"due {closing}"
        cost = f", {closing.points} points off for each day" if closing.points else ""
        return f"late since {shown(closing.moment, self.zone)}{cost}; closes {shown(closing.last, self.zone)}"

    @property
    def late(self) -> str:
        """Return what the last push loses because it was late; empty if it was not, or does not count."""
        closing, pushed = self.standing.closing, self.standing.pushed
        if closing is None or pushed is None or not closing.moment < pushed <= closing.last:
            return ""
        penalty, time = closing.penalty(pushed), duration_text(pushed - closing.moment)
        if not penalty:
            return LATE_FREE.format(time=time)
        return LATE.format(time=time, points=penalty) + (LATE_BEST if closing.best else "")

    @property
    def can_accept(self) -> bool:
        """Return whether the repository is there to be asked for."""
        return not self.is_accepted and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Return whether the student can no longer push."""
        return self.standing.closing is not None and self.standing.closing.last <= datetime.now(UTC)

    @property
    def pushed(self) -> str:
        """Return when the student pushed last."""
        return shown(self.standing.pushed, self.zone) if self.standing.pushed else ""

    def card(self, place: Place, hints: Hints) -> card_view.CardView:
        """Return the scorecard of the last push, which is at this place if it was not graded yet."""
        state, checking = self.state_at(place), self.standing.waiting
        card = card_view.card_of(self.assignment, self.result, state=state, checking=checking, hints=hints, pushed=True)
        if not self.is_closed:
            return card
        # Nothing can be handed in anymore.
        return replace(card, advice=tuple(advice for advice in card.advice if advice.tone != "next"))

    def state_at(self, place: Place) -> str:
        """Return in a sentence what has become of the last push, which is at this place if it was not graded yet."""
        if self.standing.waiting:
            return _state(place)
        return f"Your push of {self.pushed}." if self.pushed else NO_PUSH


@dataclass(frozen=True)
class ScoredPush:
    """One push, as the page lists it."""

    at: str
    commit: str
    commits: int
    added: int
    removed: int
    score: int | None
    why: str


def _state(place: Place) -> str:
    """Return in words where a push is that waits for its scorecard."""
    if place.task:
        return AT_TASK.format(task=place.task)
    if place.ahead is None:
        return WAITING
    return AHEAD.format(ahead=place.ahead) if place.ahead else NEXT


def state_of(found: Standing, *, accepted: bool) -> str:
    """Return how far a student is in a week, in a word or two."""
    if found.needs_team and found.status == MISSING:
        return NO_TEAM
    return STATES[MISSING if found.status == NOT_STARTED and not accepted else found.status]


def student_weeks(
    standings: Standings, person: Person, accepted: Collection[str], only: str | None = None
) -> list[StudentWeek]:
    """Return the weeks of a student, or only one of them.

    Args:
        standings: of the classroom.
        person: the student.
        accepted: the weeks that the student has accepted.
        only: the name of the one week to return.
    """
    classroom = standings.classroom
    dates = DueDates(classroom)
    dates.read()
    student = student_of(classroom, person)
    found = []
    for week in classroom.weeks():
        if only is None or week.name == only:
            result = standings.last_result(week.name, student.username)
            result = dates.adjusted(week, result) if result else None
            progress = standings.of(week, student, dates, standings.shared(week))
            teams, name = classroom.teams(week.name), classroom.work_name(week.name, student.username)
            team = teams.named(name) if teams and name else None
            found.append(StudentWeek(week, progress, week.name in accepted, result, dates.zone, teams, team))
    return found


def student_of(classroom: Classroom, person: Person) -> Student:
    """Return a person's row of the roster; a dropped student has none, and keeps the name."""
    own = (student for student in classroom.students() if student.username == person.username)
    return next(own, Student(person.username, name=person.name))


def pushes(classroom: Classroom, week: StudentWeek) -> list[ScoredPush]:
    """Return every push of a student to a week, newest first, each with its score."""
    username = week.standing.student.username
    repository = classroom.own_repository(week.name, username)
    if repository is None:
        return []
    found = known_timeline(repository, username)
    return [
        ScoredPush(
            f"{push.at.astimezone(week.zone):%Y-%m-%d %H:%M}",
            push.commit[:7],
            push.commits,
            push.added,
            push.removed,
            push.score,
            push.why,
        )
        for push in reversed(found.pushes)
        if push.why != HANDED_OUT
    ]
