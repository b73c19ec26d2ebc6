"""The student edition: what is in it, what is not, and how it is brought up to date."""

import subprocess
from pathlib import Path

import pytest

KIT = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def whole(course):
    """The small course with the kit and the files of the house beside it."""
    (course / "shared").symlink_to(KIT.parent)
    for name in ("Makefile", "LICENSE"):
        (course / name).symlink_to(KIT.parents[1] / name)
    return course


def git(folder, *words):
    """What git says."""
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_published_week_is_one_commit_without_grading(classroom, whole, tmp_path):
    """A published week is one tagged commit with the kit beside it, and holds nothing of the instructor's."""
    done = classroom("publish", 1, "--to", tmp_path / "out")

    assert done.status == 0
    assert len(git(tmp_path / "out", "log", "--oneline").splitlines()) == 1
    files = git(tmp_path / "out", "ls-files").splitlines()
    assert {"README.md", "app/main.py", "tests/test_tiny.py", "kit/src/classroom/cli.py", "Makefile"} <= set(files)
    assert not [name for name in files if "grading" in name or "verify" in name or "solution" in name]
    assert (tmp_path / "out/requirements.txt").read_text() == "fastapi\n./kit\n"


def test_published_week_checks_itself(classroom, whole, tmp_path):
    """In a published week, whatever its folder is called, the check runs and knows the week's name."""
    classroom("publish", 1, "--to", tmp_path / "alice's clone")

    done = classroom("check", "--out", tmp_path / "r.json", cwd=tmp_path / "alice's clone")

    assert "in all" in done.out
    assert '"assignment": "week1-tiny"' in (tmp_path / "r.json").read_text()


def test_whole_course_is_published(classroom, whole, tmp_path):
    """`publish all` has every week, the Makefile and a README of its own, and no grading."""
    classroom("publish", "all", "--to", tmp_path / "out")

    files = git(tmp_path / "out", "ls-files").splitlines()
    assert {"Makefile", "README.md", "week1-tiny/app/main.py", "shared/prepare.py"} <= set(files)
    assert not [name for name in files if "grading" in name]


def test_nothing_new_makes_no_commit(classroom, whole, tmp_path):
    """Published again unchanged there is no new commit; changed, there is one on top."""
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
        (lambda place: (place.mkdir(), (place / "mine.txt").write_text("x")), "is not empty and no repository"),
    ],
    ids=["file", "full"],
)
def test_what_is_somebody_elses_is_left_alone(classroom, whole, tmp_path, make, told):
    """A file, or a folder with other things in it, is not overwritten."""
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
