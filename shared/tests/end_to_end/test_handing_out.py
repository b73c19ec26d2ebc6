"""Publishing a week: again, over what is there already, to what is not there, and with a kill in between."""

import os
import shutil
import signal
import subprocess
import sys

import pytest


@pytest.fixture
def course(kit, tmp_path):
    """A course of two weeks, and `course.publish(WEEK, TO)`."""
    place = kit.course(tmp_path / "course")
    shutil.copytree(place / "week1-tiny", place / "week2-more")
    course = type("Course", (), {"place": place})()
    course.publish = lambda week, to, cwd=place, **more: kit.classroom("publish", week, "--to", to, cwd=cwd, **more)
    return course


def change(course):
    """Another README of week 1."""
    with (course.place / "week1-tiny/README.md").open("a") as file:
        file.write("\nMore.\n")


def own(kit, place):
    """A repository with somebody's work."""
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("mine\n")
    kit.git(place, "init", "--quiet", "--initial-branch", "main")
    kit.git(place, "add", "--all")
    kit.git(place, "commit", "--quiet", "--message", "Mine")
    return place


def test_somebody_elses_repository_is_not_published_over(course, kit, tmp_path):
    """A repository with other work, however it is given, is left unchanged, even if it is clean."""
    here = own(kit, tmp_path / "here")
    kit.git(tmp_path, "clone", "--quiet", "--bare", here, "far.git")
    kit.git(tmp_path, "clone", "--quiet", "--bare", here, "odd.git")
    kit.git(tmp_path / "odd.git", "symbolic-ref", "HEAD", "refs/heads/trunk")

    named = course.publish(1, here)
    forgotten = kit.classroom("publish", course.place / "week1-tiny", "--to", "", cwd=here)
    far = course.publish(1, tmp_path / "far.git")
    odd = course.publish(1, tmp_path / "odd.git")

    for done, place in ((named, here), (forgotten, here), (far, tmp_path / "far.git"), (odd, tmp_path / "odd.git")):
        assert done.status == 2
        assert f"{place} contains something else: --to needs a new folder, an empty repository," in done.err
        assert kit.git(place, "log", "--format=%s", "--all") == "Mine"
    assert [path.name for path in here.iterdir() if path.name != ".git"] == ["mine.txt"]


@pytest.mark.long
def test_one_week_does_not_take_the_place_of_another(course, kit, tmp_path):
    """Publishing week 2 over week 1 is rejected, as after a typo in the folder's name."""
    course.publish(1, tmp_path / "out")

    refused = course.publish(2, tmp_path / "out")

    assert refused.status == 2
    assert "where week2-more was published before" in refused.err
    assert kit.git(tmp_path / "out", "log", "--format=%s") == "week1-tiny, as handed out"


@pytest.mark.long
def test_what_git_ignores_there_stays(course, tmp_path):
    """An environment that was made in a published folder is still there when the week is published again."""
    course.publish(1, tmp_path / "out")
    (tmp_path / "out/.venv").mkdir()
    (tmp_path / "out/.venv/mine").touch()

    unchanged = course.publish(1, tmp_path / "out")
    change(course)
    changed = course.publish(1, tmp_path / "out")

    assert "Nothing has changed" in unchanged.out
    assert "files published" in changed.out
    assert (tmp_path / "out/.venv/mine").exists()
    assert (tmp_path / "out/README.md").read_text().endswith("More.\n")


@pytest.mark.parametrize("kind", [pytest.param("folder", marks=pytest.mark.long), "remote"])
def test_tag_names_the_content_and_never_moves(course, kit, tmp_path, kind):
    """A change that is taken back is published as what it was, under the tag that it had, which stays where it is."""
    target = tmp_path / "out"
    if kind == "remote":
        kit.git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", target)
    readme = course.place / "week1-tiny/README.md"
    before = readme.read_text()

    first = course.publish(1, target)
    tag = kit.git(target, "tag")
    commit = kit.git(target, "rev-parse", tag)
    change(course)
    course.publish(1, target)
    readme.write_text(before)
    back = course.publish(1, target)
    again = course.publish(1, target)

    assert tag.startswith("week1-tiny-")
    assert f"tagged {tag}." in first.out
    assert f"tagged {tag}." in back.out
    assert again.out == f"Nothing has changed since {tag}.\n"
    assert kit.git(target, "rev-parse", tag) == commit
    assert kit.git(target, "rev-list", "--count", "main") == "3"


def test_settings_of_the_instructors_git_take_no_part(course, kit, tmp_path):
    """The instructor's git settings for signatures, hooks and line endings do not affect the course's commit."""
    hook = tmp_path / "hooks/pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (tmp_path / "settings").write_text(
        "[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n[gpg]\nprogram = false\n"
        f"[core]\nautocrlf = true\nhooksPath = {hook.parent}\n"
    )

    done = course.publish(1, tmp_path / "out", GIT_CONFIG_GLOBAL=str(tmp_path / "settings"))

    assert done.status == 0, done.err
    assert b"\r" not in (tmp_path / "out/README.md").read_bytes()


def test_remote_that_is_not_there_is_told_by_its_reason(course, tmp_path):
    """If a remote cannot be reached, one line says why, without git's advice after it."""
    done = course.publish(1, f"file://{tmp_path}/nowhere.git")

    assert done.status == 1
    assert done.err.strip() == f"git says: fatal: '{tmp_path}/nowhere.git' does not appear to be a git repository"


def deadly(folder, call):
    """A search path whose git silently kills its caller at that call."""
    folder.mkdir()
    git = folder / "git"
    git.write_text(
        f"#!/bin/sh\necho >> {folder}/calls\n[ $(wc -l < {folder}/calls) -eq {call} ] && kill -9 $PPID && exit\n"
        f'exec {shutil.which("git")} "$@"\n'
    )
    git.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("first", "later"),
    [(2, 5), *(pytest.param(*steps, marks=pytest.mark.long) for steps in [(1, 1), (6, 9), (7, 12), (8, 13)])],
)
def test_killed_publish_is_made_good_by_the_next(course, kit, tmp_path, first, later):
    """If a publish is killed at any step, the next one leaves the week complete and clean, and nothing next to it."""
    out = tmp_path / "out"
    killed = [course.publish(1, out, PATH=deadly(tmp_path / "first", first))]
    done = [course.publish(1, out)]
    change(course)
    killed.append(course.publish(1, out, PATH=deadly(tmp_path / "later", later)))
    done.append(course.publish(1, out))

    assert [one.status for one in killed] == [-signal.SIGKILL] * 2
    assert [one.err for one in done] == ["", ""]
    assert kit.git(out, "status", "--porcelain") == ""
    assert (out / "README.md").read_text().endswith("More.\n")
    assert kit.git(out, "rev-list", "--count", "main") == "2"
    assert list(tmp_path.glob("classroom-*")) == []


@pytest.mark.parametrize("call", [9, *(pytest.param(call, marks=pytest.mark.long) for call in (3, 8, 12, 16))])
def test_killed_open_is_made_good_by_the_next(course, kit, tmp_path, call):
    """If `open` is killed at any step, the same command opens the classroom again, and it serves."""
    words = ("open", tmp_path / "room", "--roster", kit.roster(tmp_path / "roster.csv", "ada"), "--weeks", "1")
    killed = kit.classroom(*words, cwd=course.place, PATH=deadly(tmp_path / "tools", call))

    opened = kit.classroom(*words, cwd=course.place)
    served = kit.classroom("serve", tmp_path / "room", "--once", "--sandbox", "none", cwd=course.place)

    assert killed.status == -signal.SIGKILL
    assert opened.status == 0, opened.err
    assert (served.status, served.out) == (0, "0 graded\n"), served.err
    ada = tmp_path / "room/week1-tiny/week1-tiny-ada.git"
    assert "app/main.py" in kit.git(ada, "ls-tree", "-r", "--name-only", "main")


def test_whole_course_brings_no_workflow(course, kit, tmp_path):
    """A published week is checked by Actions; the whole course is for one's own machine, and starts no run."""
    course.publish(1, tmp_path / "week")
    course.publish("all", tmp_path / "all")

    assert ".github/workflows/classroom.yml" in kit.git(tmp_path / "week", "ls-files")
    assert ".github" not in kit.git(tmp_path / "all", "ls-files")


def test_published_week_is_no_course(course, tmp_path):
    """In a published week, which lacks the instructor's parts, there is nothing to publish."""
    course.publish(1, tmp_path / "week")

    done = course.publish(".", tmp_path / "out", cwd=tmp_path / "week")

    assert done.status == 2
    assert "is not there: a week is handed out from the course that it belongs to." in done.err
    assert not (tmp_path / "out").exists()


def test_make_asks_for_what_is_missing(course, tmp_path):
    """In a published week `make hint` without a task says what to type."""
    course.publish(1, tmp_path / "week")
    (tmp_path / "week/.venv/bin").mkdir(parents=True)
    (tmp_path / "week/.venv/bin/python").symlink_to(sys.executable)
    (tmp_path / "week/.venv/ready").touch()

    done = subprocess.run(["make", "hint"], cwd=tmp_path / "week", capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "Which task? Type: make hint TASK=3")
