"""Folders that a command fills."""

import pytest
from classroom.core.errors import UsageError
from classroom.core.files import claim_folder


def test_claimed_folder_can_be_claimed_again(tmp_path):
    """The same command may fill its folder again."""
    claim_folder(tmp_path / "new", "collected")
    (tmp_path / "new" / "file").touch()

    claim_folder(tmp_path / "new", "collected")


def test_folder_of_something_else_is_refused(tmp_path):
    """A folder with other files is not overwritten."""
    (tmp_path / "mine.txt").touch()

    with pytest.raises(
        UsageError, match="contains something else: --to needs a new folder, or one that was fetched to"
    ):
        claim_folder(tmp_path, "fetched")


def test_file_is_refused(tmp_path):
    """A file cannot be filled."""
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="file is a file: --to needs a folder"):
        claim_folder(tmp_path / "file", "collected")
