"""A run of GitHub Actions: the scorecard as its summary, annotations at the right lines, points for the reporter.

What a student's program prints is never a workflow command: commands are turned off while the scorecard is printed, and
everything printed outside is escaped.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.core.branches import other_branch
from classroom.core.imports import starter_files
from classroom.core.result import Verdict
from classroom.core.text import first_line, sanitize
from classroom.student.card import ASKS, CAUSE, HAPPENED, check_rows, first_bad, locations, text_of
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.assignment import Assignment
    from classroom.core.result import CheckResult, Result, TaskResult

# Variables that lead to files and services of the run, which a student's program must not reach.
CHANNELS = ("GITHUB_", "ACTIONS_", "RUNNER_", "INPUT_")
KEPT = ("GITHUB_ACTIONS",)  # sanitize() reads it
STATUS = {Verdict.PASS: "pass", Verdict.COULD_NOT_CHECK: "error"}


class Actions:
    """The run that this process is a step of; create it before any code of a submission starts."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name.startswith(CHANNELS)}
        for name in set(environment) - set(KEPT):
            del os.environ[name]
        os.environ["GITHUB_ACTIONS"] = "true"
        self.workspace = Path(environment.get("GITHUB_WORKSPACE") or Path.cwd())
        self.commit = environment.get("GITHUB_SHA")
        self.notes = _branch_notes(environment.get("GITHUB_EVENT_PATH"))
        self.files = {name: environment.get(f"GITHUB_{name}") for name in ("STEP_SUMMARY", "ENV", "OUTPUT")}

    @contextlib.contextmanager
    def fence(self) -> Iterator[None]:
        """Turn off workflow commands in this context; only this process knows the token that turns them on again."""
        token = secrets.token_hex(16)
        print(f"::stop-commands::{token}", flush=True)
        try:
            yield
        finally:
            print(f"\n::{token}::", flush=True)

    def show(self, assignment: Assignment, result: Result) -> None:
        """Write the summary, an annotation for each red task, and the points."""
        notes = (*self.notes, *result.notes)
        self._append("STEP_SUMMARY", feedback(replace(result, commit=self.commit, notes=notes)))
        for task in result.tasks:
            if task.verdict in (Verdict.FAIL, Verdict.COULD_NOT_CHECK):
                print(self._annotation(assignment, task), flush=True)
        runners = [task for task in result.tasks if not task.bonus]
        names = [f"task-{task.number}" for task in runners]
        score = "" if result.score is None else result.score
        self._append("OUTPUT", f"runners={','.join(names)}\nscore={score}\nmax-score={result.max_score}\n")
        lines = (f"{name.upper()}_RESULTS={points(task)}\n" for name, task in zip(names, runners, strict=True))
        self._append("ENV", "".join(lines))

    def _append(self, name: str, text: str) -> None:
        if path := self.files[name]:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)

    def _annotation(self, assignment: Assignment, task: TaskResult) -> str:
        path, line = location_of(assignment, task)
        with contextlib.suppress(ValueError):
            path = path.relative_to(self.workspace.resolve())
        bad = first_bad(task)
        message = text_of(row for row in check_rows(bad) if row.label in (CAUSE, HAPPENED)) + f"\n{ASKS}: {bad.asks}"
        title = f"{task.number}. {task.title}: {task.earned}/{task.points}"
        about = {"file": path.as_posix(), "line": str(line), "title": title}
        properties = ",".join(f"{name}={_escaped(value, property=True)}" for name, value in about.items())
        return f"::error {properties}::{_escaped(sanitize(message))}"


def _branch_notes(event: str | None) -> list[str]:
    """Return a note if another branch than the default branch was pushed: official grading ignores it."""
    try:
        data = json.loads(Path(event or "").read_text(encoding="utf-8"))
        graded = str(data["repository"]["default_branch"])
        pushed = str(data["ref"]).removeprefix("refs/heads/")
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [other_branch(pushed, graded)] if pushed != graded and not pushed.startswith("refs/") else []


def points(task: TaskResult) -> str:
    """Return a task as a runner result of `autograding-grading-reporter`: base64 of JSON, with a test for each check."""
    passed = [check for check in task.checks if check.verdict is Verdict.PASS]
    tests: list[dict[str, Any]] = []
    shared = 0
    for check in task.checks:
        share = 0
        if check in passed and task.earned:
            # The last check that passed gets the remainder of rounding, so that the sum is the points earned.
            weights = sum(other.weight for other in passed)
            share = task.earned - shared if check is passed[-1] else task.earned * check.weight // weights
            shared += share
        status = STATUS.get(check.verdict, "fail")
        tests.append(
            {
                "name": check.name,
                "status": status,
                "score": share,
                "message": _said(check),
                "test_code": "",
                "filename": "",
                "line_no": 0,
                "duration": check.duration_s,
            }
        )
    data = {"version": 1, "status": STATUS.get(task.verdict, "fail"), "max_score": task.points, "tests": tests}
    return base64.b64encode(json.dumps(data).encode()).decode()


def _said(check: CheckResult) -> str:
    """Return the first line of what the card says of a check, or an empty text."""
    rows = [] if check.verdict is Verdict.PASS else check_rows(check)
    return first_line(rows[0].text, 300) if rows else ""


def location_of(assignment: Assignment, task: TaskResult) -> tuple[Path, int]:
    """Return the file and line to look at: where the program failed, else the TODO, else the route, else the README."""
    files = list(starter_files(assignment))
    section = assignment.task(task.number).section
    return (
        _failed_line(assignment, task, files)
        or _first_match(files, rf"TODO {task.number}\b")
        or _first_match(files, _route(task))
        or _first_match([assignment.folder / "README.md"], rf"^## {re.escape(section)}\s*$")
        or (assignment.folder / "README.md", 1)
    )


def _failed_line(assignment: Assignment, task: TaskResult, files: list[Path]) -> tuple[Path, int] | None:
    for check in task.checks:
        if check.verdict is task.verdict and not check.hidden:
            for name, line in locations(check):
                path = assignment.folder / name
                if path in files and 0 < line <= len(path.read_bytes().splitlines()):
                    return path, line
    return None


def _route(task: TaskResult) -> str | None:
    """Return a pattern for the start of the requested path as a program writes it, such as `"/items`."""
    for check in task.checks:
        if check.verdict is task.verdict and (
            requested := re.search(r"https?://[^/\s]+(/[\w.-]*)", check.request or "")
        ):
            return rf"""["']{re.escape(requested[1])}(?![\w.-])"""
    return None


def _first_match(files: list[Path], pattern: str | None) -> tuple[Path, int] | None:
    if pattern is None:
        return None
    for path in files:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if re.search(pattern, line):
                return path, number
    return None


def _escaped(text: str, *, property: bool = False) -> str:  # noqa: A002 - GitHub's own word
    """Return text escaped for a workflow command."""
    safe = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return safe.replace(":", "%3A").replace(",", "%2C") if property else safe
