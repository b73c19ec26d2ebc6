"""Who takes part in a grading: names of repositories, students without one, strangers, students who were dropped."""

import csv
import sys
from contextlib import nullcontext
from dataclasses import replace
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from classroom.cli.instructor.roster_changes import confirm_roster
from classroom.core.errors import UsageError
from classroom.core.submission import Submission, student_name
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.grading.participants import Participants
from classroom.instructor.grading.report import read_week
from classroom.instructor.grading.students import write_students
from classroom.instructor.roster import read_roster

ROSTER = "identifier,github_username,name\nAda Lovelace,ada,Ada Lovelace\nBob Ross,bob,Bob Ross\n"


@pytest.fixture
def roster(tmp_path):
    """A classroom's roster of two, from which a third was dropped."""
    (tmp_path / ".classroom").mkdir()
    (tmp_path / ".classroom/dropped.csv").write_text("identifier,github_username,name\nEve Gone,eve,Eve Gone\n")
    (tmp_path / "roster.csv").write_text(ROSTER)
    return tmp_path / "roster.csv"


@pytest.fixture
def people(roster, tmp_path):
    """The participants when Ada, the dropped student and somebody else have handed in."""
    return Participants.of(roster, [Submission(name, tmp_path / name) for name in ("ADA", "eve", "zoe")])


@pytest.mark.parametrize(
    ("repository", "slug", "student"),
    [
        ("week1-hello-api-ada.git", "week1-hello-api", "ada"),
        ("cs101-week1-hello-api-ada-l", "week1-hello-api", "ada-l"),
        ("hw-one-ada", "hw-one", "ada"),
        ("ada", "week1-hello-api", "ada"),
        ("week1-hello-api-", "week1-hello-api", "week1-hello-api-"),
        ("overweek1-hello-api-ada", "week1-hello-api", "overweek1-hello-api-ada"),
    ],
)
def test_student_is_named_at_the_end_of_a_repository(repository, slug, student):
    """The name follows the week, or CLASSROOM-WEEK as in Classroom 50, or the slug that is given."""
    assert student_name(repository, slug) == student


def test_everybody_is_accounted_for(people):
    """Students without a submission, strangers and dropped students are known by name."""
    assert [student.label for student in people.absent] == ["Bob Ross"]
    assert people.strangers == ["zoe"]
    assert [student.label for student in people.former] == ["Eve Gone"]
    assert [one.name for one in people.submissions] == ["ADA", "zoe"]
    assert people.shown("ADA") == "Ada Lovelace (ADA)"
    assert people.shown("zoe") == "zoe"


def test_repository_of_a_dropped_student_is_not_that_of_one_with_such_a_name(roster, tmp_path):
    """The username of a student who has left is not taken for the name of a student who stays."""
    roster.write_text("identifier,github_username,name\n7,eva,Eve\n")

    people = Participants.of(roster, [Submission(name, tmp_path / name) for name in ("eve", "eva")])

    assert ([one.name for one in people.submissions], [one.label for one in people.former]) == (["eva"], ["Eve Gone"])


def test_dropped_student_leaves_the_gradebook(assignment, handed_in, roster, tmp_path):
    """A student who is dropped after a grading leaves gradebook, results, feedback and code; the earlier result is kept."""
    for name in ("ada", "eve"):
        handed_in(name)
    before, out = tmp_path / "before.csv", tmp_path / "grades"
    before.write_text(ROSTER + "Eve Gone,eve,Eve Gone\n")

    for path in (before, roster):
        Cohort(assignment, handed_in.folder, out, roster=path).grade(lambda *_: None, lambda _: None)

    rows = list(csv.DictReader((out / "gradebook.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["roster_identifier"] for row in rows] == ["Ada Lovelace", "Bob Ross"]
    assert sorted(path.stem for path in (out / "results").iterdir()) == ["ada", "bob"]
    assert sorted(path.stem for path in (out / "feedback").iterdir()) == ["ada", "bob"]
    assert sorted(path.name.partition(".")[0] for path in (out / "code").iterdir()) == ["ada"]
    assert sorted(path.name.partition(".")[0] for path in (out / "attempts").iterdir()) == ["ada"]
    assert [path.name.partition(".")[0] for path in (out / "earlier").iterdir()] == ["eve"]


class TestRenamedLogin:
    """A student with a new username, whose repository keeps the one that an earlier grading knew."""

    NEW = "identifier,github_username,name\nAda Lovelace,countess,Ada Lovelace\nBob Ross,bob,Bob Ross\n"

    @pytest.fixture
    def known(self, roster):
        """The students of the earlier grading; the roster has Ada's new username."""
        students = list(read_roster(roster))
        roster.write_text(self.NEW)
        return students

    def test_is_one_person(self, roster, known, tmp_path):
        """The repository with the earlier name is Ada's, also once the new name is what was known."""
        for students in (known, [replace(known[0], login="countess"), known[1]]):
            people = Participants.of(roster, [Submission("ada", tmp_path / "ada")], students)

            assert (people.strangers, [student.label for student in people.absent]) == ([], ["Bob Ross"])
            assert [(student.username, student.login) for student in people.renamed] == [("ada", "countess")]
            assert people.shown("ada") == "Ada Lovelace (ada)"

    def test_today_s_roster_comes_first(self, roster, known, tmp_path):
        """An earlier name is nobody's if the new one has handed in, or if it is someone else's by now."""
        both = [Submission(name, tmp_path / name) for name in ("ada", "countess")]
        assert Participants.of(roster, both, known).strangers == ["ada"]

        roster.write_text("identifier,github_username\nAda Lovelace,bob\nBob Ross,ada\n")
        people = Participants.of(roster, [Submission("ada", tmp_path / "ada")], known)
        assert (people.student("ada").identifier, people.renamed) == ("Bob Ross", [])

    @pytest.mark.long
    def test_is_told_in_words(self, classroom, handed_in, tmp_path):
        """A week graded before and one next to it are graded with the new name, and say whose submission it is."""
        handed_in("ada")
        for week, text in (("one", ROSTER), ("one", self.NEW), ("two", self.NEW), ("three/a", self.NEW)):
            (tmp_path / "new.csv").write_text(text)
            words = ("--roster", tmp_path / "new.csv", "--sandbox", "none", "--out", tmp_path / "grades" / week)
            done = classroom("grade", 1, "--submissions", handed_in.folder, *words)
            recognized = "graded under an earlier username: Ada Lovelace (ada), now countess" in done.out
            assert recognized == (text == self.NEW and week != "three/a"), done.out
            assert ("not on the roster, but graded: ada" in done.out) == (week == "three/a")
            assert ("current_username" in done.out) == (week == "three/a")


class TestChangedRoster:
    """A roster that differs from that of the earlier grading, or from the classroom's."""

    CHANGES = (
        "    added    Zoe Young (zoe)\n"
        "    renamed  Bob Ross (bob) is now Robert Ross (bob)\n"
        "    dropped  Ada Lovelace (ada); no longer in the gradebook\n"
    )
    CHANGED = "identifier,github_username,name\nBob Ross,bob,Robert Ross\nZoe Young,zoe,Zoe Young\n"

    @pytest.fixture
    def grade(self, classroom, handed_in, tmp_path):
        """Grades Bob's submission with a roster of this text, and returns what `grade` prints."""
        handed_in("bob")

        def grade(text, *more, folder=handed_in.folder):
            roster = tmp_path / "new.csv"
            roster.write_text(text)
            words = ("--submissions", folder, "--out", tmp_path / "grades", "--roster", roster, "--sandbox", "none")
            done = classroom("grade", 1, *words, *more)
            assert done.status == 0, done.err
            return done.out

        return grade

    def test_is_told_until_all_are_graded_with_it(self, grade):
        """New, renamed and dropped students are named until all are graded, for which one student is not enough."""
        found = [grade(ROSTER), grade(self.CHANGED, "--only", "bob"), grade(self.CHANGED), grade(self.CHANGED)]

        assert [self.CHANGES in text for text in found] == [False, True, True, False]
        assert "differs from the one before" not in found[0] + found[3]

    def test_first_grading_compares_with_the_classroom(self, grade, handed_in, roster, tmp_path):
        """Submissions in a classroom's folder are graded with its students in mind."""
        (tmp_path / ".classroom/inbox").mkdir()

        assert self.CHANGES in grade(self.CHANGED, folder=handed_in.folder.rename(tmp_path / "week1-tiny"))

    @pytest.mark.long
    def test_grades_of_an_earlier_version_are_compared_with(self, grade, tmp_path):
        """A folder of grades without `roster.json` has the students of its results."""
        grade(ROSTER)
        (tmp_path / "grades/roster.json").unlink()

        assert self.CHANGES in grade(self.CHANGED)

    @pytest.mark.parametrize(("answer", "goes_on"), [("y", True), ("", False), (EOFError, False)])
    def test_is_asked_for_in_a_terminal(self, answer, goes_on, tmp_path, monkeypatch):
        """In a terminal only `y` goes on; Ctrl-D is a no."""
        before, after = tmp_path / "before.csv", tmp_path / "after.csv"
        before.write_text(ROSTER)
        after.write_text(self.CHANGED)
        write_students(tmp_path, {student.username: student for student in read_roster(before)}, "roster.json")
        for stream in (sys.stdin, sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", Mock(side_effect=[answer]))

        with nullcontext() if goes_on else pytest.raises(UsageError, match="Nothing was graded"):
            confirm_roster(after, tmp_path, tmp_path / "in", yes=False)


def test_page_made_again_knows_title_and_time_zone(assignment, handed_in, roster, tmp_path):
    """A grading stores what the commands that read it show: the week's title, and the zone of its times."""
    out, zone = tmp_path / "grades", ZoneInfo("Asia/Tokyo")
    Cohort(assignment, handed_in.folder, out, roster=roster, zone=zone).grade(lambda *_: None, lambda _: None)

    week = read_week(out)

    assert (week.title, week.zone) == (assignment.title, zone)


def test_grades_stay_outside_of_the_submissions(assignment, handed_in):
    """A folder for grades inside that of the submissions is refused, since it would be the next submission."""
    handed_in("ada")

    with pytest.raises(UsageError, match="name another folder with --out"):
        Cohort(assignment, handed_in.folder, handed_in.folder / "grades")

    assert not (handed_in.folder / "grades").exists()


def test_repository_is_that_of_the_account_and_not_of_a_student_with_such_an_identifier(tmp_path):
    """A student without an account, who is listed first, does not get the points of the account of the same name."""
    roster = tmp_path / "roster.csv"
    roster.write_text("identifier,github_username,name\nbob,,Bob Ross\nrkelly,bob,Robert Kelly\n")

    people = Participants.of(roster, [Submission("bob", tmp_path / "bob")])

    assert (people.student("bob").name, [student.name for student in people.absent]) == ("Robert Kelly", ["Bob Ross"])


def test_name_of_two_students_is_not_one_that_nobody_has(tmp_path):
    """For a name that two students have, the usernames to choose from are named."""
    roster = tmp_path / "roster.csv"
    roster.write_text("identifier,github_username,name\n1,li1,Li Wei\n2,li2,Li Wei\n")
    people = Participants.of(roster, [Submission("li1", tmp_path / "li1")])

    assert people.submission_of("2") == "li2"
    with pytest.raises(UsageError, match="Li Wei is the name of 2 students: write li1 or li2"):
        people.submission_of("li wei".title())


def test_two_submissions_of_one_student_are_named(tmp_path):
    """A student whose username and email are both names of submissions is not graded twice: one has to go."""
    roster = tmp_path / "roster.csv"
    roster.write_text("identifier,github_username,email\nAda Lovelace,ada,ada@x.org\n")

    with pytest.raises(UsageError, match=r"/ada and .*/ada@x\.org are both submissions by Ada Lovelace \(ada\): move"):
        Participants.of(roster, [Submission(name, tmp_path / name) for name in ("ada", "ada@x.org")])
