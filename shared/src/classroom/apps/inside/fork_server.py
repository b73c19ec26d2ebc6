"""Fork server: preloads libraries, then forks one process for each start request.

It runs next to the submission, and no trusted code imports it. It needs nothing of the kit, so that it can be handed
into a sandbox as one file, with the inner walls (`inner_walls.py`) next to it. Requests arrive over a Unix socket as one
JSON object each, with three descriptors: the socket to listen on, where output goes, and where the app reports that it
is ready. Where processes cannot be forked (Windows), it is started once for each app, listens on a loopback port of its
own and reports which.
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
from typing import Any

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


def short_traceback(error: BaseException, folder: str) -> dict[str, Any]:
    """An error as its writer should read it: the lines of their own files, and the error itself."""
    told = traceback.TracebackException.from_exception(error, limit=None)
    top = os.path.realpath(folder) + os.sep
    frames = [
        frame
        for frame in told.stack
        if Path(frame.filename).is_absolute() and os.path.realpath(frame.filename).startswith(top)
    ]
    lines, seen = [], None
    for frame in frames[-8:]:
        seen = (os.path.realpath(frame.filename)[len(top) :].replace(os.sep, "/"), frame.lineno)
        lines.append(f'  File "{seen[0]}", line {seen[1]}, in {frame.name}')
        lines.extend([f"    {frame.line}"] if frame.line else [])
    last = "".join(told.format_exception_only()).rstrip().replace(top, "")
    if isinstance(error, SyntaxError) and error.filename:
        seen = (os.path.realpath(error.filename).removeprefix(top).replace(os.sep, "/"), error.lineno)
    text = "\n".join([*(["Traceback (your own lines):", *lines] if lines else []), last])
    return {"failed": text[-4000:], "file": seen[0] if seen else None, "line": seen[1] if seen else None}


class Guard:
    """Stands around a student's app: a traceback is shortened to their own lines, and printed before the 500 goes out."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.app: Any = None
        self.failure: dict[str, Any] = {}

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
                self.failure.update(told)
                raise
            print(told["failed"], file=sys.stderr, flush=True)
        for message in held:
            await send(message)


def run_module(words: list[str], tell: Any) -> None:
    """Run a program of the submission's, such as `alembic upgrade head`, and tell its exit status."""
    import runpy

    sys.argv = list(words)
    code: Any = 0
    try:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - whatever ended it, its writer reads the traceback
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    tell({"exit": code if isinstance(code, int) else int(code is not None)})


def serve(order: dict[str, Any], listener: socket.socket, tell: Any) -> None:
    """Import the app, serve it, and tell when it is ready or why it is not."""
    folder = order["folder"]
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    if "command" in order:
        run_module(order["command"], tell)
        return
    import uvicorn

    if order.get("given"):
        sys.meta_path.insert(0, GivenModules(order["given"]))
    guard = Guard(folder)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                tell({"ready": True, "port": order.get("port")})

    try:
        guard.app = getattr(importlib.import_module(order.get("module", "app.main")), "app", None)
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
            told["failed"] += f"\nThe program was ended while it started (exit status {error.code!r})."
        tell(told)


def exec_app(order: dict[str, Any], descriptors: list[int], walls: Any) -> None:
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
    os.environ.update(order["env"])
    if walls:
        walls.close_other_fds(listen, status)
    _limit(order.get("limits", {}))
    if walls:
        walls.install_seccomp()

    def tell(what: dict[str, Any]) -> None:
        os.write(status, json.dumps(what).encode() + b"\n")

    serve(order, socket.socket(fileno=listen), tell)


def _limit(limits: dict[str, int]) -> None:
    import resource

    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


class ForkServer:
    """Takes orders until the other end of the socket is closed, then takes everything down with it.

    Args:
        control: where orders come from.
        walls: the module that builds inner walls, where there are outer ones.
        keep: folders that stay visible behind inner walls.
    """

    def __init__(self, control: socket.socket, walls: Any = None, keep: list[str] | None = None) -> None:
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
                self.obey(json.loads(message), descriptors)
        except ConnectionError:
            return
        finally:
            self.kill(list(self.apps))

    def obey(self, order: dict[str, Any], descriptors: list[int]) -> None:
        """One order."""
        doors: list[int] = []
        told = {"done": order.get("token")}
        if "start" in order:
            try:
                self.apps[order["start"]], doors = self.begin(order, descriptors)
            except Exception as error:  # noqa: BLE001 - told to who ordered it
                told["trouble"] = f"{type(error).__name__}: {error}"
        elif "kill" in order:
            self.kill([order["kill"]] if order["kill"] != "all" else list(self.apps))
        self.answer(told, doors)
        for descriptor in (*descriptors, *doors):
            os.close(descriptor)

    def begin(self, order: dict[str, Any], descriptors: list[int]) -> tuple[int, list[int]]:
        """Start one app; return its process, and the listeners at the ports that lead to its services."""

        def run() -> None:
            with contextlib.suppress(BaseException):
                self.control.close()
                exec_app(order, descriptors, self.walls)
            os._exit(1)

        if self.walls:
            first, doors = self.walls.run_in_namespaces(order, self.keep, run)
            return int(first), list(doors)
        child = os.fork()
        if child == 0:
            run()
        return child, []

    def run_one(self) -> None:
        """Turn this very process into the first app that is ordered: bubblewrap's walls are its own alone."""
        message, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE, 3)
        if not message:
            return
        order = json.loads(message)
        listeners = self.walls.listen(order.get("ports", []))
        self.answer({"done": order.get("token")}, [listener.fileno() for listener in listeners])
        self.control.close()
        self.walls.drop_capabilities()
        exec_app(order, descriptors, self.walls)

    def answer(self, what: dict[str, Any], doors: list[int]) -> None:
        """Say how an order went."""
        line = json.dumps(what).encode() + b"\n"
        if doors:
            socket.send_fds(self.control, [line], doors)
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


def single() -> None:
    """The way without fork: one order on standard input, a loopback port, the answer over a loopback connection."""
    order = json.loads(sys.stdin.readline())
    os.environ.clear()
    os.environ.update(order["env"])
    status = socket.create_connection(("127.0.0.1", order["status"])) if order["status"] else None
    listener = socket.create_server(("127.0.0.1", 0))
    # Whoever comes inherits it. asyncio asks for it only where it knows a socket for TCP, which this one does not say:
    # each answer would wait 40 ms between its head and its body, until the client tells the receipt.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    order["port"] = listener.getsockname()[1]

    def tell(what: dict[str, Any]) -> None:
        if status:  # else nobody waits for word of it
            status.sendall(json.dumps(what).encode() + b"\n")

    serve(order, listener, tell)


def run_sandboxed(control: socket.socket, settings: dict[str, Any], libraries: list[str]) -> None:
    """Inside of bubblewrap's walls: tell whether inner ones can be had, and take orders.

    The module of the walls gets a name that no submission's module has.
    """
    place = Path(__file__).with_name("inner_walls.py")
    spec = importlib.util.spec_from_file_location("_classroom_walls", place)
    assert spec is not None
    assert spec.loader is not None
    walls = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(walls)
    walls.drop_root()
    sys.path += settings["packages"]
    site.setquit()  # with -S nobody has: an app may call exit() and help() all the same
    site.sethelper()
    server = ForkServer(control, walls, settings["keep"])
    if settings["once"]:
        load(libraries)
        server.run_one()
    else:
        server.answer({"nested": walls.stands()}, [])
        load(libraries)
        server.run()


def main() -> None:
    """`fork_server.py CONTROL LIBRARY ...`, where CONTROL is a descriptor, or `single`."""
    settings = json.loads(os.environ.pop("CLASSROOM_WALLS", "null"))
    if settings:
        run_sandboxed(socket.socket(fileno=int(sys.argv[1])), settings, sys.argv[2:])
        return
    if sys.argv[1] == "single":
        # A debugger starts this file without -P: the kit's own `app` and the like must not be found for the student's.
        sys.path[:] = [path for path in sys.path if path != str(Path(__file__).parent)]
        load(sys.argv[2:])
        single()
        return
    load(sys.argv[2:])
    ForkServer(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
