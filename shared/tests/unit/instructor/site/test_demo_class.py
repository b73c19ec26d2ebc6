"""The sample class on the web: a history as pushes would have left it, and a link for each student."""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.core.result import Result
from classroom.core.submission import Submission
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.interview.timeline import timeline
from classroom.instructor.proof import demo_class
from classroom.instructor.proof.demo_answers import Answer, Answers, answers
from classroom.instructor.proof.demo_history import PastPush, write_history
from classroom.instructor.site import official, people, tokens
from classroom.instructor.site.database import open_database
from classroom.instructor.site.models import LINK, Comment
from sqlalchemy import func, select
from sqlalchemy.orm import Session

COURSE = Path(__file__).resolve().parents[5]
OPENED = datetime(2026, 11, 1, 8, tzinfo=UTC)


def answer(text, score):
    """Return an answer with points that nobody has checked."""
    return Answer({"app/main.py": text, "app/more.py": "# é\n"}, Result("week1-tiny", "", "graded", score, 100))


def test_history_is_read_like_real_pushes(room):
    """Each push has its time, its size and its score, and the branch points to the last one."""
    repository = room.repository("week1-tiny", "ada")
    pushes = [
        PastPush(OPENED + timedelta(days=number), answer(f"x = {number}\n", 10 * number), "Work")
        for number in (1, 2, 3)
    ]

    last = write_history(repository, room.students()[0], OPENED, pushes)

    found = timeline(Submission("ada", repository.path, bare=True), {}).pushes
    assert [push.at for push in found] == [OPENED, *(push.at for push in pushes)]
    assert [push.score for push in found] == [None, 10, 20, 30]
    assert [push.commits for push in found[1:]] == [1, 1, 1]
    assert (last.commit, last.submission, last.score) == (repository.tip(), "ada", 30)


def test_repository_without_a_push_keeps_its_starter(room):
    """A student who has not begun has only the starter, since the week was opened."""
    repository = room.repository("week1-tiny", "bob")
    tip = repository.tip()

    assert write_history(repository, room.students()[1], OPENED, []) is None
    assert repository.tip() == tip
    assert [push.received for push in repository.pushes()] == [OPENED]


def test_class_has_those_who_wait_and_those_who_are_done(room):
    """Most students have pushed, some have not, and each score is that of the last push."""
    known = Answers((answer("x = 1\n", 20),), (answer("x = 2\n", 100),))
    week, now = room.weeks()[0], datetime.now(UTC)

    accepted = demo_class._push(room, week, known, random.Random(3), (now + timedelta(days=3), now), 1.0)

    assert accepted == {("ada", "week1-tiny"), ("bob", "week1-tiny")}
    for name, week_name in accepted:
        result = Result.from_json(room.score_path(week_name, name).read_text())
        assert result.commit == room.repository(week_name, name).tip()
        assert all(push.received <= now for push in room.repository(week_name, name).pushes())


def test_folder_of_ones_own_is_left_alone(tmp_path):
    """A folder that this has not made is not removed."""
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="mine exists: choose another folder with --to"):
        demo_class.make_class(COURSE, tmp_path / "mine", sandbox="none", tell=print)
    assert (tmp_path / "mine").is_dir()


def test_listen_alone_is_refused(capsys):
    """An address without a site is a mistake."""
    assert main(["demo", "--listen", "127.0.0.1:1"]) == 2
    assert "add --web" in capsys.readouterr().err


@pytest.mark.long
def test_whole_class_is_made(starts_processes):
    """A class has links that sign its students in, a history, and a week that was graded officially and released."""
    top = Path(tempfile.mkdtemp(prefix="test-of-classroom-"))
    top.chmod(0o755)  # for the account that runs the database
    steps = []
    try:
        made = demo_class.make_class(COURSE, top / "demo", sandbox="none", tell=steps.append, students=6, begun=1)
        classroom = Classroom(made.folder)
        assert len(made.links) == len(classroom.students()) + 1 == 7
        assert [week.name for week in classroom.weeks()] == ["week1-hello-api", "week2-validation"]
        assert official.released(classroom, "week1-hello-api")
        with open_database(classroom.state_dir) as engine, Session(engine) as db:
            owners = {tokens.owner(db, LINK, secret).name for secret in made.links.values()}
            assert owners == made.links.keys()
            joined = [person for person in people.students(db).values() if person.joined]
            assert len(people.log(db)) == len(joined) + 1
            assert db.scalar(select(func.count()).select_from(Comment)) == 2
    finally:
        shutil.rmtree(top)
    assert len(steps) == 3


@pytest.mark.long
def test_answers_of_each_kind_have_their_results(tmp_path, assignment):
    """The first answers are those of students on the way, and the solution has all points."""
    (tmp_path / "answers").mkdir()
    known = answers(assignment, tmp_path / "answers", random.Random(1), sandbox="none")
    assert known.ends[0].result.green
    assert known.steps[0].result.score < 100
