"""Start pytest: once for a folder, or once for a worker that forks for each submission."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

from classroom.checks.run import Carrier
from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from classroom.checks.run import Run

CONFIG = "pytest.ini"
OPTIONS = ("--import-mode=importlib", "--strict-markers", "-p", "classroom.checks.plugin")
DISABLED = (
    *(
        "terminal",
        "cacheprovider",
        "logging",
        "junitxml",
        "pastebin",
        "doctest",
        "unittest",
        "stepwise",
        "faulthandler",
    ),
    *("warnings", "recwarn", "capture", "setuponly", "setupplan", "threadexception", "unraisableexception", "nose"),
)


def check(run: Run, *plugins: object) -> None:
    """Collect the checks of a run and run them, or let one of the plugins run them.

    Raises:
        CouldNotCheck: the checks themselves are broken, or a disk is full.
        KeyboardInterrupt: pytest catches it, and the caller has to end as well.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    import pytest

    folder = run.assignment.folder
    for needed in (folder / CONFIG, run.assignment.visible_checks):
        if not needed.exists():
            raise CouldNotCheck(f"{needed} is missing: copy it from the course again.")
    folders = [run.assignment.visible_checks, *([run.assignment.hidden_checks] if run.hidden else [])]
    disabled = [argument for name in DISABLED for argument in ("-p", f"no:{name}")]
    arguments = ["-c", str(folder / CONFIG), "--rootdir", str(folder), *OPTIONS, *disabled, *map(str, folders)]
    output = io.StringIO()
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = pytest.main(arguments, plugins=[Carrier(run), *plugins])
    finally:
        sys.dont_write_bytecode = bytecode
    if run.full:
        raise run.full
    if code == pytest.ExitCode.INTERRUPTED and not run.trouble:  # a failed collection also interrupts
        raise KeyboardInterrupt
    if run.trouble or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        reason = run.trouble or output.getvalue().strip()[-2000:] or f"pytest ended with {code!r}"
        raise CouldNotCheck(f"The checks for {run.assignment.name} could not be run: {reason}")
