"""The command line: parse the arguments, call the handler, return the exit status.

Exit status: 0 success, and everything passed that was checked; 1 something failed; 2 used wrongly; 3 could not grade.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import Group, Parser
from classroom.core.errors import ClassroomError, CouldNotCheck, UsageError
from classroom.core.folders import full_disk_explained, other_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
GROUPS = (
    "student",
    "instructor.grading",
    "instructor.demo",
    "instructor.adjust",
    "instructor.open",
    "instructor.teams",
    "instructor.class_progress",
    "instructor.serve",
    "instructor.work",
    "instructor.backup",
    "instructor.student_data",
    "instructor.classrooms",
    "instructor.exports",
    "instructor.interview",
    "instructor.github",
    "instructor.github_weeks",
    "instructor.authoring",
)
# Commands of the instructor's groups, whose modules the student edition does not have.
INSTRUCTORS = (
    *(
        "grade",
        "verify",
        "report",
        "demo",
        "publish",
        "open",
        "update",
        "serve",
        "work",
        "collect",
        "feedback",
        "export",
    ),
    *("adjust", "teams", "gradebook", "parts", "fetch", "join", "status", "new", "interview", "github"),
    *("backup", "restore", "export-student", "forget-student"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in INSTRUCTORS and not _present("instructor"):
        print(f"`{argv[0]}` is a command for instructors; the student edition does not have it.", file=sys.stderr)
        return UsageError.exit_status
    arguments = parser().parse_args(argv)
    _treat_signals_as_ctrl_c()
    try:
        with full_disk_explained():
            return int(arguments.handler(arguments))
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        print(_os_error_text(error), file=sys.stderr)
        return UsageError.exit_status
    except Exception:  # noqa: BLE001 - a bug of ours must not look like a failed task to `make`
        import traceback

        traceback.print_exc()
        print(
            "This is a bug in the course's kit, not in your code. Please report it with the lines above.",
            file=sys.stderr,
        )
        return CouldNotCheck.exit_status
    finally:
        _forget_interrupt()


def _forget_interrupt() -> None:
    """Have Python end with this command's exit status although it was interrupted.

    Interrupted in an exec() of text, as in a dataclass that is being imported, Python would end by SIGINT even after the
    interrupt was handled; the next exec() makes it forget.
    """
    exec("")  # noqa: S102


def _treat_signals_as_ctrl_c() -> None:
    """End the command as Ctrl-C does if it is asked to end, by a job's time limit or a terminal that is closed."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # not under nohup, which ignores it
            signal.signal(number, signal.default_int_handler)


def _os_error_text(error: OSError) -> str:
    """Return what the system refused, and for which file."""
    if isinstance(error, FileNotFoundError) and error.filename == "git":
        return "This needs git, which is not installed: install it from git-scm.com, and try again."
    if error.filename is None:
        return f"{error.strerror or error}"
    path = Path(os.fsdecode(error.filename))
    text = f"{error.strerror}: {path}"
    place = next((each for each in (path, *path.absolute().parents) if os.path.lexists(each)), path)
    if isinstance(error, PermissionError) and (owner := other_owner(place)):
        return f"{text}. {place} belongs to the account {owner}: use that account, or another folder."
    return text


def parser() -> Parser:
    """Return the parser of all commands."""
    top = Parser(prog="classroom", description="Hand out, check and grade the course.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name in filter(_present, GROUPS):
        import_module(f"classroom.cli.{name}").declare(Group(commands))
    return top


def _present(group: str) -> bool:
    """Return whether a group of commands is installed; find_spec raises if even its package is missing."""
    try:
        return find_spec(f"classroom.cli.{group}") is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
