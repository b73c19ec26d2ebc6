"""PostgreSQL in a container, for those who have Docker and want the same server as in production."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from typing import Any

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import cache_folder, make_folder
from classroom.core.locks import load_or_create_secret
from classroom.services.postgres.access import ADMIN_ROLE, Access
from classroom.services.postgres.connect import connect, first_line, reaches
from classroom.services.postgres.names import provisioners_folder
from classroom.services.postgres.servers import settings
from classroom.services.postgres.servers.embedded import PREPARE
from classroom.services.postgres.servers.shared import Note, SharedServer

IMAGE = "postgres:18"  # POSTGRES_IMAGE names another one
START_SECONDS = 60
PAUSE = 0.05
# Runs in the reaper, which imports nothing of this package.
STOP = "import docker, sys; docker.from_env().containers.get(sys.argv[1]).remove(force=True, v=True)"
INSTALL = "run `python -m pip install 'testcontainers>=4.8'`, or leave POSTGRES out to use the embedded server"


class Container(SharedServer):
    """A share in the container that all processes of this account use."""

    way = "container"

    def __init__(self) -> None:
        super().__init__(Engine())

    def trouble(self, error: Exception) -> str:
        """Return one sentence: the server does not respond, and what to do."""
        return f"The PostgreSQL server in the container does not respond ({first_line(error)}): see `docker ps`, and try again."


class Engine:
    """Starts and stops the container. The caller of `start` must hold the start lock."""

    def __init__(self) -> None:
        self.image = os.environ.get("POSTGRES_IMAGE", IMAGE)
        self.folder = make_folder(cache_folder(), 0o755) / "postgres-container"
        self.name = f"classroom-postgres-{load_or_create_secret(provisioners_folder() / 'place', 3)}"

    def start(self) -> Note:
        """Start the container, and return how to get in."""
        password = secrets.token_hex(16)
        try:
            container = self._described(password)
            self._remove_leftover(container)
            container.start()
            host, port = container.get_container_host_ip(), int(container.get_exposed_port(5432))
        except Exception as error:  # the Docker library has no common class for its errors
            raise CouldNotCheck(self._trouble(error)) from error
        access = Access("127.0.0.1" if host == "localhost" else host, port, ADMIN_ROLE, password, "postgres")
        self._await(access, container.get_wrapped_container())
        with connect(access) as connection:
            for statement in PREPARE:
                connection.execute(statement)
        return access.to_note()

    def answers(self, note: Note) -> bool:
        """Tell whether the server lets the provisioner in."""
        return reaches(Access.of_note(note))

    def stopping(self) -> dict[str, Any]:
        """Return how the reaper stops the container."""
        return {"command": [sys.executable, "-c", STOP, self.name], "folder": os.fspath(self.folder), "account": {}}

    def _described(self, password: str) -> Any:
        try:
            from testcontainers.core.config import testcontainers_config
            from testcontainers.core.container import DockerContainer
        except ImportError as error:
            raise CouldNotCheck(f"POSTGRES=container needs the Docker library: {INSTALL}.") from error
        testcontainers_config.ryuk_disabled = True  # its work, tidying up after a crash, is the guard's here
        container = DockerContainer(self.image, name=self.name).with_exposed_ports(5432)
        container.with_envs(POSTGRES_USER=ADMIN_ROLE, POSTGRES_PASSWORD=password, POSTGRES_DB="postgres")
        return container.with_command(["postgres", *settings.as_arguments(settings.ALL)])

    def _remove_leftover(self, container: Any) -> None:
        """Remove a container whose starter was killed before it could record the address."""
        from docker.errors import NotFound  # type: ignore[import-untyped]

        with contextlib.suppress(NotFound):
            container.get_docker_client().client.containers.get(self.name).remove(force=True, v=True)

    def _await(self, access: Access, container: Any) -> None:
        end = time.monotonic() + START_SECONDS
        while not reaches(access):
            container.reload()
            if container.status not in ("created", "running") or time.monotonic() > end:
                said = container.logs(tail=1).decode(errors="replace").strip()
                raise CouldNotCheck(f"The PostgreSQL server in the image {self.image} did not start ({said[:300]}).")
            time.sleep(PAUSE)

    def _trouble(self, error: Exception) -> str:
        if isinstance(error, CouldNotCheck):
            return str(error)
        return (
            f"The image {self.image} could not be started ({first_line(error)}): start Docker, name another image in "
            "POSTGRES_IMAGE, or leave POSTGRES out to use the embedded server."
        )
