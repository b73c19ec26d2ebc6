"""Unpacking an archive within limits."""

import io
import tarfile

from classroom.core import unpack


def archive(**files):
    """Return an archive with these files; the value is the content's length."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, size in files.items():
            member = tarfile.TarInfo(name)
            member.size = size
            tar.addfile(member, io.BytesIO(b"x" * size))
    data.seek(0)
    return tarfile.open(fileobj=data, mode="r|")


def test_large_file_is_ignored_with_its_size(tmp_path):
    """A file over the limit is not written, and the note says its size and the limit."""
    notes = unpack._extract(archive(small=10, large=3_000_000), tmp_path, 1_000_000, 100)

    assert notes == ["large was ignored: 3 MB, the limit is 1 MB"]
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_long_path_is_ignored(tmp_path):
    """A path that is too long for a system is not written."""
    name = "/".join(["f" * 100] * 11)

    notes = unpack._extract(archive(**{name: 1}), tmp_path, 1_000_000, 100)

    assert notes == [f"{name[:200]} was ignored: its path is too long"]


def test_no_more_files_are_written_than_the_tree_may_have(tmp_path):
    """After as many files as the budget of the tree allows, nothing is written any more."""
    assert unpack._extract(archive(first=10, second=10, third=1), tmp_path, 1_000_000, 1) == []

    assert [path.name for path in tmp_path.iterdir()] == ["first"]


def test_first_of_two_entries_with_one_name_counts(tmp_path):
    """A file where a folder of the same name follows stays what it is."""
    assert unpack._extract(archive(**{"a": 1, "a/b": 2}), tmp_path, 1_000_000, 100) == []
    assert (tmp_path / "a").read_bytes() == b"x"
