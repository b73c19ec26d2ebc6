"""`classroom github accept` and `accept-form`: students ask for their repositories in an issue form."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import assignment_of, path_of
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group, Parser
    from classroom.core.assignment import Assignment
    from classroom.instructor.roster import Roster


def declare(commands: Group) -> None:
    """Declare the commands of this module."""
    accept = commands.add(
        "accept",
        _accept,
        "give the author of an issue a repository, reply and close the issue; for the workflow that accept-form writes",
        "classroom github accept school --weeks 1,2 --roster roster.csv",
    )
    accept.add_argument("organization", metavar="ORG", help="the organization on GitHub, such as school")
    _takes_weeks(accept, "the weeks that students can ask for, such as 1,2")
    accept.add_argument("--roster", type=path_of, metavar="CSV", help="only for these students (for everyone)")

    form = commands.add(
        "accept-form",
        _form,
        "write the issue form that students use to ask for their repositories, and its workflow",
        "classroom github accept-form school/start --course school/backend --weeks 1,2 --to start",
    )
    form.add_argument("repository", metavar="ORG/REPO", help="the public repository that the files are for")
    form.add_argument("--course", required=True, metavar="ORG/REPO", help="the course's private repository")
    _takes_weeks(form, "the weeks that students can choose, such as 1,2")
    form.add_argument("--roster", default="", metavar="PATH", help="the roster in the course's repository")
    form.add_argument("--to", type=path_of, required=True, metavar="DIR", help="folder, such as a clone of ORG/REPO")
    form.add_argument("--force", action="store_true", help="replace files that differ")


def _takes_weeks(command: Parser, about: str) -> None:
    command.add_argument("--weeks", required=True, metavar="WEEKS", help=about)


def _assignments(text: str) -> list[Assignment]:
    """Return the weeks that are named, separated by commas."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError("Which weeks? Write their numbers, such as --weeks 1,2.")
    return [assignment_of(name) for name in names]


def _accept(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_options import opened

    event = os.environ.get("GITHUB_EVENT_PATH")
    if not event:
        raise UsageError(
            "There is no event: this command is for the workflow that `classroom github accept-form` writes. On your own "
            "machine, use `classroom github hand-out`."
        )
    weeks = [assignment.name for assignment in _assignments(arguments.weeks)]
    with opened(arguments.organization) as provider:
        from classroom.instructor.github.accepting import Accepting, read_request

        request = read_request(Path(event))
        if request.owner.casefold() != provider.organization.casefold():
            raise UsageError(f"The issue is in {request.owner}/{request.repository}, not in {provider.organization}.")
        accepted = Accepting(provider, weeks, lambda: _roster_unseen(arguments.roster)).answer(request)
    if accepted.handed is None:
        print(f"Issue {request.number}: no repository. The reply says why.")
        return 0
    if accepted.handed.problem:
        print(f"Issue {request.number}: {accepted.handed.problem}", file=sys.stderr)
        return CouldNotCheck.exit_status
    print(f"Issue {request.number}: {accepted.handed.repository}, {accepted.handed.state}, {accepted.handed.access}")
    return 0


def _roster_unseen(path: Path | None) -> Roster | None:
    """Return the roster, if there is one, without printing anything that it contains: the workflow's log is public."""
    from classroom.cli.instructor.github_options import roster_of
    from classroom.instructor.github.hand_out import ensure_accounts

    if path is None:
        return None
    try:
        roster = roster_of(path, quiet=True)
    except UsageError:
        raise UsageError(
            f"The roster {path} cannot be used. This log is public, so it does not show why: use the same roster with "
            "`classroom github status` on your own machine."
        ) from None
    ensure_accounts(roster, path)
    return roster


def _form(arguments: argparse.Namespace) -> int:
    from classroom.instructor.handout.accept_form import write_accept_form

    organization, _, repository = arguments.repository.partition("/")
    if not repository:
        raise UsageError(f"{one_line(arguments.repository)[:80]} is not a repository, such as school/start.")
    paths = write_accept_form(
        arguments.to,
        organization,
        repository,
        arguments.course,
        _assignments(arguments.weeks),
        arguments.roster,
        force=arguments.force,
    )
    for path in paths:
        print(arguments.to / path)
    link = f"https://github.com/{arguments.repository}/issues/new?template=accept.yml"
    print(f"Push these files to {arguments.repository}. The link for students: {link}")
    return 0
