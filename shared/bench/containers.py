"""Whether a PostgreSQL in a container can be had here, and one such container."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from typing import TYPE_CHECKING

import psycopg2

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = os.environ.get("POSTGRES_IMAGE", "postgres:18")
START_SECONDS, PAUSE = 60, 0.02


def missing() -> str | None:
    """Why no container can be started, in words; None where one can."""
    try:
        import docker

        client = docker.from_env()
        client.images.get(IMAGE)
        client.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason
        return f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
    return None


@contextlib.contextmanager
def container() -> Iterator[None]:
    """One container of its own, until it takes connections."""
    import docker

    client = docker.from_env()
    password = secrets.token_hex(8)
    running = client.containers.run(
        IMAGE, environment={"POSTGRES_PASSWORD": password}, ports={"5432/tcp": ("127.0.0.1", None)}, detach=True
    )
    try:
        running.reload()
        port = int(running.ports["5432/tcp"][0]["HostPort"])
        _await(f"host=127.0.0.1 port={port} user=postgres password={password} dbname=postgres")
        yield
    finally:
        running.remove(force=True, v=True)
        client.close()


def _await(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg2.connect(address).close()
        except psycopg2.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)
        else:
            return
