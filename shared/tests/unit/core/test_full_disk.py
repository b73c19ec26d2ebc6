"""A full disk is reported in one sentence with what to do, and no submission gets a wrong result."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom.checks.run import Run
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_of
from classroom.core.processes import clean_environment
from classroom.core.scratch import ScratchDir
from classroom.services.manager import Services

FILL = '''
import tempfile
from pathlib import Path
from classroom import task

@task(2)
def test_a_disk_that_fills_up(submission, client):
    """The app responds."""
    if "# fill" in submission.read("app/main.py"):
        with (Path({place!r}) / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                if {raises}:
                    raise
    assert client.get("/double/2").status == 200
'''


def fill(place):
    """Fill a disk."""
    with (place / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass


@pytest.fixture
def disk():
    """A disk of sixteen megabytes, with a path short enough for sockets."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can make a small disk")
    with tempfile.TemporaryDirectory(prefix="disk-", dir="/tmp") as place:
        command = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "none", place]
        if subprocess.run(command, check=False).returncode:
            pytest.skip("this system lets nobody mount a small disk")
        yield Path(place)
        subprocess.run(["umount", "--lazy", place], check=True)


def run(*words, cwd, **more):
    """Run the command as a process."""
    return subprocess.run(
        [sys.executable, "-m", "classroom", *map(str, words)],
        cwd=cwd,
        env=clean_environment() | more,
        capture_output=True,
        text=True,
        check=False,
    )


def told(done, place):
    """Return whether a command ended with the one sentence."""
    assert done.stderr == f"The disk is full (in {place}): free some space, and run the command again.\n", done.stdout
    return done.returncode


@pytest.mark.parametrize("raises", [True, False], ids=["at once", "unseen"])
def test_check_on_a_disk_that_fills_up_says_so(course, week, disk, raises):
    """If the disk fills up between two checks the run ends with one sentence, and no scorecard is shown."""
    shutil.copytree(week / "grading/solution", week, dirs_exist_ok=True)
    with (week / "app/main.py").open("a") as file:
        file.write("# fill\n")
    (week / "tests/test_fill.py").write_text(FILL.format(place=str(disk), raises=raises))
    if not raises:
        with (week / "tests/test_fill.py").open("a") as file:
            file.write('\n@task(3)\ndef test_needs_room(fresh):\n    """It starts."""\n    assert False\n')

    done = run("check", "1", cwd=course, TMPDIR=str(disk))

    assert told(done, disk) == 3
    assert done.stdout == ""
    assert [path.name for path in disk.iterdir()] == ["filler"]


@pytest.fixture
def grading(handed_in, assignment, tmp_path, disk):
    """Return a function that grades alice, bob, who fills the disk, and cleo on the small disk."""
    for name, text in (("alice", ""), ("bob", "# fill\n"), ("cleo", "")):
        place = handed_in(name) / "app/main.py"
        place.write_text(place.read_text() + text)
    (assignment.folder / "tests/test_fill.py").write_text(FILL.format(place=str(disk), raises=True))
    out = tmp_path / "grades"

    def grade(out=out):
        words = ("grade", "1", "--submissions", handed_in.folder, "--out", out, "--jobs", "1", "--sandbox", "none")
        return run(*words, cwd=assignment.folder.parent, TMPDIR=str(disk))

    grade.out = out
    return grade


def test_grading_on_a_disk_that_fills_up_stops_and_goes_on(grading, disk):
    """Grading stops with one sentence, keeps correct results, and continues with the same command once there is space."""
    stopped = grading()
    kept = {path.stem: path.read_text() for path in (grading.out / "results").iterdir()}
    left = [path.name for path in disk.iterdir()]
    (disk / "filler").unlink()
    bob = grading.out.parent / "handed in/bob/app/main.py"
    bob.write_text(bob.read_text().replace("# fill\n", ""))
    finished = grading()
    scores = {path.stem: json.loads(path.read_text())["score"] for path in (grading.out / "results").iterdir()}

    assert told(stopped, disk) == 3
    assert list(kept) == ["alice"]
    assert left == ["filler"]
    assert (finished.returncode, scores) == (0, {"alice": 100, "bob": 100, "cleo": 100}), finished.stderr
    assert (grading.out / "results/alice.json").read_text() == kept["alice"]


def test_grades_that_cannot_be_written_are_told(grading, disk):
    """If the folder for the grades is full the command says so, and leaves no incomplete file."""
    (disk / "grades").mkdir()
    bob = grading.out.parent / "handed in/bob/app/main.py"
    bob.write_text(bob.read_text().replace("# fill\n", ""))
    fill(disk)

    done = grading(disk / "grades")

    assert done.returncode == 3
    assert done.stderr.startswith(f"The disk is full (in {disk}")
    assert len(done.stderr.splitlines()) == 1
    assert [path for path in disk.rglob("*") if path.is_file() and path.stat().st_size and path.name != "filler"] == []


def test_file_for_which_there_is_no_room_is_named(disk):
    """A file that cannot be written completely is named by the error and removed."""
    fill(disk)

    with pytest.raises(OSError, match="No space left") as caught:
        write_atomic(disk / "result.json", "x" * 100_000)

    assert full_disk_of(caught.value).args == (
        f"The disk is full (in {disk}): free some space, and run the command again.",
    )
    assert [path.name for path in disk.iterdir()] == ["filler"]


def test_folder_of_the_kits_own_is_not_what_is_named(disk):
    """The sentence names a folder that the user knows, not a temporary one."""
    with ScratchDir("app", disk) as room:
        fill(disk)
        with pytest.raises(OSError, match="No space left") as caught:
            shutil.copyfile("/etc/passwd", room / "copy")

    assert str(full_disk_of(caught.value)).startswith(f"The disk is full (in {disk}): ")


@pytest.mark.parametrize(("megabytes", "ours"), [(0, True), (90, True), (110, False)])
def test_submission_that_has_filled_the_storage_is_judged(disk, monkeypatch, megabytes, ours):
    """A failed check on a full disk could not be checked, unless the submission stored a hundred megabytes."""
    run = Run(SimpleNamespace(tasks=()), None, Services([]))
    run.stores.append(SimpleNamespace(held=lambda: megabytes << 20))
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    before = run.out_of_room(AssertionError("404"))
    fill(disk)

    assert before is None
    assert (run.out_of_room(AssertionError("500")) is not None) == ours
