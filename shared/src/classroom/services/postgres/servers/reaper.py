"""Reaper of a shared server: waits until no process uses the server anymore, then stops it.

It is its own process (`python -m classroom.services.postgres.servers.reaper FOLDER`), because the last process that
used the server may have crashed. It sleeps in the kernel, waiting for the lock that every user shares and that the system
releases when a process ends. FOLDER/stop.json says how to stop the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from classroom.core.locks import Lock

STOP_SECONDS = 60
LOCK = "guard.lock"  # the name that earlier versions use, whose reapers may still be running
TRIES, PAUSE = 20, 0.05  # seconds


def needs_reaper(folder: Path) -> bool:
    """Return whether no reaper is running."""
    post = Lock(folder / LOCK)
    try:
        return post.attempt()
    finally:
        post.close()


def start_reaper(folder: Path) -> None:
    """Start a reaper unless there is one; it outlives this process."""
    if not needs_reaper(folder):
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


def reap(folder: Path) -> None:
    """Wait for the last user to leave, and stop the server."""
    post = Lock(folder / LOCK)
    if not taken(post):
        return
    users = Lock(folder / "users.lock")
    users.wait()
    try:
        stop(folder)
    finally:
        # In this order: the next process that gets the users' lock must see that the reaper has gone.
        post.close()
        users.close()


def taken(post: Lock) -> bool:
    """Take the reaper's lock; return False if there is a reaper.

    A process that asks whether there is one holds the lock for a moment, so one attempt says too little.
    """
    for _ in range(TRIES):
        if post.attempt():
            return True
        time.sleep(PAUSE)
    return False


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
        remove_socket_dir(folder)
        note.unlink(missing_ok=True)


def remove_socket_dir(folder: Path) -> None:
    """Remove the folder of the server's socket if it is empty; it may be outside the server's home."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / "server.json").read_text(encoding="utf-8"))
        if folder_of_socket := found.get("door"):
            Path(folder_of_socket).rmdir()


if __name__ == "__main__":
    reap(Path(sys.argv[1]))
