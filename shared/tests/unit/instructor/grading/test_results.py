"""The files of a grading: one for each submission, whatever its name."""

import os
import sys
import unicodedata
from contextlib import closing
from unittest.mock import Mock

import pytest
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.grading.results import ResultFolder, file_stems, read_results

COLLIDING = [
    ("bob_ross", "bob\\ross", "bob/ross", "bob%2fross", "bob%5cross"),
    ("Ada", "ada", "ADA"),
    ("e\u0301", "\u00e9", "\u00c9"),
    ("straße", "STRASSE", "strasse"),
    ("z" * 255, "z" * 254, "Z" * 255, "z" * 245),
    ("é" * 120, "é" * 119 + "è"),
    ("bob\\udcff", "bob\udcff", "bob%ed%b3%bf"),
    ("a b", "a\u00a0b", "a\u200bb", "a\tb", "a\nb"),
    ("\u0130", "i\u0307", "i"),
    ("x", "x ", "x.", "x~", "x%7e"),
]


def folded(stems):
    """Return the names as a file system sees them that ignores case and the composition of accents."""
    return {unicodedata.normalize("NFC", unicodedata.normalize("NFD", stem).casefold()) for stem in stems}


@pytest.mark.parametrize("names", COLLIDING)
def test_names_that_almost_agree_have_a_file_each(names):
    """No two submissions share a file on any file system."""
    assert len(folded(file_stems(names).values())) == len(names)


@pytest.mark.parametrize("names", COLLIDING)
def test_digest_of_one_name_is_not_anothers_name(names):
    """A submission that is called like another one's file gets another file."""
    named_so = [*names, *file_stems(names).values()]

    assert len(folded(file_stems(set(named_so)).values())) == len(set(named_so))


@pytest.mark.parametrize("name", ["alice", "Alice-1", "a.b_c", "Zoë", "日本", "x y", "week1-2"])
def test_usual_name_is_its_file(name):
    """The file of an ordinary name has the same name."""
    assert file_stems([name, "other"])[name] == name


@pytest.mark.parametrize("name", [".hidden", "..", "a/../b", "con", "NUL.txt", "a\x00b", "x:y", "é" * 300, " ", "-rf"])
def test_file_can_be_made_anywhere(name, tmp_path):
    """An unusual name gives a short file name without separators, devices, controls or a leading dot."""
    (stem,) = file_stems([name]).values()

    (tmp_path / f".{stem}.json-12345678").touch()
    assert len(stem.encode()) <= 100
    assert not stem.startswith((".", "-", " "))
    assert stem.lower() not in {"con", "nul.txt"}
    assert stem.isprintable()


def test_odd_names_are_graded_and_resumed(handed_in, assignment, tmp_path):
    """A long name, names that almost agree and one on two lines are graded like any other, and again from their own files."""
    names = ["anna", "z" * 255, "bob_ross", "bob\\ross", "line\nbreak", "Anna"]
    for name in names:
        handed_in(name)
    told = []

    for _ in range(2):
        results = Cohort(assignment, handed_in.folder, tmp_path / "out", seed=7).grade(
            lambda *counts: told.append(counts), lambda _: None
        )

    assert {result.submission: result.score for result in results} == dict.fromkeys(names, 100)
    assert told == [(6, 0), (0, 6)]
    assert len([*(tmp_path / "out/results").iterdir()]) == len([*(tmp_path / "out/feedback").iterdir()]) == 6


@pytest.mark.long
def test_file_of_one_is_no_result_of_another(handed_in, assignment, tmp_path):
    """When a submission of almost the same name is added, no result is reused and no stale feedback is left."""
    handed_in("ada")
    Cohort(assignment, handed_in.folder, tmp_path / "out", seed=7).grade(lambda *_: None, lambda _: None)
    handed_in("Ada", "def broken(:\n")

    results = Cohort(assignment, handed_in.folder, tmp_path / "out", seed=7).grade(lambda *_: None, lambda _: None)

    assert {result.submission: result.score for result in results} == {"ada": 100, "Ada": 0}
    assert not (tmp_path / "out/feedback/ada.md").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere every name is text.")
def test_name_that_is_not_text_does_not_stop_the_cohort(handed_in, assignment, tmp_path):
    """A name that is not UTF-8 and one that spells it out are two submissions."""
    for name in ("bob\\udcff", os.fsdecode(b"bob\xff"), "bob"):
        handed_in(name)

    cohort = Cohort(assignment, handed_in.folder, tmp_path / "out", seed=7)

    assert len(set(cohort.files.stems.values())) == len(cohort.found) == 3


def test_killed_first_grading_says_how_to_continue(classroom, tmp_path):
    """A grading that was killed before it wrote a result is called interrupted, with the command that continues it."""
    out = tmp_path / "my grades"
    with closing((folder := ResultFolder(out)).hold()):
        folder.prepare({"assignment": "week1-tiny", "submissions": "/handed in"})

    done = classroom("report", out)

    assert done.status == 2
    assert "was interrupted" in done.err
    assert done.err.rstrip().endswith(f"classroom grade week1-tiny --submissions '/handed in' --out '{out}'")


def test_grading_again_writes_a_damaged_result_again(handed_in, assignment, tmp_path):
    """After the next grading every result can be read, also where the damaged one was of someone who has left."""
    handed_in("ada")
    out = tmp_path / "out"
    Cohort(assignment, handed_in.folder, out, seed=7).grade(lambda *_: None, lambda _: None)
    for name in ("ada", "eve"):
        (out / f"results/{name}.json").write_text("{")
    with pytest.raises(UsageError, match=r"ada\.json cannot be read as a result"):
        read_results(out)

    Cohort(assignment, handed_in.folder, out, seed=7).grade(lambda *_: None, lambda _: None)

    assert [(one.submission, one.score) for one in read_results(out)] == [("ada", 100)]


class TestInterrupted:
    """A grading of two students that was interrupted after the first one's result."""

    @pytest.fixture
    def grade(self, handed_in, assignment, tmp_path):
        """Grades Ada and Bob, who are on the roster with an email address; returns the folder of the results."""
        roster, out = tmp_path / "roster.csv", tmp_path / "term/week1"
        roster.write_text("username,name,email\nada,Ada Lovelace,a@x.org\nbob,Bob Ross,b@x.org\n")
        for name in ("ada", "bob"):
            handed_in(name)

        def grade(tell=lambda _: None, **more):
            Cohort(assignment, handed_in.folder, out, seed=7, jobs=1, roster=roster, **more).grade(
                lambda *_: None, tell
            )

        with pytest.raises(KeyboardInterrupt):
            grade(Mock(side_effect=KeyboardInterrupt))
        grade.out = out
        return grade

    def test_sum_of_all_weeks_says_so_and_has_everyone(self, grade, capsys):
        """A student whose result is not there yet has not left the class, and the sum names the unfinished grading."""
        assert main(["gradebook", str(grade.out.parent)]) == 0

        told = capsys.readouterr()
        assert "Missing, counted as 0 points: Bob Ross (week 1)" in told.out
        assert "No longer on the roster" not in told.out
        assert f"The grading of week1-tiny into {grade.out} was interrupted. It continues" in told.err

    def test_export_says_so(self, grade, tmp_path, capsys):
        """An export that lacks students says so, with the status 3, also after one of them was graded alone."""
        words = ["export", "moodle", str(grade.out), "--to", str(tmp_path / "moodle.csv"), "--force"]

        for _ in range(2):
            assert main(words) == 3
            assert "Students without a result are not in the file. The grading of week1" in capsys.readouterr().err
            grade(only=("ada",))

    def test_is_over_once_it_has_continued(self, grade, tmp_path, capsys):
        """After the same grading has ended, nothing is said, and everyone is in the file."""
        grade()

        assert main(["export", "moodle", str(grade.out), "--to", str(tmp_path / "moodle.csv")]) == 0
        assert main(["gradebook", str(grade.out.parent)]) == 0

        told = capsys.readouterr()
        assert ("2 students in" in told.out, told.err) == (True, "")
