"""Run the console and sh blocks of an extra's README in a real shell, next to the running apps of the solution."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, Self

from classroom.apps.app import NotStarted
from classroom.core.load import under_load
from classroom.core.processes import clean_environment, end_tree
from classroom.core.scratch import ScratchDir
from classroom.instructor.proof import readme_shell
from classroom.instructor.proof.readme_examples import PAUSE_SECONDS, SETTLE_SECONDS, started
from classroom.instructor.proof.readme_shell import NOT_REACHED, difference
from classroom.student.examples import FIRST_PORT, Example, in_block

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment

BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)
ADDRESS = re.compile(r"(?:127\.0\.0\.1|localhost):(\d+)")
ENDLESS = ("curl -N ", "python -m websockets ")  # runs until a person ends it
ENDLESS_SECONDS = 3
TIMED_OUT = 124  # the exit status of `timeout`
STEP_SECONDS = 60
BROKEN = re.compile(rb"HTTP/1\.1 (404|405|5\d\d)\b")  # of a response that the README does not show


def missing_tools() -> list[str]:
    """Return which of the programs that run an extra's README this machine does not have."""
    return readme_shell.missing_tools("timeout")


class Step(NamedTuple):
    """A command of a README; `compared` if the README shows its output."""

    example: Example
    compared: bool


def skip_reason(assignment: Assignment) -> str | None:
    """Return why an extra's README is not run on this machine, or None."""
    if not assignment.is_extra or not (missing := missing_tools()):
        return None
    return f"{assignment.folder / 'README.md'} was not run: install {' and '.join(missing)}, and verify again."


def problems(assignment: Assignment, text: str | None = None) -> list[str]:
    """Return where a command fails, or prints something else than the README shows, each with its line.

    Args:
        assignment: an extra.
        text: the README; the extra's own by default.

    Returns:
        Nothing if this machine cannot run the README (see `skip_reason`).
    """
    if missing_tools():
        return []
    path = assignment.folder / "README.md"
    text = path.read_text(encoding="utf-8") if text is None else text
    found = []
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(ScratchDir("walk"))
        try:
            apps = started(assignment, stack, loopback=True)
        except NotStarted as error:
            return [f"{path}: the solution does not start: {error}"]
        shell = stack.enter_context(Shell(apps[0].folder, scratch, [int(app.address[1]) for app in apps]))
        for step in steps(text):
            if trouble := _trouble(shell, step, several=len(apps) > 1):
                found.append(f"{path}, line {step.example.line}: {trouble}")
            if trouble == NOT_REACHED:
                break  # whatever ended the shell, or keeps it waiting, does so for each line below
    return found


def steps(text: str) -> list[Step]:
    """Return the commands of a README, in order: those of console blocks, and every line of sh blocks but comments."""
    found = []
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(2)) + 1
        if block[1] == "console":
            found += [Step(example, compared=True) for example in in_block(block[2], first)]
        else:
            lines = enumerate(block[2].splitlines(), first)
            found += [Step(Example(number, line), compared=False) for number, line in lines if line and line[0] != "#"]
    return found


def _trouble(shell: Shell, step: Step, *, several: bool) -> str | None:
    """Return what is wrong with the output of a command, or None.

    Where several apps work side by side, a request that changes nothing is repeated for a while, as what it shows may
    depend on another app.
    """
    request = step.example.request()
    again = several and request is not None and request["content"] is None and request["method"] in (None, "GET")
    late = time.monotonic() + under_load(SETTLE_SECONDS)
    while (found := _trouble_now(shell, step)) and again and time.monotonic() < late:
        time.sleep(PAUSE_SECONDS)
    return found


def _trouble_now(shell: Shell, step: Step) -> str | None:
    output = shell.run(step.example.command)
    if step.compared or not output.with_suffix(".status").exists():
        return difference(step.example, output)
    status = int(output.with_suffix(".status").read_text())
    if status not in (0, TIMED_OUT if step.example.command.startswith(ENDLESS) else 0):
        return f"exit status {status}: {output.with_suffix('.err').read_text(errors='replace').strip()[-300:]}"
    if broken := BROKEN.match(output.with_suffix(".out").read_bytes()):
        return f"the status is {broken[1].decode()}."
    return None


class Shell:
    """A bash that runs one command after another in a folder, and keeps its variables.

    Args:
        folder: where it starts.
        scratch: where the output of each command is written.
        ports: of the apps that the README has on port 8000 and those after it.
    """

    def __init__(self, folder: Path, scratch: Path, ports: list[int]) -> None:
        self._scratch, self._ports = scratch, ports
        self._number = 0
        environment = clean_environment() | {"COURSE_PYTHON": sys.executable, "no_proxy": "127.0.0.1,localhost"}
        quiet = subprocess.DEVNULL
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=quiet,
            stderr=quiet,
        )
        self._type('python() { "$COURSE_PYTHON" "$@"; }')

    def __enter__(self) -> Self:
        """Do nothing: it has been started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and what it has started."""
        end_tree(self._bash)
        assert self._bash.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._bash.stdin.close()

    def run(self, command: str) -> Path:
        """Run a command, and return the path of its output without the suffix: `.out`, `.err` and `.status`."""
        self._number += 1
        output = self._scratch / f"step{self._number}"
        if command.startswith(ENDLESS):
            program = command.replace("python ", '"$COURSE_PYTHON" ', 1)
            command = f"timeout {ENDLESS_SECONDS} {program}"
        command = ADDRESS.sub(self._address, command)
        # Braces, not parentheses: the next command sees a variable that this one sets.
        self._type(f'{{ {command}\n}} >"{output}.out" 2>"{output}.err" </dev/null; echo $? >"{output}.new"')
        self._type(f'mv "{output}.new" "{output}.status"')
        late = time.monotonic() + under_load(STEP_SECONDS)
        while not output.with_suffix(".status").exists() and self._bash.poll() is None and time.monotonic() < late:
            time.sleep(PAUSE_SECONDS)
        return output

    def _address(self, found: re.Match[str]) -> str:
        """Return the address of the app that a README has on this port."""
        number = int(found[1]) - FIRST_PORT
        return f"127.0.0.1:{self._ports[number]}" if 0 <= number < len(self._ports) else found[0]

    def _type(self, line: str) -> None:
        assert self._bash.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a line before has ended it
            self._bash.stdin.write(f"{line}\n")
            self._bash.stdin.flush()
