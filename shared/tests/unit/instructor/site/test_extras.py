"""Extra exercises on the site: handing them in, grading them with their week, and who has finished them."""

from __future__ import annotations

import csv
import io
import shutil

import pytest
from classroom.core.assignment import Assignment
from classroom.core.git import git
from classroom.core.load import under_load
from classroom.instructor.grading import cohort as cohorts
from classroom.instructor.site import extras
from classroom.instructor.site.file_names import NotAccepted
from classroom.instructor.site.uploads import handed_files

WEEK = "/weeks/week1-tiny/"
CHECK = '''from classroom import expect, task


@task(1)
def test_word(submission):
    """The answers have the word."""
    expect.that("word" in submission.read("app/answers.txt"), "The word is missing.")
'''
INI = "[pytest]\ntestpaths = tests\naddopts = --import-mode=importlib\n"


def make_extra(week):
    """Write a small extra exercise into the folder of a week."""
    folder = week / "extra/more"
    files = {"tests/test_more.py": CHECK, "app/answers.txt": "TODO\n", "README.md": "# More\n", "pytest.ini": INI}
    files["grading/hidden/test_hidden.py"] = CHECK.replace("test_word", "test_hidden")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    task = '[[tasks]]\nnumber = 1\ntitle = "Word"\npoints = 100\n'
    (folder / "assignment.toml").write_text(f'title = "More <words>"\nminutes = 20\npreload = []\n{task}')


@pytest.fixture
def room(tmp_path, room, made_room):
    """The classroom with a week that has an extra."""
    weeks = room.state_dir / "weeks"
    weeks.unlink()
    ignored = shutil.ignore_patterns("shared")
    shutil.copytree(made_room / ".classroom/weeks/week1-tiny", weeks / "week1-tiny", ignore=ignored)
    make_extra(weeks / "week1-tiny")
    return room


@pytest.fixture
def course(tmp_path, made_room, context):
    """The course of that week, with which the site grades."""
    top = tmp_path / "course"
    ignored = shutil.ignore_patterns("__pycache__", ".classroom")
    shutil.copytree(made_room.parent / "week1-tiny", top / "week1-tiny", ignore=ignored)
    make_extra(top / "week1-tiny")
    context.gradings.course = top


@pytest.mark.parametrize(
    ("names", "chosen", "paths"),
    [
        (["w/app/main.py", "w/extra/more/app/x.py"], "", ["app/main.py", "extra/more/app/x.py"]),
        (["more/app/x.py", "more/README.md"], "", ["extra/more/app/x.py"]),
        (["app/x.py"], "more", ["extra/more/app/x.py"]),
        (["answers.txt"], "more", ["extra/more/app/answers.txt"]),
        (["app/more/x.py"], "", ["app/more/x.py"]),
        (["extra/other/app/x.py"], "", ["app/x.py"]),
    ],
)
def test_files_of_an_extra_find_their_place(room, names, chosen, paths):
    """An extra is known by its folder, or by the choice in the form; then nothing of it is taken for the week's."""
    week = room.weeks()[0]
    files = [(name, io.BytesIO(b"x")) for name in names]

    assert sorted(handed_files(files, week, extras.week_extras(room, week), chosen).files) == paths


def test_file_of_the_wrong_extra_names_its_folder(room):
    """Nothing that the chosen extra takes is refused with the folder that it wants."""
    week = room.weeks()[0]
    with pytest.raises(NotAccepted, match="nothing from app"):
        handed_files([("notes.md", io.BytesIO(b"x"))], week, extras.week_extras(room, week), "more")


def test_extra_that_was_opened_as_a_week_is_not_listed_twice(room, monkeypatch):
    """An extra with repositories of its own is a week of the classroom."""
    week = room.weeks()[0]
    extra = Assignment.load(week.folder / "extra/more")
    monkeypatch.setattr(room, "weeks", lambda: [week, extra])

    assert extras.week_extras(room, week) == {}


def test_extra_is_handed_in_on_the_form(room, joined, pushed):
    """Files for an extra become a commit in its folder, and the page says that its points are not the week's."""
    pushed("ada", {"notes.md": "mine"})
    ada = joined("ada")
    page = ada.look(WEEK).text
    assert "the extra More &lt;words&gt;" in page
    page = ada.submit_files(f"{WEEK}hand-in", ("answers.txt", b"the word"), extra="more").text

    assert "Extras do not count toward the points of the week" in page
    repository = room.repository("week1-tiny", "ada").path
    assert git("show", "main:extra/more/app/answers.txt", cwd=repository) == "the word"
    answer = ada.submit_files(f"{WEEK}hand-in", ("answers.txt", b"the word"), extra="../app")
    assert (answer.status_code, "no such extra" in answer.text) == (422, True)


@pytest.mark.usefixtures("course")
def test_extra_that_nobody_has_begun_runs_no_checks(context, pushed, monkeypatch):
    """An extra whose files are as they were handed out is not started, without a worker, also if it is graded again."""
    pushed("ada", {"app/main.py": "x = 1\n", "extra/more/app/answers.txt": "TODO\n"})
    extra = Assignment.load(context.gradings.course / "week1-tiny/extra/more")
    graded = []
    monkeypatch.setattr(cohorts, "Pool", None)  # who grades
    for _ in range(2):
        cohort = cohorts.Cohort(extra, context.classroom.folder / "week1-tiny", context.classroom.state_dir / "out")
        results = cohort.grade(lambda due, known: graded.append((due, known)), lambda _: None)

    assert [(result.submission, result.status, result.score) for result in results] == [
        ("ada", "not-started", 0),
        ("bob", "not-started", 0),
    ]
    assert graded == [(2, 0), (0, 2)]


@pytest.mark.usefixtures("course")
@pytest.mark.long
def test_finished_extra_is_marked_after_the_release(context, instructor, joined, pushed):
    """The official grading of a week grades its extras; a finished one has a badge, and a place in the gradebook."""
    pushed("ada", {"extra/more/app/answers.txt": "the word"})
    ada, page = joined("ada"), "/class/weeks/week1-tiny/"
    instructor.look(page)
    instructor.submit(f"{page}grade")
    context.gradings.wait(under_load(60))
    assert "More &lt;words&gt;: finished by 1 student<" in instructor.look(page).text
    assert "✔ finished" not in ada.get(WEEK).text

    instructor.submit(f"{page}release")
    rows = csv.DictReader(instructor.get("/class/gradebook.csv").text.splitlines())
    assert [(row["github_username"], row["extras"], row["points"]) for row in rows] == [
        ("ada", "more", "0"),
        ("bob", "", "0"),
    ]
    assert "✔ finished" in ada.get(WEEK).text
    assert "✔ finished" in ada.get(f"{WEEK}parts/extras").text
    assert "✔ finished" not in joined("bob").get(WEEK).text

    instructor.submit(f"{page}take-back")
    assert "✔ finished" not in ada.get(WEEK).text
