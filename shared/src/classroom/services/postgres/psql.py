"""A prompt on a database: psql if there is one, else a small one of our own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from classroom.services.postgres.servers.binaries import plain_environment

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.services.postgres.database import Database
    from classroom.services.postgres.script import Outcome

WELCOME = "There is no psql on this machine, so this is a small stand-in: end a statement with ; run a file with \\i FILE, leave with Ctrl-D."
INCLUDE = "\\i "


def open_prompt(database: Database, folder: Path) -> int:
    """Let a person talk to a database until they leave; return the exit status.

    Args:
        database: the database.
        folder: where the paths that a person types begin.
    """
    program = find_psql(database.provisioner.server.programs)
    return run_psql(program, database, folder) if program else run_stand_in(database, folder)


def find_psql(programs: Path | None) -> str | None:
    """Return a psql: the machine's own, which knows line editing and a history, before the one that comes with the server."""
    name = "psql.exe" if sys.platform == "win32" else "psql"
    for found in (shutil.which("psql"), programs and os.fspath(programs / name)):
        if found and works(found):
            return found
    return None


def works(program: str) -> bool:
    """Tell whether a program can be run at all."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def run_psql(program: str, database: Database, folder: Path) -> int:
    """Run psql; its password goes by the environment, where other people's `ps` does not see it."""
    access = database.access()
    environment = plain_environment() | {
        "PGHOST": access.host,
        "PGPORT": str(access.port),
        "PGUSER": access.user,
        "PGPASSWORD": access.password,
        "PGDATABASE": access.database,
        "PGCLIENTENCODING": "UTF8",
    }
    if "sslmode" in access.options:
        environment["PGSSLMODE"] = access.options["sslmode"]
    # Ctrl-C cancels a line in psql, and must not end this process.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run([program], env=environment, cwd=folder, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def run_stand_in(database: Database, folder: Path) -> int:
    """Read statements, and names of files with statements, from standard input and show what they return."""
    print(WELCOME, file=sys.stderr)
    text = ""
    for line in sys.stdin:
        if line.startswith(INCLUDE):
            print(_included(database, folder / line.removeprefix(INCLUDE).strip()), flush=True)
            continue
        text += line
        if line.rstrip().endswith(";"):
            print(as_table(database.script(text)), flush=True)
            text = ""
    return 0


def _included(database: Database, path: Path) -> str:
    """Return what the statements of a file return."""
    try:
        return as_table(database.script(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        return f"{path}: {error}"


def as_table(outcome: Outcome) -> str:
    """Lay an outcome out in columns."""
    if outcome.error:
        return f"ERROR: {outcome.error}"
    lines = [outcome.columns, *([str(value) for value in row.values()] for row in outcome.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=False)]
    table = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)) for line in lines]
    return "\n".join([*table, f"({len(outcome.rows)} rows)"] if outcome.columns else ["OK"])
