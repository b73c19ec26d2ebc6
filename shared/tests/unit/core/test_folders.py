"""Where files are kept, and the errors for folders that cannot be used."""

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest
from classroom.core import folders
from classroom.core.errors import CouldNotCheck, DiskFull


def test_cache_folder_of_root_is_outside_its_home(monkeypatch):
    """The database server of root runs under another account, which cannot enter root's home."""
    monkeypatch.delenv("CLASSROOM_CACHE", raising=False)
    monkeypatch.setattr(folders, "is_root", lambda: True)

    assert not folders.cache_folder().is_relative_to(Path.home())


def test_cache_folder_of_a_user_is_the_systems(monkeypatch, tmp_path):
    """A user's caches are where the system keeps them."""
    monkeypatch.delenv("CLASSROOM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(folders, "is_root", lambda: False)

    assert folders.cache_folder().name == "classroom"


@pytest.mark.parametrize(
    ("place", "number", "kind", "advice"),
    [
        ("cache", errno.ENOSPC, DiskFull, "free some space, or set CLASSROOM_CACHE to a folder on another disk"),
        ("cache", errno.EACCES, CouldNotCheck, "set CLASSROOM_CACHE to a folder that you can write to"),
        ("grades", errno.ENOSPC, DiskFull, "free some space, and run the command again"),
        ("grades", errno.EACCES, CouldNotCheck, "grades cannot be used: Permission denied.$"),
    ],
)
def test_unusable_folder_says_what_to_do(tmp_path, monkeypatch, place, number, kind, advice):
    """An error in a folder becomes a sentence with a way out, which only in the cache is CLASSROOM_CACHE."""
    monkeypatch.setenv("CLASSROOM_CACHE", str(tmp_path / "cache"))

    with pytest.raises(kind, match=advice), folders.explained(tmp_path / place):
        raise OSError(number, os.strerror(number))


def test_full_disk_is_found_in_a_failed_copy(tmp_path):
    """Copytree reports errors as strings, and a full disk among them is recognized."""
    failed = shutil.Error([("from", str(tmp_path / "to" / "file"), f"[Errno 28] {os.strerror(errno.ENOSPC)}")])

    assert str(tmp_path / "to") in str(folders.full_disk_of(failed))


def test_other_failed_copy_is_not_a_full_disk(tmp_path):
    """A copy that failed for another reason has nothing to do with the disk."""
    failed = shutil.Error([("from", str(tmp_path / "to"), f"[Errno 13] {os.strerror(errno.EACCES)}")])

    assert folders.full_disk_of(failed) is None


def test_missing_folder_has_no_limit(tmp_path):
    """A folder that does not exist has no limit of its own."""
    assert folders.room_left(tmp_path / "missing") == sys.maxsize
