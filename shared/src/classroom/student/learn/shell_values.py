"""What a shell would put into an example: the output of a program of the student's own app, such as a token.

Nothing else of a shell is understood, and no shell is started.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from classroom.apps.output import Output
from classroom.core.load import under_load
from classroom.core.processes import WITH_PDEATHSIG, clean_environment, end_tree, popen_with_pdeathsig

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from classroom.student.examples import Example

PROGRAM = re.compile(r"\$\(python -m (app\.\w+)((?: [\w.@-]+)*)\)")
NAMED = re.compile(r"(\w+)=(\$\(python -m [^()]*\))")
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
PLAIN = re.compile(r"[\w.~+/=:@-]{1,4000}")  # nothing that means something in a command
SECONDS = 15
LAST = 300  # characters of a line that is shown


class NoValueError(Exception):
    """A program did not print a value; the message says which one, and what it printed instead."""


def spelled_out(command: str, earlier: Iterable[Example]) -> str | None:
    """Return a command with the programs behind its variables, or None if it needs more of a shell than that."""
    matches = (NAMED.fullmatch(example.command) for example in earlier)
    named = {match[1]: match[2] for match in matches if match}
    command = VARIABLE.sub(lambda match: named.get(match[1] or match[2], match[0]), command)
    return None if "$" in PROGRAM.sub("", command) else command


def filled_in(command: str, folder: Path) -> str:
    """Return a command, as `spelled_out` returns it, with what its programs print.

    Raises:
        NoValueError: a program failed, or printed something other than one plain word.
    """
    return PROGRAM.sub(lambda match: _printed(match[1], match[2].split(), folder), command)


def _printed(module: str, arguments: list[str], folder: Path) -> str:
    name = " ".join(["python -m", module, *arguments])
    pipes = os.pipe(), os.pipe()
    process = popen_with_pdeathsig(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=pipes[0][1],
        stderr=pipes[1][1],
        **WITH_PDEATHSIG,
    )
    for _, end in pipes:
        os.close(end)
    output, errors = (Output(end) for end, _ in pipes)  # which keep only so much of it
    try:
        status = process.wait(under_load(SECONDS))
    except subprocess.TimeoutExpired:
        raise NoValueError(f"`{name}` did not finish within {SECONDS} s.") from None
    finally:
        end_tree(process)
    value = output.since(0).strip()
    if status or not PLAIN.fullmatch(value):
        last = (errors.since(0).strip() or value or "nothing").splitlines()[-1]
        raise NoValueError(f"`{name}` printed no value: {last[:LAST]}")
    return value
