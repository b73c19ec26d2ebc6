"""The command line: parses, calls, prints, exits.

Exit status: 0 done, and everything passed where something is checked; 1 something is not green; 2 used wrongly; 3 could
not grade.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from classroom.cli.parser import Group, Parser
from classroom.core.errors import ClassroomError, CouldNotCheck, UsageError
from classroom.core.folders import full_disk_explained

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
GROUPS = ("student", "instructor.grading", "instructor.classrooms", "instructor.github")
# The last three groups are the instructor's; the student edition has neither their modules nor what they call.
INSTRUCTORS = (
    *("grade", "verify", "report", "demo", "publish", "open", "serve", "collect", "feedback", "export"),
    *("parts", "fetch", "join", "status"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    words = sys.argv[1:] if argv is None else argv
    if words and words[0] in INSTRUCTORS and not _present("instructor"):
        print(f"`{words[0]}` is a command for instructors: the student edition does without it.", file=sys.stderr)
        return UsageError.exit_status
    arguments = parser().parse_args(words)
    _end_as_by_ctrl_c()
    try:
        with full_disk_explained():
            return int(arguments.act(arguments))
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
        print(_told(error), file=sys.stderr)
        return UsageError.exit_status
    except Exception:  # noqa: BLE001 - our own slip must not look like a red task to `make`
        import traceback

        traceback.print_exc()
        print("That is a fault of the course's kit, not yours. Please report it with the lines above.", file=sys.stderr)
        return CouldNotCheck.exit_status


def _end_as_by_ctrl_c() -> None:
    """Whoever asks the command to end, such as a job's time limit or a terminal that is closed, gets what Ctrl-C gets."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # under nohup it is ignored
            signal.signal(number, signal.default_int_handler)


def _told(error: OSError) -> str:
    """What the system refused, and where."""
    if isinstance(error, FileNotFoundError) and error.filename == "git":
        return "This needs git, which is not there: install it (git-scm.com), and try again."
    return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")


def parser() -> Parser:
    """The parser of all commands."""
    top = Parser(prog="classroom", description="Hands out, checks and grades the course.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name in filter(_present, GROUPS):
        import_module(f"classroom.cli.{name}").declare(Group(commands))
    return top


def _present(group: str) -> bool:
    """Whether a group is here: find_spec raises where even the package is missing."""
    try:
        return find_spec(f"classroom.cli.{group}") is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
