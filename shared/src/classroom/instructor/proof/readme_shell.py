"""A README's console blocks as one walk: a real shell runs them line by line, beside the whole system of the solution."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.core.errors import UsageError
from classroom.core.ports import Ports
from classroom.core.processes import clean_environment
from classroom.core.scratch import ScratchDir
from classroom.instructor.proof.cases import solution
from classroom.instructor.proof.readme_examples import HERE, compare, examples
from classroom.services.manager import Services
from classroom.student.local_system import LocalSystem, PartEndedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.proof.readme_examples import Example

SECONDS = 300
TOOLS = ("bash", "curl")
PORTS = range(20_000, 30_000)  # below those that a system hands out by itself


def skip_reason(assignment: Assignment) -> str | None:
    """Why a week's README is not walked through here, and what to do; None where it is, or where a week has no walk."""
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if "storage" not in assignment.services or not missing:
        return None
    path = assignment.folder / "README.md"
    return f"{path} was not walked through: install {' and '.join(missing)}, and verify again."


def problems(assignment: Assignment, text: str | None = None) -> list[str]:
    """Return what in the README's blocks is not true of the solution, each with its line.

    Nothing is returned where this machine cannot run them (see `skip_reason`).

    Args:
        assignment: a week with a storage.
        text: of the README, where it is not the week's own.
    """
    if skip_reason(assignment):
        return []
    path = assignment.folder / "README.md"
    text = path.read_text(encoding="utf-8") if text is None else text
    printed: list[str] = []
    with contextlib.ExitStack() as ending:
        services = Services(assignment.services)
        ending.callback(services.close)
        room = ending.enter_context(ScratchDir("walk"))
        folder = room / "solution"
        solution(assignment).lay_out(assignment, folder)
        database = ending.enter_context(services.system_database())
        scheme = assignment.database_scheme
        addresses = {
            "DATABASE_URL": database.url_for(scheme),
            "DATABASE_REPLICA_URL": database.reader().url_for(scheme),
        }
        ports = free_ports()
        system = LocalSystem(
            folder,
            assignment.folder,
            room / "files",
            addresses,
            ports,
            lambda name, line: printed.append(f"{name}: {line}"),
        )
        try:
            ending.enter_context(system).start()
        except PartEndedError as error:
            return [f"{path}: the solution's system does not start: {error} {' | '.join(printed[-5:])}"]
        return [f"{path}, line {line}: {told}" for line, told in walk(folder, room, text, ports)]


def walk(folder: Path, room: Path, text: str, ports: Ports) -> Iterator[tuple[int, str]]:
    """Run every command of a README in one shell; yield where what came back is not what is shown."""
    steps = list(examples(text))
    lines = ['python() { "$COURSE_PYTHON" "$@"; }']
    for number, step in enumerate(steps):
        command = step.command
        for place in HERE:
            command = command.replace(place, f"127.0.0.1:{ports.site}")
        # In braces, not in brackets: a variable that is set here is there for the next line.
        lines.append(f'{{ {command}\n}} >"$ROOM/{number}.out" 2>"$ROOM/{number}.err"; echo $? >"$ROOM/{number}.status"')
    environment = clean_environment() | {"COURSE_PYTHON": sys.executable, "ROOM": str(room), "no_proxy": "127.0.0.1"}
    with contextlib.suppress(subprocess.TimeoutExpired):  # then the lines that it did not come to say so
        subprocess.run(
            ["bash", "--norc"],
            input="\n".join(lines) + "\n",
            cwd=folder,
            env=environment,
            text=True,
            timeout=SECONDS,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    for number, step in enumerate(steps):
        if told := _untrue(step, room / str(number)):
            yield step.line, told


def _untrue(step: Example, place: Path) -> str | None:
    status = place.with_suffix(".status")
    if not status.exists():
        return "the shell did not come to this line."
    if (code := status.read_text().strip()) != "0":
        return f"exit status {code}: {place.with_suffix('.err').read_text(errors='replace').strip()[-300:]}"
    out = place.with_suffix(".out").read_bytes()
    whole = step.command.startswith("curl -i ")
    return compare(step.shown, _answer(out, step.command) if whole else _plain(out, step.command), whole=whole)


def _plain(body: bytes, command: str, status: int = 0, headers: Headers | None = None) -> Answer:
    return Answer(status, headers or Headers(), body, Exchange("", command))


def _answer(out: bytes, command: str) -> Answer:
    """What `curl -i` printed: status line, header fields, an empty line, the body."""
    head, _, body = out.partition(b"\r\n\r\n")
    if head.partition(b" ")[2].startswith(b"100"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    pairs = (field.partition(":") for field in fields)
    headers = Headers((name.lower(), value.strip()) for name, _, value in pairs)
    return _plain(body, command, int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0, headers)


def free_ports() -> Ports:
    """Ports that nobody uses at this moment.

    Raises:
        UsageError: there are none.
    """
    draw = random.Random(os.urandom(8))  # noqa: S311 - no secret
    for _ in range(50):
        ports = Ports(draw.choice(PORTS), draw.choice(PORTS))
        try:
            ports.ensure_free()
        except UsageError:
            continue
        return ports
    raise UsageError("No free ports were found on 127.0.0.1.")
