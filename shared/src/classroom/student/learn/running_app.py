"""The student's own app, started as `classroom run` starts it, with the last lines of its log."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.load import under_load
from classroom.core.ports import Ports, is_free, listens
from classroom.core.processes import clean_environment, end_tree, popen_for_lines
from classroom.core.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment

USUAL = Ports()
LINES, LINE_LENGTH = 300, 600
START_SECONDS, END_SECONDS = 25.0, 10.0
POLL_SECONDS = 0.05
PREFIX = re.compile(r"^ *[a-z]+\d* {2}")  # in the log of a whole system, the name of a part
UP = re.compile(r"Application startup complete")
SYSTEM_UP = re.compile(r"Open http://")
CONTROL_ROOM = re.compile(r"^Control room: (http://127\.0\.0\.1:\d+/[\w-]+/)$")
STARTING = re.compile(r"Started server process|Reloading\.\.\.")
BROKEN = re.compile(r"^Process SpawnProcess|Application startup failed|Error loading ASGI app")


class State(StrEnum):
    """What the app is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    BROKEN = "broken"  # the code does not start; it is started again at the next save


class Line(NamedTuple):
    """A line of the log, and whether it is about an error."""

    text: str
    is_error: bool


class RunningApp:
    """The app of one week.

    Args:
        assignment: the week.
        changed: called, in another thread, with `app` when the state has changed, and with `log` for the log.

    Attributes:
        state: what it is doing.
        port: where it is served.
        control_room: the address of its control room, if it runs and has one.
    """

    def __init__(self, assignment: Assignment, changed: Callable[[str], None]) -> None:
        self.assignment = assignment
        self.state = State.STOPPED
        self.port = USUAL.site
        self.control_room: str | None = None
        self._changed = changed
        self._log: deque[str] = deque(maxlen=LINES)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._up = SYSTEM_UP if "storage" in assignment.services else UP

    @property
    def lines(self) -> list[Line]:
        """Return the last lines of the log, sanitized."""
        found, in_traceback = [], False
        for text in list(self._log):
            own = self._own(text)
            in_traceback = in_traceback or own.startswith("Traceback (")
            found.append(Line(sanitize(text), is_error=in_traceback or own.startswith("ERROR")))
            in_traceback = in_traceback and (not own or own.startswith((" ", "Traceback (")))
        return found

    def _own(self, line: str) -> str:
        """Return a line of the log without the name of the part that has printed it."""
        several = self.assignment.apps or not self.reloads
        return PREFIX.sub("", line) if several else line

    @property
    def reloads(self) -> bool:
        """Return whether a save restarts the app."""
        return "storage" not in self.assignment.services

    def start(self) -> None:
        """Start the app, unless it is running."""
        with self._lock:
            if self._process and self._process.poll() is None:
                return
            ports = _free_ports(self.assignment)
            self.port = ports.site
            command = [sys.executable, "-P", "-m", "classroom", "run", str(self.assignment.folder)]
            command += ["--port", str(ports.site), "--storage-port", str(ports.storage), "--no-browser"]
            self._log.clear()
            self.state, self.control_room = State.STARTING, None
            self._process = popen_for_lines(command, self.assignment.folder, clean_environment())
            threading.Thread(target=self._listen, args=(self._process,), name="log", daemon=True).start()
        self._changed("app")
        self._changed("log")

    def ready(self) -> bool:
        """Start the app unless it is running, wait until it accepts requests, and return whether it does."""
        self.start()
        late = time.monotonic() + under_load(START_SECONDS)
        while self.state is State.STARTING and time.monotonic() < late:
            time.sleep(POLL_SECONDS)
        return self.state is State.RUNNING and listens(self.port)

    def stop(self) -> None:
        """Stop the app with everything it has started."""
        with self._lock:
            process = self._process
            if process is None:
                return
            if os.name == "posix" and process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(END_SECONDS)
            end_tree(process)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError), process.stdout:
            goes_on = False
            while text := process.stdout.readline(LINE_LENGTH + 1):  # a line may have no end
                self._take(text.rstrip("\r\n"), goes_on=goes_on)
                goes_on = not text.endswith("\n")
        process.wait()
        if process is self._process:
            self.state, self.control_room = State.STOPPED, None
            self._changed("app")

    def _take(self, line: str, *, goes_on: bool = False) -> None:
        """Take a line of the log; of a long one `goes_on` tells the parts that are not shown."""
        before, own = (self.state, self.control_room), self._own(line)
        if not goes_on:
            self._log.append(line if len(line) <= LINE_LENGTH else line[:LINE_LENGTH] + " …")
            self._changed("log")
        if self._up.search(own):
            self.state = State.RUNNING
        elif BROKEN.search(own):
            self.state = State.BROKEN
        elif self.reloads and STARTING.search(own):
            self.state = State.STARTING
        elif found := CONTROL_ROOM.search(line):
            self.control_room = found[1]
        if (self.state, self.control_room) != before:
            self._changed("app")


def _free_ports(assignment: Assignment) -> Ports:
    """Return the usual ports of the app and its storage, or others if they are in use."""
    # A whole system uses the two ports after its own, too.
    wanted = 3 if "storage" in assignment.services else len(assignment.modules)
    sites = (port for port in range(USUAL.site, USUAL.site + 200, 10) if all(map(is_free, range(port, port + wanted))))
    storages = (port for port in range(USUAL.storage, USUAL.storage + 20) if is_free(port))
    return Ports(next(sites, USUAL.site), next(storages, USUAL.storage))
