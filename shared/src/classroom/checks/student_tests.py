"""Tests that a submission contains: run against the course's app, or a broken variant of it, which they reach only over HTTP.

App and tests are two processes, in the sandbox each with its own files. So tests can only judge an app by its responses:
nothing that they can read, print or exit with says which variant it is. A verdict needs a run on the correct app and one
on a broken app, and only their difference earns anything.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.apps.app import App, NotStarted
from classroom.apps.environment import Environment
from classroom.apps.exchange import Failure
from classroom.apps.program import Command
from classroom.checks.causes.printed_error import OWN_LINES
from classroom.checks.live_fixtures import INSTALL
from classroom.core.errors import CouldNotCheck
from classroom.core.imports import missing_packages
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from classroom.checks.run import Run

SECONDS = 10.0  # for one run of the tests in a file
EXHAUSTED = "The tests have used all the CPU time for the whole run, so the app that they test could not be started."
PASSED, FAILED, NONE_FOUND = 0, 1, 5  # exit statuses of pytest
CONFIG = "pytest.ini"
OPTIONS = """[pytest]
addopts = -q --exitfirst --tb=short --color=no --show-capture=no
    -p no:cacheprovider -p no:warnings -p no:threadexception -p no:unraisableexception
"""
BRIEF = ("--tb=no",)  # reading the source for a traceback takes as long as all the rest of a run
URL = "APP_URL"
AUTOLOAD = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache")
FRAME = re.compile(r"(?P<file>[\w./\\-]{1,200}\.py):(?P<line>\d{1,6}): in (?P<function>[\w<>]+)$")
ERROR = re.compile(r"E {3}(.*)$")
NAME = re.compile(r"_{3,} (?:ERROR (?:at setup of|collecting) )?(\S.*?) _{3,}$")
SYNTAX = re.compile(r'E +File "(?P<file>[^"]{1,400})", line (?P<line>\d{1,6})')
NO_FIXTURE = re.compile(r"file (?P<file>.{1,400}), line (?P<line>\d{1,6})$")
LONGEST_LINE, MOST_LINES = 300, 12  # that are read of one error


@dataclass(frozen=True)
class Outcome:
    """A run of tests on one app.

    Attributes:
        exit_code: pytest's exit status; None if the tests did not finish.
        output: what pytest printed.
    """

    exit_code: int | None
    output: str

    @property
    def passed(self) -> bool:
        """Whether no test failed."""
        return self.exit_code == PASSED

    @property
    def failed(self) -> bool:
        """Whether a test failed; False if the tests did not finish, or did not start."""
        return self.exit_code == FAILED

    def why(self) -> str:
        """Return why the tests did not pass, in a sentence and the lines of the first error."""
        if self.exit_code is None:
            return f"The tests did not finish within {SECONDS:g} seconds, or ended the process that runs them."
        if self.exit_code == NONE_FOUND:
            return "pytest found no tests: the name of a test must begin with test_."
        lines = [line[:LONGEST_LINE].rstrip() for line in self.output.splitlines()]
        start = next((number for number, line in enumerate(lines) if NAME.match(line)), None)
        if start is None:
            return "the tests fail." + "".join(f"\n{line}" for line in lines[-MOST_LINES:])
        found = NAME.match(lines[start])
        name, below = found[1] if found else "", lines[start + 1 :]
        if traceback := _traceback(below):
            return f"{name} fails:\n{OWN_LINES}\n{traceback}"
        return f"{name} fails: {re.sub(r'^In [^ ]*::', '', ''.join(below[:1]))}"


def _traceback(lines: list[str]) -> str:
    """Return the first error that pytest shows, in the form in which Python prints it; empty if there is none."""
    first = next((number for number, line in enumerate(lines) if ERROR.match(line)), None)
    if first is None:
        return ""
    shown = []
    for number, line in enumerate(lines[:first]):
        if found := FRAME.match(line):
            shown += [f'  File "{found["file"]}", line {found["line"]}, in {found["function"]}', lines[number + 1]]
        elif found := NO_FIXTURE.match(line):
            shown += [f'  File "{found["file"]}", line {found["line"]}', f"  {lines[number + 1]}"]
    said = [found[1].strip() for line in lines[first : first + MOST_LINES] if (found := ERROR.match(line))]
    if syntax := next((found for line in lines if (found := SYNTAX.match(line))), None):
        shown = [f'  File "{syntax["file"]}", line {syntax["line"]}']
        said = [line for line in said if re.match(r"\w+Error: ", line)] or said
    return "\n".join([*shown, _named(said[0]), *said[1:]])


def _named(error: str) -> str:
    """Return an error with the name of its class, which pytest leaves out of a plain assert and of a missing fixture."""
    if error.startswith("fixture "):
        return f"LookupError: {error}"
    return error if re.match(r"[\w.]+(?::|$)", error) else f"AssertionError: {error}"


class StudentTests:
    """Runs the tests of a submission.

    Args:
        run: the run, whose assignment has the app that is tested.
        build: makes an App or a Command with the limits of this run, for a folder.
    """

    def __init__(self, run: Run, build: Callable[..., Any]) -> None:
        self._run = run
        self._scratch = ScratchDir("tests")
        course, tests = self._scratch.path / "course", self._scratch.path / "tests"
        shutil.copytree(run.assignment.folder / "app", course / "app", ignore=LEFT_OUT)
        self._copy_tests(tests)
        self._app = build(App, folder=course, loopback=True)
        self._tests = build(Command, folder=tests)

    def _copy_tests(self, target: Path) -> None:
        """Copy what the student has written, and nothing else: not the app, and none of the course's checks."""
        assert self._run.job is not None
        target.mkdir()
        for part in self._run.assignment.student_files:
            if (source := self._run.job.folder / part).is_dir():
                shutil.copytree(source, target / part, ignore=LEFT_OUT, ignore_dangling_symlinks=True)
        (target / CONFIG).write_text(OPTIONS, encoding="utf-8")

    def run(self, path: str, changes: Mapping[str, str] | None = None, *, brief: bool = False) -> Outcome:
        """Run the tests in a file of the submission against the course's app, which is started for them.

        Args:
            path: the file, such as `my_tests/test_prices.py`.
            changes: modules of the app that are different in this variant: the text of each by its path.
            brief: whether only the verdict is needed, not the reason.

        Raises:
            Failure: the submission has no such file, or the time or the CPU time of the whole run is used up.
            CouldNotCheck: the course's app does not start, or a package that the tests need is not installed.
        """
        self._run.touched = True
        if not (self._tests.folder / path).is_file():
            raise Failure(f"The submission has no file {path}.")
        if self._run.used_up:
            raise Failure("The time limit for the whole run was reached before this check.")
        if missing := missing_packages(self._run.assignment.folder / "requirements.txt"):
            raise CouldNotCheck(f"The package {next(iter(missing.values()))} is not installed. {INSTALL}")
        try:
            self._must_have_cpu_time()
            self._app.start(changes or {})
        except NotStarted as error:
            self._must_have_cpu_time()
            raise CouldNotCheck(f"the course's app does not start: {error}") from None
        _, port = self._app.address
        self._tests.environment = Environment(plain=AUTOLOAD, services={URL: f"http://127.0.0.1:{port}"})
        self._tests.start_s = min(SECONDS, self._run.seconds_left())
        done = self._tests.run("pytest", "-c", CONFIG, *(BRIEF if brief else ()), path)
        self._app.stop()
        return Outcome(done.exit_code, done.output)

    def _must_have_cpu_time(self) -> None:
        if self._run.launcher.is_exhausted():
            raise Failure(EXHAUSTED) from None

    def close(self) -> None:
        """End all processes, and remove the copies."""
        self._tests.close()
        self._app.close()
        self._scratch.close()
