"""`classroom github list`: the repositories of a week, for `fetch` and grade-cohort."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from classroom.cli.instructor.github_options import opened
from classroom.cli.instructor.slug import takes_slug
from classroom.cli.parser import assignment_of
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group
    from classroom.instructor.github.provider import Repository


def declare(commands: Group) -> None:
    """Declare the command."""
    command = commands.add(
        "list",
        _list,
        "print the students' repositories for a week, one per line, for `fetch`",
        "classroom github list school 1 > cohorts/week1.txt",
    )
    command.add_argument("organization", metavar="ORG", help="the organization on GitHub, such as school")
    command.add_argument("week", metavar="WEEK", help="a week's folder or number")
    takes_slug(command)


def _list(arguments: argparse.Namespace) -> int:
    slug = arguments.slug or assignment_of(arguments.week).name
    with opened(arguments.organization) as provider:
        from classroom.instructor.github.naming import by_student

        found = by_student(provider.repositories(), slug, _print_left_out)
    if not found:
        raise UsageError(
            f"{arguments.organization} has no repositories for {slug} that the token can access. If their names begin "
            "otherwise, add --slug."
        )
    for name in sorted(found):
        print(found[name])
    return 0


def _print_left_out(repository: Repository, instead: Repository) -> None:
    print(
        f"{repository} is left out: the same student has {instead}. Delete the one that should not be there.",
        file=sys.stderr,
    )
