"""An app that a fork server started, as its launcher sees it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import socket
import time
from typing import TYPE_CHECKING, cast

from classroom.apps.inside.messages import TERMINATE
from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.apps.endpoint import Endpoint
    from classroom.apps.inside.messages import Report, StartRequest

LOOK_SECONDS = 1.0  # until the load of the machine is measured again
LONGEST_REPORT = 65536  # bytes

_numbers = itertools.count()


class ForkedInstance:
    """One start of an app; the app holds the other end of the status connection for as long as it lives.

    Args:
        output: the descriptor to read what it prints from.
        status: this end of the status connection, where its report arrives.
        end: kills it.
    """

    def __init__(self, output: int, status: int, end: Callable[[], None]) -> None:
        self.output = output
        self._status = status
        self._end = end

    def wait(self, seconds: float) -> Report:
        """Wait for the next report.

        Raises:
            TimeoutError: there was no report in time.
        """
        began, data = time.monotonic(), b""
        while b"\n" not in data and len(data) < LONGEST_REPORT:
            left = began + under_load(seconds) - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not select.select([self._status], [], [], min(left, LOOK_SECONDS))[0]:
                continue
            if not (more := self._read()):
                break
            data += more
        return parse_report(data.partition(b"\n")[0])

    def _read(self) -> bytes:
        try:
            return os.read(self._status, LONGEST_REPORT)
        except ConnectionError:  # it ended before it had read what it was asked for
            return b""

    def terminate(self) -> None:
        """Ask the app to send itself SIGTERM."""
        with contextlib.suppress(OSError):
            os.write(self._status, TERMINATE)

    def alive(self) -> bool:
        """Return whether the process still holds its end of the status connection."""
        return self._status >= 0 and not select.select([self._status], [], [], 0)[0]

    def kill(self) -> None:
        """End the process with everything that it started."""
        if self._status >= 0:
            os.close(self._status)
            self._status = -1
        self._end()


def parse_report(line: bytes) -> Report:
    """Return a report; an app may have written it itself, so anything but a JSON object is an empty one."""
    try:
        report = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return cast("Report", report) if isinstance(report, dict) else {}


def start_forked(
    request: StartRequest,
    endpoint: Endpoint,
    fork: Callable[[str, StartRequest, list[int]], None],
    kill: Callable[[str], None],
) -> ForkedInstance:
    """Have a fork server start one app.

    Args:
        request: what to start.
        endpoint: where the app is to listen.
        fork: starts the app of this name; its descriptors are a listening socket, its output and its status connection.
        kill: ends the app of this name.

    Raises:
        CouldNotCheck: nothing was started, for a reason that is not the app's.
    """
    name = f"{os.getpid()}-{next(_numbers)}"
    output, app_output = os.pipe()
    status, app_status = (end.detach() for end in socket.socketpair())
    try:
        with endpoint.listen() as listener:
            fork(name, request, [listener.fileno(), app_output, app_status])
    except BaseException:
        os.close(output)
        os.close(status)
        with contextlib.suppress(CouldNotCheck):
            kill(name)
        raise
    finally:
        os.close(app_output)
        os.close(app_status)
    return ForkedInstance(output, status, lambda: kill(name))
