"""PostgreSQL server of one submission, in the sandbox of its services."""

from __future__ import annotations

import errno
import importlib.util
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.services.postgres.access import ADMIN_ROLE, Access
from classroom.services.postgres.admin import PRIVATE, failure
from classroom.services.postgres.connect import MENDING_SECONDS, first_line, reaches
from classroom.services.postgres.servers.binaries import PACKAGE, SESSION_KB
from classroom.services.postgres.servers.cluster import FOLDER, PORT, cluster_archive
from classroom.services.sandbox import DATA, WAL

if TYPE_CHECKING:
    from classroom.services.sandbox import ServiceSandbox

HOST = "127.0.0.1"  # what the app's address says; in its own sandbox it leads to the socket
NAME = "postgres"
START_SECONDS = 30
PAUSE = 0.003


class PrivateServer:
    """One submission's server: what happens to it is that submission's responsibility.

    Args:
        sandbox: the sandbox that it is started in, without waiting until it responds.
    """

    way = PRIVATE
    programs: Path | None = None
    places: tuple[Path, ...] = ()

    def __init__(self, sandbox: ServiceSandbox) -> None:
        self.sandbox = sandbox
        archive, self._password = cluster_archive()
        with archive.open("rb") as packed:
            sandbox.run(["/bin/tar", "-xf", "-", "-C", DATA], stdin=packed.fileno())
        data = f"{DATA}/{FOLDER}"
        # In a file system of its own: the server keeps working when the data has filled theirs.
        sandbox.run(["/bin/sh", "-c", f"mv {data}/pg_wal {WAL}/pg_wal && ln -s {WAL}/pg_wal {data}/pg_wal"])
        argv = [f"{programs_folder()}/postgres", "-D", data, "-k", sandbox.FOLDER]
        sandbox.start(NAME, argv, {"AS": SESSION_KB * 1024, "CORE": 0})

    @property
    def access(self) -> Access:
        """Return how to log in."""
        return Access(HOST, PORT, ADMIN_ROLE, self._password, "postgres", self.sandbox.sockets)

    @property
    def socket_path(self) -> str:
        """Return the path of its Unix socket, as this process can open it."""
        return f"{self.sandbox.sockets}/.s.PGSQL.{PORT}"

    def ready(self) -> None:
        """Wait until it responds.

        Raises:
            CouldNotCheck: it does not start.
        """
        began = time.monotonic()
        while not reaches(self.access):
            if time.monotonic() > began + under_load(START_SECONDS):
                raise CouldNotCheck("This submission's PostgreSQL does not start: try again.")
            time.sleep(PAUSE)

    def trouble(self, error: Exception) -> str:
        """Return one sentence: the server does not respond."""
        return f"This submission's PostgreSQL does not respond ({first_line(error)})."

    def revive(self) -> None:
        """Wait for a server that recovers from a crash.

        Raises:
            DatabaseError: it was ended because of what the submission did with it, or does not respond.
        """
        began = time.monotonic()
        while self.sandbox.ended() is None:
            if self._reaches():
                return
            # A crash also ends sessions that are logging in; the server keeps listening during it.
            if not self._listens() or time.monotonic() > began + under_load(MENDING_SECONDS):
                break
            time.sleep(PAUSE)
        why = self.sandbox.ended() or "it has crashed and cannot recover in the space that it has"
        raise failure(self, f"This submission's services were stopped: {why}.")

    def _reaches(self) -> bool:
        try:
            return reaches(self.access)
        except CouldNotCheck as error:
            raise failure(self, "This submission's PostgreSQL does not respond.") from error

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.setblocking(False)
            return caller.connect_ex(self.socket_path) in (0, errno.EAGAIN)  # a full queue also means that it listens

    def close(self) -> None:
        """Do nothing: it ends with its sandbox."""


def programs_folder() -> Path:
    """Return the folder of the wheel's programs: inside the sandbox packages have the same paths as outside.

    Raises:
        CouldNotCheck: the wheel is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CouldNotCheck("There is no PostgreSQL here: run `make setup`, or set DATABASE_URL to a server.")
    home = next(iter(spec.submodule_search_locations))
    return Path(os.path.abspath(home)) / "pginstall" / "bin"  # noqa: PTH100 - as sys.path has it, links unresolved
