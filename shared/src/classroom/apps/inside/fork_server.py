"""Fork server: preloads libraries, then forks one process for each start request.

It runs next to the submission. Requests arrive over a Unix socket (`messages.py`). Where processes cannot be forked
(Windows), it is started once for each app, which listens on a loopback port of its own and reports which.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import signal
import site
import socket
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .messages import ALL_APPS, SANDBOX_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from .messages import (
        Greeting,
        KillMessage,
        Reply,
        Report,
        SandboxSettings,
        SpawnMessage,
        StartMessage,
        StartRequest,
    )

LIBRARIES = ("uvicorn", "uvicorn.lifespan.on", "uvicorn.loops.asyncio", "uvicorn.protocols.http.h11_impl")
# What a library imports only when it is first used: half of an app's start, and of its first answer.
WARM = {
    "fastapi": (
        *("fastapi.responses", "fastapi.openapi.utils", "fastapi.openapi.docs"),
        *("pydantic.v1", "pydantic._internal._dataclasses", "anyio._backends._asyncio"),
    ),
    "psycopg2": ("psycopg2.extras",),
    "sqlalchemy.orm": ("sqlalchemy.dialects.postgresql.psycopg2", "sqlalchemy.ext.declarative"),
}
MESSAGE = 1 << 20
BROKEN = 500
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def load(libraries: list[str]) -> None:
    """Import what every app of this week needs; what is not installed is the app's own affair."""
    for name in (*LIBRARIES, *libraries, *(more for each in libraries for more in WARM.get(each, ()))):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "httpx" in sys.modules:
        import ssl

        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # OpenSSL sets itself up for the first one: 0.005 s of each app's start


class GivenModules:
    """An import hook: files that the course gives stand in for the submission's own."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The given file's spec, for a module that the course gives."""
        del path, target
        place = self.files.get(name)
        return importlib.util.spec_from_file_location(name, place) if place else None


def short_traceback(error: BaseException, folder: str) -> str:
    """An error as its writer should read it: the lines of their own files, and the error itself."""
    told = traceback.TracebackException.from_exception(error, limit=None)
    top = os.path.realpath(folder) + os.sep
    frames = [
        frame
        for frame in told.stack
        if Path(frame.filename).is_absolute() and os.path.realpath(frame.filename).startswith(top)
    ]
    lines = []
    for frame in frames[-8:]:
        path = os.path.realpath(frame.filename)[len(top) :].replace(os.sep, "/")
        lines.append(f'  File "{path}", line {frame.lineno}, in {frame.name}')
        lines.extend([f"    {frame.line}"] if frame.line else [])
    last = "".join(told.format_exception_only()).rstrip().replace(top, "")
    text = "\n".join([*(["Traceback (your own lines):", *lines] if lines else []), last])
    return text[-4000:]


class Guard:
    """Stands around a student's app: a traceback is shortened to their own lines, and printed before the 500 goes out."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.app: Any = None
        self.failure = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything on, but hold a 500 back until its reason has been printed."""
        held: list[Any] = []

        async def hold(message: Any) -> None:
            if held or message.get("status") == BROKEN:
                held.append(message)
            else:
                await send(message)

        try:
            await self.app(scope, receive, hold)
        except Exception as error:
            told = short_traceback(error, self.folder)
            if scope["type"] == "lifespan":
                self.failure = told
                raise
            print(told, file=sys.stderr, flush=True)
        for message in held:
            await send(message)


def run_module(argv: list[str]) -> Report:
    """Run a program of the submission's, such as `alembic upgrade head`, and return its exit status."""
    import runpy

    sys.argv = list(argv)
    code: Any = 0
    try:
        runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - whatever ended it, its writer reads the traceback
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    return {"exit": code if isinstance(code, int) else int(code is not None)}


def serve(request: StartRequest, listener: socket.socket, report: Callable[[Report], None]) -> None:
    """Import the app, serve it, and report that it is ready or why it is not."""
    folder = request["folder"]
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    if request["command"]:
        report(run_module(request["command"]))
        return
    import uvicorn

    if request["given"]:
        sys.meta_path.insert(0, GivenModules(request["given"]))
    guard = Guard(folder)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                report({"ready": True})

    try:
        guard.app = getattr(importlib.import_module(request["module"]), "app", None)
        if guard.app is None:
            raise AttributeError("app/main.py has no `app`: it needs a line such as app = FastAPI()")  # noqa: TRY301
        config = uvicorn.Config(
            guard, interface="asgi3", loop="asyncio", http="h11", ws="none", log_level="critical", log_config=None
        )
        config.lifespan = "on" if hasattr(guard.app, "router") else "auto"
        Server(config).run([listener])
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt at import are a student's, too
        told = guard.failure or short_traceback(error, folder)
        if isinstance(error, SystemExit) and not guard.failure:
            told += f"\nThe program was ended while it started (exit status {error.code!r})."
        report({"failed": told})


def exec_app(request: StartRequest, descriptors: list[int], walls: ModuleType | None) -> None:
    """Turn this process into the app: its own session, its output, its environment, its limits."""
    listen, output, status = descriptors
    with contextlib.suppress(PermissionError):  # bubblewrap has given it a session already
        os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nowhere, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(output)
    os.environ.clear()
    os.environ.update(request["env"])
    if walls:
        walls.close_other_fds(listen, status)
    _limit(request["limits"])
    if walls:
        walls.install_filter()

    def report(report: Report) -> None:
        os.write(status, json.dumps(report).encode() + b"\n")

    serve(request, socket.socket(fileno=listen), report)


def _limit(limits: dict[str, int]) -> None:
    import resource

    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


class ForkServer:
    """Serves messages until the other end of the socket is closed, then ends every app.

    Args:
        control: the socket that messages arrive on.
        walls: the module that builds inner walls, where there are outer ones.
        keep: folders that stay visible behind inner walls.
    """

    def __init__(self, control: socket.socket, walls: ModuleType | None = None, keep: list[str] | None = None) -> None:
        self.control = control
        self.walls = walls
        self.keep = keep or []
        self.apps: dict[str, int] = {}

    def run(self) -> None:
        """Start, kill, and in the end kill all."""
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        gc.freeze()
        try:
            while True:
                message, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE, 3)
                if not message:
                    return
                self.handle(json.loads(message), descriptors)
        except ConnectionError:
            return
        finally:
            self.kill(list(self.apps))

    def handle(self, message: StartMessage | KillMessage, descriptors: list[int]) -> None:
        """Do what a message asks for, and reply."""
        listeners: list[int] = []
        reply: Reply = {"done": message["token"]}
        if "kill" in message:
            self.kill([message["kill"]] if message["kill"] != ALL_APPS else list(self.apps))
        else:
            try:
                self.apps[message["name"]], listeners = self.start(message, descriptors)
            except Exception as error:  # noqa: BLE001 - the launcher raises it
                reply["trouble"] = f"{type(error).__name__}: {error}"
        self.send(reply, listeners)
        for descriptor in (*descriptors, *listeners):
            os.close(descriptor)

    def start(self, message: StartMessage, descriptors: list[int]) -> tuple[int, list[int]]:
        """Start one app; return its process, and the listeners at the ports that lead to its services."""

        def run() -> None:
            with contextlib.suppress(BaseException):
                self.control.close()
                exec_app(message["request"], descriptors, self.walls)
            os._exit(1)

        if self.walls:
            first, listeners = self.walls.run_in_namespaces(
                run,
                room=message.get("room", ""),
                logs=message["request"]["logs"],
                ports=message.get("ports", []),
                keep=self.keep,
            )
            return int(first), list(listeners)
        child = os.fork()
        if child == 0:
            run()
        return child, []

    def run_one(self) -> None:
        """Turn this very process into the first app that is asked for: bubblewrap's walls are its own alone."""
        assert self.walls is not None
        data, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE, 3)
        if not data:
            return
        message = cast("StartMessage", json.loads(data))
        listeners = self.walls.listen(message.get("ports", []))
        self.send({"done": message["token"]}, [listener.fileno() for listener in listeners])
        self.control.close()
        self.walls.drop_capabilities()
        exec_app(message["request"], descriptors, self.walls)

    def send(self, message: Reply | Greeting, descriptors: list[int]) -> None:
        """Send a message to the launcher."""
        line = json.dumps(message).encode() + b"\n"
        if descriptors:
            socket.send_fds(self.control, [line], descriptors)
        else:
            self.control.sendall(line)

    def kill(self, names: list[str]) -> None:
        """End apps with their process groups, and whatever they left to this process when no app is alive any more."""
        for name in names:
            if child := self.apps.pop(name, None):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, 0)
        while not self.apps and (orphans := _children()):
            for orphan in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(orphan, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(orphan, 0)


def _children() -> list[int]:
    """This process's children, as Linux lists them; elsewhere the process groups have to do."""
    try:
        return [int(pid) for pid in Path("/proc/self/task", str(os.getpid()), "children").read_text().split()]
    except OSError:
        return []


def run_single() -> None:
    """Start one app without a fork: one message on standard input, and the report over a loopback connection."""
    message: SpawnMessage = json.loads(sys.stdin.readline())
    request = message["request"]
    os.environ.clear()
    os.environ.update(request["env"])
    status = socket.create_connection(("127.0.0.1", message["status_port"]))
    listener = socket.create_server(("127.0.0.1", 0))
    # Accepted connections inherit it. asyncio sets it only where it knows a socket for TCP, which this one does not say:
    # each response would wait 40 ms between its head and its body, until the client acknowledges the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    port: int = listener.getsockname()[1]

    def report(report: Report) -> None:
        status.sendall(json.dumps({**report, "port": port}).encode() + b"\n")

    serve(request, listener, report)


def run_sandboxed(control: socket.socket, settings: SandboxSettings, libraries: list[str]) -> None:
    """Run in the sandbox: say whether inner walls can be built, and serve messages."""
    from . import inner_walls

    inner_walls.drop_root()
    sys.path += settings["packages"]
    site.setquit()  # with -S nobody has: an app may call exit() and help() all the same
    site.sethelper()
    server = ForkServer(control, inner_walls, settings["keep"])
    if settings["once"]:
        load(libraries)
        server.run_one()
    else:
        server.send({"why_not_nestable": inner_walls.why_not_nestable()}, [])
        load(libraries)
        server.run()


def main() -> None:
    """Run the kind of server that the command line and the environment name (see `__main__.py`)."""
    settings: SandboxSettings | None = json.loads(os.environ.pop(SANDBOX_SETTINGS, "null"))
    control, *libraries = sys.argv[1:]
    if settings:
        run_sandboxed(socket.socket(fileno=int(control)), settings, libraries)
        return
    load(libraries)
    if control == "single":
        run_single()
    else:
        ForkServer(socket.socket(fileno=int(control))).run()
