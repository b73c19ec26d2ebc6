"""All weeks of a term together: weights, excuses, students who came and went."""

import csv
import json
import os

import pytest
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.instructor.grading.page_data import page_data
from classroom.instructor.grading.report import read_week
from classroom.instructor.grading.students import write_students
from classroom.instructor.grading.term import read_term
from classroom.instructor.roster import Student, read_roster

ADA, BOB, CARO = Student("ada", "1", "Ada Lovelace"), Student("bob", "2", "Bob Ross"), Student("caro", "3", "Caro")


@pytest.fixture
def grades(cohort, tmp_path):
    """Three weeks: Bob is excused from the second, Caro leaves before the third, Dora joins in it."""
    top = tmp_path / "the grades"
    cohort.saved(
        top / "a", [cohort.made("ada"), cohort.made("bob", (10, 60, 0)), cohort.made("caro")], [ADA, BOB, CARO]
    )
    two = [cohort.made("ada", (0, 0, 0), "week2-more"), cohort.without_points("bob", "excused", "week2-more")]
    cohort.saved(top / "b", [*two, cohort.made("caro", week="week2-more")], [ADA, BOB, CARO])
    three = [cohort.made("ada", (10, 0, 0), "week10-last"), cohort.made("bob", (10, 60, 20), "week10-last")]
    cohort.saved(top / "c", [*three, cohort.made("dora", week="week10-last")], [ADA, BOB, Student("dora", "4", "Dora")])
    os.utime(top / "c" / "students.json", (2_000_000_000, 2_000_000_000))
    return top


def percents(term):
    """The percent of each student, rounded, by username."""
    return {line.student.username: line.percent and round(line.percent, 2) for line in term.lines}


def test_weeks_count_the_same_and_excused_ones_not_at_all(grades):
    """Without weights the percent is the mean of the weeks; an excused week leaves it, and a missing one is 0 points."""
    term = read_term(grades)

    assert [week.number for week in term.weeks] == ["1", "2", "10"]
    assert percents(term) == {"ada": 36.67, "bob": 80, "dora": 33.33}
    assert term.dropped == ("Caro",)


def test_old_week_with_one_student_graded_again_does_not_bring_back_its_roster(grades):
    """The newest roster is that of a grading of all students; grading one again writes only `students.json`."""
    for name, second in (("a", 1), ("b", 2), ("c", 3)):
        write_students(grades / name, {}, "roster.json")
        os.utime(grades / name / "roster.json", (second, second))
    os.utime(grades / "a/students.json", (2_000_000_001, 2_000_000_001))

    assert read_term(grades).dropped == ("Caro",)


def test_copied_folders_have_the_newest_roster_whatever_their_files_times_are(grades):
    """The time of a grading is in the folder: a copy on another machine, or an unpacked one, has new times of its files."""
    for name, day in (("a", 1), ("b", 2), ("c", 3)):
        settings = {"assignment": "week", "graded_at": f"2026-11-0{day}T10:00:00+00:00"}
        (grades / name / "grading.json").write_text(json.dumps(settings))
    os.utime(grades / "a/students.json", (2_000_000_001, 2_000_000_001))

    assert read_term(grades).dropped == ("Caro",)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("1=1,2=2,10=1", {"ada": 27.5, "bob": 80, "dora": 25}),
        ("# a comment\n1=0\nweek2-more = 0\nc=0.5\n", {"ada": 10, "bob": 90, "dora": 100}),
        ("1=0,2=1,10=0", {"ada": 0, "bob": None, "dora": 0}),
    ],
)
def test_weights(grades, weights, expected):
    """A week counts as much as its weight, over the weeks that count for the student."""
    assert percents(read_term(grades, weights)) == expected


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("1=1,2=1", "do not include week 10: add 10=1"),
        ("1=1,2=1,3=1", "include 3, which is not one of the graded weeks: 1, 2, 10"),
        ("1=1,2=-1,10=1", "weight of week 2 is -1"),
        ("1=nan,2=1,10=1", "weight of week 1 is nan"),
        ("1=1,1=2,2=1,10=1", "include week 1 twice"),
        ("1,2=1,10=1", "weight of week 1 is missing"),
        ("1=0,2=0,10=0", "All weights are 0"),
    ],
)
def test_weights_that_cannot_be_right(grades, weights, message):
    """Weights that name another week, leave one out or are not numbers are rejected in one sentence."""
    with pytest.raises(UsageError, match=message):
        read_term(grades, weights)


def test_two_folders_of_one_week(cohort, grades):
    """Grades of the same week twice are rejected, since one of them would win by chance."""
    cohort.saved(grades / "rehearsal", [cohort.made("ada")])

    with pytest.raises(UsageError, match=r"hold grades for the same week, week1-tiny"):
        read_term(grades)


def test_command_prints_the_table_and_writes_the_file(grades, tmp_path, capsys):
    """`classroom gradebook` shows points and status of each week with real names, and writes the same as CSV."""
    weights = tmp_path / "weights.txt"
    weights.write_text("1=1\n2=2\n10=1\n")

    assert main(["gradebook", str(grades), "--weights", str(weights)]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "Ada Lovelace 100/100 0/100 10/100 27.5" in told
    assert "Bob Ross 70/100 excused 90/100 80.0" in told
    assert "Missing, counted as 0 points: Dora (week 1, 2)" in told
    assert "No longer on the roster, so left out: Caro" in told
    page = (grades / "report.html").read_text(encoding="utf-8")
    assert 'href="#all"' in page
    assert "with weights: week 2 \u00d7 2" in page
    with (grades / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["github_username"]: row for row in csv.DictReader(file)}
    assert rows["bob"] == {
        "github_username": "bob",
        "roster_identifier": "2",
        "name": "Bob Ross",
        "email": "",
        "section": "",
        "week1-tiny": "70",
        "week1-tiny status": "graded",
        "week2-more": "",
        "week2-more status": "excused",
        "week10-last": "90",
        "week10-last status": "graded",
        "points": "160",
        "points_available": "200",
        "percent": "80.00",
        "bonus": "0",
        "not_counted": "2 (excused)",
    }


@pytest.fixture
def with_extra(grades, cohort):
    """The three weeks, and an extra that Ada has finished, Bob has begun and Caro has not handed in."""
    folder = cohort.saved(
        grades / "routers", [cohort.made("ada", week="routers"), cohort.made("bob", (10, 0, 0), "routers")]
    )
    (folder / "grading.json").write_text('{"assignment": "routers", "extra": true}')
    return grades


def test_finished_extras_are_the_last_column_and_count_for_nothing(grades, with_extra, capsys):
    """The file ends with the extras that a student has finished; sums, weights and weeks are as without them."""
    assert main(["gradebook", str(with_extra), "--weights", "1=1,2=1,10=1"]) == 0

    rows = list(csv.DictReader((with_extra / "gradebook.csv").read_text(encoding="utf-8").splitlines()))
    assert list(rows[0])[-2:] == ["not_counted", "extras"]
    assert [row["extras"] for row in rows] == ["routers", "", ""]
    assert [row["percent"] for row in rows] == ["36.67", "80.00", "33.33"]
    assert not any("routers" in name for name in rows[0])
    assert "routers" in capsys.readouterr().out.splitlines()[1]
    assert main(["gradebook", str(with_extra)]) == 0, "it knows its own file"


def test_extras_alone_are_no_term(cohort, tmp_path, capsys):
    """A folder with grades of extras and of no week is reported."""
    cohort.saved(tmp_path / "routers", [cohort.made("ada", week="routers")])
    (tmp_path / "routers/grading.json").write_text('{"assignment": "routers", "extra": true}')

    assert main(["gradebook", str(tmp_path)]) == 2

    assert "There are only grades for extras in" in capsys.readouterr().err


def test_a_week_that_could_not_be_graded_is_told(cohort, tmp_path, capsys):
    """The sum is without such a week, which is named, and the status is 3."""
    cohort.saved(tmp_path / "week1", [cohort.made("ada"), cohort.without_points("bob", "could-not-grade")])

    assert main(["gradebook", str(tmp_path)]) == 3

    assert "Could not be graded, so not included in the sum: bob (week 1)" in capsys.readouterr().out


def test_own_file_is_renewed_and_no_other(grades, capsys):
    """The command renews its own file, and keeps any other one with this name."""
    for _ in range(2):
        assert main(["gradebook", str(grades)]) == 0
    (grades / "gradebook.csv").write_text("mine\n")

    assert main(["gradebook", str(grades)]) == 2

    assert "gradebook.csv exists: add --force" in capsys.readouterr().err
    assert (grades / "gradebook.csv").read_text() == "mine\n"


def test_report_of_several_weeks_names_the_command(grades, capsys):
    """`classroom report` writes the page of one week, and names the command for the folder of several."""
    assert main(["report", str(grades)]) == 2

    assert f"holds the grades for several weeks: classroom gradebook {grades}" in capsys.readouterr().err
    assert main(["report", str(grades / "a")]) == 0
    assert "Ada Lovelace" in (grades / "a/report.html").read_text(encoding="utf-8")


def test_folder_without_grades(tmp_path, capsys):
    """A folder without a graded week, or one that does not exist, is reported."""
    assert main(["gradebook", str(tmp_path / "nowhere")]) == 2

    assert "There are no grades in" in capsys.readouterr().err


def test_result_that_cannot_be_read_is_named(grades, capsys):
    """A result with a mistake in it, such as from editing it by hand, is not left out of sum, page and export silently."""
    file = grades / "a/results/1.json"
    file.write_text(file.read_text().replace("}", "", 1))

    for words in (["gradebook", grades], ["report", grades / "a"], ["export", "moodle", grades / "a", "--to", "x.csv"]):
        assert main([*map(str, words)]) == 2
        assert f"{file} cannot be read as a result: " in capsys.readouterr().err


def test_interrupted_grading_is_named(grades, tmp_path, capsys):
    """A week whose grading was killed before it wrote results is not left out silently, with or without other weeks."""
    for out in (grades / "d", tmp_path / "alone/e"):
        out.mkdir(parents=True)
        (out / "grading.json").write_text('{"assignment": "week11-new", "submissions": "/in"}')

    assert main(["gradebook", str(grades)]) == 0
    assert "The grading of week11-new into" in capsys.readouterr().err
    assert main(["gradebook", str(tmp_path / "alone")]) == 2
    told = capsys.readouterr().err
    assert "was interrupted. It continues when you run it again" in told
    assert "There are no grades" not in told


def test_roster_of_a_platform_has_the_usernames_of_the_gradings(grades, tmp_path):
    """Students are recognized in an export with other usernames, and keep their results."""
    roster = tmp_path / "canvas.csv"
    roster.write_text('Student,ID,SIS Login ID,Section\n"Lovelace, Ada",101,alov,A\n"Ross, Bob",102,bros,A\n')

    assert percents(read_term(grades, roster=roster)) == {"ada": 36.67, "bob": 80}


def test_roster_of_usernames_alone(grades, tmp_path):
    """A list of usernames names the students, too; one who is nobody of the gradings has nothing of theirs."""
    roster = tmp_path / "list.csv"
    roster.write_text("zoe\nada\n")

    assert percents(read_term(grades, roster=roster)) == {"ada": 36.67, "zoe": 0}


class TestOnePersonInAllWeeks:
    """Usernames of a student that differ between weeks, and the same username of two students."""

    @pytest.fixture
    def graded(self, cohort, tmp_path):
        """Grades a week with a roster of this text, from the points of each submission's second task by its name."""
        top = tmp_path / "term"

        def grade(number, roster, second, when=0):
            path = tmp_path / f"roster{number}.csv"
            path.write_text(roster, encoding="utf-8")
            week, students = f"week{number}-x", read_roster(path)
            results = [cohort.made(name, (0, points, 0), week) for name, points in second.items()]
            out = cohort.saved(top / week, results)
            write_students(out, {name: student for name in second if (student := students.find(name))})
            os.utime(out / "students.json", (2_000_000_000 + (when or number),) * 2)
            return top

        return grade

    def points(self, term):
        """The points of all weeks of each student, by the name that people read."""
        return {line.student.label: [result.score for result in line.results] for line in term.lines}

    def test_usernames_that_were_made_up_in_another_order(self, graded):
        """Students whose names have no Latin letters keep their points when the next roster has another order."""
        graded(1, "name\n李明\n王芳\n", {"李明": 60, "王芳": 10})

        term = read_term(graded(2, "name\n张伟\n王芳\n李明\n", {"张伟": 30, "王芳": 20, "李明": 50}))

        assert self.points(term) == {"张伟": [0, 30], "王芳": [10, 20], "李明": [60, 50]}
        assert term.with_status("missing") == ["张伟 (week 1)"]

    @pytest.mark.parametrize("now", ["countess", "ADA"])
    def test_another_username(self, graded, now):
        """A student who has renamed the account, or writes it in another case, has the points of both weeks."""
        graded(1, "identifier,github_username\nA-1,ada\nB-2,bob\n", {"ada": 60, "bob": 10})

        term = read_term(graded(2, f"identifier,github_username\nA-1,{now}\nB-2,bob\n", {now: 50, "bob": 20}))

        assert self.points(term) == {"A-1": [60, 50], "B-2": [10, 20]}
        assert (term.dropped, term.lines[0].student.username) == ((), now)

    def test_roster_of_a_platform_after_a_rename(self, graded, tmp_path):
        """Such a student is recognized once in a platform's export, and is not two who could be meant."""
        graded(1, "identifier,github_username,email\nA-1,ada,a@x.org\n", {"ada": 60})
        top = graded(2, "identifier,github_username,email\nA-1,countess,a@x.org\n", {"countess": 50})
        (tmp_path / "canvas.csv").write_text("Student,ID,Email\nAda L.,7,a@x.org\n")

        assert self.points(read_term(top, roster=tmp_path / "canvas.csv")) == {"Ada L.": [60, 50]}

    def test_roster_with_one_of_two_of_the_same_name(self, graded, tmp_path):
        """A student who has left does not stand in the way of another one of that name who stays."""
        roster = "identifier,github_username,name\n1,li1,Li Wei\n2,li2,Li Wei\n"
        top = graded(1, roster, {"li1": 10, "li2": 60})
        (tmp_path / "now.csv").write_text("identifier,name\n2,Li Wei\n")

        term = read_term(top, roster=tmp_path / "now.csv")

        assert (self.points(term), term.dropped) == ({"Li Wei": [60]}, ("Li Wei",))

    def test_rows_that_were_numbered_again(self, graded):
        """An identifier that is the number of a row does not give one student the points of another."""
        head = "identifier,github_username,name\n"
        graded(1, f"{head}1,ada,Ada\n2,bob,Bob\n", {"ada": 60, "bob": 10})

        term = read_term(graded(2, f"{head}1,zoe,Zoe\n2,ada,Ada\n", {"zoe": 50, "ada": 20}))

        assert self.points(term) == {"Zoe": [0, 50], "Ada": [60, 20]}
        assert term.dropped == ("Bob",)

    def test_folders_that_differ_in_letter_case(self, cohort, tmp_path):
        """Without a roster, submissions of two names that differ in case in one week are two students in all weeks."""
        for number in (1, 2):
            week = f"week{number}-x"
            results = [cohort.made("Bob", (0, 10, 0), week), cohort.made("bob", (0, 60, 0), week)]
            cohort.saved(tmp_path / "term" / week, results)

        assert self.points(read_term(tmp_path / "term")) == {"Bob": [10, 10], "bob": [60, 60]}

    def test_page_leads_to_the_right_week(self, graded):
        """On the page of all weeks a student's cells lead to results of that student only."""
        graded(1, "name\n李明\n王芳\n", {"李明": 60, "王芳": 10})
        top = graded(2, "name\n张伟\n王芳\n李明\n", {"张伟": 30, "王芳": 20, "李明": 50})
        term = read_term(top)

        data = json.loads(page_data([read_week(week.folder) for week in term.weeks], term))

        found = {line["name"]: line["results"] for line in data["term"]["lines"]}
        names = [[result["name"] for result in week["results"]] for week in data["weeks"]]
        assert found["张伟"][0] is None
        assert [names[week][found["李明"][week]] for week in (0, 1)] == ["李明", "李明"]
