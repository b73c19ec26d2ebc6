"""A new handout for students who have begun: on a branch of their repository, told in the push, merged by themselves."""

import csv
import json

import pytest


@pytest.fixture(scope="module")
def room(new_room, tmp_path_factory):
    """A classroom in which Ada and Bob have begun, and the starter and the README were changed afterwards."""
    room = new_room(tmp_path_factory.mktemp("update"), "ada", "bob", "cleo", "dan")
    room.patience.write_text("0\n")
    for name in ("ada", "bob", "cleo", "dan"):
        room.student(name)
    ada, bob = room.student("ada"), room.student("bob")
    ada.write(room.solved)
    ada.push()
    (bob.clone / "README.md").write_text("# My own notes\n")
    bob.write(room.solved)
    bob.push()
    room.before = room.git(room.repository("ada"), "rev-parse", "main")
    week = room.course / "week1-tiny"
    for name, text in (("README.md", "# Tiny, mended\n"), ("app/main.py", "# Mended.\n")):
        (week / name).write_text(text + (week / name).read_text())
    room.updated = room.classroom("update", room.place, "--weeks", "1")
    assert room.updated.status == 0, room.updated.err
    return room


def test_update_tells_whom_git_will_ask(room):
    """The command counts who got the handout, and names who has changed the same files; a second one changes nothing."""
    again = room.classroom("update", room.place, "--weeks", "1")

    assert "week1-tiny: 4 given the new handout, 0 already had it" in room.updated.out
    assert "  Bob Example (bob) has also changed README.md: git will ask" in room.updated.out
    assert "git pull --no-rebase origin handout" in room.updated.out
    assert again.out.splitlines()[0] == "week1-tiny: 0 given the new handout, 4 already had it"


def test_progress_says_who_has_not_merged(room):
    """Of those who have started, the class at a glance names who works with an older handout."""
    data = json.loads(room.classroom("progress", room.place, "--json").out)
    shown = room.classroom("progress", room.place).out

    outdated = {row["username"]: row["outdated"] for row in data["weeks"][0]["students"]}
    assert outdated == {"ada": True, "bob": True, "cleo": False, "dan": False}
    assert shown.count("has not merged the new handout") == 2


def test_student_merges_the_handout(room):
    """The student's branch is untouched; each push says what to type until the handout is merged."""
    ada = room.student("ada")
    tip = room.git(room.repository("ada"), "rev-parse", "main")
    ada.write(room.solved + "\n# more\n")

    told = ada.push()
    room.git(ada.clone, "pull", "--no-rebase", "--no-edit", "origin", "handout")
    after = ada.push()

    assert tip == room.before
    assert "This assignment was updated. To get the new version: git pull --no-rebase origin handout" in told
    assert (ada.clone / "README.md").read_text().startswith("# Tiny, mended\n")
    assert room.classroom("progress", room.place).out.count("has not merged the new handout") == 1
    assert (ada.clone / "app/main.py").read_text().endswith("# more\n")
    assert "updated" not in after


def test_student_who_changed_a_provided_file_is_told_what_to_do(room):
    """If git reports a conflict, the two lines that the push shows resolve it, file by file."""
    bob = room.student("bob")
    bob.write(room.solved + "\n# more\n")
    told = bob.push()

    conflict = room.git(bob.clone, "pull", "--no-rebase", "--no-edit", "origin", "handout", check=False)
    room.git(bob.clone, "checkout", "--theirs", "README.md")
    room.git(bob.clone, "add", "README.md")
    room.git(bob.clone, "commit", "--quiet", "--no-edit")
    after = bob.push()

    assert "git checkout --theirs FILE takes the new version, --ours keeps yours" in told
    assert [line for line in conflict.splitlines() if "CONFLICT" in line] == [
        "CONFLICT (content): Merge conflict in README.md"
    ]
    assert "updated" not in after
    assert room.git(room.repository("bob"), "show", "main:README.md").startswith("# Tiny, mended")
    assert room.git(room.repository("bob"), "show", "main:app/main.py").endswith("# more")


def test_handout_cannot_be_pushed_to(room):
    """The branch is the course's: a student reads it, and cannot push to it."""
    cleo = room.student("cleo")

    assert "deny updating a hidden ref" in cleo.push("origin", "HEAD:handout", check=False)


@pytest.mark.long
def test_handout_of_any_age_is_not_begun(room, tmp_path):
    """A student whose last commit is an older handout has not begun, nor has one who only merged the new one."""
    dan = room.student("dan")
    room.git(dan.clone, "pull", "--no-rebase", "--no-edit", "origin", "handout")
    dan.push()
    room.classroom("collect", room.place, "--to", tmp_path / "in")

    done = room.classroom(
        *("grade", "1", "--submissions", tmp_path / "in/week1-tiny", "--out", tmp_path / "grades"),
        *("--sandbox", "none", "--only", "cleo", "--only", "dan"),
    )

    rows = list(csv.DictReader((tmp_path / "grades/gradebook.csv").read_text(encoding="utf-8").splitlines()))
    assert done.status == 0, done.err
    assert {row["github_username"]: row["status"] for row in rows} == {"cleo": "not-started", "dan": "not-started"}


def test_week_that_was_never_opened_is_told(room, kit):
    """A week that the classroom does not have is rejected with what to type."""
    (room.place / ".classroom/weeks/week1-tiny").rename(room.place / ".classroom/away")

    done = room.classroom("update", room.place, "--weeks", "1")
    (room.place / ".classroom/away").rename(room.place / ".classroom/weeks/week1-tiny")

    assert done.status == 2
    assert done.err.startswith("week1-tiny is not open in ")
    assert done.err.endswith("--weeks 1\n")
