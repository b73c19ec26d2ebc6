"""The launcher protocol: what starts and ends apps, whichever way a system allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import socket

FORK_SERVER = Path(__file__).parent / "inside/fork_server.py"


class Launcher(Protocol):
    """Starts apps, and ends them with everything that they began."""

    def start(self, name: str, order: dict[str, Any], listener: socket.socket, output: int, status: int) -> None:
        """Start one app that listens on `listener`, prints to `output` and tells `status` how it went."""

    def kill(self, name: str) -> None:
        """End one app with everything it began; nothing happens when it has ended already."""

    def reset(self) -> None:
        """End all apps."""

    def close(self) -> None:
        """End all apps and the launcher."""

    def environment(self) -> dict[str, str]:
        """What every app finds in its environment."""

    def gone(self) -> bool:
        """Whether what starts apps has ended, and every app with it."""

    @property
    def sandbox(self) -> str:
        """The name of the walls, for the result."""
