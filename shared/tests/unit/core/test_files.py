"""Files that are written at once, and folders that a command fills."""

import tempfile

import pytest
from classroom.core.errors import UsageError
from classroom.core.files import claim_folder, write_atomic


def test_file_that_may_not_be_written_is_named(tmp_path, monkeypatch):
    """An error names the file that was to be written, and not the temporary one."""

    def denied(**_):
        raise PermissionError(13, "Permission denied", str(tmp_path / ".page.html-abc"))

    monkeypatch.setattr(tempfile, "mkstemp", denied)

    with pytest.raises(PermissionError) as caught:
        write_atomic(tmp_path / "page.html", "text")

    assert caught.value.filename == str(tmp_path / "page.html")


def test_folder_in_the_way_of_a_file_is_named(tmp_path):
    """If a folder has the name of the file, the error names it, not a temporary file."""
    with pytest.raises(IsADirectoryError) as caught:
        write_atomic(tmp_path, "text")

    assert (caught.value.filename, caught.value.filename2) == (str(tmp_path), None)


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
