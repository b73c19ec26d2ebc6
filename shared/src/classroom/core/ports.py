"""The ports that things listen on, on one machine: which they are, whether they are free, whether somebody listens."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass

from classroom.core.errors import UsageError

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Where the parts listen; the instances take the two ports behind the balancer's."""

    site: int = 8000
    storage: int = 9000

    @property
    def instances(self) -> tuple[int, int]:
        """The two instances' own."""
        return self.site + 1, self.site + 2

    def ensure_free(self) -> None:
        """Raise UsageError, with what to type, for the first one that is in use."""
        for port in (self.site, *self.instances):
            ensure_port_free(port, f"--port {self.site + 10}")
        ensure_port_free(self.storage, f"--storage-port {self.storage + 1}")


def ensure_port_free(port: int, other: str) -> None:
    """Raise UsageError where a port of 127.0.0.1 cannot be used.

    Args:
        port: the port.
        other: the option that takes another one, such as `--port 8001`.
    """
    with socket.socket() as probe:
        # Without it a port that was in use a moment ago counts as taken on Linux; on Windows it would steal a port.
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OverflowError:
            raise UsageError(f"{port} is no port: it is a number from 1 to 65535.") from None
        except OSError as error:
            raise UsageError(
                f"Port {port} of {HOST} cannot be used ({error.strerror}). "
                f"Stop what runs there, or take another one: classroom run {other}"
            ) from None


def listens(port: int) -> bool:
    """Whether somebody listens at a port of 127.0.0.1."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False
