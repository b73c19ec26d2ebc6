"""Launcher that starts each app in a bubblewrap sandbox."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classroom.apps.forked import start_forked
from classroom.apps.inside.inner_walls import LOGS, NOBODY, SUBMISSION, counts_processes_by_namespace
from classroom.apps.inside.messages import ALL_APPS
from classroom.apps.sandbox import bubblewrap
from classroom.apps.sandbox.bubblewrap_process import BubblewrapProcess, ProcessGone
from classroom.apps.sandbox.layout import copy_app
from classroom.apps.sandbox.limits import CPU, CpuTime
from classroom.apps.sandbox.relay import Relay, rewrite_url
from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.endpoint import Endpoint
    from classroom.apps.forked import ForkedInstance
    from classroom.apps.inside.messages import StartMessage, StartRequest
    from classroom.apps.sandbox.relay_ends import Service

LIMITS = {"CPU": CPU, "MEMLOCK": 65536, "MSGQUEUE": 0, "SIGPENDING": 1024, "CORE": 0}
PROCESSES = 128  # threads count as processes here, and a web framework has forty
# Walls that root builds for one app alone are no user namespace: all apps that are graded at once count together there.
PROCESSES_TOGETHER = 4096


class SandboxLauncher:
    """Starts each app behind walls that bubblewrap has built.

    Inner walls inside of outer ones that stay, where this system lets walls be nested; else one bubblewrap for each app.

    Args:
        libraries: loaded ahead, while the caller goes on.
    """

    sandbox = "bubblewrap"

    def __init__(self, libraries: Sequence[str]) -> None:
        self.libraries = [*libraries]
        self.base = Path(tempfile.mkdtemp(prefix="classroom-walls-"))
        self.owner = os.getpid()
        self.rooms = self.base / "rooms"
        bubblewrap.make_base(self.base)
        self.numbers = itertools.count(1)
        self.may_nest = os.environ.get("CLASSROOM_NESTED") != "0"
        self.nested = self.may_nest  # false from the first app that finds it impossible to the next reset
        self.warm: BubblewrapProcess | None = None
        self.spare: BubblewrapProcess | None = None
        self.alone: dict[str, BubblewrapProcess] = {}
        self.beside: dict[str, contextlib.ExitStack] = {}  # what goes with each app
        self.choosing = threading.Lock()  # two apps may be started at the same moment
        self.sockets: dict[int, str] = {}  # of the submission's own services, by the loopback port that their URLs name
        self.spent = CpuTime()  # each submission is graded in a fork of its own, and begins at nothing
        self._prepare()

    def environment(self) -> dict[str, str]:
        """What an app sees of the environment, whatever there is outside."""
        return bubblewrap.ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(bubblewrap.packages())}

    def start(self, request: StartRequest, endpoint: Endpoint) -> ForkedInstance:
        """Copy the app's files into a room of its own, and start it behind walls.

        Raises:
            CouldNotCheck: the walls cannot be built.
        """
        return start_forked(request, endpoint, self._fork, self._kill)

    def _fork(self, name: str, request: StartRequest, descriptors: list[int]) -> None:
        env = request["env"]
        targets: dict[int, Service] = {}
        led = {variable: rewrite_url(env[variable], targets, self.sockets) for variable in request["services"]}
        logs = {variable: Path(env[variable]) for variable in request["logs"]}
        request = request.copy()
        request["env"] = env | led | {variable: f"{LOGS}/{variable}" for variable in logs}
        try:
            try:
                sandboxed, doors = self._start(name, request, [*targets], descriptors, logs)
            except ProcessGone:
                self.close_walls()
                sandboxed, doors = self._start(name, request, [*targets], descriptors, logs)
        except ProcessGone as error:
            raise CouldNotCheck(f"The process that starts apps behind walls has ended ({error}). Try again.") from None
        self.beside[name] = contextlib.ExitStack()
        _, output, _ = descriptors
        self.beside[name].callback(sandboxed.watch.drop, sandboxed.watch.add(output))
        if doors:
            pairs = zip((socket.socket(fileno=door) for door in doors), targets.values(), strict=True)
            users = frozenset(user for variable in request["services"] if (user := urlsplit(env[variable]).username))
            self.beside[name].callback(Relay([*pairs], users).close)

    def _start(
        self, name: str, request: StartRequest, ports: list[int], descriptors: list[int], logs: dict[str, Path]
    ) -> tuple[BubblewrapProcess, list[int]]:
        with self.choosing:
            sandboxed, room = self._choose(name, logs)
        inside = request.copy()
        inside["given"] = copy_app(room, Path(request["folder"]), request["given"])
        inside["folder"] = SUBMISSION
        inside["limits"] = self._limits(request["limits"])
        message: StartMessage = {
            "token": sandboxed.new_token(),
            "name": name,
            "request": inside,
            "ports": ports,
            "room": room.name,
        }
        reply, doors = sandboxed.start(message, descriptors)
        if "trouble" in reply:
            raise CouldNotCheck(f"The walls around an app could not be built: {reply['trouble']}.")
        return sandboxed, doors

    def _choose(self, name: str, logs: dict[str, Path]) -> tuple[BubblewrapProcess, Path]:
        """Return the walls that this app goes behind, and its room there."""
        self._prepare()
        self._stop_nesting_where_impossible()
        if self.nested:
            assert self.warm is not None
            sandboxed, room = self.warm, self.rooms / name
            self._lay_logs(room, logs)
        else:
            assert self.spare is not None
            if logs:
                sandboxed = self._alone(logs)
            else:
                sandboxed, self.spare = self.spare, None
            self.alone[name] = sandboxed
            assert sandboxed.room is not None
            room = sandboxed.room
        return sandboxed, room

    def _prepare(self) -> None:
        """Have a fork server ready: the one that stays, or the next one that serves a single app."""
        if self.nested:
            if self.warm is None:
                self.warm = BubblewrapProcess(self.libraries, self.base, self.spent)
        elif self.spare is None:
            self.spare = self._alone({})

    def _stop_nesting_where_impossible(self) -> None:
        """Give each app a sandbox of its own until the next reset, where walls cannot be nested."""
        if self.nested and self.warm and self.warm.why_not_nestable():
            self.nested = False
            self.warm.close()
            self.warm = None
            self._prepare()

    def _alone(self, logs: dict[str, Path]) -> BubblewrapProcess:
        """Walls for one app alone."""
        room = self.rooms / f"{os.getpid()}-{next(self.numbers)}"
        for part in ("submission", "given"):
            (room / part).mkdir(parents=True)
            (room / part).chmod(0o755)
        room.chmod(0o755)
        self._lay_logs(room, logs)
        return BubblewrapProcess(self.libraries, self.base, self.spent, room, [*logs])

    def _lay_logs(self, room: Path, logs: dict[str, Path]) -> None:
        """Give the files that an app may write a second name where the walls show them."""
        for variable, place in logs.items():
            inside = self.base / "logs" / f"{room.name}.{variable}"
            place.touch()
            if os.getuid() == 0:
                os.chown(place, NOBODY, NOBODY)
            with contextlib.suppress(FileExistsError):
                inside.hardlink_to(place)

    def _limits(self, limits: dict[str, int]) -> dict[str, int]:
        found = {**LIMITS, **limits}
        if counts_processes_by_namespace():
            found["NPROC"] = PROCESSES if self.nested or os.getuid() != 0 else PROCESSES_TOGETHER
        return found

    def gone(self) -> bool:
        """Whether the process that starts apps has ended, and every app with it: nothing inside can do that."""
        return self.nested and self.warm is not None and self.warm.gone

    def _kill(self, name: str) -> None:
        """End one app with everything it began, and take its room away."""
        sandboxed = self.alone.pop(name, None)
        try:
            if sandboxed is not None:
                sandboxed.close()
            elif self.warm is not None:
                self.warm.kill(name)
        except ProcessGone:
            self.close_walls()
        finally:
            self.beside.pop(name, contextlib.ExitStack()).close()
            self._clear(sandboxed.room if sandboxed and sandboxed.room else self.rooms / name)

    def _clear(self, room: Path) -> None:
        shutil.rmtree(room, ignore_errors=True)
        for log in (self.base / "logs").glob(f"{room.name}.*"):
            log.unlink(missing_ok=True)

    def reset(self) -> None:
        """End all apps, also those whose owner was killed while it started one, and have walls ready for the next.

        Whether walls can be nested is tried again: what the system had no room for a moment ago, it may have now.
        """
        for name in list(self.beside):
            self._kill(name)
        if self.warm is not None:
            try:
                self.warm.why_not_nestable()  # before its first reply
                self.warm.kill(ALL_APPS)
            except ProcessGone:
                self.close_walls()
        if self.spare and not self.spare.fresh():
            self.spare.close()
            self.spare = None
        kept = self.spare.room if self.spare else None
        for room in self.rooms.iterdir():
            if room != kept:
                self._clear(room)
        self.nested = self.may_nest
        self._prepare()
        try:
            self._stop_nesting_where_impossible()
        except ProcessGone:
            self.close_walls()

    def close_walls(self) -> None:
        """End everything behind the walls, and the walls."""
        for sandboxed in (self.warm, self.spare, *self.alone.values()):
            if sandboxed is not None:
                sandboxed.close()
        self.warm = self.spare = None
        self.alone.clear()

    def close(self) -> None:
        """End all, and leave nothing behind."""
        for name in list(self.beside):
            self._kill(name)
        self.close_walls()
        if os.getpid() == self.owner:
            shutil.rmtree(self.base, ignore_errors=True)
