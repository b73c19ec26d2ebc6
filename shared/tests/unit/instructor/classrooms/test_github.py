"""Lists of repositories: each is one student's."""

import subprocess

import pytest
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.core.result import Result
from classroom.instructor.classrooms.github import join, read_list
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


class TestJoin:
    """Parts of a class that are joined; each is a grading of some students."""

    @pytest.fixture
    def part(self, tmp_path):
        """Writes the grading of a part, in which these students have points."""

        def write(name, *students):
            out = tmp_path / name
            for folder in ("results", "feedback"):
                (out / folder).mkdir(parents=True)
            results = [Result("week1-tiny", student, "graded", 70, 100) for student in students]
            for result in results:
                (out / "results" / f"{result.submission}.json").write_text(result.to_json())
                (out / "feedback" / f"{result.submission}.md").write_text("70")
            (out / "grading.json").write_text('{"assignment": "week1-tiny"}')
            rows = "".join(f"{result.submission},70\n" for result in results)
            (out / "gradebook.csv").write_text(f"github_username,points_awarded\n{rows}")
            return out

        return write

    def test_student_in_two_parts_is_told(self, part, tmp_path):
        """Of two results of one student none is lost without a word."""
        parts = part("one", "ada", "bob"), part("two", "Ada")

        with pytest.raises(
            UsageError, match=r"one and .*two both hold a result for Ada: leave that student's repository"
        ):
            join(parts, tmp_path / "all")

    def test_student_who_is_in_no_part_any_more_leaves(self, part, tmp_path):
        """A second join into the same folder has nobody of whom no part has a result."""
        join([part("one", "ada"), part("two", "bob")], tmp_path / "all")

        assert join([tmp_path / "one", part("three", "cleo")], tmp_path / "all") == 2

        assert sorted(path.stem for path in (tmp_path / "all/feedback").iterdir()) == ["ada", "cleo"]

    def test_repositories_of_a_part_that_is_not_there_are_named(self, part, tmp_path, capsys):
        """If the job of a whole part failed, its students are in no gradebook: they are named, with status 3."""
        (tmp_path / "list.txt").write_text("".join(f"school/week1-tiny-{name}\n" for name in ("ada", "Bob", "cleo")))

        status = main(["join", str(part("one", "ada", "bob")), "--out", str(tmp_path / "all"), "--list", str(tmp_path / "list.txt")])  # fmt: skip

        assert (status, capsys.readouterr().err) == (
            3,
            "Not in any part, so without a result: school/week1-tiny-cleo\n",
        )
