"""uvicorn with reload that dies with its parent, and ends an app that hangs: `python -m classroom.student.dev_server`.

uvicorn's reloader starts the server by multiprocessing, in a new interpreter that imports this module again: so the
server dies with the reloader, and the reloader with `classroom run`.
"""

from __future__ import annotations

from classroom.core.processes import die_with_parent

die_with_parent()

import argparse  # noqa: E402 - nothing is loaded before, because the parent may die at any time
import contextlib  # noqa: E402
import logging  # noqa: E402
import threading  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

import uvicorn  # noqa: E402
from uvicorn.supervisors.watchfilesreload import WatchFilesReload  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess
    from pathlib import Path

APP = "app.main:app"  # unless another is named
END_SECONDS = 3
HANGS = f"A request has not finished within {END_SECONDS} s and is being abandoned."


class Reloader(WatchFilesReload):
    """Kills a server that does not end: uvicorn waits for each request, also for one that hangs.

    If `ends_when_killed` is set, a signal that ends the server ends the reloader as well, for the parent to notice;
    otherwise the next save starts the server again, as after an error in the app.
    """

    ends_when_killed = False

    def should_restart(self) -> list[Path] | None:
        """Return the files that have changed, if any."""
        killed_by = -(self.process.exitcode or 0)
        if self.ends_when_killed and killed_by > 0:
            self.should_exit.set()
        return super().should_restart()

    def restart(self) -> None:
        """Start the server again."""
        with self._limit():
            super().restart()

    def shutdown(self) -> None:
        """End the server."""
        with self._limit():
            super().shutdown()

    @contextlib.contextmanager
    def _limit(self) -> Iterator[None]:
        timer = threading.Timer(END_SECONDS, _kill, [self.process])
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _kill(server: BaseProcess) -> None:
    logging.getLogger("uvicorn.error").warning(HANGS)
    server.kill()


def main() -> None:
    """Serve the app of the current folder until a signal ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--app", default=APP)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--reload-dir", action="append", dest="folders")
    parser.add_argument("--end-when-killed", action="store_true")
    arguments = parser.parse_args()
    config = uvicorn.Config(
        arguments.app, port=arguments.port, reload=True, reload_dirs=arguments.folders, reload_includes=["*.sql"]
    )
    reloader = Reloader(config, target=uvicorn.Server(config).run, sockets=[config.bind_socket()])
    reloader.ends_when_killed = arguments.end_when_killed
    reloader.run()


if __name__ == "__main__":
    main()
