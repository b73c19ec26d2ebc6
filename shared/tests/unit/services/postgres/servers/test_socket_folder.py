"""The folder of a server's Unix socket."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from classroom.services.postgres.servers.binaries import Programs
from classroom.services.postgres.servers.socket_folder import socket_folder

PROGRAMS = Programs(Path(), {})

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="There is no Unix socket on Windows.")


def test_folder_is_in_the_server_s_own_if_its_path_is_short(tmp_path, monkeypatch):
    """A path that a socket's address can hold is used; a longer one, or one with a comma, is replaced by one in /tmp."""
    monkeypatch.chdir(tmp_path)

    assert socket_folder(Path(), PROGRAMS) == "door"
    for name in ("x" * 90, "a,b"):
        folder = Path(socket_folder(tmp_path / name, PROGRAMS))
        assert (folder.parent, folder.stat().st_mode & 0o777) == (Path("/tmp"), 0o711)
        folder.rmdir()


@pytest.mark.parametrize(
    "way", [Path.touch, lambda path: path.symlink_to("/"), lambda path: path.symlink_to("/nowhere")]
)
def test_what_is_in_the_way_is_not_used(tmp_path, way):
    """Whatever somebody else has put at the folder's name in /tmp is left alone, and another folder is made."""
    wanted = Path(socket_folder(tmp_path / ("x" * 90), PROGRAMS))
    wanted.rmdir()
    way(wanted)
    try:
        found = Path(socket_folder(tmp_path / ("x" * 90), PROGRAMS))
    finally:
        wanted.unlink()

    assert found != wanted
    found.rmdir()
