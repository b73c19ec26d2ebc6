"""Attacks by the form of a submission: repositories, names, trees. They act before anything of it runs."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom.core import student_files
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError
from classroom.core.inspection import Inspection
from classroom.core.open_folder import OpenFolder
from classroom.core.submission import fingerprint, materialize, submissions
from classroom.instructor.grading.deadline import resolve_deadline
from classroom.instructor.grading.similarity import similarities

GIT = [
    "git",
    "-c",
    "user.name=x",
    "-c",
    "user.email=x@example.org",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
]


@pytest.fixture
def week(tmp_path):
    """A week whose limit is one megabyte."""
    folder = tmp_path / "week0-target"
    (folder / "app").mkdir(parents=True)
    (folder / "assignment.toml").write_text(
        'title = "T"\nminutes = 1\n[limits]\nsize_mb = 1\n[[tasks]]\nnumber = 1\ntitle = "A"\npoints = 1\n'
    )
    return Assignment.load(folder)


@pytest.fixture
def handed(tmp_path):
    """A folder of one submission, with an app."""
    place = tmp_path / "all/mallory"
    (place / "app").mkdir(parents=True)
    (place / "app/main.py").write_text("app = 1\n")
    return place


def git(place, *words):
    """Run git in a repository."""
    return subprocess.run([*GIT, "-C", str(place), *words], check=True, capture_output=True, text=True).stdout.strip()


def graded(place, week, target):
    """Do everything that grading does with a submission before it runs."""
    one = submissions(place.parent, week)[0]
    return fingerprint(one, week), resolve_deadline(one).at, materialize(one, week, target)


def lay_trap(kind, handed, tmp_path):
    """Make the submission a repository whose settings make git run a program; return the file that it creates."""
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    program.chmod(0o755)
    (handed / ".gitattributes").write_text("*.py filter=x\n")
    git(handed, "init", "-q")
    git(handed, "add", ".")
    git(handed, "commit", "-q", "-m", "x")
    commit = git(handed, "rev-parse", "HEAD")
    settings = {
        "filter": {"filter.x.smudge": str(program)},
        "signature": {"log.showSignature": "true", "gpg.program": str(program)},
        "lazy_fetch_ext": {"remote.o.url": f"ext::{program}", "protocol.ext.allow": "always"},
        "lazy_fetch_ssh": {
            "remote.o.url": "ssh://x/y",
            "core.sshCommand": str(program),
            "protocol.ssh.allow": "always",
        },
        "monitor": {"core.fsmonitor": str(program)},
        "hooks": {"core.hooksPath": str(tmp_path)},
    }
    for name, value in settings[kind].items():
        git(handed, "config", name, value)
    if kind == "signature":
        text = git(handed, "cat-file", "commit", commit) + "\n"
        signed = text.replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----\n\n", 1)
        made = subprocess.run(
            [*GIT, "-C", str(handed), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
            input=signed, text=True, capture_output=True, check=True,
        )  # fmt: skip
        git(handed, "update-ref", "HEAD", made.stdout.strip())
    if kind.startswith("lazy"):
        for name, value in {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "o",
            "remote.o.promisor": "true",
        }.items():
            git(handed, "config", name, value)
        shutil.rmtree(handed / ".git/objects" / commit[:2])
    return marker


TRAPS = ["signature", "lazy_fetch_ext", "lazy_fetch_ssh", "filter"]


def made_bare(handed, tmp_path):
    """The same repository, handed in as a folder together with its settings."""
    bare = tmp_path / "bare" / "mallory.git"
    bare.parent.mkdir()
    shutil.copytree(handed / ".git", bare)
    git(bare, "config", "core.bare", "true")
    return bare


@pytest.mark.parametrize("kind", [*TRAPS, "monitor", "hooks"])
def test_repositorys_settings_run_no_program(kind, week, handed, tmp_path):
    """A repository's settings name programs for git to run; reading the repository runs none of them."""
    marker = lay_trap(kind, handed, tmp_path)

    graded(handed, week, tmp_path / "target")
    with contextlib.suppress(ClassroomError):  # a repository whose objects are missing cannot be read
        graded(made_bare(handed, tmp_path), week, tmp_path / "target of the bare one")

    assert not marker.exists()


@pytest.mark.parametrize("kind", TRAPS)
def test_same_settings_run_a_program_for_who_trusts_them(kind, week, handed, tmp_path):
    """If git is called in the same repository without our precautions, its program runs."""
    marker = lay_trap(kind, handed, tmp_path)
    words = ["archive", "HEAD"] if kind == "filter" else ["show", "-s", "HEAD"]

    subprocess.run(["git", "-c", "safe.directory=*", "-C", str(handed), *words], capture_output=True, check=False)

    assert marker.exists()


def link_to_neighbor(kind, place, neighbor):
    """Make a folder that git accepts as a repository, and that takes its contents from another student's."""
    for name in ("objects/info", "refs/heads"):
        (place / name).mkdir(parents=True)
    (place / "HEAD").write_text("ref: refs/heads/main\n")
    commit = git(neighbor, "rev-parse", "HEAD")
    if kind == "common folder":
        (place / "commondir").write_text(f"{neighbor}\n")
    elif kind == "linked branch":
        (place / "refs/heads/main").symlink_to(neighbor / "refs/heads/main")
        (place / "objects/info/alternates").write_text(f"{neighbor}/objects\n")
    elif kind == "alternates":
        (place / "refs/heads/main").write_text(f"{commit}\n")
        (place / "objects/info/alternates").write_text(f"{neighbor}/objects\n")
    elif kind == "linked objects":
        shutil.rmtree(place / "objects")
        (place / "objects").symlink_to(neighbor / "objects")
        (place / "refs/heads/main").write_text(f"{commit}\n")

    elif kind in ("linked loose folders", "linked loose objects"):
        for folder in (path for path in (neighbor / "objects").iterdir() if len(path.name) == 2):
            if kind == "linked loose folders":
                (place / "objects" / folder.name).symlink_to(folder)
                continue
            (place / "objects" / folder.name).mkdir()
            for file in folder.iterdir():
                (place / "objects" / folder.name / file.name).symlink_to(file)
        (place / "refs/heads/main").write_text(f"{commit}\n")
    elif kind == "linked packs":
        git(neighbor, "repack", "-a", "-d", "-q")
        (place / "objects/pack").mkdir()
        for file in (neighbor / "objects/pack").iterdir():
            (place / "objects/pack" / file.name).symlink_to(file)
        (place / "refs/heads/main").write_text(f"{commit}\n")


BORROWING = (
    *("common folder", "linked branch", "alternates", "linked objects"),
    *("linked loose folders", "linked loose objects", "linked packs"),
)


@pytest.mark.parametrize("kind", BORROWING)
def test_repository_that_borrows_from_a_neighbor_gets_nothing(kind, week, handed, tmp_path):
    """A repository that points to another student's commits is unpacked as empty, with a note; git would follow it."""
    git(handed, "init", "-q")
    git(handed, "add", ".")
    git(handed, "commit", "-q", "-m", "x")
    thief = tmp_path / "bare/thief.git"
    link_to_neighbor(kind, thief, handed / ".git")

    _, when, notes = graded(thief, week, tmp_path / "target")

    assert "app/main.py" in git(thief, "-c", "safe.directory=*", "ls-tree", "-r", "--name-only", "HEAD")
    assert (when, [*(tmp_path / "target").rglob("*.py")]) == (None, [])
    assert notes == ["nothing was graded: the repository is incomplete, because it borrows objects from another one"]


def test_pipe_among_the_objects_keeps_nobody_waiting(week, handed, tmp_path):
    """A repository with a named pipe in place of an object is not read: git would wait for a writer forever."""
    git(handed, "init", "-q")
    git(handed, "add", ".")
    git(handed, "commit", "-q", "-m", "x")
    commit = git(handed, "rev-parse", "HEAD")
    bare = tmp_path / "bare/mallory.git"
    bare.parent.mkdir()
    shutil.copytree(handed / ".git", bare)
    (bare / "objects" / commit[:2] / commit[2:]).unlink()
    os.mkfifo(bare / "objects" / commit[:2] / commit[2:])

    _, when, notes = graded(bare, week, tmp_path / "target")

    assert (when, notes[0].split(":")[0]) == (None, "nothing was graded")


def test_file_that_names_a_neighbors_repository_names_nothing(week, handed, tmp_path):
    """A `.git` file that points git to another repository is not accepted as the submission's repository."""
    neighbor = tmp_path / "neighbor"
    shutil.copytree(handed, neighbor)
    git(neighbor, "init", "-q")
    git(neighbor, "add", ".")
    git(neighbor, "commit", "-q", "-m", "x")
    (handed / ".git").write_text(f"gitdir: {neighbor}/.git\n")

    assert git(handed, "rev-parse", "HEAD")
    assert submissions(handed.parent, week)[0].commit is None


def test_repository_of_gigabytes_is_not_unpacked(week, handed, tmp_path):
    """A file that is small in a repository and huge once unpacked never reaches the disk."""
    (handed / "app/zeros").write_bytes(bytes(30_000_000))
    (handed / "zeros").write_bytes(bytes(30_000_000))
    git(handed, "init", "-q")
    git(handed, "add", ".")
    git(handed, "commit", "-q", "-m", "x")
    bare = tmp_path / "bare/mallory.git"
    subprocess.run([*GIT, "clone", "-q", "--bare", str(handed), str(bare)], check=True, capture_output=True)

    _, _, notes = graded(bare, week, tmp_path / "target")

    assert sorted(path.name for path in (tmp_path / "target/app").iterdir()) == ["main.py"]
    assert [note for note in notes if note.startswith("app/zeros was ignored: 30 MB")]


def store(place, kind, content):
    """Write an object into a repository, even one that git would reject; return its name."""
    words = ["hash-object", "-t", kind, "-w", "--stdin", "--literally"]
    made = subprocess.run([*GIT, "-C", str(place), *words], input=content, capture_output=True, check=True)
    return made.stdout.strip().decode()


def store_tree(place, *entries):
    """Write a tree into a repository; an entry is a mode, a name and an object."""
    lines = [f"{mode} {name}".encode() + b"\0" + bytes.fromhex(found) for mode, name, found in entries]
    return store(place, "tree", b"".join(lines))


@pytest.mark.parametrize("levels", [0, 16], ids=["one link", "links longer than any path"])
def test_no_file_is_written_through_a_link(levels, week, tmp_path):
    """A name that is both a link and a folder writes no file outside the folder it is unpacked to, however spelled."""
    place = tmp_path / "bare/mallory.git"
    subprocess.run([*GIT, "init", "-q", "--bare", str(place)], check=True, capture_output=True)
    file = store(place, "blob", b"app = 1\n")
    app = store_tree(place, ("100644", "main.py", file))
    folder = store_tree(place, ("100644", "f", file))
    # Each level is short to say and long to resolve: beyond the longest path that a system takes, a link looks like none.
    level = [("120000", "l" * 250, store(place, "blob", b"../" * levels + b"."))]
    link = store(place, "blob", b"0" * 247)
    for _ in range(levels):
        below = store_tree(place, *level)
        level = [("40000", "0" * 247, folder), ("120000", "a", link), ("40000", "a", below)]
    out = store(place, "blob", b"a/" * levels + b"l" * 250 + b"/..")
    level += [("120000", "escape", out), ("40000", "escape", store_tree(place, ("100644", "escaped", file)))]
    top = store_tree(place, ("40000", "app", app), *level)
    git(place, "update-ref", "refs/heads/main", git(place, "commit-tree", top, "-m", "x"))

    graded(place, week, tmp_path / "in here/target")

    assert [path.name for path in tmp_path.rglob("escaped")] == []
    assert (tmp_path / "in here/target/app/main.py").exists()


def bare_of(tmp_path, *entries):
    """Make a bare repository with one commit of app/main.py and these entries of app/, each created by a function."""
    place = tmp_path / "bare/mallory.git"
    subprocess.run([*GIT, "init", "-q", "--bare", str(place)], check=True, capture_output=True)
    main = store(place, "blob", b"app = 1\n")
    app = store_tree(place, ("100644", "main.py", main), *(("40000", name, made(place)) for name, made in entries))
    git(
        place,
        "update-ref",
        "refs/heads/main",
        git(place, "commit-tree", store_tree(place, ("40000", "app", app)), "-m", "x"),
    )
    return place


def bomb(place, bottom):
    """Return a tree of 10^11 entries that all end in the same file."""
    for _ in range(11):
        bottom = store_tree(place, *(("40000", f"d{number}", bottom) for number in range(10)))
    return bottom


def of_files(place):
    """Return a tree with 10^11 files."""
    return bomb(place, store_tree(place, ("100644", "f", store(place, "blob", b"x"))))


def of_nothing(place):
    """Return a tree with 10^11 empty folders."""
    return bomb(place, store_tree(place))


def nested(place):
    """Return a tree as deep as git accepts."""
    bottom = store_tree(place, ("100644", "f", store(place, "blob", b"x")))
    for _ in range(1000):
        bottom = store_tree(place, ("40000", "d", bottom))
    return bottom


def of_gigabytes(place):
    """Return a tree that holds one file of a megabyte two thousand times."""
    file = store(place, "blob", bytes(1_000_000))
    return store_tree(place, *(("100644", f"{number:04}", file) for number in range(2000)))


@pytest.mark.parametrize("made", [of_files, of_nothing, nested, of_gigabytes])
def test_tree_beyond_any_size_is_cut_off_before_it_is_unpacked(made, week, tmp_path):
    """A push of a few kilobytes that would unpack to more than any disk holds is cut off, with a note."""
    place = bare_of(tmp_path, ("z", made))

    _, _, notes = graded(place, week, tmp_path / "target")

    assert [note for note in notes if note.startswith("the repository is too large: app/z/")]
    assert (tmp_path / "target/app/main.py").is_file()


def test_bomb_is_compared_with_nothing(week, tmp_path):
    """The comparison of submissions, which unpacks them again, obeys the same limits."""
    place = bare_of(tmp_path, ("z", of_files))

    assert similarities(submissions(place.parent, week), week, tmp_path).pairs == ()


def test_copy_in_files_of_another_ending_is_compared(tmp_path):
    """A solution in .bin files, which one-line programs run by exec, is in a group with the one that it is copied from."""
    week = Assignment.load(Path(__file__).resolve().parents[3] / "week4-sqlalchemy-orm")
    shutil.copytree(week.folder / "grading/solution", tmp_path / "all/ada")
    shutil.copytree(week.folder / "grading/solution", tmp_path / "all/eve")
    for path in [path for path in (tmp_path / "all/eve").rglob("*.py") if path.stat().st_size]:
        path.rename(path.with_suffix(".bin"))
        path.write_text(f"exec(compile(open({path.with_suffix('.bin').name!r}).read(), 'app', 'exec'))\n")

    (group,) = similarities(submissions(tmp_path / "all", week), week, tmp_path).groups

    assert group.names == ("ada", "eve")


def test_commit_without_one_of_its_files_cannot_be_read(week, tmp_path):
    """A repository with a missing object is not graded as if the rest were everything."""
    place = bare_of(tmp_path, ("z", lambda place: store_tree(place, ("100644", "gone", "1" * 40))))

    with pytest.raises(ClassroomError, match="cannot be read at"):
        graded(place, week, tmp_path / "target")


def test_attributes_of_a_commit_leave_nothing_out(week, handed, tmp_path):
    """A file that a commit's attributes exclude from archives is graded and compared like any other."""
    (handed / ".gitattributes").write_text("hidden.py export-ignore\n")
    (handed / "app/hidden.py").write_text("x = 1\n")
    git(handed, "init", "-q")
    git(handed, "add", ".")
    git(handed, "commit", "-q", "-m", "x")
    bare = tmp_path / "bare/mallory.git"
    subprocess.run([*GIT, "clone", "-q", "--bare", str(handed), str(bare)], check=True, capture_output=True)

    graded(bare, week, tmp_path / "target")

    assert (tmp_path / "target/app/hidden.py").is_file()


def test_tree_too_deep_to_walk_is_passed_over(week, handed, tmp_path):
    """A thousand nested folders do not crash the code that walks through them."""
    place = str(handed / "app")
    here = os.open(place, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        _, _, notes = graded(handed, week, tmp_path / "target")
    finally:
        subprocess.run(["rm", "-rf", place], check=True)

    assert (tmp_path / "target/app/main.py").is_file()
    assert len(notes) == 1


def test_path_too_long_is_passed_over(week, handed, tmp_path):
    """A file whose path is too long for the grader's folder in front of it is ignored, with a note."""
    deep = handed.joinpath("app", *["d" * 200] * 6)
    deep.mkdir(parents=True)
    (deep / "x.py").write_text("")

    _, _, notes = graded(handed, week, tmp_path / "target")

    assert [note for note in notes if note.endswith("its path is too long")]


def test_thousands_of_links_are_not_told_one_by_one(week, handed, tmp_path):
    """More files of any kind than a person would write are cut off, with one note."""
    for number in range(6_000):
        (handed / "app" / f"link{number}").symlink_to("/etc/passwd")

    _, _, notes = graded(handed, week, tmp_path / "target")

    assert len(notes) <= 5_001
    assert [note for note in notes if "more than 5000 files" in note]


@pytest.mark.skipif(os.name != "posix", reason="There every name is text.")
def test_names_that_are_no_text_are_spelled_out(week, handed, tmp_path):
    """Folders and files whose names are not UTF-8 are graded under a name that any system can write."""
    odd = os.fsdecode(b"\xff\xfe")
    renamed = handed.rename(handed.with_name(f"mallory{odd}"))
    (renamed / "app" / f"{odd}.bin").write_bytes(bytes(2_000_000))

    _, _, notes = graded(renamed, week, tmp_path / "target")

    assert submissions(renamed.parent, week)[0].name == "mallory\\udcff\\udcfe"
    "".join(notes).encode("utf-8")


def on_first_file(monkeypatch, name, change):
    """Make a change as soon as this file of a submission was read."""
    inspect = Inspection.inspect

    def inspect_and_change(inspection, found, data):
        inspect(inspection, found, data)
        if found == name:
            change()

    monkeypatch.setattr(Inspection, "inspect", inspect_and_change)


def lay_folder(handed, tmp_path):
    """Hand in app/d with two files, and create a folder of the instructor with a file of the same name."""
    for folder, text in ((handed / "app/d", "mine"), (tmp_path / "secret", "SECRET")):
        folder.mkdir()
        (folder / "0first").write_text(text)
        (folder / "shadow").write_text(text)
    return handed / "app/d"


@pytest.mark.parametrize("what", ["folder", "parent"])
def test_folder_swapped_while_it_is_read_shows_nothing_else(what, week, handed, tmp_path, monkeypatch):
    """If a folder, or its parent, is replaced by a link while its files are read, no other file is read."""
    folder = lay_folder(handed, tmp_path)
    top = folder if what == "folder" else folder.parent
    if what == "parent":
        shutil.copytree(tmp_path / "secret", tmp_path / "secret parent/d")

    def swap():
        top.rename(tmp_path / "away")
        top.symlink_to(tmp_path / ("secret" if what == "folder" else "secret parent"))

    on_first_file(monkeypatch, "app/d/0first", swap)

    graded(handed, week, tmp_path / "target")

    assert [path for path in (tmp_path / "target").rglob("*") if path.is_file() and "SECRET" in path.read_text()] == []


def test_file_that_vanishes_while_it_is_read_is_a_note(week, handed, tmp_path, monkeypatch):
    """If an editor removes a file during grading, only that file is lost."""
    folder = lay_folder(handed, tmp_path)
    on_first_file(monkeypatch, "app/d/0first", (folder / "shadow").unlink)

    _, _, notes = graded(handed, week, tmp_path / "target")

    assert "app/d/shadow was ignored: it changed while it was being read" in notes
    assert (tmp_path / "target/app/main.py").is_file()


def test_submission_that_vanishes_is_its_own_trouble(week, handed, tmp_path, monkeypatch):
    """A submission that is removed after it was found cannot be graded, but still has a fingerprint."""
    one = submissions(handed.parent, week)[0]
    shutil.rmtree(handed)

    assert fingerprint(one, week)
    with pytest.raises(ClassroomError, match="cannot be read"):
        materialize(one, week, tmp_path / "target")


def test_gigabytes_of_sparse_files_are_not_read(week, handed, monkeypatch):
    """Sparse files are read up to the limit for all files together, not up to the limit each."""
    for number in range(400):
        with (handed / f"app/{number:03}").open("wb") as file:
            file.truncate(900_000)
    sizes = []
    read = OpenFolder.read
    monkeypatch.setattr(OpenFolder, "read", lambda folder, name, size: sizes.append(size) or read(folder, name, size))

    fingerprint(submissions(handed.parent, week)[0], week)

    assert 0 < sum(sizes) <= 1_000_000


def test_more_names_than_anybody_writes_are_not_listed(week, handed, tmp_path, monkeypatch):
    """Folders and compiled files, which are not part of a submission, still count toward the limit."""
    monkeypatch.setattr(student_files, "MAX_ENTRIES", 100)
    for number in range(200):
        (handed / f"app/d{number:03}/e").mkdir(parents=True)

    _, _, notes = graded(handed, week, tmp_path / "target")

    assert notes == [f"{notes[0].split()[0]} was ignored: it is one of more than 100 files and folders"]


ORDINARY = """
import sys
from pathlib import Path
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError
from classroom.core.submission import fingerprint, materialize, submissions
from classroom.instructor.grading.deadline import resolve_deadline
folder, week, target = sys.argv[1:]
week = Assignment.load(Path(week))
for one in submissions(Path(folder), week):
    assert fingerprint(one, week)
    try:
        resolve_deadline(one)
        print(one.name, materialize(one, week, Path(target, one.name)))
    except ClassroomError as error:
        print(one.name, "could not be graded:", error)
"""


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX systems")
@pytest.mark.parametrize("part", ["", ".git", ".git/objects", ".git/refs", ".git/HEAD", "app", "app/d"])
def test_what_cannot_be_read_is_the_submissions_own_trouble(part, week, handed, tmp_path):
    """A folder without permissions, anywhere in a submission, does not keep an ordinary account from reading the rest."""
    (handed / "app/d").mkdir()
    git(handed, "init", "-q")
    git(handed, "add", ".")
    git(handed, "commit", "-q", "-m", "x")
    shutil.copytree(handed, handed.with_name("anna"))
    rights = "-dac_override,-dac_read_search"
    limited = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"] if os.geteuid() == 0 else []
    if limited and not shutil.which(limited[0]):
        pytest.skip("setpriv is not installed")
    (handed / part).chmod(0)
    try:
        argv = [*limited, sys.executable, "-c", ORDINARY, handed.parent, week.folder, tmp_path / "target"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    finally:
        (handed / part).chmod(0o755)

    anna, mallory = done.stdout.splitlines() or [done.stderr, ""]
    assert (anna.split()[0], mallory.split()[0]) == ("anna", "mallory")
    assert (tmp_path / "target/anna/app/main.py").is_file()
