"""Opening a classroom: once, again, with the rosters and folders that people have."""

import csv
import os
import shutil
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest
from classroom.core.errors import UsageError
from classroom.core.scratch import ScratchDir
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.open import make_repository, open_classroom
from classroom.instructor.handout import publish
from classroom.instructor.roster import Student, former_students, read_roster, write_roster


@pytest.fixture(scope="module")
def small(new_room, tmp_path_factory):
    """A classroom of two, to which tests only add."""
    return new_room(tmp_path_factory.mktemp("open"), "ada", "bob")


def test_each_student_gets_the_published_week(small):
    """Each student's repository holds the published week as one commit, and nothing of grading."""
    for name in ("ada", "bob"):
        files = small.git(small.repository(name), "ls-tree", "-r", "--name-only", "main").splitlines()
        assert {"app/main.py", "tests/test_tiny.py", "kit/pyproject.toml"} <= set(files)
        assert not [path for path in files if "grading" in path]
        assert small.git(small.repository(name), "rev-list", "--count", "main") == "1"


def usernames(room):
    """The usernames on a classroom's roster."""
    rows = csv.DictReader((room.place / "roster.csv").read_text(encoding="utf-8").splitlines())
    return [row["github_username"] for row in rows]


def test_opened_again_adds_only_what_is_new(small, kit):
    """Opened again with a longer roster, only the new student gets a repository; what others have pushed stays."""
    ada = small.student("ada")
    commit = ada.write(small.solved)
    ada.push()
    kit.roster(small.roster, "carl", "ada", "bob")

    done = small.classroom("open", small.place, "--roster", small.roster, "--weeks", "1", "--yes")

    assert "  added    Carl Example (carl)\n" in done.out
    assert "1 new, 2 kept" in done.out
    assert small.git(small.repository("ada"), "rev-parse", "main") == commit
    assert usernames(small) == ["carl", "ada", "bob"]


@pytest.mark.long
def test_change_of_the_roster_is_asked_for(new_room, kit, tmp_path):
    """Without a terminal, a roster that adds, renames and drops students is rejected, and each change is named."""
    room = new_room(tmp_path, "ada", "bob")
    room.roster.write_text("identifier,github_username,email\nAda Example,ada-l,\nCarl,carl,\n")

    refused = room.classroom("open", room.place, "--roster", room.roster, "--weeks", "1")
    before = usernames(room)
    accepted = room.classroom("open", room.place, "--roster", room.roster, "--weeks", "1", "--yes")

    assert (refused.status, refused.err) == (2, "Nothing was changed. To continue without being asked, add --yes.\n")
    assert refused.out.splitlines()[1:] == [
        "This roster differs from the classroom's:",
        "  added    Carl (carl)",
        "  renamed  Ada Example (ada) is now Ada Example (ada-l); the repository stays ada",
        "  dropped  Bob Example (bob); the repository stays, but is no longer collected",
    ]
    assert before == ["ada", "bob"]
    assert "1 new, 1 kept" in accepted.out
    assert usernames(room) == ["ada", "carl"]
    assert room.repository("bob").is_dir()


@pytest.mark.long
def test_dropped_student_is_not_collected_and_may_return(new_room, kit, tmp_path):
    """Nobody else gets the repository of a student who left, it is not collected, and it is there after a return."""
    room = new_room(tmp_path, "ada")
    kit.roster(room.roster, "bob")
    words = ("open", room.place, "--roster", room.roster, "--weeks", "1", "--yes")
    room.classroom(*words)
    room.classroom("collect", room.place, "--to", tmp_path / "in")
    collected = sorted(path.name for path in (tmp_path / "in/week1-tiny").glob("*.git"))
    room.roster.write_text("identifier\nÀda\nBob Example\n", encoding="utf-8")
    room.classroom(*words)
    namesake = usernames(room)
    kit.roster(room.roster, "ada", "bob")
    room.classroom(*words)

    assert collected == ["bob.git"]
    assert namesake == ["Ada-2", "bob"]
    assert usernames(room) == ["ada", "bob"]


@pytest.mark.parametrize("written", [0, 1, 2])
def test_returning_student_is_always_on_a_list(small, tmp_path, monkeypatch, written):
    """Killed at any moment, a classroom knows a student who returns: as dropped, or on the roster."""
    (tmp_path / ".classroom").mkdir()
    (tmp_path / "roster.csv").write_text("username\nbob\n")
    (tmp_path / ".classroom/dropped.csv").write_text("username\nada\neve\n")
    (tmp_path / "next.csv").write_text("username\nbob\nada\n")
    left = [None] * written

    def write(path, students):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        write_roster(path, students)

    monkeypatch.setattr("classroom.instructor.classrooms.roster_change.write_roster", write)

    with pytest.raises(KeyboardInterrupt):
        open_classroom(tmp_path, tmp_path / "next.csv", [str(small.course / "week1-tiny")])

    known = [*read_roster(tmp_path / "roster.csv"), *former_students(tmp_path / "roster.csv")]
    assert sorted(student.username for student in known) == ["ada", "bob", "eve"]


def test_student_who_joins_in_the_meantime_stays(small, tmp_path):
    """A roster that has changed since the question about it is not overwritten."""
    (tmp_path / ".classroom").mkdir()
    (tmp_path / "roster.csv").write_text("username\nada\n")
    (tmp_path / "next.csv").write_text("username\nada\nbob\n")
    confirm = Mock()
    confirm.roster.side_effect = lambda _: (tmp_path / "roster.csv").write_text("username\nada\nzoe\n")

    with pytest.raises(UsageError, match="A student has joined"):
        open_classroom(tmp_path, tmp_path / "next.csv", [str(small.course / "week1-tiny")], confirm=confirm)

    assert [student.username for student in read_roster(tmp_path / "roster.csv")] == ["ada", "zoe"]


def test_repository_is_complete_when_it_appears(new_room, tmp_path, monkeypatch):
    """A kill right after a repository was put into place leaves none that accepts a push without its hooks."""
    room = new_room(tmp_path, "ada")
    rename = Path.rename

    def renamed(path, target):
        rename(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", renamed)
    with pytest.raises(KeyboardInterrupt):
        make_repository(Classroom(room.place), "week1-tiny", Student("zoe"))

    hooks = room.place / "week1-tiny/week1-tiny-zoe.git/hooks"
    assert sorted(path.name for path in hooks.iterdir()) == ["post-receive", "pre-receive"]
    assert all(os.access(path, os.X_OK) for path in hooks.iterdir())


@pytest.mark.long
def test_weeks_are_readable_while_another_one_is_opened(new_room, tmp_path, monkeypatch):
    """While a week is being handed out, and after a kill at that moment, a classroom has the weeks that it had."""
    room = new_room(tmp_path, "ada")
    shutil.copytree(room.course / "week1-tiny", room.course / "week2-more")
    monkeypatch.setattr(publish, "_commit", Mock(side_effect=KeyboardInterrupt))
    monkeypatch.setattr(ScratchDir, "close", Mock())  # which a kill leaves out
    with pytest.raises(KeyboardInterrupt):
        open_classroom(room.place, None, [str(room.course / "week2-more")])

    assert [path.name for path in (room.place / ".classroom/weeks").iterdir() if path.name != "week1-tiny"]
    assert [week.name for week in Classroom(room.place).weeks()] == ["week1-tiny"]


def test_week_that_closes_takes_no_push(small):
    """Once closed, a week rejects every push in one sentence; opened again with a later time, it accepts them."""
    bob = small.student("bob")
    bob.write(small.solved)

    words = ("open", small.place, "--weeks", "1", "--timezone", "UTC")
    closed = small.classroom(*words, "--closes", "2020-01-31T18:00", "--yes")
    again = small.classroom(*words)
    refused = bob.push(check=False)
    small.classroom(*words, "--closes", "2099-01-31T18:00")
    taken = bob.push()

    assert closed.out.endswith("; it accepts no push from 2020-01-31 18:00 UTC on\n")
    assert again.out.splitlines()[-1] == closed.out.splitlines()[-1]
    assert "This assignment has been closed since 2020-01-31 18:00 UTC, so the push was rejected." in refused
    assert "Received" in taken


@pytest.mark.long
def test_closing_in_the_past_is_asked_for(new_room, tmp_path):
    """Without a terminal, a closing time in the past is rejected, and nothing is changed."""
    room = new_room(tmp_path, "ada")

    refused = room.classroom("open", room.place, "--weeks", "1", "--closes", "2020-01-31T18:00+01:00")

    assert refused.status == 2
    assert "is in the past: no push will be accepted from now on." in refused.out
    assert refused.err == "Nothing was changed. To continue without being asked, add --yes.\n"
    assert not (room.place / "week1-tiny/.closes").exists()


@pytest.mark.long
def test_times_are_those_of_the_classroom(new_room, tmp_path):
    """A time without a zone is the classroom's, whose zone is set once, is always shown, and changes only if asked for."""
    room = new_room(tmp_path, "ada")
    words = ("open", room.place, "--weeks", "1")

    unknown = room.classroom(*words, "--timezone", "Mars/Base")
    opened = room.classroom(*words, "--timezone", "Europe/Berlin", "--closes", "2099-07-01T18:00", "--yes")
    refused = room.classroom(*words, "--timezone", "Asia/Tokyo")

    assert "There is no time zone 'Mars/Base': write its name like Europe/Berlin" in unknown.err
    assert opened.out.endswith("from 2099-07-01 18:00 Europe/Berlin on\n")
    assert (room.place / "week1-tiny/.closes").read_text().startswith("4086604800 ")
    assert (refused.status, refused.err.startswith("Nothing was changed.")) == (2, True)
    assert (room.place / ".classroom/timezone").read_text() == "Europe/Berlin\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["full"], "is neither empty nor a classroom"),
        (["file"], "is a file"),
        (["new"], "Who is in the class?"),
        (["new", "--roster", "nowhere.csv"], "nowhere.csv cannot be read: No such file"),
        (["new", "--roster", "empty.csv"], "There are no students in empty.csv."),
        (["new", "--roster", "good.csv", "--weeks", "7"], "There is no week 7"),
        (["new", "--roster", "good.csv", "--weeks", "1,9"], "There is no week 9"),
        (["new", "--roster", "good.csv", "--weeks", ","], "Which weeks? Type: classroom open new --weeks 1,2"),
        (["new", "--roster", "good.csv", "--closes", "soon"], "is not a valid time"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_opened_is_told(small, kit, tmp_path, words, told):
    """A folder with other things in it, no roster, no such week: one sentence, exit status 2, nothing made."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty.csv").write_text("\n")
    kit.roster(tmp_path / "good.csv", "ada")
    (tmp_path / "week1-tiny").symlink_to(small.course / "week1-tiny")
    (tmp_path / "shared").symlink_to(small.course / "shared")

    done = kit.classroom("open", *(["--weeks", "1"] * ("--weeks" not in words)), *words, cwd=tmp_path)

    assert done.status == 2
    assert told in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [["serve"], ["collect"], ["feedback", "--grades", "g"]], ids=lambda words: words[0])
def test_folder_that_is_no_classroom_is_told(kit, tmp_path, command):
    """Without a classroom, each command says how to create one."""
    done = kit.classroom(*command, tmp_path, cwd=tmp_path)

    assert done.status == 2
    assert "There is no classroom in" in done.err
    assert "classroom open" in done.err


def test_classroom_of_another_account_is_refused(small, monkeypatch):
    """Another account, even root, cannot run open: the classroom's own account could not use what it creates."""
    monkeypatch.setattr(os, "geteuid", lambda: small.place.stat().st_uid + 1)

    with pytest.raises(UsageError, match=r"belongs to the account \S+, .*: sudo -u \S+ classroom \.\.\."):
        open_classroom(small.place, None, ["1"])


def test_tilde_is_the_home_folder(small, kit, tmp_path):
    """A `~` that no shell has replaced, as in make open DIR="~/x", is the home folder."""
    done = kit.classroom("collect", "~/x", cwd=tmp_path, HOME=str(tmp_path))

    assert f"There is no classroom in {tmp_path}/x." in done.err
    assert not (tmp_path / "~").exists()


@pytest.mark.long
def test_repository_that_cannot_be_written_is_named(new_room, tmp_path):
    """If one repository is broken, open names it, ends with status 3, and keeps all others in order."""
    room = new_room(tmp_path, "ada", "bob")
    (room.repository("ada") / "config").unlink()
    (room.repository("bob") / "hooks/post-receive").unlink()

    done = room.classroom("open", room.place, "--weeks", "1")

    assert done.status == 3
    assert "0 new, 1 kept" in done.out
    assert f"Ada Example (ada): {room.repository('ada')} could not be written." in done.err
    assert (room.repository("bob") / "hooks/post-receive").exists()


def test_hooks_are_free_of_slips_that_the_shell_sees(kit):
    """The hooks are plain `sh`."""
    for hook in (kit.root / "shared/src/classroom/instructor/classrooms/hooks").iterdir():
        assert subprocess.run(["sh", "-n", hook], capture_output=True, check=False).stderr == b""
