"""The protocols of what starts an app: a launcher, and the instance that it returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from classroom.apps.endpoint import Endpoint
    from classroom.apps.inside.messages import Report, StartRequest

FORK_SERVER = Path(__file__).parent / "inside/__main__.py"


class Instance(Protocol):
    """One start of an app, or of another program of a submission.

    Attributes:
        output: the descriptor to read what it prints from; the caller closes it.
    """

    output: int

    def wait(self, seconds: float) -> Report:
        """Wait for the report of the start, or of the end after `terminate`; it is empty if the process exited without one.

        Args:
            seconds: how long to wait, on a machine that is not busy.

        Raises:
            TimeoutError: there was no report in time.
        """

    def terminate(self) -> None:
        """Ask an app that was started as terminable to send itself SIGTERM."""

    def alive(self) -> bool:
        """Return whether the process is still running."""

    def kill(self) -> None:
        """End the process with everything that it started; nothing happens if it has already exited."""


class Launcher(Protocol):
    """Starts apps, and ends them with everything that they started."""

    def start(self, request: StartRequest, endpoint: Endpoint) -> Instance:
        """Start one app, without waiting until it is ready.

        Args:
            request: what to start, and how.
            endpoint: where the app is to listen.

        Raises:
            CouldNotCheck: nothing was started, for a reason that is not the app's.
        """

    def reset(self) -> None:
        """End all apps."""

    def close(self) -> None:
        """End all apps and the launcher."""

    def environment(self) -> dict[str, str]:
        """Return what every app finds in its environment."""

    def gone(self) -> bool:
        """Return whether what starts apps has exited, and every app with it."""

    def is_exhausted(self) -> bool:
        """Return whether its apps have used all the CPU time that they may use together, so that none can run any more."""

    @property
    def sandbox(self) -> str:
        """The name of the sandbox, for the result."""
