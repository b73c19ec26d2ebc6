"""What starts apps behind walls, in the manner of the plain launcher beside which it stands."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.errors import CouldNotCheck
from classroom.sandbox import bubblewrap
from classroom.sandbox.relay import Relay, lead
from classroom.sandbox.walls import GIVEN, LOGS, NOBODY, SUBMISSION, counts_processes_by_namespace
from classroom.sandbox.watch import Watch, children, family

if TYPE_CHECKING:
    from collections.abc import Sequence

WALLS = "CLASSROOM_WALLS"
ORDER_SECONDS, END_SECONDS = 60, 10
LIMITS = {"CPU": 150, "MEMLOCK": 65536, "MSGQUEUE": 0, "SIGPENDING": 1024, "CORE": 0}
PROCESSES = 128  # threads count as processes here, and a web framework has forty


class _Gone(Exception):
    """The process behind the walls does not answer any more."""


class Walled:
    """One bubblewrap with a nursery behind it.

    Args:
        libraries: loaded ahead.
        base: the folder with `etc`, `rooms` and `logs`.
        room: the only room that is shown, where the walls are for one app alone.
        logs: the names of its logs.
    """

    tokens = itertools.count(1)

    def __init__(
        self, libraries: Sequence[str], base: Path, room: Path | None = None, logs: Sequence[str] = ()
    ) -> None:
        self.room = room
        self.rest = b""
        self.nested: str | bool | None = False
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control = here
        self.one_at_a_time = threading.Lock()
        self.talk = tempfile.TemporaryFile(dir=base)  # noqa: SIM115 - closed with the walls
        settings = {"packages": bubblewrap.packages(), "keep": [*map(str, bubblewrap.seen())], "once": room is not None}
        words = bubblewrap.command(nested=room is None, rooms=room or base / "rooms", base=base, logs=logs)
        with there:
            self.process = subprocess.Popen(
                [*words, *bubblewrap.program(there.fileno(), list(libraries))],
                stdin=subprocess.DEVNULL,
                stdout=self.talk,
                stderr=self.talk,
                pass_fds=[there.fileno()],
                env=bubblewrap.ENVIRONMENT | {WALLS: json.dumps(settings)},
            )

    def greeting(self) -> str | None:
        """Why no inner walls can be built, None where they can; told once, before the first order."""
        if self.nested is False:
            told, _ = self._hear()
            self.nested = told.get("nested")
        return str(self.nested) if self.nested else None

    def ask(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> tuple[dict[str, Any], list[int]]:
        """Give an order; return what is said to it, and the descriptors that come with it.

        Raises:
            _Gone: nobody is there.
        """
        token = f"{os.getpid()}-{next(self.tokens)}"
        message = json.dumps({**order, "token": token}).encode()
        with self.one_at_a_time:
            try:
                self.control.settimeout(ORDER_SECONDS)
                socket.send_fds(self.control, [message], list(descriptors))
            except OSError as error:
                raise _Gone(self._said() or str(error)) from None
            while True:
                told, doors = self._hear()
                if told.get("done") == token:
                    return told, doors
                for door in doors:
                    os.close(door)

    def _hear(self) -> tuple[dict[str, Any], list[int]]:
        """One line from behind the walls. Only trusted code speaks here: an app never has this socket."""
        doors: list[int] = []
        try:
            self.control.settimeout(ORDER_SECONDS)
            while b"\n" not in self.rest:
                data, more, _, _ = socket.recv_fds(self.control, 65536, 16)
                doors += more
                if not data:
                    raise _Gone(self._said() or "it ended")
                self.rest += data
        except OSError as error:
            raise _Gone(self._said() or str(error)) from None
        line, _, self.rest = self.rest.partition(b"\n")
        return dict(json.loads(line)), doors

    def _said(self) -> str:
        with contextlib.suppress(OSError):
            self.talk.seek(0)
            lines = self.talk.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:300] if lines else ""
        return ""

    def processes(self) -> list[int]:
        """All processes of apps behind these walls, by their numbers out here."""
        found = children(self.process.pid)  # the nursery, or bubblewrap's own first process
        return [pid for one in found for pid in family(one)]

    def fresh(self) -> bool:
        """Whether nobody has used these walls for an app yet; a fork of this process may have."""
        return self.room is not None and self.room.is_dir() and not any((self.room / "submission").iterdir())

    def close(self) -> None:
        """End everything behind the walls.

        Process 1 of a namespace takes all others with it, and bubblewrap ends after it; from a fork it cannot be awaited.
        """
        with contextlib.suppress(OSError):
            self.control.close()
        for pid in children(self.process.pid) or [self.process.pid]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.talk.close()


class WalledLauncher:
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
        bubblewrap.lay_base(self.base)
        self.numbers = itertools.count(1)
        self.nested = os.environ.get("CLASSROOM_NESTED") != "0"
        self.warm: Walled | None = None
        self.spare: Walled | None = None
        self.alone: dict[str, Walled] = {}
        self.beside: dict[str, list[Watch | Relay]] = {}
        self._prepare()

    def environment(self) -> dict[str, str]:
        """What an app sees of the environment, whatever there is outside."""
        return bubblewrap.ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(bubblewrap.packages())}

    def start(self, name: str, order: dict[str, Any], listener: socket.socket, output: int, status: int) -> None:
        """Lay the app's files into a room of its own, and start it behind walls.

        Raises:
            CouldNotCheck: the walls do not stand.
        """
        targets: dict[int, tuple[str, int]] = {}
        led = {variable: lead(order["env"][variable], targets) for variable in order.get("services", ())}
        order = {**order, "start": name, "env": {**order["env"], **led}, "ports": [*targets]}
        order["limits"] = self._limits(order.get("limits", {}))
        logs = {variable: Path(order["env"][variable]) for variable in order.get("logs", ())}
        order["env"] |= {variable: f"{LOGS}/{variable}" for variable in logs}
        descriptors = [listener.fileno(), output, status]
        try:
            try:
                walled, doors = self._start(order, descriptors, logs)
            except _Gone:
                self.close_walls()
                walled, doors = self._start(order, descriptors, logs)
        except _Gone as error:
            raise CouldNotCheck(f"The process that starts apps behind walls has ended ({error}). Try again.") from None
        self.beside[name] = [Watch(walled.processes, output)]
        if doors:
            pairs = zip((socket.socket(fileno=door) for door in doors), targets.values(), strict=True)
            self.beside[name].append(Relay([*pairs]))

    def _start(self, order: dict[str, Any], descriptors: list[int], logs: dict[str, Path]) -> tuple[Walled, list[int]]:
        self._prepare()
        if self.nested and self.warm and self.warm.greeting():
            self.nested = False
            self.close_walls()
            self._prepare()
        if self.nested:
            assert self.warm is not None
            walled, room = self.warm, self.rooms / order["start"]
            order["room"] = room.name
            self._lay_logs(room, logs)
        else:
            assert self.spare is not None
            if logs:
                walled = self._alone(logs)
            else:
                walled, self.spare = self.spare, None
            self.alone[order["start"]] = walled
            assert walled.room is not None
            room = walled.room
        laid = lay_room(room, Path(order["folder"]), order.get("given") or {})
        told, doors = walled.ask({**order, "folder": SUBMISSION, "given": laid}, descriptors)
        if "trouble" in told:
            raise CouldNotCheck(f"The walls around an app could not be built: {told['trouble']}.")
        return walled, doors

    def _prepare(self) -> None:
        """Have a nursery ready: the one that stays, or the next one that serves a single app."""
        if self.nested:
            if self.warm is None:
                self.warm = Walled(self.libraries, self.base)
        elif self.spare is None:
            self.spare = self._alone({})

    def _alone(self, logs: dict[str, Path]) -> Walled:
        """Walls for one app alone."""
        room = self.rooms / f"{os.getpid()}-{next(self.numbers)}"
        for part in ("submission", "given"):
            (room / part).mkdir(parents=True)
            (room / part).chmod(0o755)
        room.chmod(0o755)
        self._lay_logs(room, logs)
        return Walled(self.libraries, self.base, room, [*logs])

    def _lay_logs(self, room: Path, logs: dict[str, Path]) -> None:
        """Give the files that an app may write a second name where the walls show them."""
        for variable, place in logs.items():
            inside = self.base / "logs" / f"{room.name}.{variable}"
            place.touch()
            if os.getuid() == 0:
                os.chown(place, NOBODY, NOBODY)
            with contextlib.suppress(FileExistsError):
                inside.hardlink_to(place)

    @staticmethod
    def _limits(limits: dict[str, int]) -> dict[str, int]:
        found = {**LIMITS, **limits}
        if counts_processes_by_namespace():
            found["NPROC"] = PROCESSES
        return found

    def kill(self, name: str) -> None:
        """End one app with everything it began, and take its room away."""
        walled = self.alone.pop(name, None)
        try:
            if walled is not None:
                walled.close()
            elif self.warm is not None:
                self.warm.ask({"kill": name})
        except _Gone:
            self.close_walls()
        finally:
            for one in self.beside.pop(name, ()):
                one.close()
            self._clear(walled.room if walled and walled.room else self.rooms / name)

    def _clear(self, room: Path) -> None:
        shutil.rmtree(room, ignore_errors=True)
        for log in (self.base / "logs").glob(f"{room.name}.*"):
            log.unlink(missing_ok=True)

    def reset(self) -> None:
        """End all apps, also those whose owner was killed in the middle of an order, and have walls ready again."""
        for name in list(self.beside):
            self.kill(name)
        if self.warm is not None:
            try:
                self.warm.greeting()
                self.warm.ask({"kill": "all"})
            except _Gone:
                self.close_walls()
        if self.spare and not self.spare.fresh():
            self.spare.close()
            self.spare = None
        kept = self.spare.room if self.spare else None
        for room in self.rooms.iterdir():
            if room != kept:
                self._clear(room)
        self._prepare()

    def close_walls(self) -> None:
        """End everything behind the walls, and the walls."""
        for walled in (self.warm, self.spare, *self.alone.values()):
            if walled is not None:
                walled.close()
        self.warm = self.spare = None
        self.alone.clear()

    def close(self) -> None:
        """End all, and leave nothing behind."""
        for name in list(self.beside):
            self.kill(name)
        self.close_walls()
        if os.getpid() == self.owner:
            shutil.rmtree(self.base, ignore_errors=True)


def lay_room(room: Path, folder: Path, given: dict[str, str]) -> dict[str, str]:
    """Copy an app's files to where the walls show them; everybody may read them there, nobody may write.

    Returns:
        For each module that the course gives, its file as it is seen behind the walls.
    """
    shutil.copytree(folder, room / "submission", copy_function=shutil.copyfile, dirs_exist_ok=True)
    (room / "given").mkdir(exist_ok=True)
    laid = {}
    for module, place in given.items():
        inside = f"{module.replace('.', '/')}.py"
        (room / "given" / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place, room / "given" / inside)
        laid[module] = f"{GIVEN}/{inside}"
    room.chmod(0o755)
    for top, folders, files in os.walk(room):
        for name in folders:
            Path(top, name).chmod(0o755)
        for name in files:
            Path(top, name).chmod(0o644)
    return laid
