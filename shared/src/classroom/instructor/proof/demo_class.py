"""A sample class on the web: forty students in the middle of a term, who have pushed, asked and been graded."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, weeks
from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.git import git
from classroom.core.scratch import ScratchDir
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.open import open_classroom
from classroom.instructor.proof.demo import COHORT, MARKER, NAMES, SEED
from classroom.instructor.proof.demo_answers import answers
from classroom.instructor.proof.demo_history import PastPush, write_history
from classroom.instructor.site import comments, official, people, tokens
from classroom.instructor.site.comments import Place
from classroom.instructor.site.database import open_database
from classroom.instructor.site.grades import official_results
from classroom.instructor.site.gradings import Gradings
from classroom.instructor.site.models import ASSISTANT, LINK, Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.orm import Session

    from classroom.instructor.proof.demo_answers import Answers

SURNAMES = ("Novak", "Silva", "Okafor", "Kim", "Rossi", "Haddad", "Larsen", "Mori", "Weber", "Diaz")
WEEKS = 3  # which students have begun; the last of them is not due yet
DAYS_EACH, DAYS_LEFT = 7, 3
SHARES = {1: 0.95, 2: 0.85, 3: 0.6}  # of the class who have pushed to a week
DONE_SHARE = 0.75  # of those who do not stop on the way
MESSAGES = ("First task", "Next tasks", "Fix the failing check", "Done, I think", "Small fixes")
GRADING_SECONDS = 900
ASSISTANT_NAME = "Robin Assistant"
COMMENTED = "app/main.py"


@dataclass(frozen=True)
class DemoClass:
    """What was made: the folder, and the secret of each student's personal link, by name."""

    folder: Path
    links: dict[str, str]


def make_class(
    course: Path, to: Path, *, sandbox: str, tell: Callable[[str], None], students: int = COHORT, begun: int = WEEKS
) -> DemoClass:
    """Make a class with a history in a new folder, or again in one that this has made.

    Args:
        course: the folder with the weeks.
        to: where the classroom is made.
        sandbox: around each answer that is graded.
        tell: called with a sentence about each step.
        students: how many.
        begun: how many weeks they have begun.

    Raises:
        UsageError: the folder exists and was not made by this.
    """
    _claim(to)
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    found = [Assignment.load(folder) for _, folder in sorted(weeks(course).items())][: begun + 1]
    now = datetime.now(UTC).replace(microsecond=0)
    last_due = now + timedelta(days=DAYS_LEFT)
    due = {week.name: last_due + timedelta(days=DAYS_EACH * (number - begun)) for number, week in enumerate(found, 1)}
    tell(f"Opening {len(found)} weeks for {students} students")
    _open(to, found, due, students)
    (to / MARKER).touch()
    classroom = Classroom(to)
    accepted: set[tuple[str, str]] = set()
    for number, week in enumerate(found[:begun], 1):
        tell(f"Writing the history of {week.name}")
        with ScratchDir("demo") as room:
            known = answers(week, room, draw, sandbox=sandbox)
        accepted |= _push(classroom, week, known, draw, (due[week.name], now), SHARES.get(number, 1.0))
    _adjust(classroom, found[0].name)
    tell(f"Grading {found[0].name} officially")
    links = _people(classroom, accepted, course, found[0].name, sandbox, tell)
    return DemoClass(to, links)


def _claim(to: Path) -> None:
    if to.exists():
        if not (to / MARKER).is_file():
            raise UsageError(f"{to} exists: choose another folder with --to.")
        shutil.rmtree(to)


def _open(to: Path, found: list[Assignment], due: dict[str, datetime], students: int) -> None:
    names = [f"{name.title()} {SURNAMES[number % len(SURNAMES)]}" for number, name in enumerate(NAMES[:students])]
    rows = "".join(
        f"{name},{username},{username}@school.example\n" for name, username in zip(names, NAMES, strict=False)
    )
    with ScratchDir("roster") as scratch:
        roster = scratch / "roster.csv"
        write_atomic(roster, "name,github_username,email\n" + rows)
        for week in found:
            open_classroom(to, roster, [str(week.folder)], closes=due[week.name].isoformat())


def _push(
    classroom: Classroom,
    week: Assignment,
    known: Answers,
    draw: random.Random,
    times: tuple[datetime, datetime],
    share: float,
) -> set[tuple[str, str]]:
    """Write what the students have pushed to a week; return who has accepted it."""
    due, now = times
    opened, end = due - timedelta(days=2 * DAYS_EACH), min(due, now) - timedelta(minutes=5)
    accepted = set()
    for student in classroom.students():
        repository = classroom.repository(week.name, student.username)
        if repository is None:
            continue
        pushes: list[PastPush] = []
        if draw.random() < share:
            accepted.add((student.username, week.name))
            done = draw.random() < DONE_SHARE
            chosen = [*known.steps[: draw.randint(1, len(known.steps))], *([draw.choice(known.ends)] if done else [])]
            span = int((end - opened).total_seconds())
            moments = sorted(draw.sample(range(3600, span), len(chosen)))
            pushes = [
                PastPush(opened + timedelta(seconds=moment), answer, MESSAGES[min(number, len(MESSAGES) - 1)])
                for number, (moment, answer) in enumerate(zip(moments, chosen, strict=True))
            ]
        if result := write_history(repository, student, opened, pushes):
            write_atomic(classroom.score_path(week.name, student.username), result.to_json())
    return accepted


def _adjust(classroom: Classroom, week: str) -> None:
    """Write what an instructor has granted and changed."""
    first, second, third, *_ = (student.username for student in classroom.students())
    rows = (
        f"{first},{week},extension,+2d,ill",
        f"{second},{week},excuse,,joined the class later",
        f"{third},{week},comment,See me about task 2: your second attempt was the better one.,",
    )
    write_atomic(classroom.folder / "adjustments.csv", "student,week,kind,value,note\n" + "\n".join(rows) + "\n")


def _people(
    classroom: Classroom,
    accepted: set[tuple[str, str]],
    course: Path,
    week: str,
    sandbox: str,
    tell: Callable[[str], None],
) -> dict[str, str]:
    """Let people in, comment, and grade and release the first week; return the secrets of the links."""
    from sqlalchemy.orm import Session as Transaction

    gradings = Gradings(classroom, course, sandbox, lambda _: None)
    gradings.begin(week, "Instructor")
    with open_database(classroom.state_dir) as engine, Transaction(engine) as db:
        links = {
            student.label: _let_in(db, student.username, student.label, accepted) for student in classroom.students()
        }
        assistant = Person(role=ASSISTANT, username="robin", name=ASSISTANT_NAME)
        db.add(assistant)
        db.flush()
        links[ASSISTANT_NAME] = tokens.issue(db, assistant, LINK)
        _comment(db, classroom, assistant, week)
        gradings.wait(GRADING_SECONDS)
        finished = gradings.last(week)
        gradings.close()
        if finished and finished.ended and not finished.problem:
            official.publish(classroom, week, official_results(classroom, week), "Instructor")
            people.record(db, people.instructor(db), f"released the official results of {week}")
        else:
            tell(f"{week} was not graded in time, so nothing is released; the grading continues with the site")
        db.commit()
    return links


def _let_in(db: Session, username: str, name: str, accepted: set[tuple[str, str]]) -> str:
    """Let a student join who has accepted a week; the others have a link that nobody has opened."""
    own = sorted(week for who, week in accepted if who == username)
    person = people.join(db, username, name) if own else people.known(db, username, name)
    for week in own:
        people.accept(db, person, week)
    return tokens.issue(db, person, LINK)


def _comment(db: Session, classroom: Classroom, by: Person, week: str) -> None:
    """Comment on a task and on a line of the first student who has pushed."""
    for student in classroom.students():
        repository = classroom.repository(week, student.username)
        if repository is None or len(repository.pushes()) == 1:  # the starter
            continue
        commit = repository.pushes()[-1].commit
        lines = git("show", f"{commit}:{COMMENTED}", cwd=repository.path).splitlines()
        line = next(number for number, text in enumerate(lines, 1) if text.startswith(("def ", "async def ")))
        comments.add(
            db, by, student.username, week, Place(commit, task=1), "Read this task once more: a detail is missing."
        )
        place = Place(commit, file=COMMENTED, line=line, quote=lines[line - 1])
        comments.add(db, by, student.username, week, place, "A docstring would help whoever reads this next.")
        return
