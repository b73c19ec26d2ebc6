"""Starting pytest: once for one folder, or once for a whole worker that forks for each submission."""

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

OPTIONS = ("--import-mode=importlib", "--strict-markers", "-p", "classroom.checks.plugin")
LEFT_OUT = (
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
    """Collect the run's checks and run them, or leave the running to one of the plugins.

    Raises:
        CouldNotCheck: the checks themselves are broken, or a disk is full.
        KeyboardInterrupt: pytest keeps it to itself, and whoever called has to end, too.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    import pytest

    folder = run.assignment.folder
    places = [run.assignment.visible_checks, *([run.assignment.hidden_checks] if run.hidden else [])]
    skip_reason = [word for name in LEFT_OUT for word in ("-p", f"no:{name}")]
    arguments = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), *OPTIONS, *skip_reason, *map(str, places)]
    talk = io.StringIO()
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with contextlib.redirect_stdout(talk), contextlib.redirect_stderr(talk):
            code = pytest.main(arguments, plugins=[Carrier(run), *plugins])
    finally:
        sys.dont_write_bytecode = bytecode
    if run.full:
        raise run.full
    if code == pytest.ExitCode.INTERRUPTED and not run.trouble:  # what cannot be collected interrupts, too
        raise KeyboardInterrupt
    if run.trouble or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        told = run.trouble or talk.getvalue().strip()[-2000:] or f"pytest ended with {code!r}"
        raise CouldNotCheck(f"The checks of {run.assignment.name} could not be run: {told}")
