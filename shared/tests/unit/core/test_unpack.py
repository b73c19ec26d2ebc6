"""Unpacking a commit within limits."""

import subprocess

import pytest
from classroom.core import unpack
from classroom.core.errors import ClassroomError
from classroom.core.git_history import History

GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@x", "-c", "core.autocrlf=false")


@pytest.fixture
def commit(tmp_path):
    """A function that commits files, the value being the content, and unpacks the commit; it returns the notes."""
    home = tmp_path / "handed in"

    def make(limit=1_000_000, **files):
        home.mkdir()
        for name, content in files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
            subprocess.run([*GIT, *words], cwd=home, check=True)
        history = History.at(home)
        return unpack.unpack(history, history.commit().name, tmp_path / "out", limit)

    return make


def written(tmp_path):
    """The files that were written, with their contents."""
    out = tmp_path / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_files_are_written_as_they_were_committed(commit, tmp_path):
    """Each file has its content, even if it is empty, in a folder or without a line break."""
    files = {"a": b"", "b/c/d.py": b"x = 1\n", "e": b"\0\r\n\xff"}

    assert commit(**files) == []
    assert written(tmp_path) == files


def test_kit_that_was_handed_out_is_left_out(commit, tmp_path):
    """The course's own files, which are never graded, are not written; a folder of the student's with that name is."""
    notes = commit(**{"app/main.py": b"x", "app/kit/a.py": b"y", "kit/pyproject.toml": b"", "kit/src/b.py": b"z"})

    assert notes == []
    assert written(tmp_path) == {"app/main.py": b"x", "app/kit/a.py": b"y"}


def test_folder_that_is_only_called_kit_is_written(commit, tmp_path):
    """A student may have a folder with that name."""
    assert commit(**{"kit/parts.py": b"x"}) == []
    assert written(tmp_path) == {"kit/parts.py": b"x"}


def test_large_file_is_ignored_with_its_size(commit, tmp_path):
    """A file over the limit is not written, and the note gives its size and the limit."""
    notes = commit(small=b"x", large=bytes(3_000_000), zero=b"z")

    assert notes == ["large was ignored: 3 MB, the limit is 1 MB"]
    assert written(tmp_path) == {"small": b"x", "zero": b"z"}


def test_long_path_is_ignored(commit, tmp_path):
    """A path that is too long for a system is not written."""
    name = "/".join(["f" * 100] * 11)

    assert commit(**{name: b"x"}) == [f"{name[:200]} was ignored: its path is too long"]
    assert written(tmp_path) == {}


def test_repository_that_is_too_large_is_cut(commit, tmp_path, monkeypatch):
    """After the limit for all files nothing is written anymore, and the note names the first ignored file."""
    monkeypatch.setattr(unpack, "MAX_UNPACKED", 15)

    notes = commit(first=b"x" * 10, second=b"x" * 10, third=b"x")

    assert notes == ["the repository is too large: second and all files after it were ignored"]
    assert list(written(tmp_path)) == ["first"]


def test_content_that_is_missing_is_told(commit, tmp_path):
    """A repository without the content of a file cannot be read, and the sentence names the file."""
    commit(kept=b"x", lost=b"of its own")
    history = History.at(tmp_path / "handed in")
    name = subprocess.run(
        [*GIT, "rev-parse", "HEAD:lost"], cwd=tmp_path / "handed in", capture_output=True, text=True, check=True
    ).stdout.strip()
    (tmp_path / "handed in/.git/objects" / name[:2] / name[2:]).unlink()

    with pytest.raises(ClassroomError, match=r"cannot be read at .*: the content of lost is missing"):
        unpack.unpack(history, history.commit().name, tmp_path / "again", 1_000_000)


def test_first_of_two_entries_with_one_name_counts(tmp_path):
    """A file is unchanged if a folder of the same name follows."""
    entries = [unpack.Entry("100644", "1" * 40, 1, "a"), unpack.Entry("100644", "2" * 40, 1, "a/b")]
    (tmp_path / "contents").write_bytes(b"".join(f"{entry.object} blob 1\nx\n".encode() for entry in entries))

    with (tmp_path / "contents").open("rb") as contents:
        for entry in entries:
            unpack._write(entry, contents, tmp_path / "out" / entry.path)

    assert written(tmp_path) == {"a": b"x"}
