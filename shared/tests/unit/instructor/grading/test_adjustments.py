"""Adjustments: extensions, excuses and changed points, read at each grading and undone by removing the row."""

import csv
import json
import os
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from classroom.core.errors import UsageError
from classroom.core.result import EXCUSED, GRADED, CheckResult, Result, TaskResult, Verdict
from classroom.instructor.grading.adjustment_rows import add_entry, remove_entry
from classroom.instructor.grading.adjustments import (
    FILE,
    Entry,
    adjustments_near,
    read_adjustments,
    read_entries,
)
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.grading.deadline import Counted, Deadline
from classroom.instructor.grading.gradebook import Row, write_gradebook
from classroom.instructor.grading.page_data import WeekPage
from classroom.instructor.grading.report import write_page
from classroom.instructor.grading.students import read_students
from classroom.instructor.named_student import named_student
from classroom.instructor.roster import Roster, Student
from classroom.student.feedback import feedback

DUE = datetime(2026, 11, 21, 22, 59, tzinfo=UTC)
HEADINGS = "student,week,kind,value,note"


@pytest.fixture
def adjusted(tmp_path, assignment):
    """A function that reads rows of adjustments for the fixture week, in which Ada and Bob are known."""

    def read(*rows, headings=HEADINGS):
        path = tmp_path / FILE
        path.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
        known = {"ada": "ada", "ada lovelace": "ada", "bob": "bob"}
        weeks = ["week1-tiny", "week2-more"]
        return read_adjustments(path, assignment, weeks, lambda name: known.get(name.casefold()))

    return read


def result(name="ada", earned=(10, 0, 30)):
    """A result of the fixture week."""
    check = CheckResult("check", hidden=False, weight=1, verdict=Verdict.PASS)
    tasks = tuple(
        TaskResult(number, f"Task {number}", points, got, Verdict.PASS, None, (check,))
        for number, (points, got) in enumerate(zip((10, 60, 30), earned, strict=True), 1)
    )
    return Result("week1-tiny", name, GRADED, sum(earned), 100, tasks)


class TestDeadline:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2026-12-03T23:59+01:00", "2026-12-03T22:59:00+00:00"),
            ("+2d", "2026-11-23T22:59:00+00:00"),
            ("+36h", "2026-11-23T10:59:00+00:00"),
        ],
    )
    def test_extension_moves_one_students_deadline(self, adjusted, value, expected):
        """An extension is a time or an addition to the deadline, and nobody else has it."""
        found = adjusted(f"ada,week1-tiny,extension,{value},ill")

        assert found.deadline("ada", Deadline(DUE)).moment.isoformat() == expected
        assert found.deadline("bob", Deadline(DUE)) == Deadline(DUE)

    def test_late_none_takes_no_points(self, adjusted):
        """Without a late penalty the days after the deadline cost nothing."""
        found = adjusted("Ada Lovelace,week1-tiny,late,none,")

        assert found.deadline("ada", Deadline(DUE, 3, 10)) == Deadline(DUE, 3, 0)

    def test_without_a_deadline_there_is_none(self, adjusted):
        """An extension of a deadline that is not given changes nothing."""
        assert adjusted("ada,week1-tiny,extension,+2d,").deadline("ada", None) is None


class TestPoints:
    @pytest.mark.parametrize(
        ("rows", "points", "score"),
        [
            (["ada,week1-tiny,points,2=+5,"], 5, 45),
            (["ada,week1-tiny,points,2=10,"], 10, 50),
            (["ada,week1-tiny,points,2=10,", "ada,week1-tiny,points,2=-4,"], 6, 46),
            (["ada,week1-tiny,points,2=-4,"], 0, 40),
            (["*,week1-tiny,waive,2,the text was wrong"], 60, 100),
            (["*,week1-tiny,waive,2,", "ada,week1-tiny,points,2=+5,"], 60, 100),
            (["ada,week2-more,points,2=+5,"], 0, 40),
        ],
    )
    def test_points_of_a_task(self, adjusted, rows, points, score):
        """Points are set, added or given in full, in the order of the rows and within what the task is worth."""
        found = adjusted(*rows).apply(result())

        assert (found.points(found.tasks[1]), found.score) == (points, score)

    def test_what_was_earned_is_kept(self, adjusted):
        """Without its row an adjustment is gone: the tasks still hold what the checks gave."""
        once = adjusted("ada,week1-tiny,points,2=+5,").apply(result())

        assert adjusted().apply(once) == result()

    def test_late_penalty_comes_off_the_adjusted_score(self, adjusted):
        """The late penalty is taken from the points after the instructor's changes."""
        found = adjusted("ada,week1-tiny,points,2=+5,").apply(result())

        assert Counted(None, penalty=10).apply_late_penalty(found).score == 35

    @pytest.mark.parametrize("status", ["missing", "not-started", "could-not-grade"])
    def test_points_of_a_student_without_graded_work_are_not_dropped_silently(self, adjusted, status):
        """A row that names a student changes no points where nothing was graded, and says so; a row for all does not."""
        rows = ("ada,week1-tiny,points,2=10,on paper", "*,week1-tiny,waive,2,")

        found = adjusted(*rows).apply(replace(result(), status=status, score=0))

        (change,) = found.adjustments
        assert (found.score, change.points, change.note) == (0, 0, "on paper")
        assert change.text == "Task 2: its points are not changed, because nothing was graded."

    def test_excused_student_has_no_score(self, adjusted):
        """An excused student has blank points and no bonus, and keeps what was earned for when the row is removed."""
        found = adjusted("ada,week1-tiny,excuse,,").apply(replace(result(), bonus=5))

        assert (found.status, found.score, found.bonus, found.tasks) == (EXCUSED, None, 0, result().tasks)


def test_student_reads_what_changed_and_not_why(adjusted):
    """Feedback includes each change and comment; the note next to it stays with the instructor."""
    rows = ("ada,week1-tiny,points,2=+5,copied from Bob?", "ada,week1-tiny,comment,Well **done**.,private")

    text = feedback(adjusted(*rows).apply(result()))

    assert "Task 2: 5 points instead of 0." in text
    assert "| 2 | Task 2 | 5/60 |" in text
    assert "Well **done**." in text
    assert "Bob" not in text
    assert "private" not in text


def test_page_gradebook_and_feedback_show_the_same_points(adjusted, assignment, tmp_path):
    """After a change the page has the task's points as the gradebook and the feedback have them."""
    changed = adjusted("ada,week1-tiny,points,2=+5,checked by hand").apply(result())

    write_page(tmp_path / "report.html", [WeekPage("Tiny", "week1-tiny", [changed])])
    write_gradebook(tmp_path / "gradebook.csv", assignment, [Row(Student("ada"), changed)])

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])[
        "weeks"
    ][0]
    row = next(csv.DictReader((tmp_path / "gradebook.csv").read_text().splitlines()))
    assert [task["earned"] for task in data["results"][0]["tasks"]] == [10, 5, 30]
    assert data["results"][0]["adjusted"] == ["Task 2: 5 points instead of 0. checked by hand"]
    assert (row["points_awarded"], row["task_2"], row["adjusted"]) == ("45", "5", data["results"][0]["adjusted"][0])
    assert "| 2 | Task 2 | 5/60 |" in feedback(changed)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("carl,week1-tiny,excuse,,", "line 2: there is no student carl on the roster or among the submissions"),
        ("ada,week9-none,excuse,,", "line 2: there is no week week9-none; the weeks are week1-tiny, week2-more"),
        ("ada,week1-tiny,gift,,", "line 2: 'gift' is not one of extension, excuse"),
        ("ada,week1-tiny,waive,4,", "line 2: there is no task '4'; the tasks are 1 to 3"),
        ("ada,week1-tiny,points,2=+61,", "line 2: task 2 has 60 points, so \\+61 is too much"),
        ("ada,week1-tiny,points,2=-61,", "line 2: task 2 has 60 points, so -61 is too much"),
        ("ada,week1-tiny,points,9=1,", "line 2: there is no task 9"),
        ("ada,week1-tiny,points,ten,", "line 2: 'ten' is not a change to points: write 6=\\+5"),
        (
            "ada,week1-tiny,extension,tomorrow,",
            "line 2: 'tomorrow' is not a time: write 2026-12-03T23:59\\+01:00, or \\+2d",
        ),
        ("ada,week1-tiny,extension,9999-12-31T23:59,", "line 2: '9999-12-31T23:59' is not a time: write"),
        ("ada,week1-tiny,late,half,", "line 2: 'half' is not known: write none"),
        ("ada,week1-tiny,comment,,", "line 2: the comment is empty"),
    ],
)
def test_row_that_cannot_be_right(adjusted, row, said):
    """A row with an unknown student, an unknown task or too many points is rejected with its line and what to write."""
    with pytest.raises(UsageError, match=said):
        adjusted(row)


def test_row_that_two_students_could_be_meant_by(assignment, tmp_path):
    """A name that two students have is rejected with the line and what to write, and not as one that nobody has."""
    path, students = tmp_path / FILE, Roster((Student("li1", "1", "Li Wei"), Student("li2", "2", "Li Wei")))
    path.write_text(f"{HEADINGS}\nLi Wei,week1-tiny,excuse,,\n")

    def find(name):
        student = named_student(name, students)
        return student.username if student else None

    with pytest.raises(UsageError, match="line 2: Li Wei is the name of 2 students: write li1 or li2"):
        read_adjustments(path, assignment, ["week1-tiny"], find)


def test_file_without_its_columns(adjusted):
    """A file that lacks a column is rejected with the line that it must begin with."""
    with pytest.raises(UsageError, match="no column value: its first line must be student,week,kind,value,note"):
        adjusted("ada,week1-tiny,excuse,", headings="student,week,kind,note")


def test_file_of_a_spreadsheet(adjusted):
    """A file saved by a spreadsheet, with semicolons and headings of its own order and case, is read as well."""
    found = adjusted("excuse;ada;week1-tiny;;ill", headings="Kind;Student;Week;Value;Note")

    assert found.excuse("ada").note == "ill"


def test_file_is_found_near_the_submissions(tmp_path):
    """The adjustments are in the folder of the submissions, next to it, or next to the roster; the nearer file counts."""
    week, roster = tmp_path / "handed-in", tmp_path / "classroom/roster.csv"
    for folder in (week, roster.parent):
        folder.mkdir()
    assert adjustments_near(week, roster) is None
    (roster.parent / FILE).write_text(HEADINGS)
    assert (adjustments_near(week, roster), adjustments_near(week)) == (roster.parent / FILE, None)
    (tmp_path / FILE).write_text(HEADINGS)
    assert adjustments_near(week) == tmp_path / FILE
    (week / FILE).write_text(HEADINGS)
    assert adjustments_near(week) == week / FILE


def test_grading_with_the_roster_of_a_classroom_uses_its_adjustments(classroom, handed_in, tmp_path):
    """What an instructor has granted is in every grading of a collected copy, which says where it was read."""
    handed_in("ada")
    place = tmp_path / "my classroom"
    place.mkdir()
    (place / "roster.csv").write_text("username\nada\n")
    (place / FILE).write_text(f"{HEADINGS}\nada,week1-tiny,points,2=-4,\n")
    words = ("--submissions", handed_in.folder, "--roster", place / "roster.csv", "--out", tmp_path / "out")

    done = classroom("grade", 1, *words, "--sandbox", "none")

    assert f"  adjustments from {place / FILE}\n" in done.out
    assert "96/100" in done.out


class TestAdding:
    def test_row_is_appended(self, tmp_path, assignment):
        """A row is added to the file, which is created with its headings."""
        path = tmp_path / FILE
        add_entry(path, Entry("ada", "week1-tiny", "extension", "+2d", "ill, with a note"), tasks=assignment.tasks)
        add_entry(path, Entry("*", "week1-tiny", "waive", "2"), tasks=assignment.tasks)

        assert [(entry.student, entry.kind, entry.value) for entry in read_entries(path)] == [
            ("ada", "extension", "+2d"),
            ("*", "waive", "2"),
        ]

    @pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
    def test_row_is_added_to_a_file_that_a_spreadsheet_has_saved(self, tmp_path, assignment, encoding):
        """Whatever encoding, separator and columns a file has, its rows stay as they are, and the new one is read."""
        path = tmp_path / FILE
        path.write_text("note;kind;Student;week;value;by\nkränk;excuse;Zoë;week1-tiny;;me\n", encoding=encoding)

        add_entry(path, Entry("ada", "week1-tiny", "points", "2=+5", "a; b"), tasks=assignment.tasks)

        assert [(one.student, one.kind, one.value, one.note) for one in read_entries(path)] == [
            ("Zoë", "excuse", "", "kränk"),
            ("ada", "points", "2=+5", "a; b"),
        ]
        assert [row["by"] for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())] == ["me", ""]

    def test_row_that_cannot_be_right_is_not_written(self, tmp_path, assignment):
        """What the next grading would reject is rejected at once, and the file is unchanged."""
        path = tmp_path / FILE
        with pytest.raises(UsageError, match="Task 2 has 60 points"):
            add_entry(path, Entry("ada", "week1-tiny", "points", "2=99"), tasks=assignment.tasks)

        assert not path.exists()

    def test_only_the_row_that_is_meant_is_removed(self, tmp_path, assignment):
        """Of two rows that say the same the one at the line is removed, and every other row and column stays."""
        path = tmp_path / FILE
        path.write_text("student,week,kind,value,note,by\nada,w,excuse,,,1\nada,w,excuse,,,2\nbob,w,excuse,,,3\n")
        second = read_entries(path)[1]

        remove_entry(path, second)
        assert path.read_text() == "student,week,kind,value,note,by\nada,w,excuse,,,1\nbob,w,excuse,,,3\n"

        remove_entry(path, second)  # somebody has sorted the file in the meantime
        with pytest.raises(UsageError, match="removed in the meantime"):
            remove_entry(path, second)
        assert [entry.student for entry in read_entries(path)] == ["bob"]


class TestCohort:
    def grade(self, assignment, folder, out, **more):
        """Grade a folder; return the cohort, and the results by name."""
        cohort = Cohort(assignment, folder, out, seed=7, **more)
        return cohort, {one.submission: one for one in cohort.grade(lambda *_: None, lambda _: None)}

    def test_untouched_starter_is_not_started(self, handed_in, assignment, tmp_path):
        """A student who changed nothing has no points and counts as not started; everybody else is graded."""
        handed_in("ada", base=assignment.folder)
        handed_in("bob", "from app.main import app\n")

        _, found = self.grade(assignment, handed_in.folder, tmp_path / "out")

        assert {name: (one.status, one.score) for name, one in found.items()} == {
            "ada": ("not-started", 0),
            "bob": ("graded", 0),
        }
        row = next(csv.DictReader((tmp_path / "out/gradebook.csv").read_text().splitlines()))
        assert (row["points_awarded"], row["task_1"], row["status"]) == ("0", "0", "not-started")

    def test_extension_of_a_student_without_a_submission_is_told(self, handed_in, assignment, tmp_path):
        """A missing and an excused student read about their extension, too."""
        handed_in.folder.mkdir(exist_ok=True)
        roster, file = tmp_path / "roster.csv", tmp_path / FILE
        roster.write_text("username\nada\nbob\n")
        rows = ("ada,week1-tiny,extension,+2d,", "bob,week1-tiny,extension,+2d,", "bob,week1-tiny,excuse,,")
        file.write_text("\n".join([HEADINGS, *rows]) + "\n")

        _, found = self.grade(
            assignment, handed_in.folder, tmp_path / "out", roster=roster, adjustments=file, deadline=Deadline(DUE)
        )

        assert {name: one.status for name, one in found.items()} == {"ada": "missing", "bob": EXCUSED}
        assert all(one.adjustments[0].kind == "extension" for one in found.values())

    def test_excuse_and_its_removal(self, handed_in, assignment, tmp_path):
        """An excused student's points are blank, and come back unchanged when the row is removed, without a new grading."""
        handed_in("ada")
        file, graded = tmp_path / FILE, []
        file.write_text(HEADINGS + "\n")
        out = tmp_path / "out"
        _, before = self.grade(assignment, handed_in.folder, out, adjustments=file)
        file.write_text(HEADINGS + "\nada,week1-tiny,excuse,,ill\n")
        _, excused = self.grade(assignment, handed_in.folder, out, adjustments=file)
        blank = next(csv.DictReader((out / "gradebook.csv").read_text().splitlines()))
        file.write_text(HEADINGS + "\n")

        cohort = Cohort(assignment, handed_in.folder, out, seed=7, adjustments=file)
        after = cohort.grade(lambda due, done: graded.append((due, done)), lambda _: None)

        assert (excused["ada"].status, blank["points_awarded"], blank["task_1"]) == ("excused", "", "")
        assert graded == [(0, 1)]
        assert after == [before["ada"]]

    def test_student_excused_before_any_grading_has_the_time_of_the_last_commit(self, handed_in, assignment, tmp_path):
        """The time of submission does not depend on whether the excuse or the first grading came first."""
        folder, made = handed_in("ada"), {"GIT_COMMITTER_DATE": "2026-11-02T10:00Z"}
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=one"]):
            command = ["git", "-c", "user.name=Ada", "-c", "user.email=a@x.org", *words]
            subprocess.run(command, cwd=folder, check=True, env=os.environ | made)
        file = tmp_path / FILE
        file.write_text(HEADINGS + "\nada,week1-tiny,excuse,,ill\n")

        for _ in range(2):
            _, found = self.grade(assignment, handed_in.folder, tmp_path / "out", adjustments=file)

        row = next(csv.DictReader((tmp_path / "out/gradebook.csv").read_text().splitlines()))
        assert (row["status"], row["points_awarded"], found["ada"].tasks) == ("excused", "", ())
        assert row["submission_timestamp"] == "2026-11-02T10:00:00Z"

    def test_only_leaves_everybody_else_as_they_are(self, handed_in, assignment, tmp_path):
        """A grading of one student changes no file of another, whatever deadline is given for it."""
        handed_in("ada")
        handed_in("bob")
        out = tmp_path / "out"
        self.grade(assignment, handed_in.folder, out)
        before = (out / "results/bob.json").read_bytes()

        self.grade(assignment, handed_in.folder, out, only=("ada",), force=True, deadline=Deadline(DUE))

        assert (out / "results/bob.json").read_bytes() == before

    def test_regrade_says_what_changed_and_keeps_the_earlier_result(self, handed_in, assignment, tmp_path):
        """A changed score is reported with the tasks that differ, and the previous result stays in `earlier`."""
        handed_in("ada", "from fastapi import FastAPI\n\napp = FastAPI()\n")
        out = tmp_path / "out"
        self.grade(assignment, handed_in.folder, out)
        handed_in("ada")

        cohort, found = self.grade(assignment, handed_in.folder, out)

        (change,) = cohort.changes
        assert str(change).startswith(f"ada {change.before} → {found['ada'].score} (tasks ")
        assert len(list((out / "earlier").glob("ada.*.json"))) == 1

    @pytest.mark.long
    def test_regrade_that_was_interrupted_says_what_changed_when_it_continues(self, handed_in, assignment, tmp_path):
        """A score that an interrupted regrade has retired is compared when the next grading has the new one."""
        handed_in("ada", "from fastapi import FastAPI\n\napp = FastAPI()\n")
        out = tmp_path / "out"
        _, first = self.grade(assignment, handed_in.folder, out)
        handed_in("ada")
        interrupted = Cohort(assignment, handed_in.folder, out, seed=7)
        with pytest.raises(KeyboardInterrupt):
            interrupted.grade(lambda *_: None, Mock(side_effect=KeyboardInterrupt))
        (out / "results/ada.json").unlink()  # as if it had ended before this result

        cohort, found = self.grade(assignment, handed_in.folder, out)

        assert [(one.before, one.after) for one in cohort.changes] == [(first["ada"].score, found["ada"].score)]

    @pytest.mark.long
    def test_only_keeps_the_others_whatever_the_roster_is_now(self, handed_in, assignment, tmp_path):
        """A student who has left since the earlier grading keeps the name that results and pages show."""
        handed_in("ada")
        handed_in("bob")
        out, roster = tmp_path / "out", tmp_path / "roster.csv"
        roster.write_text("username,name\nada,Ada Lovelace\nbob,Bob Ross\n")
        self.grade(assignment, handed_in.folder, out, roster=roster)
        roster.write_text("username,name\nada,Ada King\n")

        self.grade(assignment, handed_in.folder, out, roster=roster, only=("ada",))

        students = read_students(out)
        assert {name: student.name for name, student in students.items()} == {"ada": "Ada King", "bob": "Bob Ross"}

    @pytest.mark.long
    def test_only_keeps_names_seed_and_deadline_of_the_others(self, handed_in, assignment, tmp_path):
        """Grading one student again without the options of the first grading leaves the other rows, and what is said of all."""
        handed_in("ada")
        out, roster = tmp_path / "out", tmp_path / "roster.csv"
        roster.write_text("username,name\nada,Ada Lovelace\nbob,Bob Ross\n")
        self.grade(assignment, handed_in.folder, out, roster=roster, deadline=Deadline(DUE))
        before = [(out / name).read_text() for name in ("gradebook.csv", "students.json", "grading.json")]

        Cohort(assignment, handed_in.folder, out, seed=8, only=("ada",)).grade(lambda *_: None, lambda _: None)

        rows = list(csv.DictReader((out / "gradebook.csv").read_text().splitlines()))
        assert [(row["github_username"], row["status"]) for row in rows] == [("ada", "graded"), ("bob", "missing")]
        assert before[1:] == [(out / name).read_text() for name in ("students.json", "grading.json")]
        assert before[0].splitlines()[2] == (out / "gradebook.csv").read_text().splitlines()[2]
