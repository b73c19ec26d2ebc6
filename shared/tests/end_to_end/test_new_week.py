"""From nothing to a week that is proved, published, served and graded."""

import csv
import json
import re
import shutil
import subprocess

import pytest


@pytest.fixture(scope="module")
def author(kit, tmp_path_factory):
    """An author whose course has no week yet, and who has just made one with four tasks."""
    top = tmp_path_factory.mktemp("author") / "a course"
    top.mkdir()
    for name in ("shared", "Makefile", "LICENSE"):
        (top / name).symlink_to(kit.root / name)

    def run(*words):
        done = kit.classroom(*words, cwd=top)
        assert done.status == 0, done.out + done.err
        return done.out

    run.top = top
    run.made = run("new", "week", "week6-queues") + run("new", "task", "6", "Archive a note")
    kit.git(top, "init", "--quiet")
    kit.git(top, "add", "week6-queues")
    return run


@pytest.mark.long
def test_new_week_proves_itself(author):
    """`verify` has no problem with a week that was just made, and says what is left to write."""
    said = author("verify", "6", "--sample", "1")

    assert "no problems" in said
    assert " template texts left to replace; find them: " in said
    assert "All tasks together have 100 points." in author.made


def test_new_week_is_published_with_the_course(author, tmp_path):
    """The student edition has the week without its solution, a row in the README, and a make target."""
    author("publish", "all", "--to", tmp_path / "edition")

    edition = tmp_path / "edition"
    assert (edition / "week6-queues/tests/test_task4_archive_a_note.py").is_file()
    assert not (edition / "week6-queues/grading").exists()
    assert "| [6](week6-queues/README.md) | Queues | 1 hour |" in (edition / "README.md").read_text(encoding="utf-8")
    if shutil.which("make"):
        listed = subprocess.run(["make"], cwd=edition, capture_output=True, text=True, check=True).stdout
        assert re.search(r"^ +week6 +Check week 6$", listed, re.MULTILINE)


@pytest.mark.long
def test_new_week_is_served_and_graded(author, kit, tmp_path):
    """A push of a part of the work is graded, collected, graded officially, and seen in the progress of the class."""
    room, clone = tmp_path / "room", tmp_path / "ada"
    author("open", room, "--roster", kit.roster(tmp_path / "roster.csv", "ada", "bob"), "--weeks", "6")
    kit.git(tmp_path, "clone", "--quiet", room / "week6-queues/week6-queues-ada.git", clone)
    shutil.copytree(author.top / "week6-queues/grading/solution", clone, dirs_exist_ok=True)
    main = clone / "app/main.py"
    main.write_text(main.read_text(encoding="utf-8").replace('"letters": len(word)', '"letters": 0'), encoding="utf-8")
    kit.git(clone, "commit", "--quiet", "--all", "--message", "Work")
    (room / ".classroom/patience").write_text("0\n")
    kit.git(clone, "push", "--quiet", "origin", "HEAD:main")

    author("serve", room, "--once", "--sandbox", "none")
    score = json.loads((room / ".classroom/scores/week6-queues/ada.json").read_text(encoding="utf-8"))
    (shown,) = json.loads(author("progress", room, "--json"))["weeks"]
    author("collect", room, "--to", tmp_path / "in")
    author(
        "grade", "6", "--submissions", tmp_path / "in/week6-queues", "--out", tmp_path / "grades", "--sandbox", "none"
    )

    assert score["score"] == 90
    assert {row["username"]: row["score"] for row in shown["students"]} == {"ada": 90, "bob": None}
    with (tmp_path / "grades/gradebook.csv").open(encoding="utf-8", newline="") as file:
        points = {row["github_username"]: row["points_awarded"] for row in csv.DictReader(file)}
    assert points == {"ada": "90", "bob": "0"}
