"""Reaper of a shared server: waits until no process uses the server any more, then stops it.

It is a process of its own (`python -m classroom.services.postgres.servers.reaper FOLDER`), because whoever used the server last may
have crashed. It sleeps in the kernel, in a wait for the lock that every user shares, and that the system takes back
from the dead. How to stop the server stands in FOLDER/stop.json.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from classroom.core.locks import Lock

STOP_SECONDS = 60


def needs_guard(folder: Path) -> bool:
    """Tell whether no guard is at its post."""
    post = Lock(folder / "guard.lock")
    try:
        return post.attempt()
    finally:
        post.close()


def start_reaper(folder: Path) -> None:
    """Start a guard, unless there is one; it outlives this process."""
    if not needs_guard(folder):
        return
    detached: dict[str, int | bool] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    # -P: a file of the same name in the current folder must not be imported.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "classroom.services.postgres.servers.reaper", os.fspath(folder)],
        cwd=folder.anchor,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **detached,  # type: ignore[call-overload]
    )
    process.returncode = 0  # it is meant to go on, so Popen need not warn that it does


def stand_guard(folder: Path) -> None:
    """Wait for the last user to leave, and stop the server."""
    post = Lock(folder / "guard.lock")
    if not post.attempt():
        return
    users = Lock(folder / "users.lock")
    users.wait()
    try:
        stop(folder)
    finally:
        # In this order: whoever gets the users' lock next must see that the guard has gone.
        post.close()
        users.close()


def stop(folder: Path) -> None:
    """Stop the server of a folder, if one is noted there."""
    note = folder / "stop.json"
    with contextlib.suppress(FileNotFoundError):
        how = json.loads(note.read_text(encoding="utf-8"))
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):
            subprocess.run(
                how["command"],
                cwd=how["folder"],
                check=False,
                timeout=STOP_SECONDS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **how["account"],
            )
        remove_door(folder)
        note.unlink(missing_ok=True)


def remove_door(folder: Path) -> None:
    """Remove the folder of the server's socket if it is empty; it may be outside the server's home."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / "server.json").read_text(encoding="utf-8"))
        if found.get("door"):
            Path(found["door"]).rmdir()


if __name__ == "__main__":
    stand_guard(Path(sys.argv[1]))
