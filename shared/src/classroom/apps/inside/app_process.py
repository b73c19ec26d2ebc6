"""The process that becomes a student's app: its output, environment and limits, then the app itself under uvicorn."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

from .error_guard import ErrorGuard
from .kernel import PR_SET_PDEATHSIG, prctl
from .short_traceback import short_traceback

if TYPE_CHECKING:
    from collections.abc import Callable

    from .messages import Report, SpawnMessage, StartRequest


class GivenModules:
    """An import hook: files that the course provides replace the submission's own.

    Args:
        files: the path of each module's file.
    """

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec of a module that the course provides, or None."""
        del path, target
        file = self.files.get(name)
        return importlib.util.spec_from_file_location(name, file) if file else None


def exec_app(request: StartRequest, descriptors: list[int], *, sandboxed: bool) -> None:
    """Turn this process into the app: its own session, its output, its environment, its limits.

    Args:
        request: what to start.
        descriptors: the socket to listen on, the app's output, and its end of the status connection.
        sandboxed: whether to close everything else and to install the seccomp filter.
    """
    listen, output, status = descriptors
    with contextlib.suppress(PermissionError):  # bubblewrap has given it a session already
        os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(output)
    os.environ.clear()
    os.environ.update(request["env"])
    if sandboxed:
        from .inner_walls import close_other_fds

        close_other_fds(listen, status)
    _set_limits(request["limits"])
    if sandboxed:
        from .seccomp import install_filter

        install_filter()

    def report(report: Report) -> None:
        os.write(status, json.dumps(report).encode() + b"\n")

    run(request, socket.socket(fileno=listen), report, lambda: os.read(status, 1))


def _set_limits(limits: dict[str, int]) -> None:
    import resource

    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def run_single(message: SpawnMessage) -> None:
    """Turn this process into the app if processes cannot be forked: it chooses its port, and reports over a connection."""
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

    run(request, listener, report, lambda: status.recv(1))


def run(
    request: StartRequest, listener: socket.socket, report: Callable[[Report], None], receive: Callable[[], bytes]
) -> None:
    """Run the app until it ends, or the command that is asked for instead.

    Args:
        request: what to run; the process has its environment and limits already.
        listener: the socket that the app accepts at.
        report: called when the app is ready or has failed to start, or with an exit status.
        receive: waits for the launcher, and returns what it asks for; empty once the launcher is gone.
    """
    folder = request["folder"]
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    if request["command"]:
        report({"exit": _run_module(request["command"])})
        return
    if request["given"]:
        sys.meta_path.insert(0, GivenModules(request["given"]))
    guard = ErrorGuard(folder)
    started = False

    def on_ready() -> None:
        nonlocal started
        started = True
        report({"ready": True})

    try:
        guard.app = getattr(importlib.import_module(request["module"]), "app", None)
        if guard.app is None:
            file = f"{request['module'].replace('.', '/')}.py"
            raise AttributeError(f"{file} has no `app`: it needs a line such as app = FastAPI()")  # noqa: TRY301
        if request["terminable"]:
            _let_terminate(receive)
        _serve(guard, listener, on_ready)
        if request["terminable"]:
            report({"exit": 0})
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt at import are a student's, too
        failed = guard.failure or short_traceback(error, folder)
        if isinstance(error, SystemExit) and not guard.failure and not started:
            failed += f"\nThe program exited while it was starting (exit status {error.code!r})."
        report({"failed": failed})


def _run_module(argv: list[str]) -> int:
    """Run a program of the submission's, such as `alembic upgrade head`, and return its exit status."""
    import runpy

    sys.argv = list(argv)
    code: Any = 0
    try:
        runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - its author reads the traceback, whatever ended it
        traceback.print_exc()
        code = 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)  # as the interpreter does
    sys.stdout.flush()
    return code if isinstance(code, int) else int(code is not None)


def _let_terminate(receive: Callable[[], bytes]) -> None:
    """Send this process SIGTERM once the launcher asks for it, as if it were process 1 of a container.

    There, a signal does nothing unless a handler was installed: uvicorn sends itself the signal again after it has shut down.
    """

    def wait() -> None:
        with contextlib.suppress(OSError):
            while receive():
                signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, lambda *_: None)
    threading.Thread(target=wait, daemon=True).start()


def websocket(**arguments: Any) -> Any:
    """Return the protocol of a WebSocket; its library is imported for the first one, because few apps have any."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    return WebSocketsSansIOProtocol(**arguments)


def _serve(guard: ErrorGuard, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve the app with uvicorn until it ends."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                on_ready()

    protocol: Any = websocket
    config = uvicorn.Config(
        guard, interface="asgi3", loop="asyncio", http="h11", ws=protocol, log_level="critical", log_config=None
    )
    config.lifespan = "on" if hasattr(guard.app, "router") else "auto"
    Server(config).run([listener])
