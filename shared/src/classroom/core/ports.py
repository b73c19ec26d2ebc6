"""The ports of 127.0.0.1 that a local system uses: their numbers, whether they are free, whether something listens."""

from __future__ import annotations

import contextlib
import os
import random
import socket
from dataclasses import dataclass

from classroom.core.commands import typed
from classroom.core.errors import UsageError

HOST = "127.0.0.1"
FREE = range(20_000, 30_000)  # below the ephemeral ports


@dataclass(frozen=True)
class Ports:
    """The ports of a local system; the instances use the two after the balancer's (`site`)."""

    site: int = 8000
    storage: int = 9000

    @property
    def instances(self) -> tuple[int, int]:
        """Return the ports of the two instances."""
        return self.site + 1, self.site + 2

    def ensure_free(self, week: str) -> None:
        """Raise UsageError, with what to type for this week, if one of the ports is in use."""
        for port in (self.site, *self.instances):
            ensure_port_free(port, typed("run", week, port=self.site + 10))
        ensure_port_free(self.storage, typed("run", week, storage_port=self.storage + 1))


def free_ports() -> Ports:
    """Return ports that are free at this moment.

    Raises:
        UsageError: none were found.
    """
    draw = random.Random(os.urandom(8))  # noqa: S311 - not a secret
    for _ in range(50):
        ports = Ports(draw.choice(FREE), draw.choice(FREE))
        numbers = (ports.site, *ports.instances, ports.storage)
        if len(set(numbers)) == len(numbers) and all(map(is_free, numbers)):
            return ports
    raise UsageError(f"No free ports were found on {HOST}.")


def bound(port: int) -> socket.socket:
    """Return a socket that is bound to a port of 127.0.0.1 and does not listen yet.

    Args:
        port: its number; 0 for one that the system picks.

    Raises:
        UsageError: the number is not a valid port.
        OSError: the port cannot be used.
    """
    found = socket.socket()
    try:
        # Without this option a port that was in use a moment ago is unavailable on Linux; on Windows it would steal a port.
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
    except OverflowError:
        found.close()
        raise UsageError(f"{port} is not a valid port: use a number from 1 to 65535.") from None
    except OSError:
        found.close()
        raise
    return found


def is_free(port: int) -> bool:
    """Return whether a port of 127.0.0.1 can be used."""
    try:
        bound(port).close()
    except OSError:
        return False
    return True


def ensure_port_free(port: int, other: str) -> None:
    """Raise UsageError if a port of 127.0.0.1 cannot be used.

    Args:
        port: its number.
        other: the command that uses another port.
    """
    try:
        bound(port).close()
    except OSError as error:
        raise UsageError(
            f"Port {port} on {HOST} cannot be used ({error.strerror}). "
            f"Stop the program that is using it, or use another port: {other}"
        ) from None


def listens(port: int) -> bool:
    """Return whether something listens on a port of 127.0.0.1."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False
