"""A backup of a classroom that is being served, and the classroom that is made from it."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.instructor.backup import archive, repository_files
from classroom.instructor.backup.archive import ArchiveWriter, unpack
from classroom.instructor.backup.back_up import back_up
from classroom.instructor.backup.files import FileCopier
from classroom.instructor.backup.restore import restore
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.site import models, people, tokens
from classroom.instructor.site.context import Context
from classroom.instructor.site.database import migrations, open_database, parse_address
from classroom.instructor.site.models import LINK
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

KILLED = """
import os, sys
from pathlib import Path
from classroom.instructor.backup import back_up
from classroom.instructor.classrooms.classroom import Classroom
back_up._publish = lambda *_: os.kill(os.getpid(), 9)
back_up.back_up(Classroom(Path(sys.argv[1])), Path(sys.argv[2]), print)
"""


def git(folder, *words, **more):
    """Return what git prints."""
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@x"]
    return subprocess.run(
        ["git", *identity, *map(str, words)], cwd=folder, check=True, capture_output=True, text=True, **more
    ).stdout.strip()


def tree(folder):
    """Return each file of a classroom with its content, without what belongs to a server or is made again."""
    skipped = (".classroom/database", ".classroom/weeks", ".classroom/roster.lock", ".classroom/cookie-key.lock")
    names = {path: path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for path, name in names.items() if not name.startswith(skipped)}


@pytest.fixture
def backup(tmp_path, monkeypatch):
    """Where a backup goes."""
    # The folder for temporary files may be closed to the account that runs PostgreSQL for root.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / "a backup"


def test_restored_classroom_has_everything(reachable, context, room, graded, backup):
    """After a restore, links are valid, the log is there, and so is every file, whoever was at work during the backup."""
    graded("ada")
    (room.folder / "adjustments.csv").write_text("student,week,kind,value,note\n")
    (room.state_dir / "database").symlink_to(reachable / "state/database")
    with context.begin() as db:
        link = tokens.issue(db, people.join(db, "ada", "Ada Lovelace"), LINK)
    problems = []

    made = back_up(room, backup, problems.append)
    copy = reachable / "a restored one"
    found = restore(backup, copy)

    assert (made.has_database, made.repositories, found.has_database) == (True, 2, True)
    assert problems == [f"Left out: {room.state_dir / 'weeks'} (a link)."]
    assert tree(copy) == tree(room.folder)
    assert backup.stat().st_mode & 0o077 == 0
    with open_database(copy / ".classroom") as engine, Context(Classroom(copy), engine, "http://x").begin() as db:
        assert tokens.owner(db, LINK, link).username == "ada"
        assert [act.what for act in people.log(db)] == ["joined as ada"]
    shutil.rmtree(copy)


def test_backup_of_an_earlier_version_is_brought_up_to_date(new_database, room, tmp_path):
    """A backup with the tables of the first version, from a database on another server, is served with today's."""
    older, newer = new_database("older"), new_database("newer")
    with create_engine(parse_address(older), poolclass=NullPool).connect() as connection:
        command.upgrade(migrations(connection), "0001")
        connection.execute(text("INSERT INTO people (role, username, name) VALUES ('student', 'ada', 'Ada')"))
        connection.commit()

    back_up(room, tmp_path / "file", lambda _: None, older)
    restore(tmp_path / "file", tmp_path / "copy", newer)

    assert not (tmp_path / "copy/.classroom/database").exists()
    with open_database(tmp_path / "copy/.classroom", newer) as engine, engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), models.Base.metadata) == []
        assert connection.scalar(text("SELECT name FROM people")) == "Ada"
    with pytest.raises(UsageError, match="already contains tables: use an empty one"):
        restore(tmp_path / "file", tmp_path / "another", newer)
    assert not (tmp_path / "another").exists()


def test_commands_say_what_they_did(room, backup, capsys):
    """The commands name the file and what to type next; a link that is left out makes the backup incomplete, exit 3."""
    assert main(["backup", str(room.folder), "--to", str(backup)]) == 3
    told = capsys.readouterr()
    assert "2 repositories, " in told.out
    assert "There is no database in it" in told.out
    assert "(a link)" in told.err
    copy = backup.with_name("a copy")

    assert main(["restore", str(backup), "--to", str(copy)]) == 0
    assert capsys.readouterr().out.rstrip().endswith(f"is in {copy}: classroom serve '{copy}'")
    assert Classroom(copy).names() == room.names()


@pytest.mark.parametrize(
    ("place", "told"),
    [("taken", "taken exists"), ("room/inside", "would be inside the classroom"), ("no/file", "There is no folder")],
)
def test_backup_overwrites_nothing(room, tmp_path, place, told):
    """A backup needs a new file, in a folder that exists and is not the classroom's."""
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(UsageError, match=told):
        back_up(room, tmp_path / place, print)
    assert (tmp_path / "taken").read_text() == "mine"


def test_restore_overwrites_nothing(room, backup, tmp_path):
    """A restore needs a new folder, or an empty one."""
    back_up(room, backup, lambda _: None)
    (tmp_path / "empty").mkdir()
    restore(backup, tmp_path / "empty")
    for place, told in {"room": "room is not empty", "a backup": "is a file"}.items():
        with pytest.raises(UsageError, match=told):
            restore(backup, tmp_path / place)
    assert tree(tmp_path / "empty") == tree(room.folder)


def test_killed_backup_leaves_nothing_that_looks_whole(room, backup):
    """A backup that is killed before its end has no file with its name, and the next one tidies up."""
    done = subprocess.run([sys.executable, "-c", KILLED, room.folder, backup], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = [path.name for path in backup.parent.iterdir() if path.name.startswith(".classroom-backup")]
    assert len(left) == 1
    assert not backup.exists()


@pytest.fixture
def written():
    """A small archive."""
    file = io.BytesIO()
    writer = ArchiveWriter(file, {"made": "now", "database": False})
    writer.add_folder("classroom", 0o755)
    writer.add_bytes("classroom/roster.csv", b"username\nada\n" * 100)
    writer.close()
    return file.getvalue()


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "empty"])
def test_damaged_archive_is_refused(tmp_path, written, damage):
    """An archive that is cut off, changed, or something else is refused in one sentence."""
    middle = len(written) // 2
    changed = {
        "cut": written[:middle],
        "flipped": written[:middle] + bytes([written[middle] ^ 1]) + written[middle + 1 :],
        "other": b"PK" + written,
        "empty": b"",
    }[damage]
    (tmp_path / "file").write_bytes(changed)
    with pytest.raises(UsageError, match="is not a complete backup"):
        restore(tmp_path / "file", tmp_path / "to")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def member(name, kind=tarfile.REGTYPE, target=""):
    """Return a member of an archive as somebody hostile writes it."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


@pytest.mark.parametrize(
    "hostile",
    [member("../out"), member("/out"), member("x", tarfile.SYMTYPE, "/etc"), member("x", tarfile.LNKTYPE, "backup.json"),
     member("x", tarfile.FIFOTYPE), member("backup.json")],
    ids=lambda entry: f"{entry.type.decode()} {entry.name}",
)  # fmt: skip
def test_hostile_archive_writes_nowhere_else(tmp_path, hostile):
    """Paths that lead out, links and pipes in an archive are refused."""
    path, to = tmp_path / "file", tmp_path / "to"
    to.mkdir()
    with tarfile.open(path, "w:gz") as tar:
        header = json.dumps({"format": archive.FORMAT}).encode()
        first = member("backup.json")
        first.size = len(header)
        tar.addfile(first, io.BytesIO(header))
        tar.addfile(hostile)
    with pytest.raises(UsageError, match="is not a complete backup"):
        unpack(path, to)
    assert list(to.iterdir()) == []


def test_archive_of_a_newer_version_is_refused(tmp_path, monkeypatch, written):
    """What a newer version has written is named as such."""
    monkeypatch.setattr(archive, "FORMAT", 0)
    (tmp_path / "file").write_bytes(written)
    with pytest.raises(UsageError, match="was written by a newer version of the kit"):
        restore(tmp_path / "file", tmp_path / "to")


@pytest.fixture
def repository(room, tmp_path):
    """Ada's repository, and a clone with a commit that was not pushed."""
    bare = room.repository_path("week1-tiny", "ada")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", bare, clone)
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "mine")
    return bare, clone


def copied(bare, to):
    """Return a copy of a repository through an archive."""
    file = to / "file"
    with file.open("wb") as stream:
        writer = ArchiveWriter(stream, {})
        repository_files.add_repository(FileCopier(writer, print), bare, "copy.git")
        writer.close()
    (to / "out").mkdir()
    unpack(file, to / "out")
    git(to / "out/copy.git", "fsck", "--strict")
    return to / "out/copy.git"


def test_push_in_progress_is_copied_as_a_whole(repository, tmp_path):
    """A branch whose receipt is just being written is not copied without it."""
    bare, clone = repository
    commit = git(clone, "rev-parse", "HEAD")
    git(bare, "fetch", "--quiet", clone, f"{commit}:refs/heads/main")
    receipt = f"2026-11-29T12:00:00Z refs/heads/main {commit}\n"

    def write():
        with (bare / "classroom-received").open("a") as file:
            file.write(receipt)

    hook = threading.Timer(0.1, write)
    hook.start()
    copy = copied(bare, tmp_path)
    hook.join()

    assert git(copy, "rev-parse", "main") == commit
    assert (copy / "classroom-received").read_text().endswith(receipt)


def test_branch_that_has_no_receipt_is_copied_as_it_is(repository, tmp_path, monkeypatch):
    """A hook that was killed has left no receipt: the branch is the truth, and no backup waits for ever."""
    monkeypatch.setattr(repository_files, "SETTLE_SECONDS", 0.01)
    bare, clone = repository
    git(bare, "fetch", "--quiet", clone, "HEAD:refs/heads/main")
    copy = copied(bare, tmp_path)
    assert git(copy, "rev-parse", "main") == git(clone, "rev-parse", "HEAD")


def test_full_disk_is_told_with_its_place(room, tmp_path, monkeypatch, capsys):
    """A disk that is full ends a backup and a restore with one sentence that says where, and leaves nothing."""

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    back_up(room, tmp_path / "whole", lambda _: None)
    monkeypatch.setattr(tarfile, "copyfileobj", fail)
    assert main(["backup", str(room.folder), "--to", str(tmp_path / "backup")]) == 3
    assert f"The disk is full (in {tmp_path})" in capsys.readouterr().err
    monkeypatch.setattr(os, "utime", fail)
    assert main(["restore", str(tmp_path / "whole"), "--to", str(tmp_path / "copy")]) == 3
    assert f"The disk is full (in {tmp_path})" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"room", "whole"}


def test_paths_may_be_relative(room, tmp_path, monkeypatch):
    """A file and a folder are named from where one is."""
    monkeypatch.chdir(tmp_path)
    back_up(room, Path("file"), lambda _: None)
    restore(Path("file"), Path("copy"))
    assert tree(tmp_path / "copy") == tree(room.folder)


def test_folder_that_is_removed_during_a_backup_is_left_out(room, tmp_path):
    """A folder that was there a moment ago, such as that of an older release, does not end the backup."""
    with (tmp_path / "file").open("wb") as stream:
        assert not FileCopier(ArchiveWriter(stream, {}), print).add_folder(room.folder / "gone", "gone")


def test_objects_that_are_packed_meanwhile_are_copied(repository, tmp_path, monkeypatch):
    """Objects that git moves into a pack while they are copied are in the copy."""
    bare, clone = repository
    for number in range(5):
        git(clone, "commit", "--quiet", "--allow-empty", "--message", str(number))
    git(bare, "fetch", "--quiet", clone, "HEAD:refs/heads/main")
    plain, seen = FileCopier.add, []

    def add(self, path, name):
        if "objects" in path.parts and not seen:
            seen.append(path)
            git(bare, "gc", "--quiet", "--prune=now")
        return plain(self, path, name)

    monkeypatch.setattr(FileCopier, "add", add)
    monkeypatch.setattr(repository_files, "SETTLE_SECONDS", 0)

    copy = copied(bare, tmp_path)

    assert seen
    assert git(copy, "rev-parse", "main") == git(clone, "rev-parse", "HEAD")


@pytest.mark.long
def test_each_backup_during_pushes_is_whole(room, tmp_path):
    """Whenever a backup is made while students push and git packs, each repository in it is whole and ends with a receipt."""
    (room.state_dir / "patience").write_text("0\n")
    ended, pushed = threading.Event(), []

    def push(name):
        bare, clone = room.repository_path("week1-tiny", name), tmp_path / name
        git(tmp_path, "clone", "--quiet", bare, clone)
        while not ended.is_set():
            git(clone, "commit", "--quiet", "--allow-empty", "--message", "more")
            git(clone, "push", "--quiet")
            pushed.append(name)
            if len(pushed) % 15 == 0:
                git(bare, "gc", "--quiet")

    students = [threading.Thread(target=push, args=(name,)) for name in ("ada", "bob")]
    for student in students:
        student.start()
    try:
        for number in range(8):
            file, copy = tmp_path / f"{number}.backup", tmp_path / f"copy{number}"
            back_up(room, file, lambda _: None)
            restore(file, copy)
            for name in ("ada", "bob"):
                bare = Classroom(copy).repository_path("week1-tiny", name)
                git(bare, "fsck", "--strict")
                assert (bare / "classroom-received").read_text().split()[-1] == git(bare, "rev-parse", "main")
    finally:
        ended.set()
        for student in students:
            student.join()
    assert {"ada", "bob"} <= set(pushed)


def test_pipes_and_links_do_not_stop_a_backup(room, backup):
    """What is neither a file nor a folder is named and left out."""
    os.mkfifo(room.folder / "pipe")
    (room.folder / "link").symlink_to("/etc/passwd")
    problems = []
    back_up(room, backup, problems.append)
    assert f"Left out: {room.folder / 'pipe'} (neither a file nor a folder)." in problems
    assert f"Left out: {room.folder / 'link'} (a link)." in problems
