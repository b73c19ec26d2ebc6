"""The libraries that a fork server loads ahead."""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARD = ("encodings.ascii", "fcntl", "resource")  # each fork would find and load them again
ALWAYS = (*STANDARD, "uvicorn", "uvicorn.lifespan.on", "uvicorn.loops.asyncio", "uvicorn.protocols.http.h11_impl")
# What a library imports only when it is first used: half of an app's start, and of its first response.
ON_FIRST_USE = {
    "fastapi": (
        *("fastapi.responses", "fastapi.openapi.utils", "fastapi.openapi.docs"),
        *("fastapi.telemetry._runtime", "pydantic.v1", "pydantic._internal._dataclasses", "anyio._backends._asyncio"),
    ),
    "psycopg2": ("psycopg2.extras",),
    "pytest": (
        *("pdb", "unittest", "_pytest.unittest", "_pytest.helpconfig", "_pytest.junitxml", "_pytest.skipping"),
        *("_pytest.faulthandler", "_pytest.pastebin", "_pytest.setupplan", "_pytest.stepwise", "_pytest.tracemalloc"),
        *("_pytest.threadexception", "_pytest.unraisableexception", "_pytest.warnings"),
    ),
    "sqlalchemy.orm": ("sqlalchemy.dialects.postgresql.psycopg2", "sqlalchemy.ext.declarative"),
}


def load(libraries: Sequence[str]) -> None:
    """Import what every app of this week needs; an app that imports what is not installed sees the error itself."""
    gc.disable()  # imports leave hardly any garbage, and looking for it takes a tenth of the time
    try:
        for name in (*ALWAYS, *libraries, *(more for each in libraries for more in ON_FIRST_USE.get(each, ()))):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    finally:
        gc.enable()
    if "httpx" in sys.modules:
        import ssl

        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # OpenSSL sets itself up for the first one: 0.005 s of each app's start
