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
from classroom.apps.sandbox import bubblewrap, limits
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
# A sandbox that root builds for one app alone has no user namespace: there all apps that are graded at once count together.
PROCESSES_TOGETHER = 4096


class SandboxLauncher:
    """Starts each app in a sandbox that bubblewrap has built.

    One sandbox with a fork server stays, and each app gets inner walls of its own in it. Where the system does not let
    walls be nested, each app gets a bubblewrap of its own.

    Args:
        libraries: modules to load ahead, while the caller goes on.
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
        self.resources: dict[str, contextlib.ExitStack] = {}  # closed with each app
        self.sockets: dict[int, str] = {}  # of the submission's own services, by the loopback port that their URLs name
        self.choosing = threading.Lock()  # two apps may be started at the same moment
        self.spent = CpuTime()  # each submission is graded in a fork of its own, and starts at 0
        self._prepare()

    def environment(self) -> dict[str, str]:
        """Return what every app finds in its environment; nothing is taken from outside."""
        return bubblewrap.ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(bubblewrap.packages())}

    def start(self, request: StartRequest, endpoint: Endpoint) -> ForkedInstance:
        """Copy the app's files into its own room, and start it in the sandbox.

        Raises:
            CouldNotCheck: the sandbox cannot be built.
        """
        return start_forked(request, endpoint, self._fork, self._kill)

    def _fork(self, name: str, request: StartRequest, descriptors: list[int]) -> None:
        env = request["env"]
        targets: dict[int, Service] = {}
        urls = {variable: rewrite_url(env[variable], targets, self.sockets) for variable in request["services"]}
        logs = {variable: Path(env[variable]) for variable in request["logs"]}
        request = request.copy()
        request["env"] = env | urls | {variable: f"{LOGS}/{variable}" for variable in logs}
        try:
            try:
                process, listeners = self._start(name, request, [*targets], descriptors, logs)
            except ProcessGone:
                self.close_sandboxes()
                process, listeners = self._start(name, request, [*targets], descriptors, logs)
        except ProcessGone as error:
            raise CouldNotCheck(
                f"The process that starts apps in the sandbox has exited ({error}). Try again."
            ) from None
        self.resources[name] = contextlib.ExitStack()
        _, output, _ = descriptors
        self.resources[name].callback(process.watch.drop, process.watch.add(output))
        if listeners:
            pairs = zip((socket.socket(fileno=listener) for listener in listeners), targets.values(), strict=True)
            users = frozenset(user for variable in urls if (user := urlsplit(env[variable]).username))
            self.resources[name].callback(Relay([*pairs], users).close)

    def _start(
        self, name: str, request: StartRequest, ports: list[int], descriptors: list[int], logs: dict[str, Path]
    ) -> tuple[BubblewrapProcess, list[int]]:
        with self.choosing:
            process, room = self._choose(name, logs)
        inside = request.copy()
        inside["given"] = copy_app(room, Path(request["folder"]), request["given"])
        inside["folder"] = SUBMISSION
        inside["limits"] = self._limits(request["limits"])
        message: StartMessage = {
            "token": process.new_token(),
            "name": name,
            "request": inside,
            "ports": ports,
            "room": room.name,
        }
        reply, listeners = process.start(message, descriptors)
        if "trouble" in reply:
            raise CouldNotCheck(f"An app's sandbox could not be built: {reply['trouble']}.")
        return process, listeners

    def _choose(self, name: str, logs: dict[str, Path]) -> tuple[BubblewrapProcess, Path]:
        """Return the process that this app is started by, and its room."""
        self._prepare()
        self._stop_nesting_where_impossible()
        if self.nested:
            assert self.warm is not None
            process, room = self.warm, self.rooms / name
            self._link_logs(room, logs)
        else:
            assert self.spare is not None
            if logs:
                process = self._alone(logs)
            else:
                process, self.spare = self.spare, None
            self.alone[name] = process
            assert process.room is not None
            room = process.room
        return process, room

    def _prepare(self) -> None:
        """Have a fork server ready: the one that stays, or the next one that serves a single app."""
        if self.nested:
            if self.warm is None:
                self.warm = BubblewrapProcess(self.libraries, self.base, self.spent)
        elif self.spare is None:
            self.spare = self._alone({})

    def _stop_nesting_where_impossible(self) -> None:
        """Give each app its own sandbox until the next reset, if sandboxes cannot be nested."""
        if self.nested and self.warm and self.warm.why_not_nestable():
            self.nested = False
            self.warm.close()
            self.warm = None
            self._prepare()

    def _alone(self, logs: dict[str, Path]) -> BubblewrapProcess:
        """Build a sandbox for one app alone."""
        room = self.rooms / f"{os.getpid()}-{next(self.numbers)}"
        for part in ("submission", "given"):
            (room / part).mkdir(parents=True)
            (room / part).chmod(0o755)
        room.chmod(0o755)
        self._link_logs(room, logs)
        return BubblewrapProcess(self.libraries, self.base, self.spent, room, [*logs])

    def _link_logs(self, room: Path, logs: dict[str, Path]) -> None:
        """Give the files that an app may write a second name where the sandbox shows them."""
        for variable, log in logs.items():
            inside = self.base / "logs" / f"{room.name}.{variable}"
            log.touch()
            if os.getuid() == 0:
                os.chown(log, NOBODY, NOBODY)
            with contextlib.suppress(FileExistsError):
                inside.hardlink_to(log)

    def _limits(self, limits: dict[str, int]) -> dict[str, int]:
        found = {**LIMITS, **limits}
        if counts_processes_by_namespace():
            found["NPROC"] = PROCESSES if self.nested or os.getuid() != 0 else PROCESSES_TOGETHER
        return found

    def gone(self) -> bool:
        """Return whether the process that starts apps has exited, and every app with it; nothing inside can cause that."""
        return self.nested and self.warm is not None and self.warm.gone

    def is_exhausted(self) -> bool:
        """Return whether the submission has used all of its CPU time; every further app of it is killed at once."""
        return self.spent.seconds > limits.APPS.cpu

    def _kill(self, name: str) -> None:
        """End one app with everything that it started, and remove its room."""
        process = self.alone.pop(name, None)
        try:
            if process is not None:
                process.close()
            elif self.warm is not None:
                self.warm.kill(name)
        except ProcessGone:
            self.close_sandboxes()
        finally:
            self.resources.pop(name, contextlib.ExitStack()).close()
            self._clear(process.room if process and process.room else self.rooms / name)

    def _clear(self, room: Path) -> None:
        shutil.rmtree(room, ignore_errors=True)
        for log in (self.base / "logs").glob(f"{room.name}.*"):
            log.unlink(missing_ok=True)

    def reset(self) -> None:
        """End all apps, also those whose owner was killed while it started one, and prepare for the next.

        Whether walls can be nested is tried again: what the system had no room for a moment ago, it may have now.
        """
        for name in list(self.resources):
            self._kill(name)
        if self.warm is not None:
            try:
                self.warm.why_not_nestable()  # before its first reply
                self.warm.kill(ALL_APPS)
            except ProcessGone:
                self.close_sandboxes()
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
            self.close_sandboxes()

    def close_sandboxes(self) -> None:
        """End every sandbox with everything in it."""
        for process in (self.warm, self.spare, *self.alone.values()):
            if process is not None:
                process.close()
        self.warm = self.spare = None
        self.alone.clear()

    def close(self) -> None:
        """End every app and sandbox, and remove all files."""
        for name in list(self.resources):
            self._kill(name)
        self.close_sandboxes()
        if os.getpid() == self.owner:
            shutil.rmtree(self.base, ignore_errors=True)
