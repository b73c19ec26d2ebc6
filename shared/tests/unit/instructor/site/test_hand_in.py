"""Handing in without git: what is accepted from a week's page, and the commit that it becomes."""

from __future__ import annotations

import errno
import io
import os
import stat
import struct
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from classroom.core.assignment import Assignment
from classroom.core.git import git
from classroom.instructor.classrooms.student_commit import Rejected, StudentCommit
from classroom.instructor.roster import Student
from classroom.instructor.site.file_names import NotAccepted
from classroom.instructor.site.uploads import handed_files

PATH = "/weeks/week1-tiny/hand-in"
ADA = Student("ada", "ada@x", "Ada <Lovelace>", "ada@example.org")


@pytest.fixture(scope="module")
def week(made_room):
    """The small week, which takes the folder app."""
    return Assignment.load(made_room.parent / "week1-tiny")


def zipped(*entries, method=ZIP_DEFLATED):
    """Return a ZIP with these entries: names with `x` as content, or pairs of a name or ZipInfo and the content."""
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of duplicates
        for entry in entries:
            archive.writestr(*((entry, "x") if isinstance(entry, str) else entry))
    return "work.zip", io.BytesIO(file.getvalue())


def far_away(name):
    """Return a ZIP whose only file begins at a place that no file has."""
    offset = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    header = (b"PK\1\2", 45, 45, 0, 0, 0, 0, 0, 1, 1, len(name), len(offset), 0, 0, 0, 0, 2**32 - 1)
    listed = struct.pack("<4s6H3L5H2L", *header) + name.encode() + offset
    return "work.zip", io.BytesIO(listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(listed), 0, 0))


def sent(*names):
    """Return files with these names, as a browser sends them."""
    return [(name, io.BytesIO(b"x")) for name in names]


def linked(name):
    """Return the entry of a ZIP that is a symbolic link."""
    info = ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        (["app/main.py", "app/a/b.py"], ["app/a/b.py", "app/main.py"]),
        (["work/week1/app/main.py", "work/week1/README.md", "work/other/app.py"], ["app/main.py"]),
        (["week2-x/app/main.py", "week1-tiny/app/main.py"], ["app/main.py"]),
        (["main.py"], ["app/main.py"]),
        (["main.py", "a/b.py"], ["app/a/b.py", "app/main.py"]),
        (["app (1)/main.py", "app (1)/data.json"], ["app/data.json", "app/main.py"]),
        (["helper.py"], ["app/helper.py"]),
        (["app/main.py", "app/.DS_Store", "app/__pycache__/main.pyc", "__MACOSX/app/._main.py"], ["app/main.py"]),
        (["app/app/main.py", "app/main.py"], ["app/app/main.py", "app/main.py"]),
    ],
)
def test_files_find_their_place(week, names, paths):
    """The folder of the week is found at any depth, and its files also without it; caches are left out."""
    assert sorted(handed_files(sent(*names), week).files) == paths
    assert sorted(handed_files([zipped(*names)], week).files) == paths


@pytest.mark.parametrize(
    "names", [["app\\main.py", "app\\a\\b.py", "app\\a\\"], ["./", "./app/", "./app/main.py", "./app/a/b.py"]]
)
def test_zip_made_by_a_tool_of_windows_is_accepted(week, names):
    """Compress-Archive of Windows separates folders with backslashes, and tar of Windows begins each name with a dot."""
    archive = zipped(*((name, "") for name in names))
    assert sorted(handed_files([archive], week).files) == ["app/a/b.py", "app/main.py"]


def test_what_is_left_out_is_named(week):
    """A file that the week does not take is named; a cache, and what was handed out, are not."""
    found = handed_files(sent("w/app/main.py", "w/notes.md", "w/README.md", "w/app/__pycache__/x.pyc"), week)

    assert (list(found.files), found.left_out) == (["app/main.py"], ("w/notes.md",))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../app/main.py", "leads out of the folder"),
        ("app/../../main.py", "leads out of the folder"),
        ("/app/main.py", "leads out of the folder"),
        ("C:/app/main.py", "leads out of the folder"),
        ("app//main.py", "leads out of the folder"),
        ("app\\main.py", "has a backslash"),
        ("app/con.py", "does not work on every computer"),
        ("app/LPT1", "does not work on every computer"),
        ("app/a:b.py", "does not work on every computer"),
        ("app/main.py ", "does not work on every computer"),
        ("app/git~1/x", "does not work on every computer"),
        ("app/new\nline.py", "does not work on every computer"),
        ("app/\u202egpj.py", "does not work on every computer"),
        ("app/\udcff.py", "does not work on every computer"),
        ("app/" + "a" * 250, "longer than 200 bytes"),
        ("app/" + "a/" * 30 + "b.py", "nested folders"),
        ("notes/plan.txt", "contains nothing from app"),
        ("app", "contains nothing from app"),
        ("work.tar.gz", "Make a ZIP"),
    ],
)
def test_strange_names_are_refused(week, name, told):
    """A name that leads elsewhere, or that Windows does not have, is refused with one sentence."""
    with pytest.raises(NotAccepted, match=told) as error:
        handed_files(sent(name), week)

    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("uploaded", "told"),
    [
        ([], "Choose your files first"),
        ([zipped("app/main.py"), *sent("app/main.py")], "Send just one ZIP"),
        ([("work.zip", io.BytesIO(b"no zip"))], "is not a readable ZIP file"),
        ([zipped("app/main.py", "app/main.py")], "was sent twice"),
        ([zipped("app/main.py", "app/Main.py")], "differ only in case"),
        ([zipped("app/a", "app/a/b.py")], "is in a folder with the same name as a file"),
        ([zipped("../../etc/passwd", "app/main.py")], "leads out of the folder"),
        ([zipped("app\\..\\..\\x", "app/main.py")], "leads out of the folder"),
        ([far_away("app/main.py")], "is not a readable ZIP file"),
        ([zipped((linked("app/main.py"), "/etc/passwd"))], "is a link"),
        ([zipped("app/main.py", method=ZIP_BZIP2)], "Make the ZIP again, with the usual settings"),
        ([zipped(("app/bomb", bytes(21_000_000)))], "larger than 20 MB"),
        ([zipped("a/app/main.py", "b/app/main.py")], "several folders, such as a and b"),
        ([zipped(*(f"app/{number}.py" for number in range(1001)))], "more than 1000 files"),
        ([zipped(*(f"x/{number}" for number in range(5001)))], "more than 1000 files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_uploads_are_refused(week, uploaded, told):
    """What is no set of files within the limits is refused with one sentence."""
    for _, file in uploaded:
        file.seek(0)
    with pytest.raises(NotAccepted, match=told):
        handed_files(uploaded, week)


def test_encrypted_and_broken_zips_are_refused(week):
    """A ZIP with a password, one whose content is damaged, and one with a file that has no name are refused."""
    _, file = zipped(("app/main.py", "print(1)\n" * 99))
    content = bytearray(file.getvalue())
    locked = bytearray(content)
    locked[content.find(b"PK\x01\x02") + 8] |= 1
    content[len("app/main.py") + 34] ^= 0xFF
    nameless = zipped("Q")[1].getvalue().replace(b"Q", b"\0")
    broken = "is not a readable ZIP file"

    for data, told in ((locked, "has a password"), (content, broken), (nameless, broken)):
        with pytest.raises(NotAccepted, match=told):
            handed_files([("work.zip", io.BytesIO(bytes(data)))], week)


def shown(repository, *words):
    """Return what git says of a repository."""
    return git("--git-dir", str(repository.path), *words)


def test_upload_is_a_push_of_the_students(room, joined):
    """An upload becomes a commit with the student as author, a receipt and a notice, as a push does; others stay."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    repository = room.repository("week1-tiny", "ada")
    before = repository.tip()
    page = ada.submit_files(PATH, ("app/main.py", b"app = 1\n"), ("README.md", b""), ("notes.md", b"mine")).text

    assert "Handed in: 1 file, commit" in page
    assert "Left out, because they are not graded this week: notes.md." in page
    tip = repository.tip()
    author = shown(repository, "log", "-1", "--format=%P %an %ae %s")
    assert author == f"{before} Ada Lovelace ada Hand in 1 file on the web"
    assert shown(repository, "show", f"{tip}:app/main.py") == "app = 1"
    assert shown(repository, "show", f"{tip}:app/given.py") == shown(repository, "show", f"{before}:app/given.py")
    assert repository.pushes()[-1].commit == tip
    (notice,) = (room.state_dir / "inbox").iterdir()
    assert notice.read_text().split()[:3] == ["week1-tiny", "week1-tiny-ada.git", tip]
    assert "Checking your last push" in page


def test_nothing_new_is_said(room, joined):
    """The same files again make no commit, and the page says so."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    ada.submit_files(PATH, zipped(("app/main.py", "app = 1\n")))
    tip = room.repository("week1-tiny", "ada").tip()
    page = ada.submit_files(PATH, zipped(("app/main.py", "app = 1\n"))).text

    assert "Nothing has changed" in page
    assert room.repository("week1-tiny", "ada").tip() == tip


def test_refused_upload_changes_nothing(room, joined):
    """A refused upload is explained on the page, and what is in its name stays text."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    tip = room.repository("week1-tiny", "ada").tip()
    response = ada.submit_files(PATH, ("app/<script>alert(1)</script>.py", b"x"))

    assert (response.status_code, "does not work on every computer" in response.text) == (422, True)
    assert "<script>alert" not in response.text
    assert room.repository("week1-tiny", "ada").tip() == tip
    assert list(room.state_dir.glob("classroom-commit-*")) == []


def test_closed_week_takes_nothing(room, joined):
    """After the closing time the hook rejects an upload as it does a push, and the page has no form."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    (room.folder / "week1-tiny/.closes").write_text("1000000000 2001-09-09 03:46 (UTC)\n")
    response = ada.submit_files(PATH, ("app/main.py", b"late"))

    assert "This assignment has been closed since 2001-09-09" in response.text
    assert "you can no longer hand anything in" in response.text


def test_large_or_anonymous_uploads_are_not_read(anonymous, joined):
    """Who has not signed in uploads nothing; nor does a form that is too large, or an upload above the limit."""
    anonymous.look("/")
    assert anonymous.submit_files(PATH, ("app/main.py", b"x")).status_code == 401
    ada = joined("ada")
    ada.look("/weeks/")

    assert ada.submit("/weeks/link", name="x" * 70_000).status_code == 413
    response = ada.submit_files(PATH, ("app/main.py", bytes(25_100_000)))
    assert (response.status_code, "25 MB" in response.text) == (413, True)


def test_too_many_files_are_refused_in_our_own_words(joined):
    """A folder with a virtual environment, which has more files than are read, is refused with what to do."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    response = ada.submit_files(PATH, *((f"w/.venv/{number}.py", b"x") for number in range(2001)))

    assert (response.status_code, "without a virtual environment" in response.text) == (400, True)


def test_files_can_be_deleted(room):
    """With `cleared`, what is not among the files is gone afterwards; the history has it."""
    repository = room.repository("week1-tiny", "ada")
    StudentCommit(ADA, "One", {"app/main.py": b"", "app/a b/ü.py": b"\0\n"}, ["app"]).push(repository, room.state_dir)

    names = shown(repository, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main", "app")
    assert names.splitlines() == ["app/a b/ü.py", "app/main.py"]
    assert shown(repository, "log", "-1", "--format=%an %ae") == "Ada Lovelace ada@example.org"


def test_nothing_is_lost_at_the_same_moment(room):
    """Uploads and pushes at the same moment all end up in the history, whichever is first."""
    repository, start = room.repository("week1-tiny", "ada"), threading.Barrier(4)

    def upload(number):
        start.wait()
        commit = StudentCommit(ADA, f"Upload {number}", {f"app/{number}.py": b"x"})
        return commit.push(repository, room.state_dir)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(upload, range(4)))

    assert None not in made
    names = shown(repository, "ls-tree", "--name-only", "main", "app/").splitlines()
    assert {f"app/{number}.py" for number in range(4)} <= set(names)
    assert {push.commit for push in repository.pushes()} >= set(made)


def test_broken_hook_is_not_the_students_fault(room):
    """An error of ours is not shown as a rejected push."""
    repository = room.repository("week1-tiny", "ada")
    (repository.path / "hooks/pre-receive").write_text("#!/bin/sh\nexit 1\n")

    with pytest.raises(Exception, match="git says") as error:
        StudentCommit(ADA, "One", {"app/x.py": b""}).push(repository, room.state_dir)
    assert not isinstance(error.value, Rejected)


def test_full_disk_is_said(room, joined, monkeypatch):
    """While the disk is full an upload is refused without details of the server, and nothing changes."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    tip = room.repository("week1-tiny", "ada").tip()
    full = Mock(side_effect=OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(room.folder)))
    monkeypatch.setattr("classroom.instructor.classrooms.student_commit.ScratchDir", full)
    response = ada.submit_files(PATH, ("app/main.py", b"x"))

    assert (response.status_code, str(room.folder) in response.text) == (503, False)
    assert room.repository("week1-tiny", "ada").tip() == tip
