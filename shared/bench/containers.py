"""Whether a PostgreSQL in a container can be had here, and one such container."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = os.environ.get("POSTGRES_IMAGE", "postgres:18")


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
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # a second image, which only a registry has
    from testcontainers.postgres import PostgresContainer

    with PostgresContainer(IMAGE):
        yield
