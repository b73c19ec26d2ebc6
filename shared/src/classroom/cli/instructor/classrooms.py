"""Commands that hand a week out, serve a classroom in a folder, and collect what students have pushed."""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.parser import path_of, path_or_address, positive, takes_sandbox
from classroom.core.errors import CouldNotCheck, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from classroom.cli.parser import Group, Parser


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    _declare_publish(group)
    _declare_serve(group)
    _declare_collect(group)
    _declare_feedback(group)


def _takes_classroom(command: Parser) -> None:
    command.add_argument("folder", type=path_of, metavar="DIR", help="a classroom made by `open`")


def _declare_publish(group: Group) -> None:
    command = group.add(
        "publish", _publish, "publish a week, or the whole course, for students", "classroom publish 1 --to handed-out"
    )
    command.add_argument("week", metavar="WEEK", help="a week's folder or number, or: all")
    command.add_argument(
        "--to",
        type=path_or_address,
        required=True,
        metavar="DIR-or-git-remote",
        help="a new folder, one published before, or a git address",
    )


def _publish(arguments: argparse.Namespace) -> int:
    from classroom.instructor.handout.publish import publish

    published = publish(arguments.week, arguments.to, Path.cwd())
    if published.changed:
        print(f"{published.files} files published to {published.target}, tagged {published.tag}.")
    else:
        print(f"Nothing has changed since {published.tag}.")
    print_left_out(published.left_out)
    return 0


def print_left_out(left_out: Mapping[str, str]) -> None:
    """Print the files that are not handed out, each with the reason."""
    for name, reason in left_out.items():
        print(f"Left out: {name} ({reason}).", file=sys.stderr)


def _declare_serve(group: Group) -> None:
    command = group.add(
        "serve", _serve, "grade what is pushed to a classroom, until Ctrl-C", "classroom serve /srv/classroom"
    )
    _takes_classroom(command)
    command.add_argument(
        "--jobs", type=positive, default=0, metavar="N", help="submissions graded at once (one per core, at least two)"
    )
    command.add_argument("--once", action="store_true", help="grade the pushes that wait, then stop")
    takes_sandbox(command, "bubblewrap")
    takes_verbose(command, "log when the grading of a push begins, too, and where each line comes from")


def _serve(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_server import PushServer
    from classroom.services.manager import what_is_shared

    start_logging(verbose=arguments.verbose, stream="stdout")
    classroom = Classroom(arguments.folder)
    _ensure_sandbox(arguments.sandbox)
    services = {service for week in classroom.weeks() for service in week.services}
    if note := what_is_shared(sorted(services), arguments.sandbox):
        print(note)
    with PushServer(classroom, sandbox=arguments.sandbox, jobs=arguments.jobs) as server:
        graded = server.serve(once=arguments.once)
        left = server.left() if arguments.once else 0
    print(f"{graded} graded" + (f", {left} still waiting" if left else ""))
    return CouldNotCheck.exit_status if left else 0


def _ensure_sandbox(sandbox: str) -> None:
    """Raise UsageError if this machine cannot build the sandbox."""
    if sandbox != "none":
        from classroom.apps.sandbox.bubblewrap import why_unavailable

        if reason := why_unavailable():
            raise UsageError(reason)


def _declare_collect(group: Group) -> None:
    command = group.add(
        "collect",
        _collect,
        "copy what was pushed to a classroom, for `grade`",
        "classroom collect /srv/classroom --to handed-in",
    )
    _takes_classroom(command)
    command.add_argument(
        "--to", type=path_of, default=Path("handed-in"), metavar="DIR", help="target folder (handed-in)"
    )
    takes_verbose(command, "log each repository")


def _collect(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import ROSTER, Classroom
    from classroom.instructor.grading.adjustments import FILE

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    classroom = Classroom(arguments.folder)
    problems: list[str] = []
    adjustments = classroom.folder / FILE
    for week, count in classroom.collect(arguments.to, problems.append).items():
        options = ["--submissions", arguments.to / week, "--out", f"grades/{week}"]
        options += ["--roster", classroom.folder / ROSTER]
        options += ["--adjustments", adjustments] if adjustments.is_file() else []
        print(f"{count} collected: classroom grade {week} {shlex.join(map(str, options))}")
    return status_of(problems)


def status_of(problems: Sequence[str]) -> int:
    """Print what could not be read or written; return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    return CouldNotCheck.exit_status if problems else 0


def _declare_feedback(group: Group) -> None:
    command = group.add(
        "feedback",
        _feedback,
        "commit each student's feedback to the branch `feedback` of the student's repository",
        "classroom feedback /srv/classroom --grades grades",
    )
    _takes_classroom(command)
    command.add_argument("--grades", type=path_of, required=True, metavar="DIR", help="the --out folder of `grade`")
    takes_verbose(command, "log each repository")


def _feedback(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    problems: list[str] = []
    delivered, unchanged = Classroom(arguments.folder).give_feedback(arguments.grades, problems.append)
    print(f"{delivered} delivered to the branch feedback, {unchanged} unchanged")
    return status_of(problems)
