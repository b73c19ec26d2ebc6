"""What a week needs beside its app: a PostgreSQL, a cache, a storage.

supply       what an assignment names, opened once and closed together
postgres     picks a server: DATABASE_URL, a container, or the embedded one
keeper       hands out databases with a role of their own, and takes them back
database     what a check may do with one of them
cache        one that is given, the engine from a wheel, or a stand-in
storage      the file server that a week brings along
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classroom.services.database import Database
    from classroom.services.keeper import Keeper
    from classroom.services.postgres import open_postgres

__all__ = ["Database", "Keeper", "open_postgres"]

_HOMES = {"Database": "database", "Keeper": "keeper", "open_postgres": "postgres"}


def __getattr__(name: str) -> Any:
    """Import a name where it is first used, so that a week without a database pays nothing."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
