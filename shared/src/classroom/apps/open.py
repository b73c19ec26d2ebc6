"""Open the launcher that fits this system and the sandbox asked for."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from classroom.apps.fork import ForkLauncher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.launcher import Launcher

FORKS = hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and not os.environ.get("CLASSROOM_NO_FORK")


def open_launcher(libraries: Sequence[str], sandbox: str = "none") -> Launcher:
    """Return the launcher for this system; it loads the libraries while the caller goes on.

    Args:
        libraries: modules to load ahead.
        sandbox: `none` or `bubblewrap`; see `bubblewrap.why_unavailable` first.
    """
    if sandbox != "none":
        from classroom.apps.sandbox.launcher import SandboxLauncher

        return SandboxLauncher(libraries)
    if FORKS:
        return ForkLauncher(libraries)
    from classroom.apps.spawn import SpawnLauncher

    return SpawnLauncher(libraries)
