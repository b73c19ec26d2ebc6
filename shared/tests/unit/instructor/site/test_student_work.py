"""The staff's page of a student's week: pushes, card and code; and who is stuck where."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.instructor.classrooms.again import check_again
from classroom.instructor.classrooms.missed_pushes import missed_pushes
from classroom.instructor.classrooms.push_server import PushServer
from classroom.instructor.classrooms.standing import last_result
from classroom.instructor.interview.timeline import Push
from classroom.instructor.site import official, people
from classroom.instructor.site.grades import Grade
from classroom.instructor.site.stuck import stuck_at
from classroom.student.feedback import feedback

PAGE = "/class/students/ada/weeks/week1-tiny/"
SOLVED = (Path(__file__).parents[2] / "course/week1-tiny/grading/solution/app/main.py").read_text()
CODE = """from fastapi import FastAPI

app = FastAPI()
title = "<script>alert(1)</script>"
"""


def words(page):
    """Return the text of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def push(score, *red):
    """Return a push with the tasks that are red in it."""
    return Push(datetime(2026, 11, 29, tzinfo=UTC), "1" * 40, 1, 1, 1, 0, score, red=red)


@pytest.mark.parametrize(
    ("pushes", "stuck"),
    [
        ([], None),
        ([push(40, 4), push(40, 4)], None),
        ([push(40, 4), push(40, 4), push(40, 4)], "stuck on task 4 for 3 pushes"),
        ([push(10, 2), push(40, 4, 5), push(45, 4), push(40, 4), push(None), push(40, 4)], "stuck on task 4 for 4 pushes"),
        ([push(30, 4, 5), push(40, 4), push(50, 4)], None),
        ([push(40, 3), push(40, 4), push(40, 4)], None),
        ([push(90, 4), push(90, 4), push(100)], None),
    ],
)  # fmt: skip
def test_stuck_is_no_point_gained_over_three_pushes(pushes, stuck):
    """The first red task is the same over the last pushes, and none of them has more points than one before."""
    assert (str(stuck_at(pushes)) if stuck else stuck_at(pushes)) == stuck


def test_code_is_beside_the_card_and_inert(pushed, graded, instructor, assistant):
    """The code of the graded commit is text, and the line that a check names is marked with its task."""
    commit = pushed("ada", {"app/main.py": CODE, "app/notes.bin": "\0" * 10})
    graded("ada", commit=commit, cause="app/main.py, line 4: NameError: name 'x' is not defined")

    for browser in (instructor, assistant):
        page = browser.get(PAGE).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
        assert re.findall(r'line named"><span class="number" aria-hidden="true">(\d+)<', page) == ["4"]
        assert "app/notes.bin: not text" in page
        assert "70 of 100 points in the visible checks; not graded officially." in words(page)
        assert commit[:7] in page


def test_commit_that_is_gone_is_said(graded, instructor):
    """A commit that cannot be read, such as one of a repository that was cleaned up, leaves the rest of the page."""
    graded("ada")

    assert "the code cannot be read" in instructor.get(PAGE).text


def test_class_shows_who_is_stuck(room, pushed, graded, instructor):
    """Three pushes with the same red task and no more points are marked in the class, and each push lists its red tasks."""
    failed = CheckResult("test_hello", False, 1, Verdict.FAIL, "Says hello.", "It said nothing.")
    tasks = [TaskResult(1, "Hello", 10, 10, Verdict.PASS, None, ()), TaskResult(2, "Add", 60, 0, Verdict.FAIL, None, (failed,))]  # fmt: skip
    repository = room.repository("week1-tiny", "ada")
    for number in range(3):
        commit = pushed("ada", {"app/main.py": f"# {number}\n"})
        result = Result("week1-tiny", "ada", "graded", 10, 100, tuple(tasks), commit=commit, scope="visible")
        repository.reply("feedback", "SCORECARD.md", feedback(result), "Scorecard")
        graded("ada", score=10, commit=commit)

    assert "10 of 100 stuck on task 2 for 3 pushes" in words(instructor.get("/class/parts/class").text)
    page = words(instructor.get(PAGE).text)
    assert "Stuck on task 2 for 3 pushes" in page
    assert len(re.findall(r"2026-11-29 \S+ \S+ 10 2 \+", page)) == 3


def test_page_before_the_first_push(instructor):
    """A student who has not pushed has a page that says so."""
    page = words(instructor.get(PAGE).text)

    assert "Not accepted, no due date." in page
    assert "No push has been graded yet; not graded officially." in page
    assert instructor.get("/class/students/ada/weeks/nothing/").status_code == 404


def test_page_says_what_the_student_sees(room, context, graded, instructor, monkeypatch):
    """Graded again after a release, the page says which points the student still sees."""
    graded("ada", score=60)
    result = Result.from_json(room.score_path("week1-tiny", "ada").read_text())
    grades = {"ada": Grade("graded", 90, 100)}
    monkeypatch.setattr(context.grades, "of", lambda _: grades)
    assert "official: 90 of 100 points, not released." in words(instructor.get(PAGE).text)

    official.publish(room, "week1-tiny", {"ada": result}, "Grace")
    assert "official: 90 of 100 points, but the student sees 60 until the next release." in words(
        instructor.get(PAGE).text
    )
    grades["ada"] = Grade("graded", 60, 100)
    assert "official: 60 of 100 points, released." in words(instructor.get(PAGE).text)


def test_last_push_is_checked_again(context, room, pushed, graded, instructor, assistant):
    """The instructor has a push checked once more: the page says so, the result is a new one, and the log has a line."""
    commit = pushed("ada", {"app/main.py": SOLVED})
    graded("ada", 0, commit=commit)
    assert "Check the last push again" not in assistant.look(PAGE).text
    instructor.look(PAGE)
    page = instructor.submit(f"{PAGE}check-again").text
    assert ("Checking the last push" in page, "Check the last push again" in page) == (True, False)

    with PushServer(room, sandbox="none") as server:
        server.serve(once=True)
    result = last_result(room, "week1-tiny", "ada")
    assert (result.commit, result.score) == (commit, 100)
    with context.begin() as db:
        assert people.log(db, "ada")[0].what == "had the last push of Ada Lovelace (ada) to week1-tiny checked again"


def test_push_that_is_checked_again_is_not_lost(room, pushed, graded, instructor, monkeypatch):
    """If the server is killed before the push waits again, the next start finds that it has no result."""
    commit = pushed("ada", {"app/main.py": SOLVED})
    graded("ada", commit=commit)
    instructor.look(PAGE)
    monkeypatch.setattr("classroom.instructor.classrooms.again.write_atomic", Mock(side_effect=OSError(28, "full")))
    assert instructor.submit(f"{PAGE}check-again").status_code == 503

    assert [(notice.username, notice.commit) for notice in missed_pushes(room, ["week1-tiny"])] == [("ada", commit)]


def test_week_without_a_push_is_not_checked_again(instructor):
    """Before the first push there is no such button, and its address says why."""
    assert "Check the last push again" not in instructor.look(PAGE).text
    response = instructor.submit(f"{PAGE}check-again")

    assert (response.status_code, "Nothing has been pushed yet" in response.text) == (409, True)


def test_push_is_graded_while_the_teams_cannot_be_read(room, pushed, caplog):
    """A list of teams that is being edited stops no push: until it is right again, each repository counts."""
    commit = pushed("ada", {"app/main.py": SOLVED})
    with PushServer(room, sandbox="none") as server:
        server.inbox.recovered.clear()
        check_again(room, "week1-tiny", "ada")
        (room.folder / "week1-tiny/.teams.json").write_text("{")
        assert server.serve(once=True) == 1
    (room.folder / "week1-tiny/.teams.json").unlink()

    assert last_result(room, "week1-tiny", "ada").commit == commit
    assert ".teams.json is not valid: restore it from a backup." in caplog.text
