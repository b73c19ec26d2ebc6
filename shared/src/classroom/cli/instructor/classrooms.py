"""Commands that hand a week out, collect what students have pushed, and return feedback."""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.parser import path_of, path_or_address
from classroom.core.errors import CouldNotCheck, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from classroom.cli.parser import Group, Parser


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    _declare_publish(group)
    _declare_collect(group)
    _declare_feedback(group)


def takes_classroom(command: Parser) -> None:
    """Give a command the argument DIR."""
    command.add_argument("folder", type=path_of, metavar="DIR", help="a classroom made by `open`")


def _declare_publish(group: Group) -> None:
    command = group.add(
        "publish", _publish, "publish a week, or the whole course, for students", "classroom publish 1 --to handed-out"
    )
    command.add_argument("week", metavar="WEEK", help="a week's folder or number, an extra's name, or: all")
    command.add_argument(
        "--to",
        type=path_or_address,
        required=True,
        metavar="DIR-or-git-remote",
        help="a new folder, one published to before, or a Git URL",
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


def _declare_collect(group: Group) -> None:
    command = group.add(
        "collect",
        _collect,
        "copy what was pushed to a classroom, for `grade`",
        "classroom collect /srv/classroom --to handed-in",
    )
    takes_classroom(command)
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


def repositories(count: int) -> str:
    """Return a number of repositories in words."""
    return "1 repository" if count == 1 else f"{count} repositories"


def status_of(problems: Sequence[str]) -> int:
    """Print what could not be read or written; return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    return CouldNotCheck.exit_status if problems else 0


def _declare_feedback(group: Group) -> None:
    command = group.add(
        "feedback",
        _feedback,
        "commit each student's feedback to the `feedback` branch of their repository, or open an issue on GitHub",
        "classroom feedback /srv/classroom --grades grades",
    )
    command.add_argument("folder", nargs="?", type=path_of, metavar="DIR", help="a classroom made by `open`")
    command.add_argument("--github", metavar="ORG", help="instead of DIR: an organization on GitHub")
    command.add_argument("--grades", type=path_of, required=True, metavar="DIR", help="the --out folder of `grade`")
    takes_verbose(command, "log each repository")


def _feedback(arguments: argparse.Namespace) -> int:
    if (arguments.folder is None) == (arguments.github is None):
        raise UsageError("Give a classroom or an organization: classroom feedback --github school --grades grades")
    from classroom.instructor.grading.results import unfinished

    problems = [*filter(None, [unfinished(arguments.grades)])]
    if arguments.github:
        from classroom.cli.instructor.github_feedback import give_feedback

        return status_of([*problems, *give_feedback(arguments.github, arguments.grades)])
    from classroom.instructor.classrooms.classroom import Classroom

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    delivered, unchanged = Classroom(arguments.folder).give_feedback(arguments.grades, problems.append)
    print(f"{delivered} delivered to the feedback branch, {unchanged} unchanged")
    return status_of(problems)
