"""Mistakes in the files of a submission: each one gets a note of one sentence, and correct files get none."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment, weeks
from classroom.core.imports import imports
from classroom.core.inspection import Inspection
from classroom.core.open_folder import OpenFolder
from classroom.core.submission import Submission, look, materialize, submissions
from classroom.instructor.proof.cases import RIGHT as RIGHT_ANSWER
from classroom.instructor.proof.cases import SOLUTION, cases, solution

ROOT = Path(__file__).resolve().parents[4]
WHO = (
    "-c",
    "user.name=A",
    "-c",
    "user.email=a@example.org",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
)
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"
CONFLICT = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n"


def git(place, *words):
    """Run git with an identity."""
    subprocess.run(["git", *WHO, "-C", str(place), *words], check=True, capture_output=True)


def write(path, content):
    """Write text or bytes, and create the parent folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def told(handed_in, assignment, tmp_path):
    """Return the notes about a submission changed by `change`, handed in as a folder and as a repository."""

    def tell(change, week=assignment, name="alice"):
        place = handed_in(name)
        change(place)
        git(place, "init", "-q")
        git(place, "add", "-A")
        git(place, "commit", "-q", "--allow-empty", "-m", "work")
        bare = tmp_path / "bare" / f"{name}.git"
        subprocess.run(["git", "clone", "-q", "--bare", str(place), str(bare)], check=True, capture_output=True)
        (one,) = submissions(bare.parent, week)
        return materialize(one, week, tmp_path / "out")

    return tell


def moved(source, target):
    """Return a change that renames a file or folder."""

    def change(place):
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        (place / source).rename(place / target)

    return change


def added(name, content):
    """Return a change that writes a file."""
    return lambda place: write(place / name, content)


def only(name, content):
    """Return a change that removes everything but one file."""

    def change(place):
        shutil.rmtree(place / "app")
        write(place / name, content)

    return change


def repository_within(folder):
    """Return a change that makes a folder a repository of its own."""

    def change(place):
        write(place / folder / "x.py", "x = 1\n")
        git(place / folder, "init", "-q")
        git(place / folder, "add", "-A")
        git(place / folder, "commit", "-q", "-m", "mine")

    return change


def whole_week_within(place):
    """Return a change that makes the week's folder a repository inside another one."""
    (place / "week1-tiny").mkdir()
    (place / "app").rename(place / "week1-tiny/app")
    git(place / "week1-tiny", "init", "-q")
    git(place / "week1-tiny", "add", "-A")
    git(place / "week1-tiny", "commit", "-q", "-m", "mine")


MAIN = (ROOT / "shared/tests/unit/course/week1-tiny/grading/solution/app/main.py").read_text()
MISTAKES = {
    "repository within": (
        repository_within("app"),
        (
            "app/ is a separate repository inside yours, so its files are not handed in: "
            "remove app/.git, then git rm -r --cached app, git add app, commit and push"
        ),
    ),
    "repository further within": (repository_within("app/routers"), "app/routers/ is a separate repository inside"),
    "week within": (whole_week_within, "week1-tiny/ is a separate repository inside yours"),
    "UTF-16": (added("app/main.py", MAIN.encode("utf-16")), "app/main.py is encoded in UTF-16: save it as UTF-8"),
    "UTF-16 without a mark": (
        added("app/main.py", MAIN.encode("utf-16-be")),
        "app/main.py is encoded in UTF-16: save it",
    ),
    "UTF-16 in SQL": (
        added("app/a.sql", "SELECT 1".encode("utf-16")),
        "app/a.sql is encoded in UTF-16: save it as UTF-8",
    ),
    "NUL": (added("app/main.py", MAIN + "\0"), "app/main.py contains NUL bytes, so it is not text: save it again"),
    "Windows letters": (
        added("app/main.py", MAIN.encode() + b"\n# caf\xe9\n"),
        f"app/main.py is not UTF-8 (line {MAIN.count(chr(10)) + 2}): save it as UTF-8",
    ),
    "LFS": (
        added("app/main.py", POINTER),
        "app/main.py is a Git LFS pointer, not the file itself: run git lfs untrack",
    ),
    "conflict": (added("app/main.py", f"y = 1\n{CONFLICT}"), "app/main.py, line 2 begins an unresolved merge conflict"),
    "conflict in SQL": (added("app/a.sql", CONFLICT), "app/a.sql, line 1 begins an unresolved merge conflict"),
    "case": (moved("app/main.py", "app/Main.py"), "app/Main.py is not app/main.py, because case matters: rename it"),
    "case of the folder": (moved("app", "App"), "App/main.py is not app/main.py, because case matters: rename it"),
    "at the top": (moved("app/main.py", "main.py"), "main.py is in the wrong folder: move it to app/main.py, commit"),
    "too deep": (
        moved("app/main.py", "app/app/main.py"),
        "app/app/main.py is in the wrong folder: move it to app/main.py",
    ),
    "src": (moved("app", "src"), "src/main.py is in the wrong folder: move it to app/main.py"),
    "two folders down": (moved("app", "a/b/app"), "a/b/app/main.py is in the wrong folder: move it to app/main.py"),
    "text file": (moved("app/main.py", "app/main.py.txt"), "app/main.py.txt is not app/main.py: rename it, commit"),
    "copy": (moved("app/main.py", "app/main (1).py"), "app/main (1).py is not app/main.py: rename it"),
    "notebook": (moved("app/main.py", "app/main.ipynb"), "app/main.ipynb is a notebook, which is not graded: save its"),
    "notebook at the top": (
        only("Main.ipynb", "{}"),
        "Main.ipynb is a notebook, which is not graded: save its code as",
    ),
    "archive": (
        only("week1.zip", b"PK"),
        "week1.zip is an archive, which grading does not unpack: add the files themselves",
    ),
    "text file next to an extra": (
        lambda place: (
            moved("app/main.py", "app/main.py.txt")(place),
            write(place / "extra/pages/app/main.py", "app = 1\n"),
        ),
        "app/main.py.txt is not app/main.py: rename it, commit",
    ),
    "another name next to an extra": (
        lambda place: (
            moved("app/main.py", "app/server.py")(place),
            write(place / "extra/pages/app/main.py", "app = 1\n"),
        ),
        "app/main.py is missing: put your app there",
    ),
    "another name": (moved("app/main.py", "app/server.py"), "app/main.py is missing: put your app there"),
    "nothing but a page": (only("README.md", "# Mine"), "nothing in app/ was handed in: add your files with git add"),
    "link": (
        lambda place: (moved("app", "elsewhere")(place), (place / "app").symlink_to("elsewhere")),
        "app was ignored: it is a link; hand in the real file or folder instead",
    ),
    "environment": (
        lambda place: (write(place / ".venv/lib/x.py", ""), write(place / ".venv/pyvenv.cfg", "")),
        ".venv/ was ignored: git rm -r --cached .venv, add it to .gitignore, commit and push",
    ),
    "environment of another name": (
        lambda place: (
            write(place / "app/my env/lib/x.py", "import pandas"),
            write(place / "app/my env/pyvenv.cfg", ""),
        ),
        "app/my env/ was ignored: git rm -r --cached 'app/my env', add it to .gitignore",
    ),
    "package": (
        added("app/more.py", "import os\n\nimport a_package_of_nowhere as here\n"),
        "app/more.py, line 3 imports a_package_of_nowhere, which official grading does not have: README.md lists",
    ),
    "file beside": (
        lambda place: (write(place / "app/shelf.py", ""), write(place / "app/more.py", "from shelf import x\n")),
        "app/more.py, line 1 imports shelf, which Python cannot find: write from app import shelf",
    ),
    "file outside": (
        lambda place: (write(place / "helper.py", ""), write(place / "app/more.py", "import helper\n")),
        "app/more.py, line 1 imports helper, which is outside app/ and is not graded: move it into app/",
    ),
    "own computer": (
        added("app/more.py", 'x = 1\nx = open(r"C:\\Users\\anna\\data.json")\n'),
        "app/more.py, line 2 uses C:\\Users\\anna\\data.json, which exists only on one computer: build the path",
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_mistake_is_told_once_in_a_sentence(kind, told):
    """A mistake is named, with its location and what to do."""
    change, sentence = MISTAKES[kind]

    (note,) = told(change)

    assert note.startswith(sentence)
    assert "\n" not in note


RIGHT = {
    "UTF-8 with a mark": added("app/main.py", b"\xef\xbb\xbf" + MAIN.encode()),
    "Windows lines": added("app/main.py", MAIN.replace("\n", "\r\n")),
    "coding cookie": added("app/main.py", b"# -*- coding: cp1252 -*-\n# caf\xe9\n" + MAIN.encode()),
    "package as main": moved("app/main.py", "app/main/__init__.py"),
    "package that may be missing": added(
        "app/more.py", "try:\n    import nowhere_at_all\nexcept ImportError:\n    pass\n"
    ),
    "package of types": added("app/more.py", "if TYPE_CHECKING:\n    from nowhere_at_all import x\n"),
    "package in a text": added("app/more.py", '"""Text.\n\nimport nowhere_at_all\n"""\n'),
    "what the environment has": added("app/more.py", "import dotenv, jwt, sqlalchemy.orm as o\nfrom . import main\n"),
    "relative and absolute": added(
        "app/more.py", "from app import main\nfrom app.main import app\nfrom .main import x\n"
    ),
    "line of a conflict alone": added("app/more.py", "X = '''\n=======\n'''\n"),
    "folder of tests": added("tests/main.py", ""),
    "route below home": added("app/more.py", 'app.get("/home/page")\n'),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_is_right_is_told_nothing(kind, told):
    """Correct files get no note."""
    assert told(RIGHT[kind]) == []


@pytest.mark.parametrize("number", weeks(ROOT))
def test_no_answer_of_the_course_has_a_mistake(number, tmp_path):
    """The starter, the solution and every right answer of each week get no note."""
    week = Assignment.load(weeks(ROOT)[number])
    assert look(week) == []
    for case in cases(week):
        if case.kind in (SOLUTION, RIGHT_ANSWER):
            place = tmp_path / case.kind / case.name
            case.materialize(week, place)
            found = materialize(Submission("x", place), week, tmp_path / "out" / case.name)
            assert (case.name, found) == (case.name, [])


def test_untouched_starter_is_told(assignment, tmp_path):
    """A submission that is unchanged but for line endings contains no work."""
    place = tmp_path / "alice"
    shutil.copytree(assignment.folder / "app", place / "app")
    text = (place / "app/main.py").read_bytes()
    write(place / "app/main.py", text.replace(b"\n", b"\r\n"))

    (note,) = materialize(Submission("alice", place), assignment, tmp_path / "out")

    assert note.startswith(
        "every file is unchanged since it was handed out, so none of your work is in it: save, git add"
    )


def test_missing_query_is_told(tmp_path):
    """In a week with SQL files a missing one is named, and where it is now."""
    week = Assignment.load(weeks(ROOT)[3])
    place = tmp_path / "alice"
    for part in week.student_files:
        shutil.copytree(week.folder / part, place / part)
    write(place / "app/main.py", "app = 1\n")
    (place / "queries").rename(place / "Queries")
    (place / "schema/02_seed_data.sql").rename(place / "02_seed_data.sql")

    assert materialize(Submission("alice", place), week, tmp_path / "out") == [
        "02_seed_data.sql is in the wrong folder: move it to schema/02_seed_data.sql, commit and push",
        (
            "Queries/01_all_resources.sql is not queries/01_all_resources.sql, because case matters: "
            "rename it with git mv, commit and push"
        ),
    ]


def test_handed_out_file_is_never_in_the_wrong_folder(tmp_path):
    """A file of the same name that the handout contains is not the missing one."""
    week = Assignment.load(weeks(ROOT)[5])
    place = tmp_path / "alice"
    for part in ("app", "storage"):
        shutil.copytree(week.folder / part, place / part)
    (place / "app/main.py").rename(place / "app/server.py")

    assert materialize(Submission("alice", place), week, tmp_path / "out") == [
        "app/main.py is missing: put your app there"
    ]


def test_other_week_is_never_in_the_wrong_folder(tmp_path):
    """In a copy of the whole course, another week's app is not the missing one."""
    week = Assignment.load(weeks(ROOT)[1])
    place = tmp_path / "alice"
    shutil.copytree(weeks(ROOT)[2] / "app", place / weeks(ROOT)[2].name / "app")
    write(place / week.folder.name / "README.md", "# Week 1")

    (note,) = materialize(Submission("alice", place), week, tmp_path / "out")

    assert note.startswith("nothing in app/ was handed in")


def test_storage_of_the_week_is_not_a_misplaced_app(tmp_path):
    """In a check in place, the handout's own files are not the missing one either."""
    week = Assignment.load(weeks(ROOT)[5])
    here = tmp_path / "week5"
    shutil.copytree(week.folder / "app", here / "app")
    shutil.copytree(week.folder / "storage", here / "storage")
    (here / "app/main.py").rename(here / "app/server.py")

    assert look(replace(week, folder=here)) == ["app/main.py is missing: put your app there"]


def test_notes_are_few_and_harmless(told, assignment):
    """The notes are few and short, and sanitized, whatever the number of mistakes and the names."""

    def change(place):
        for number in range(40):
            write(place / f"app/\x1b[31m<b>{number:03}{'x' * 150}.py", b"\xff\xfe")

    notes = told(change)

    assert len(notes) == 11
    assert notes[-1] == "and 30 more notes like these"
    assert not re.search(r"[\x00-\x1f]", "".join(notes))
    assert max(map(len, notes)) < 300


def test_link_tells_nothing_of_where_it_leads(handed_in, assignment, tmp_path):
    """The notes do not reveal whether a link points to an existing file of the grader."""
    place = handed_in("alice")
    write(place / "app/more.py", "import helper\n")
    found = []
    for target in (assignment.folder / "assignment.toml", tmp_path / "nowhere"):
        (place / "helper.py").symlink_to(target)
        found.append(materialize(Submission("alice", place), assignment, tmp_path / target.name))
        (place / "helper.py").unlink()

    assert found[0] == found[1]
    assert "which official grading does not have" in found[0][0]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 190_000,
        "from " + "a" * 190_000,
        "import a\n" * 20_000,
        '"""' + "'''" * 60_000,
        "<<<<<<< \n" * 100_000,
        "if x:\n" + "    import a\n" * 15_000,
        'open("' * 30_000,
    ],
    ids=["nested", "long word", "imports", "quotes", "conflicts", "guards", "paths"],
)
def test_hostile_text_takes_no_longer_than_its_length(text, assignment, tmp_path):
    """A text made to slow down the search is searched in time."""
    code = (
        "import sys; from pathlib import Path; from classroom.core.assignment import Assignment; "
        "from classroom.core.inspection import Inspection; from classroom.core.open_folder import OpenFolder; inspection = Inspection(Assignment.load(Path(sys.argv[1])), graded=True); "
        "inspection.inspect('app/main.py', sys.stdin.buffer.read()); inspection.notes(OpenFolder(Path(sys.argv[2])), pushed=True)"
    )
    # So long that a slow machine is no reason: what would be squared takes hours.
    done = subprocess.run(
        [sys.executable, "-c", code, assignment.folder, tmp_path], input=text.encode(), timeout=120, check=False
    )

    assert done.returncode == 0


def test_imports_are_named_with_their_line():
    """Every form of import is found, and text that only looks like one is not."""
    text = "import a.b as c, d\nfrom e.f import (\n    g,\n)\nimported = 1\nfrom_ = 2\nx = 'import h'\n# import i\ndef f():\n    import j\n"

    assert list(imports(text)) == [(1, "a"), (1, "d"), (2, "e"), (10, "j")]


@pytest.mark.parametrize("number", [1, pytest.param(3, marks=pytest.mark.long)])
def test_files_that_windows_has_saved_earn_everything(number, tmp_path):
    """UTF-8 with a byte order mark and Windows line endings, in Python and in SQL, cost no points and get no note."""
    week = Assignment.load(weeks(ROOT)[number])
    place = tmp_path / "anna"
    solution(week).materialize(week, place)
    for path in [*place.rglob("*.py"), *place.rglob("*.sql")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    with Pool(week, jobs=1, room=tmp_path / "pool") as pool:
        ((_, result),) = pool.grade([pool.job(Submission("anna", place), seed=1, out=tmp_path / "anna.json")])

    assert (result.score, result.notes) == (week.max_score, ())


class TestOnALaptop:
    def test_repository_within_is_told_before_it_is_pushed(self, week, assignment):
        """A folder app that is a repository of its own is named while its files still exist."""
        git(week / "app", "init", "-q")
        git(week.parent, "init", "-q")

        assert look(assignment)[0].startswith("app/ is a separate repository inside yours")

    def test_repository_without_one_around_it_is_told(self, week, assignment):
        """A folder app that is the only repository is named, because a push from it has no folder app."""
        git(week / "app", "init", "-q")

        (note,) = look(assignment)

        assert note.startswith("app/ is a git repository, but the week's folder is not in one, so a push from app/")

    def test_case_is_told_where_the_system_does_not_mind(self, week, assignment):
        """File names are compared case-sensitively on every system."""
        inspection = Inspection(assignment, graded=False)
        inspection.inspect("app/main.py", b"")
        (week / "app").rename(week / "App")

        (note,) = inspection.notes(OpenFolder(week), pushed=False)

        assert note.startswith("App/main.py is not app/main.py, because case matters")

    def test_file_with_the_name_of_a_package_is_told(self, week, assignment):
        """A file next to the app that has the name of a package which the app imports would be imported by `run`."""
        (week / "fastapi.py").write_text("# My notes\n")

        assert look(assignment) == [
            "fastapi.py hides the package fastapi when the app is run, although the checks pass: rename it"
        ]

    def test_package_is_told_even_where_it_is_installed(self, week, assignment):
        """A package that the student has installed, and official grading does not have, is named."""
        (week / "app/more.py").write_text("import mypy\n")

        assert look(assignment)[0].startswith("app/more.py, line 1 imports mypy, which official grading does not have")

    def test_package_with_another_name_is_told(self, week, assignment):
        """A package that is imported under the name by which it is known is named with the right one."""
        (week / "app/more.py").write_text("import pyjwt\nfrom FastAPI import FastAPI\n")

        assert look(assignment) == [
            "app/more.py, line 1 imports pyjwt, which does not exist: write jwt",
            "app/more.py, line 2 imports FastAPI, which does not exist: write fastapi",
        ]

    def test_package_of_official_grading_is_no_mistake(self, week, assignment):
        """A package that submissions may import is not named, whichever one it is."""
        (week / "app/more.py").write_text("import jwt\nimport websockets\nfrom redis import Redis\n")

        assert look(assignment) == []

    def test_link_is_told(self, week, assignment):
        """A link is named, because it is not graded."""
        (week / "app/main.py").rename(week / "main.py")
        (week / "app/main.py").symlink_to("../main.py")

        assert look(assignment) == [
            "app/main.py will not be graded: it is a link; hand in the real file or folder instead"
        ]

    def test_check_shows_the_note(self, classroom, week):
        """The scorecard of a check shows the note."""
        (week / "app/more.py").write_bytes("app = 1".encode("utf-16"))

        done = classroom("check", 1)

        assert "Note: app/more.py is encoded in UTF-16: save it as UTF-8" in done.out

    def test_check_that_passes_sends_to_the_notes(self, classroom, week):
        """If everything passes and something looks wrong, the scorecard says to read the notes first."""
        shutil.copytree(week / "grading/solution", week, dirs_exist_ok=True)
        (week / "app/more.py").write_text("import pandas\n")

        done = classroom("check", 1)

        assert done.out.index("app/more.py, line 1 imports pandas") < done.out.index(
            "Everything passes. Read the notes"
        )
