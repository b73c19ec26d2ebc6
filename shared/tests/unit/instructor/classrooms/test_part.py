"""One part of a class: its students, and the adjustments that concern them."""

import subprocess

import pytest
from classroom.cli.main import main
from classroom.instructor.roster import read_roster

ROSTER = "identifier,github_username,name\nA,ada,Ada Lovelace\nB,Bob,Bob Ross\nC,cleo,Cleo\n"
ROWS = "student,week,kind,value,note\n*,week1-tiny,comment,Hello,\nBob Ross,week1-tiny,extension,+2d,\nC,week1-tiny,excuse,,\n"


@pytest.fixture
def fetch(tmp_path, assignment, monkeypatch, capsys):
    """Return a function that fetches a part of a class, and returns the status, the students and the adjustments."""
    for name in ("ada", "bob"):
        subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / f"hub/school/week1-tiny-{name}.git"], check=True)
    (tmp_path / "list.txt").write_text("school/week1-tiny-ada\nschool/week1-tiny-bob\n")
    (tmp_path / "roster.csv").write_text(ROSTER)
    monkeypatch.setenv("GITHUB_SERVER_URL", f"file://{tmp_path}/hub")
    monkeypatch.delenv("CLASSROOM_TOKEN", raising=False)

    def run(part, *words):
        to = tmp_path / part.replace("/", "-")
        command = ("fetch", str(assignment.folder), str(tmp_path / "list.txt"), "--to", str(to), "--part", part)
        status = main([*command, *words])
        students = [student.label for student in read_roster(to / "roster.csv")] if status == 0 else []
        path = to / "adjustments.csv"
        kinds = [line.split('","')[2] for line in path.read_text().splitlines()[1:]] if path.exists() else []
        return status, students, kinds, capsys.readouterr().err

    return run


def test_each_student_is_in_one_part(fetch, tmp_path):
    """Names are those of the own roster; a student without a repository is in the first part."""
    words = ("--roster", str(tmp_path / "roster.csv"))

    assert fetch("1/2", *words)[1] == ["Ada Lovelace", "Cleo"]
    assert fetch("2/2", *words)[1] == ["Bob Ross"]


def test_each_part_has_the_adjustments_of_its_students(fetch, tmp_path):
    """Those of everybody are in each part, and `grade` finds the file."""
    (tmp_path / "adjustments.csv").write_text(ROWS)
    words = ("--roster", str(tmp_path / "roster.csv"))

    assert fetch("1/2", *words)[2] == ["comment", "excuse"]
    assert fetch("2/2", *words)[2] == ["comment", "extension"]


def test_row_of_an_extra_waits(fetch, extra, tmp_path):
    """A row about an extra exercise of the week is none of a week that does not exist."""
    (tmp_path / "adjustments.csv").write_text(f"student,week,kind,value,note\nA,{extra.name},excuse,,\n")

    assert fetch("1/1", "--roster", str(tmp_path / "roster.csv"))[2] == ["excuse"]


def test_a_row_about_nobody_is_refused_in_every_part(fetch, tmp_path):
    """It would be lost otherwise, since no part has that student."""
    (tmp_path / "adjustments.csv").write_text(ROWS.replace("Bob Ross", "Rob Boss"))

    status, *_, error = fetch("1/2", "--roster", str(tmp_path / "roster.csv"))

    assert status == 2
    assert "line 3: there is no student Rob Boss on the roster" in error


def test_adjustments_need_a_roster(fetch, tmp_path):
    """They name students as the roster does."""
    status, *_, error = fetch("1/2", "--adjustments", str(tmp_path / "adjustments.csv"))

    assert (status, error) == (2, "Adjustments refer to students on a roster: add one, such as --roster roster.csv.\n")
