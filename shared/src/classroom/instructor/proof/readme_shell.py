"""Run the console blocks of a README in a real shell, next to the running system of the solution."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.core.ports import free_ports
from classroom.core.processes import clean_environment
from classroom.core.scratch import ScratchDir
from classroom.instructor.proof.cases import solution
from classroom.instructor.proof.readme_examples import compare
from classroom.services.manager import Services
from classroom.student.examples import LOCAL_ADDRESSES, examples
from classroom.student.local_system import LocalSystem, PartEndedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.ports import Ports
    from classroom.student.examples import Example

TIMEOUT_SECONDS = 300
TOOLS = ("bash", "curl")
NOT_REACHED = "the shell did not reach this line."


def missing_tools(*more: str) -> list[str]:
    """Return which of the programs that run a README's commands, and which of these, this machine does not have."""
    return [name for name in (*TOOLS, *more) if shutil.which(name) is None]


def skip_reason(assignment: Assignment) -> str | None:
    """Return why a README that needs a shell cannot be run on this machine, or None."""
    if "storage" not in assignment.services or not (missing := missing_tools()):
        return None
    path = assignment.folder / "README.md"
    return f"{path} was not run: install {' and '.join(missing)}, and verify again."


def problems(assignment: Assignment, text: str | None = None) -> list[str]:
    """Return where the output of a command differs from what the README shows, each with its line.

    Args:
        assignment: a week with a storage.
        text: the README; the week's own by default.

    Returns:
        Nothing if this machine cannot run the README (see `skip_reason`).
    """
    if skip_reason(assignment):
        return []
    path = assignment.folder / "README.md"
    text = path.read_text(encoding="utf-8") if text is None else text
    printed: list[str] = []
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(ScratchDir("readme"))
        ports = free_ports()
        system = _system(assignment, scratch, ports, printed, stack)
        try:
            stack.enter_context(system).start()
        except PartEndedError as error:
            return [f"{path}: the solution's system does not start: {error} {' | '.join(printed[-5:])}"]
        found = run(scratch / "solution", scratch, text, ports)
        return [f"{path}, line {line}: {wrong}" for line, wrong in found]


def _system(
    assignment: Assignment, scratch: Path, ports: Ports, printed: list[str], stack: contextlib.ExitStack
) -> LocalSystem:
    """Return the solution's system, not yet started, with a database that the stack closes."""
    services = Services(assignment.services)
    stack.callback(services.close)
    solution(assignment).materialize(assignment, scratch / "solution")
    database = stack.enter_context(services.system_database())
    scheme = assignment.database_scheme
    addresses = {
        "DATABASE_URL": database.url_for(scheme),
        "DATABASE_REPLICA_URL": database.reader().url_for(scheme),
    }
    return LocalSystem(
        scratch / "solution",
        assignment.folder,
        scratch / "files",
        addresses,
        ports,
        lambda name, line: printed.append(f"{name}: {line}"),
    )


def run(folder: Path, scratch: Path, text: str, ports: Ports) -> Iterator[tuple[int, str]]:
    """Run every command of a README in one shell; yield the line and the difference if its output differs."""
    steps = list(examples(text))
    lines = ['python() { "$COURSE_PYTHON" "$@"; }']
    for number, step in enumerate(steps):
        command = step.command
        for address in LOCAL_ADDRESSES:
            command = command.replace(address, f"127.0.0.1:{ports.site}")
        # Braces, not parentheses: the next line sees a variable that this one sets.
        lines.append(
            f'{{ {command}\n}} >"$OUTPUT/{number}.out" 2>"$OUTPUT/{number}.err"; echo $? >"$OUTPUT/{number}.status"'
        )
    environment = clean_environment() | {
        "COURSE_PYTHON": sys.executable,
        "OUTPUT": str(scratch),
        "no_proxy": "127.0.0.1",
    }
    with contextlib.suppress(subprocess.TimeoutExpired):  # the lines that were not reached are reported below
        subprocess.run(
            ["bash", "--norc"],
            input="\n".join(lines) + "\n",
            cwd=folder,
            env=environment,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    for number, step in enumerate(steps):
        if wrong := difference(step, scratch / str(number)):
            yield step.line, wrong


def difference(step: Example, output: Path) -> str | None:
    """Return how what a command printed, in `output` with the suffixes of its parts, differs from what is shown."""
    status = output.with_suffix(".status")
    if not status.exists():
        return NOT_REACHED
    if (code := status.read_text().strip()) != "0":
        return f"exit status {code}: {output.with_suffix('.err').read_text(errors='replace').strip()[-300:]}"
    out = output.with_suffix(".out").read_bytes()
    whole = step.command.startswith("curl -i ")
    return compare(step.shown, _answer(out, step.command) if whole else _plain(out, step.command), whole=whole)


def _plain(body: bytes, command: str, status: int = 0, headers: Headers | None = None) -> Answer:
    return Answer(status, headers or Headers(), body, Exchange("", command))


def _answer(out: bytes, command: str) -> Answer:
    """Return the response that `curl -i` printed: status line, headers, an empty line, the body."""
    head, _, body = out.partition(b"\r\n\r\n")
    if head.partition(b" ")[2].startswith(b"100"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    pairs = (field.partition(":") for field in fields)
    headers = Headers((name.lower(), value.strip()) for name, _, value in pairs)
    return _plain(body, command, int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0, headers)
