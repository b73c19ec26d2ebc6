"""Open folders: a swap during reading leads nowhere else, with handles and without."""

import os

import pytest
from classroom.core import open_folder
from classroom.core.open_folder import OpenFolder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes are made as on POSIX systems")


@pytest.fixture(params=[True, False], ids=["handles", "paths"])
def place(request, monkeypatch, tmp_path):
    """A folder with a file and a folder, and next to it a secret one; read with handles, or as on Windows."""
    monkeypatch.setattr(open_folder, "HANDLES", request.param)
    for folder, text in (("place", "mine"), ("secret", "SECRET")):
        (tmp_path / folder / "d").mkdir(parents=True)
        (tmp_path / folder / "file").write_text(text)
        (tmp_path / folder / "d/file").write_text(text)
    return tmp_path / "place"


def swap(path, target):
    """Replace a file or folder by a link."""
    path.rename(path.with_name(f"{path.name} away"))
    path.symlink_to(target)


def test_folder_is_read(place):
    """Names, kinds and contents of what is in a folder are returned."""
    with OpenFolder(place) as folder, folder.folder("d") as below:
        assert folder.entries(10) == [("d", True), ("file", False)]
        assert (folder.read("file", 4), below.read("file", 4)) == (b"mine", b"mine")


def test_link_in_the_place_of_the_folder_is_refused(place):
    """A folder that is a link is opened only where that is asked for."""
    swap(place, place.parent / "secret")

    with pytest.raises(OSError, match=r".+"):
        OpenFolder(place)
    with OpenFolder(place, follow=True) as folder:
        assert folder.read("file", 6) == b"SECRET"


@pytest.mark.parametrize("name", ["file", "d"])
def test_name_swapped_for_a_link_is_refused(place, name):
    """A file or a folder that has become a link is not read."""
    with OpenFolder(place) as folder:
        swap(place / name, place.parent / "secret" / name)

        with pytest.raises(OSError, match=r".+"):
            folder.read(name, 6) if name == "file" else folder.folder(name)


def test_folder_swapped_after_it_was_opened_shows_no_other(place):
    """The file of an open folder is its own or none, never that of the folder which a link in its place leads to."""
    with OpenFolder(place) as folder, folder.folder("d") as below:
        swap(place / "d", place.parent / "secret/d")
        try:
            found = below.read("file", 4)
        except OSError:
            found = b"mine"

    assert found == b"mine"


def test_pipe_in_the_place_of_a_file_does_not_block(place):
    """A named pipe is refused, even where it replaced a file a moment ago."""
    os.mkfifo(place / "pipe")

    with OpenFolder(place) as folder, pytest.raises(OSError, match=r".+"):
        folder.read("pipe", 4)


@pytest.mark.parametrize("size", [3, 5])
def test_file_of_another_size_is_refused(place, size):
    """A file that grew or shrank since its size was looked up is not read as if nothing had happened."""
    with OpenFolder(place) as folder, pytest.raises(OSError, match=r".+"):
        folder.read("file", size)
