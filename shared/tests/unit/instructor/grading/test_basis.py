"""What a result depends on: a change of any of it makes the result outdated, and nothing else does."""

import importlib.metadata
import shutil
import sys
from pathlib import Path

import classroom
import pytest
from classroom.core.assignment import Assignment
from classroom.instructor.grading import basis
from classroom.instructor.grading.cohort import Cohort

WHOLE_KIT = basis.KIT
RESTS_ON = (
    *("assignment.toml", "conftest.py", "pytest.ini", "requirements.txt", "tests/test_tiny.py", "tests/data.json"),
    *("helper.py", "storage/main.py", "grading/hidden/test_more.py", "grading/hidden/conftest.py", "given.sql"),
    *("tests/support/given.py", "tests/support/more.py"),
)
UNUSED = (
    *("README.md", "HINTS.md", "app/main.py", "grading/design.md", "grading/solution/app/main.py"),
    *("grading/right/async_handler.toml", "grading/wrong/off_by_1.toml", "grading/undone/2.toml"),
    *("grading/slips/typo.toml", "diagrams/1.svg", "extra/more/tests/test_more.py"),
    *(".classroom/state.json", "tests/__pycache__/test_tiny.pyc", "storage-files/videos/1", ".DS_Store"),
)


@pytest.fixture(autouse=True)
def small_kit(tmp_path, monkeypatch):
    """A kit of two modules, because it takes long to read all of it each time."""
    kit = tmp_path / "kit"
    (kit / "core").mkdir(parents=True)
    for name in ("__init__.py", "core/result.py"):
        shutil.copy(WHOLE_KIT / name, kit / name)
    monkeypatch.setattr(basis, "KIT", kit)
    return kit


@pytest.fixture(autouse=True)
def few_packages(monkeypatch):
    """A handful of packages, because it takes long to look for all."""
    packages = [importlib.metadata.distribution(name) for name in ("fastapi", "pytest", "uvicorn")]
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: packages)
    monkeypatch.setattr(basis, "packages", basis.packages.__wrapped__)
    return packages


def change(week, name):
    """Write a comment at the end of a file, which is made where there is none."""
    (week / name).parent.mkdir(parents=True, exist_ok=True)
    with (week / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")


@pytest.mark.parametrize("name", RESTS_ON)
def test_file_of_the_course_that_grading_uses_counts(week, assignment, name):
    """A changed or new file of the course changes the basis."""
    before = basis.basis(assignment)
    change(week, name)

    assert basis.basis(assignment) != before


@pytest.mark.parametrize("name", UNUSED)
def test_file_that_grading_does_not_use_does_not_count(week, assignment, name):
    """Documentation, the starter, the known answers and leftovers of runs do not change it."""
    before = basis.basis(assignment)
    change(week, name)

    assert basis.basis(assignment) == before


def test_course_file_among_the_students_counts(week):
    """A file that the course provides if a student has none counts, although it is also listed as the student's."""
    text = (week / "assignment.toml").read_text()
    (week / "assignment.toml").write_text('student_files = ["app", "given.ini"]\ncourse_files = ["given.ini"]\n' + text)
    change(week, "given.ini")
    assignment = Assignment.load(week)
    before = basis.basis(assignment)
    change(week, "given.ini")

    assert basis.basis(assignment) != before


def test_whole_kit_counts():
    """The kit that is hashed is the whole package, not only the folder of the module that hashes it."""
    assert Path(classroom.__file__).parent == WHOLE_KIT


def test_kit_python_and_packages_count(assignment, monkeypatch, small_kit, few_packages):
    """Another kit, another Python or another version of a package changes the basis."""
    found = [basis.basis(assignment)]
    change(small_kit, "core/result.py")
    found.append(basis.basis(assignment))
    monkeypatch.setattr(sys, "version", "3.99.0")
    found.append(basis.basis(assignment))
    del few_packages[0]
    found.append(basis.basis(assignment))

    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("what", "due"),
    [
        *(("kit", 1), ("README.md", 0)),
        *(
            pytest.param(*more, marks=pytest.mark.long)
            for more in [("sandbox", 1), ("tests/data.json", 1), ("nothing", 0)]
        ),
    ],
)
def test_grading_goes_on_from_results_that_are_still_true(handed_in, assignment, tmp_path, monkeypatch, what, due):
    """A resumed grading keeps a result as long as nothing that it depends on has changed."""
    handed_in("alice")
    out, seen = tmp_path / "grades", []
    Cohort(assignment, handed_in.folder, out).grade(lambda *_: None, lambda _: None)
    if what == "kit":
        change(basis.KIT, "core/result.py")
    elif what == "sandbox":
        monkeypatch.setattr("classroom.instructor.grading.cohort.Cohort._run", lambda *_: None)
    elif what != "nothing":
        change(assignment.folder, what)

    again = Cohort(assignment, handed_in.folder, out, sandbox="bubblewrap" if what == "sandbox" else "none")
    again.grade(lambda *counts: seen.append(counts), lambda _: None)

    assert seen == [(due, 1 - due)]
