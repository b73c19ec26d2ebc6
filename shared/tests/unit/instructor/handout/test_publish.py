"""The student edition: what is in it, what is not, and how it is brought up to date."""

import errno
import shutil
import subprocess
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.instructor.handout import publish as publishing
from classroom.instructor.proof import handing_out

KIT = Path(__file__).resolve().parents[4] / "src"


@pytest.fixture
def whole(course):
    """The small course with the kit and the repository's own files next to it."""
    (course / "shared").symlink_to(KIT.parent)
    for name in ("Makefile", "LICENSE"):
        (course / name).symlink_to(KIT.parents[1] / name)
    return course


def git(folder, *words):
    """Return what git prints."""
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_published_week_is_one_commit_without_grading(classroom, whole, tmp_path):
    """A published week is one tagged commit with the kit next to it, and contains nothing of the instructor's."""
    done = classroom("publish", 1, "--to", tmp_path / "out")

    assert done.status == 0
    assert len(git(tmp_path / "out", "log", "--oneline").splitlines()) == 1
    files = git(tmp_path / "out", "ls-files").splitlines()
    assert {"README.md", "app/main.py", "tests/test_tiny.py", "kit/src/classroom/cli/main.py", "Makefile"} <= set(files)
    assert not [name for name in files if "grading" in name or "verify" in name or "solution" in name]
    assert (tmp_path / "out/requirements.txt").read_text() == "fastapi\n./kit\n"


def test_published_week_checks_itself(classroom, whole, tmp_path):
    """In a published week, whatever its folder's name, the check runs and knows the week's name."""
    classroom("publish", 1, "--to", tmp_path / "alice's clone")

    done = classroom("check", "--out", tmp_path / "r.json", cwd=tmp_path / "alice's clone")

    assert "Total" in done.out
    assert '"assignment": "week1-tiny"' in (tmp_path / "r.json").read_text()


def test_whole_course_is_published(classroom, whole, tmp_path):
    """`publish all` has every week, the Makefile and a README of its own, and no grading."""
    classroom("publish", "all", "--to", tmp_path / "out")

    files = git(tmp_path / "out", "ls-files").splitlines()
    assert {"Makefile", "README.md", "week1-tiny/app/main.py", "shared/prepare.py"} <= set(files)
    assert not [name for name in files if "grading" in name]


def test_nothing_new_makes_no_commit(classroom, whole, tmp_path):
    """Publishing again without a change adds no commit; after a change, it adds one."""
    classroom("publish", 1, "--to", tmp_path / "out")
    again = classroom("publish", 1, "--to", tmp_path / "out")
    with (whole / "week1-tiny/README.md").open("a") as file:
        file.write("\nMore.\n")
    changed = classroom("publish", 1, "--to", tmp_path / "out")

    assert "Nothing has changed since week1-tiny-" in again.out
    assert "files published" in changed.out
    assert len(git(tmp_path / "out", "log", "--oneline").splitlines()) == 2


def test_bare_repository_gets_the_commit_and_its_tag(classroom, whole, tmp_path):
    """A git remote gets the commit and the tag by a push."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")

    done = classroom("publish", 1, "--to", tmp_path / "remote.git")

    assert done.status == 0
    assert git(tmp_path / "remote.git", "tag").startswith("week1-tiny-")
    assert "app/main.py" in git(tmp_path / "remote.git", "ls-tree", "-r", "--name-only", "main")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda place: place.write_text("x"), "is a file"),
        (lambda place: (place.mkdir(), (place / "mine.txt").write_text("x")), "is neither empty nor a repository"),
    ],
    ids=["file", "full"],
)
def test_what_is_somebody_elses_is_left_alone(classroom, whole, tmp_path, make, told):
    """A file, or a folder with other content, is not overwritten."""
    make(tmp_path / "out")

    done = classroom("publish", 1, "--to", tmp_path / "out")

    assert done.status == 2
    assert told in done.err


def test_hidden_check_in_the_students_room_is_not_published(classroom, whole, tmp_path):
    """A file that holds a hidden check, under whatever name, stops the publishing."""
    hidden = whole / "week1-tiny/grading/hidden/test_more.py"
    (whole / "week1-tiny/app/notes.py").write_text(hidden.read_text() + "# a copy\n")

    done = classroom("publish", 1, "--to", tmp_path / "out")

    assert done.status == 1
    assert "app/notes.py holds the hidden check" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("week", ["1", "all"])
def test_what_tools_and_systems_leave_is_never_committed(classroom, whole, tmp_path, week):
    """In a clone, environments under every usual name, secrets, caches and files of editors and systems are ignored."""
    classroom("publish", week, "--to", tmp_path / "out")
    app = next((tmp_path / "out").rglob("app"))
    left = (".venv/x", "venv/x", "env/x", ".env", ".idea/x", "app/.DS_Store", "Thumbs.db", "app/main.py~")
    for name in (*left, "app/__pycache__/main.pyc", "app/.main.py.swp", ".pytest_cache/x", ".ruff_cache/x"):
        path = app.parent / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (app / "mine.py").touch()

    untracked = git(tmp_path / "out", "status", "--porcelain", "--untracked-files=all").splitlines()

    assert [line[3:] for line in untracked] == [(app / "mine.py").relative_to(tmp_path / "out").as_posix()]


@pytest.fixture
def committed(whole, monkeypatch):
    """The small course as a git checkout, in which everything is committed."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Instructor")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "instructor@example.org")
    git(whole, "init", "-q")
    git(whole, "add", "--all")
    git(whole, "commit", "-qm", "The course")
    return whole


STRAYS = ("tests/answers.json", "tests/test_later.py", "app/main.py~", "app/.env", "app/notes/draft.py")


def scatter(week):
    """Leave files in the students' part of a week that nobody has committed."""
    for name in STRAYS:
        (week / name).parent.mkdir(exist_ok=True)
        (week / name).write_text("ANSWER = 42\n")


@pytest.mark.parametrize("words", [["publish", "1"], ["publish", "all"], ["export", "classroom50", "1"]])
def test_only_what_git_tracks_is_handed_out(classroom, committed, tmp_path, words):
    """In a git checkout, an uncommitted file in a handed-out folder is not published, and is named."""
    scatter(committed / "week1-tiny")

    done = classroom(*words, "--to", tmp_path / "out")

    assert done.status == 0, done.err
    left_out = {line.split()[2].removeprefix("week1-tiny/") for line in done.err.splitlines()}
    assert left_out == set(STRAYS)
    assert "git does not track it; to hand it out, `git add` it" in done.err
    there = {path.name for path in (tmp_path / "out").rglob("*")}
    assert there.isdisjoint({Path(name).name for name in STRAYS})
    assert "test_tiny.py" in there


@pytest.mark.long
def test_what_is_added_to_git_is_handed_out(classroom, committed, tmp_path):
    """A new file is handed out once it is added; in `tests`, only modules and what the assignment names."""
    scatter(committed / "week1-tiny")
    (committed / "week1-tiny/tests/data.json").write_text("[]\n")
    about = committed / "week1-tiny/assignment.toml"
    about.write_text('published = ["tests/data.json"]\n' + about.read_text())
    git(committed, "add", "--all", "--force")

    done = classroom("publish", 1, "--to", tmp_path / "out")

    files = set(git(tmp_path / "out", "ls-files").splitlines())
    assert {"tests/test_later.py", "tests/data.json", "app/notes/draft.py"} <= files
    assert "tests/answers.json" not in files
    assert done.err == (
        "Left out: tests/answers.json (it is not a module of checks; "
        "to hand it out, name it under `published` in assignment.toml).\n"
    )


@pytest.mark.long
def test_week_that_git_does_not_track_is_not_handed_out(classroom, committed, tmp_path):
    """A new week is handed out once it is added to git; until then the message says so, and `verify` accepts it."""
    shutil.copytree(committed / "week1-tiny", committed / "week2-more")

    done = classroom("publish", "all", "--to", tmp_path / "out")

    assert (done.status, done.err) == (2, "git tracks no files in week2-more: `git add week2-more` first.\n")
    assert not (tmp_path / "out").exists()
    assert handing_out.problems(Assignment.load(committed / "week2-more")) == []


@pytest.fixture
def with_extra(committed, extra):
    """The course with its extra in git."""
    (committed / "week1-tiny/AGENTS.md").write_text("Teach.\n")
    git(committed, "add", "--all")
    return committed


@pytest.mark.parametrize(
    ("name", "place", "kit"),
    [
        ("1", "extra/more/", "../../kit"),
        ("all", "week1-tiny/extra/more/", "../../../shared"),
        ("more", "", "./kit"),
    ],
)
def test_extra_is_handed_out_with_its_week_and_alone(classroom, with_extra, tmp_path, name, place, kit):
    """An extra is in its folder in the published week or course, or at the top, with nothing of its grading."""
    done = classroom("publish", name, "--to", tmp_path / "out")

    files = git(tmp_path / "out", "ls-files").splitlines()
    assert (done.status, done.err) == (0, "")
    assert {f"{place}{name}" for name in ("README.md", "app/main.py", "tests/test_tiny.py")} <= set(files)
    assert not [name for name in files if "grading" in name]
    assert (tmp_path / "out" / place / "requirements.txt").read_text() == f"fastapi\n{kit}\n"
    assert "AGENTS.md" in files
    assert Assignment.load(tmp_path / "out" / place).is_extra


@pytest.mark.parametrize(("name", "place"), [("1", "extra/more"), ("all", "week1-tiny/extra/more")])
def test_readme_lists_the_extras(classroom, with_extra, tmp_path, name, place):
    """The README of a week, or of the whole course, has a row for each extra, and no link to a page that the course lacks."""
    classroom("publish", name, "--to", tmp_path / "out")

    text = (tmp_path / "out/README.md").read_text(encoding="utf-8")
    assert f"\n| 1 | [more]({place}/README.md) | " in text
    assert "`make extra NAME=more`" in text
    assert "api-styles" not in text


@pytest.mark.parametrize("name", ["1", "all", "more"])
def test_page_that_extras_link_to_is_handed_out(classroom, with_extra, tmp_path, name):
    """An extra's link to a page of the course leads to that page wherever the extra is handed out."""
    (with_extra / "docs").mkdir()
    (with_extra / "docs/api-styles.md").write_text("# API styles\n")
    with (with_extra / "week1-tiny/extra/more/README.md").open("a") as readme:
        readme.write("\nSee [API styles](../../../docs/api-styles.md).\n")
    git(with_extra, "add", "--all")

    classroom("publish", name, "--to", tmp_path / "out")

    (readme,) = [path for path in (tmp_path / "out").rglob("README.md") if "\nSee [" in path.read_text()]
    link = readme.read_text().partition("See [API styles](")[2].partition(")")[0]
    assert (readme.parent / link).read_text() == "# API styles\n"


def test_progress_of_a_published_week_lists_its_extras(classroom, with_extra, tmp_path):
    """In a week without the course, `progress` shows the week and its extras."""
    classroom("publish", 1, "--to", tmp_path / "out")

    done = classroom("progress", cwd=tmp_path / "out/extra/more")

    week, extra = done.out.splitlines()
    assert week.split()[:2] == ["week", "1"]
    assert extra.split()[:2] == ["extra:", "more"]


def test_progress_outside_of_any_week_says_where_to_go(classroom, tmp_path):
    """Where there is neither a course nor a week, `progress` asks for the course's folder."""
    done = classroom("progress", cwd=tmp_path)

    assert done.status == 2
    assert "There is no course in " in done.err


def test_extra_that_git_does_not_track_is_left_out(classroom, committed, extra, tmp_path):
    """A new extra does not stop its week from being handed out, and is named."""
    done = classroom("publish", 1, "--to", tmp_path / "out")

    assert (done.status, done.err) == (
        0,
        "Left out: extra/more (git does not track it; to hand it out, `git add` it).\n",
    )
    assert not (tmp_path / "out/extra").exists()


def test_answer_of_an_extra_does_not_leak(classroom, with_extra, extra, tmp_path):
    """A part of an extra's grading among the files that are handed out stops publishing."""
    shutil.copy(extra / "grading/hidden/test_more.py", extra / "tests/test_later.py")
    git(with_extra, "add", "--all")

    done = classroom("publish", 1, "--to", tmp_path / "out")

    assert done.status != 0
    assert "extra/more/tests/test_later.py" in done.err


def test_without_git_nothing_hidden_is_handed_out(classroom, whole, tmp_path):
    """Where the course is not a git checkout, backups, secrets and data next to the checks are still not published."""
    scatter(whole / "week1-tiny")

    done = classroom("publish", 1, "--to", tmp_path / "out")

    files = set(git(tmp_path / "out", "ls-files").splitlines())
    assert files & set(STRAYS) == {"tests/test_later.py", "app/notes/draft.py"}
    assert "Left out: tests/answers.json (" in done.err


def test_course_inside_another_repository_is_handed_out(classroom, whole, tmp_path):
    """A course inside a repository that does not track it is handed out as one without git."""
    git(tmp_path, "init", "-q")

    classroom("publish", 1, "--to", tmp_path / "out")

    assert "app/main.py" in git(tmp_path / "out", "ls-files")


def test_program_can_still_be_run(classroom, whole, tmp_path):
    """A program that is handed out can be run, as in the course."""
    (whole / "week1-tiny/app/start").write_text("#!/bin/sh\n")
    (whole / "week1-tiny/app/start").chmod(0o755)

    classroom("publish", 1, "--to", tmp_path / "out")

    assert git(tmp_path / "out", "ls-files", "--stage", "app/start").startswith("100755")


def test_hidden_check_in_the_kit_is_not_published(classroom, whole, tmp_path):
    """A hidden check in the part of the edition that belongs to no week stops the publishing, too."""
    hidden = whole / "week1-tiny/grading/hidden/test_more.py"
    (whole / "LICENSE").unlink()
    (whole / "LICENSE").write_text(hidden.read_text() + "# a copy\n")

    done = classroom("publish", "all", "--to", tmp_path / "out")

    assert done.status == 1
    assert "LICENSE holds the hidden check" in done.err


def test_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    """Without permission, the message names the target, and not the temporary folder next to it."""

    def denied(kind, parent, **_):
        raise PermissionError(errno.EACCES, "Permission denied", f"{parent}/classroom-{kind}-abc")

    monkeypatch.setattr(publishing, "ScratchDir", denied)
    with pytest.raises(UsageError) as refused:
        publishing._commit_to_target(tmp_path, str(tmp_path / "out"), "week1-tiny", tmp_path)

    assert (
        str(refused.value)
        == f"{tmp_path / 'out'} cannot be created: Permission denied. Choose another folder with --to."
    )
