"""One student's data: a copy of everything that is stored, and its removal."""

from __future__ import annotations

import json
import subprocess
import zipfile

import pytest
from classroom.cli.main import main
from classroom.core.errors import CouldNotCheck
from classroom.core.locks import owned
from classroom.core.result import Result
from classroom.instructor.backup import student_data
from classroom.instructor.backup.forgetting import forget
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.grading.adjustments import read_entries
from classroom.instructor.roster import Student
from classroom.instructor.site import comments, official, people, tokens
from classroom.instructor.site.models import API, LINK
from classroom.instructor.site.taken_hints import take_hint

ROWS = """student,week,kind,value,note
ada,week1-tiny,excuse,,ill
bob,week1-tiny,comment,Well done,
*,week1-tiny,late,none,
"""


@pytest.fixture
def known(reachable, context, room, graded):
    """A classroom with a site, in which Ada and Bob have joined, pushed and been graded."""
    for name in ("ada", "bob"):
        graded(name)
    results = {name: Result.from_json(room.score_path("week1-tiny", name).read_text()) for name in ("ada", "bob")}
    official.publish(room, "week1-tiny", results, "Instructor")
    (room.folder / "adjustments.csv").write_text(ROWS)
    (room.state_dir / "database").symlink_to(reachable / "state/database")
    with context.begin() as db:
        staff = people.instructor(db)
        for name in ("ada", "bob"):
            comments.add(db, staff, name, "week1-tiny", comments.Place("", task=2), f"Well done, {name}")
            person = people.join(db, name, room.names()[name].partition(" (")[0])
            people.accept(db, person, "week1-tiny")
            take_hint(db, person, room.weeks()[0], 2, 1)
            tokens.issue(db, person, LINK)
            tokens.issue(db, person, API, f"a script of {name}")
    return room


def files(room):
    """Return the names of all files, without those of the database and of the handed out week."""
    found = (path.relative_to(room.folder).as_posix() for path in room.folder.rglob("*") if path.is_file())
    return {name for name in found if not name.startswith((".classroom/database", ".classroom/weeks"))}


@pytest.fixture
def in_a_team(reachable, context, room, graded):
    """A classroom with a site, in which Ada and Bob are a team with a graded push and a comment."""
    (room.state_dir / "database").symlink_to(reachable / "state/database")
    changes = TeamChanges(room, "week1-tiny")
    changes.set_up(2, by_students=True)
    changes.form({"ada": "Blue", "bob": "Blue"})
    graded("team-blue")
    with context.begin() as db:
        people.join(db, "ada", "Ada Lovelace")
        comments.add(db, people.instructor(db), "team-blue", "week1-tiny", comments.Place(""), "Well done, team")
    return room


def test_copy_has_the_work_of_the_team(in_a_team, tmp_path):
    """A member's ZIP has the team's work, its result and the comments on it, and names no other member."""
    assert main(["export-student", str(in_a_team.folder), "ada", "--to", str(tmp_path / "ada.zip")]) == 0

    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        about = json.loads(archive.read("student.json"))
        assert {"week1-tiny/work.bundle", "week1-tiny/score.json"} <= set(archive.namelist())
    assert about["teams"] == {"week1-tiny": "Blue"}
    assert [each["text"] for each in about["site"]["comments"]] == ["Well done, team"]
    assert "bob" not in json.dumps(about).casefold()


def test_copy_has_the_results_of_extras(known, tmp_path, monkeypatch):
    """What was released of an extra is in the ZIP, below its week."""
    monkeypatch.setattr(student_data, "week_extras", lambda *_: {"more": None, "other": None})
    official.publish(known, "more", {"ada": official.result_of(known, "week1-tiny", "ada")}, "Instructor")
    assert main(["export-student", str(known.folder), "ada", "--to", str(tmp_path / "ada.zip")]) == 0

    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert [name for name in archive.namelist() if "extra" in name] == ["week1-tiny/extra/more/official.json"]


def test_copy_has_the_adjustments_of_the_team(in_a_team, tmp_path):
    """What was granted to the team was granted to each member."""
    (in_a_team.folder / "adjustments.csv").write_text(
        "student,week,kind,value,note\nteam-blue,week1-tiny,extension,+1d,\nbob,week1-tiny,excuse,,\n"
    )
    assert main(["export-student", str(in_a_team.folder), "ada", "--to", str(tmp_path / "ada.zip")]) == 0

    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        about = json.loads(archive.read("student.json"))
    assert [row["kind"] for row in about["adjustments"]] == ["extension"]


def test_team_stays_until_its_last_member_is_forgotten(in_a_team, context):
    """Forgetting a member leaves the team's work to the others; with the last one it is removed."""
    shared = in_a_team.repository_path("week1-tiny", "team-blue")
    (in_a_team.folder / "roster.csv").write_text("github_username\nbob\n")

    assert forget(in_a_team, Student("ada")) == 1  # the repository from before the week had teams
    assert shared.is_dir()
    assert in_a_team.teams("week1-tiny").teams[0].members == ("bob",)
    (in_a_team.folder / "roster.csv").write_text("github_username\neve\n")
    assert forget(in_a_team, Student("bob")) == 2
    assert not shared.exists()
    assert in_a_team.teams("week1-tiny").teams == ()
    assert not in_a_team.score_path("week1-tiny", "team-blue").exists()
    with context.begin() as db:
        assert comments.of(db, "team-blue", "week1-tiny") == []


def test_copy_has_everything_of_the_student(known, tmp_path, capsys):
    """The ZIP has the roster's row, adjustments, access, log, work and results of the student, and of nobody else."""
    assert main(["export-student", str(known.folder), "Ada Lovelace", "--to", str(tmp_path / "ada.zip")]) == 0

    assert capsys.readouterr().out == f"Ada Lovelace (ada), 1 week: {tmp_path / 'ada.zip'}\n"
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        names = set(archive.namelist())
        about = json.loads(archive.read("student.json"))
        archive.extractall(tmp_path / "out")
    week = {"work.bundle", "pushes.txt", "score.json", "official.json"}
    assert names == {"student.json", *(f"week1-tiny/{name}" for name in week)}
    assert about["roster"]["username"] == "ada"
    assert [(row["student"], row["kind"]) for row in about["adjustments"]] == [("ada", "excuse"), ("*", "late")]
    assert [each["kind"] for each in about["site"]["access"]] == ["link", "api"]
    assert about["site"]["accepted"].keys() == {"week1-tiny"}
    assert about["site"]["hints"] == [{"week": "week1-tiny", "task": 2, "shown": 1}]
    assert [(each["on"], each["text"]) for each in about["site"]["comments"]] == [("task 2", "Well done, ada")]
    assert [act["what"] for act in about["site"]["log"]] == ["joined as ada"]
    assert "bob" not in json.dumps(about).casefold()
    subprocess.run(
        ["git", "clone", "--quiet", "--branch", "main", "work.bundle", "work"],
        cwd=tmp_path / "out/week1-tiny",
        check=True,
    )


@pytest.mark.parametrize(
    ("name", "file", "told"),
    [("nobody", "new.zip", "Nobody in"), ("ada", "ada.zip", "ada.zip exists"), ("ada", "no/a.zip", "no folder")],
)
def test_copy_needs_a_student_and_a_new_file(known, tmp_path, capsys, name, file, told):
    """A name that nobody has, a file that exists, and a folder that does not, are refused."""
    (tmp_path / "ada.zip").touch()
    assert main(["export-student", str(known.folder), name, "--to", str(tmp_path / file)]) == 2
    assert told in capsys.readouterr().err


def test_student_on_the_roster_is_not_forgotten(known, capsys):
    """Only who has left the roster can be forgotten."""
    before = files(known)
    assert main(["forget-student", str(known.folder), "ada"]) == 2
    assert "Ada Lovelace (ada) is on the roster" in capsys.readouterr().err
    assert files(known) == before


def test_forgotten_student_leaves_nothing_but_the_log(known, context, monkeypatch, capsys):
    """Repositories, results, rows and access of a student are removed, and those of others stay."""
    (known.folder / "new.csv").write_text("identifier,github_username,github_id,name\nbob@x,bob,,Bob Builder\n")
    (known.state_dir / "dropped.csv").write_text(
        "identifier,github_username,github_id,name\nada@x,ada,,Ada Lovelace\nold@x,old,,Old One\n"
    )
    (known.folder / "new.csv").rename(known.folder / "roster.csv")
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert main(["forget-student", str(known.folder), "ada"]) == 2
    assert known.repository("week1-tiny", "ada")

    for removed in ("1 repository", "0 repositories"):  # the second time there is nothing left to remove
        (known.state_dir / "dropped.csv").write_text(
            "identifier,github_username,github_id,name\nada@x,ada,,Ada Lovelace\nold@x,old,,Old One\n"
        )
        assert main(["forget-student", str(known.folder), "ada", "--yes"]) == 0
        assert f"Removed {removed} of Ada Lovelace (ada), with results" in capsys.readouterr().out

    # Git's objects are named by digests, in which the letters of a name can come by chance.
    assert [name for name in files(known) if "ada" in name and "/objects/" not in name] == []
    assert known.repository("week1-tiny", "bob")
    assert official.result_of(known, "week1-tiny", "bob")
    assert "ada" not in (known.folder / "adjustments.csv").read_text()
    assert "old" in (known.state_dir / "dropped.csv").read_text()
    assert "ada" not in (known.state_dir / "dropped.csv").read_text()
    with context.begin() as db:
        assert people.students(db).keys() == {"bob"}
        assert [len(comments.of(db, name, "week1-tiny")) for name in ("ada", "bob")] == [0, 1]
        assert [act.by for act in people.log(db)] == ["Bob Builder", "Ada Lovelace"]


def test_rows_are_those_of_the_forgotten_student(known):
    """A row that names the student in other letters is removed; one with a name that someone listed has, too, is kept."""
    columns = "identifier,github_username,github_id,name\n"
    (known.folder / "roster.csv").write_text(f"{columns}bob@x,bob,,Bob Builder\nada@y,ada-2,,Ada Lovelace\n")
    (known.state_dir / "dropped.csv").write_text(f"{columns}ada@x,ada,,Ada Lovelace\n")
    rows = ("ADA,week1-tiny,excuse,,ill", "ada lovelace,week1-tiny,late,none,", "Ada@X,week1-tiny,points,1=+1,")
    (known.folder / "adjustments.csv").write_text("student,week,kind,value,note\n" + "\n".join(rows))
    assert main(["forget-student", str(known.folder), "ada", "--yes"]) == 0

    assert [entry.kind for entry in read_entries(known.folder / "adjustments.csv")] == ["late"]
    assert DueDates(known).read()


def test_uploaded_roster_is_forgotten(known):
    """A roster that was uploaded and never accepted is removed: it lists the student, too."""
    (known.state_dir / "roster-upload.csv").write_text("username,email\nada,ada@private\n")
    (known.folder / "roster.csv").write_text("github_username\nbob\n")
    forget(known, Student("ada"))

    assert not (known.state_dir / "roster-upload.csv").exists()


def test_rows_are_removed_while_nobody_else_changes_them(known, monkeypatch):
    """What someone adds on the site at the same moment is not lost: one waits for the other."""
    monkeypatch.setattr("classroom.instructor.classrooms.adjust.LOCK_SECONDS", 0)
    (known.folder / "roster.csv").write_text("github_username\nbob\n")
    (known.state_dir / "dropped.csv").write_text("github_username\nada\n")
    with owned(known.state_dir / "adjustments.lock", 1), pytest.raises(CouldNotCheck, match=r"adjustments\.lock"):
        forget(known, Student("ada"))
    forget(known, Student("ada"))

    assert [entry.student for entry in read_entries(known.folder / "adjustments.csv")] == ["bob", "*"]


def test_last_member_takes_the_adjustments_of_the_team_along(in_a_team):
    """Nothing in `adjustments.csv` names a team that is gone."""
    (in_a_team.folder / "adjustments.csv").write_text(
        "student,week,kind,value,note\nteam-blue,week1-tiny,extension,+1d,\n"
    )
    for name, left in (("ada", "bob"), ("bob", "eve")):
        (in_a_team.folder / "roster.csv").write_text(f"github_username\n{left}\n")
        forget(in_a_team, Student(name))

    assert in_a_team.teams("week1-tiny").teams == ()
    assert read_entries(in_a_team.folder / "adjustments.csv") == []


@pytest.mark.parametrize("name", ["1", "results", "report"])
def test_names_of_files_are_not_taken_for_the_student(known, name):
    """Results of a student whose username begins alike are kept, and so are folders that happen to be called like one."""
    student = Student(name)
    own = [f"results/{name}.json", f"attempts/{name}.0123456789abcdef.json", f"earlier/{name}.20261129.80.json"]
    others = [
        *("results/ada.json", f"results/{name}.b.json", "report.html", f"code/x-{name}.json"),
        *(f"attempts/{name}.b.0123456789abcdef.json", f"earlier/{name}.b.20261129.80.json"),
    ]
    folder = known.state_dir / "grades/week1-tiny"
    for path in (*own, *others):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    forget(known, student)

    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(others)
    assert official.result_of(known, "week1-tiny", "ada")
