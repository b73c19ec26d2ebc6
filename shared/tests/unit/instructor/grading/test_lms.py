"""Grades for Canvas and Moodle: their columns, the right students, nothing that a spreadsheet runs."""

import csv

import pytest
from classroom.cli.main import main
from classroom.core.result import Adjustment
from classroom.instructor.roster import read_roster

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Essay (12)
    Points Possible,,,,,10
"Lovelace, Ada",7,s7,ada,CS-1,
"Ünal, Çelik",8,s8,celik,CS-2,
"Ross, Bob",9,s9,bob,CS-1,
"""
WORKSHEET = """Identifier,Full name,ID number,Email address,Status,Grade,Last modified (grade),Feedback comments
Participant 77,Ada Lovelace,1007,ada@x.org,,,-,
Participant 78,Bob Ross,1008,bob@x.org,,,-,
"""


@pytest.fixture
def graded(cohort, tmp_path):
    """Returns the grades of a roster, one result for each of its students, and the roster's file."""

    def grade(roster, *results):
        path = tmp_path / "their roster.csv"
        path.write_text(roster, encoding="utf-8")
        return cohort.saved(tmp_path / "grades of week 1", results, read_roster(path)), path

    return grade


def exported(*words):
    """The status of `classroom export`, and the rows of the file it wrote."""
    status = main(["export", *map(str, words)])
    with words[words.index("--to") + 1].open(encoding="utf-8", newline="") as file:
        return status, list(csv.reader(file))


def test_canvas_gets_its_own_columns_and_ids(cohort, graded, tmp_path):
    """Canvas's file has its five columns and the assignment, its row of possible points, its own ids, and EX if excused."""
    grades, _ = graded(
        CANVAS,
        cohort.made("ada", (10, 60, 0)),
        cohort.without_points("celik", "excused"),
        cohort.made("bob", (0, 0, 0)),
    )

    status, rows = exported("canvas", grades, "--to", tmp_path / "canvas.csv", "--assignment", "Week 1 (345)")

    assert status == 0
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1 (345)"],
        ["    Points Possible", "", "", "", "", "100"],
        ["Lovelace, Ada", "7", "s7", "ada", "CS-1", "70"],
        ["Ross, Bob", "9", "s9", "bob", "CS-1", "0"],
        ["Ünal, Çelik", "8", "s8", "celik", "CS-2", "EX"],
    ]


def test_moodle_gets_the_columns_of_its_worksheet(cohort, graded, tmp_path):
    """Moodle's file has what its worksheet and its gradebook import, with a comment, and a blank grade if excused."""
    change = Adjustment("points", "Task 3: 5 points instead of 0.", 3, 5)
    grades, _ = graded(
        WORKSHEET, cohort.made("ada", (10, 60, 0), adjustments=(change,)), cohort.without_points("bob", "excused")
    )

    status, rows = exported("moodle", grades, "--to", tmp_path / "moodle.csv")

    head = ["Identifier", "Full name", "ID number", "Email address"]
    assert status == 0
    assert rows[0] == [*head, "Grade", "Last modified (grade)", "Feedback comments"]
    assert rows[1][:6] == ["Participant 77", "Ada Lovelace", "1007", "ada@x.org", "70", "'-"]
    assert rows[1][6] == "Task 1: 10 of 10. Task 2: 60 of 60. Task 3: 5 of 30. Task 3: 5 points instead of 0."
    assert rows[2][:5] == ["Participant 78", "Bob Ross", "1008", "bob@x.org", ""]


def test_students_are_matched_with_the_platforms_roster(cohort, graded, tmp_path, capsys):
    """A roster of GitHub Classroom is matched by identifier, email, username or name; others are named."""
    roster = "identifier,github_username,name\ns7,adal,\nB,bobby,Bob Ross\nC,celik,\nD,dora,Dora Null\n"
    grades, _ = graded(roster, cohort.made("adal"), cohort.made("bobby"), cohort.made("celik"), cohort.made("dora"))
    canvas = tmp_path / "canvas-export.csv"
    canvas.write_text(CANVAS + '"Missing, Max",10,s10,max,CS-1,\n', encoding="utf-8")

    status, rows = exported("canvas", grades, "--roster", canvas, "--to", tmp_path / "out.csv")

    told = capsys.readouterr().out
    assert [row[1] for row in rows[2:]] == ["7", "9", "8"]
    assert status == 3
    assert "Not matched, so not in the file: Dora Null" in told
    assert "On the roster, without a result: Missing, Max" in told


def test_student_who_could_be_two_is_not_matched(cohort, graded, tmp_path, capsys):
    """Where two students have the same name, or two match the same one, nobody gets the other's points."""
    roster = "identifier,github_username,name\n1,one,Kim Lee\n2,two,Ada Lovelace\n3,ada,\n4,four,Bob Ross\n"
    grades, _ = graded(roster, cohort.made("one"), cohort.made("two"), cohort.made("ada"), cohort.made("four"))
    canvas = tmp_path / "canvas-export.csv"
    canvas.write_text(CANVAS + '"Lee, Kim",1001,,k1,A,\n"Lee, Kim",1002,,k2,A,\n', encoding="utf-8")

    _, rows = exported("canvas", grades, "--roster", canvas, "--to", tmp_path / "out.csv")

    assert [row[1] for row in rows[2:]] == ["9"]
    assert "Not matched, so not in the file: Kim Lee; Ada Lovelace; 3" in capsys.readouterr().out


def test_accents_are_matched_however_they_are_composed(cohort, graded, tmp_path):
    """A name whose accents are characters of their own is matched with the platform's."""
    grades, _ = graded("name\nC\u0327elik U\u0308nal\n", cohort.made("Celik-Unal"))
    canvas = tmp_path / "canvas-export.csv"
    canvas.write_text(CANVAS, encoding="utf-8")

    _, rows = exported("canvas", grades, "--roster", canvas, "--to", tmp_path / "out.csv")

    assert [row[:2] for row in rows[2:]] == [["\u00dcnal, \u00c7elik", "8"]]


def test_nothing_is_written_if_nobody_can_be_matched(cohort, graded, tmp_path, capsys):
    """A roster without the platform's ids is an error that says which file to give."""
    grades, _ = graded("identifier,github_username\nA,ada\n", cohort.made("ada"))

    assert main(["export", "canvas", str(grades), "--to", str(tmp_path / "out.csv")]) == 2

    assert "add --roster and the gradebook that you exported there" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_ungraded_student_is_named_and_left_out(cohort, graded, tmp_path, capsys):
    """A row without points could clear a grade on the platform, so there is none."""
    grades, _ = graded(CANVAS, cohort.made("ada"), cohort.without_points("bob", "could-not-grade"))

    status, rows = exported("canvas", grades, "--to", tmp_path / "out.csv")

    assert (status, len(rows)) == (3, 3)
    assert "Could not be graded, so not in the file: Ross, Bob" in capsys.readouterr().out


def test_file_is_replaced_only_if_asked_for(cohort, graded, tmp_path, capsys):
    """A file that exists is kept; --force replaces it."""
    grades, _ = graded(CANVAS, cohort.made("ada"))
    target = tmp_path / "out.csv"
    target.write_text("precious")
    words = ["export", "canvas", str(grades), "--to", str(target)]

    assert main(words) == 2

    assert (target.read_text(), "add --force" in capsys.readouterr().err) == ("precious", True)
    assert main([*words, "--force"]) == 0
    assert "Points Possible" in target.read_text()


def test_no_cell_is_a_formula(cohort, graded, tmp_path):
    """Names and sections that a spreadsheet would run are text."""
    grades, _ = graded('Student,ID,Section\n"=HYPERLINK(1)",7,+1\n', cohort.made("student-7"), cohort.made("7"))

    _, rows = exported("canvas", grades, "--to", tmp_path / "out.csv")

    assert (rows[2][0], rows[2][4]) == ("'=HYPERLINK(1)", "'+1")


def test_username_that_was_made_up_belongs_to_nobody(cohort, graded, tmp_path):
    """A platform's student without a login is never taken for one who has the beginning of the email as username."""
    grades, _ = graded("username,name\nada,Ada Lovelace\nbob,Bob Ross\n", cohort.made("ada"), cohort.made("bob"))
    canvas = tmp_path / "canvas-export.csv"
    canvas.write_text("Student,ID,SIS Login ID,Email\nAda Byron,6,,ada@x.org\nBob R.,9,bob,\nA. L.,7,ada,\n")

    _, rows = exported("canvas", grades, "--roster", canvas, "--to", tmp_path / "out.csv")

    assert [row[:2] for row in rows[2:]] == [["A. L.", "7"], ["Bob R.", "9"]]
