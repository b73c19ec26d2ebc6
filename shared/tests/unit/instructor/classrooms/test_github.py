"""Lists of repositories: each is one student's."""

import subprocess

import pytest
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.instructor.classrooms.github import read_list
from classroom.instructor.roster import read_roster


def test_two_repositories_of_one_name_are_told(tmp_path):
    """Forks with the same name would be cloned over each other and graded as one student: they are rejected."""
    path = tmp_path / "cohort.txt"
    path.write_text("alice/week1-hello-api\nbob/Week1-hello-api\n")

    with pytest.raises(UsageError, match=r"alice/week1-hello-api and bob/Week1-hello-api have the same name"):
        read_list(path)


def test_repository_that_is_named_twice_counts_once(tmp_path):
    """The same repository on two lines, in another case or as an address, is one."""
    path = tmp_path / "cohort.txt"
    path.write_text("school/week1-alice\nhttps://github.com/School/week1-alice.git\nschool/week1-bob\n")

    assert [str(place) for place in read_list(path)] == ["school/week1-alice", "school/week1-bob"]


def test_fetch_names_what_it_could_not_read(tmp_path, assignment, monkeypatch, capsys):
    """What can be read is fetched, the rest is named on standard error with status 3, and --slug says who is who."""
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "hub/school/hw-one-ada.git"], check=True)
    (tmp_path / "list.txt").write_text("school/hw-one-ada\nschool/hw-one-eve\n")
    monkeypatch.setenv("GITHUB_SERVER_URL", f"file://{tmp_path}/hub")
    words = ["fetch", str(assignment.folder), str(tmp_path / "list.txt"), "--to", str(tmp_path / "in")]

    status = main([*words, "--slug", "hw-one"])

    told = capsys.readouterr()
    assert (status, told.out) == (3, f"1 of 2 repositories fetched to {tmp_path / 'in'}\n")
    assert told.err.startswith("school/hw-one-eve could not be fetched: ")
    assert [student.username for student in read_roster(tmp_path / "in/roster.csv")] == ["ada", "eve"]
