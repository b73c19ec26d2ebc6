"""Commands for weeks on GitHub: check the token, hand a week out, and see how it is going."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.cli.instructor import github_accept, github_list
from classroom.cli.instructor.github_options import (
    deadlines_of,
    opened,
    roster_of,
    takes_deadline,
    takes_roster,
    takes_week,
)
from classroom.cli.parser import Group, Parser, assignment_of
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from classroom.instructor.github.closing import Access, Closing
    from classroom.instructor.github.hand_out import Handed
    from classroom.instructor.github.provider import Repository
    from classroom.instructor.github.updating import Updated
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Roster, Student


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    github = group.add(
        "github",
        _which,
        "hand out a week on GitHub, and see how it is going",
        "classroom github hand-out school 1 --roster roster.csv",
    )
    commands = Group(github.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser))
    check = commands.add(
        "check", _check, "check what a token may do in an organization", "classroom github check school 1"
    )
    takes_week(check, optional=True)

    hand_out = commands.add(
        "hand-out",
        _hand_out,
        "give each student a private repository and an invitation; existing ones are kept",
        "classroom github hand-out school 1 --roster roster.csv",
    )
    takes_week(hand_out)
    takes_roster(hand_out)

    github_accept.declare(commands)
    github_list.declare(commands)

    status = commands.add(
        "status",
        _status,
        "show who has accepted, who has pushed and when, and whether the checks passed",
        "classroom github status school 1 --roster roster.csv",
    )
    takes_week(status)
    takes_roster(status)
    takes_deadline(status, "show what GitHub had received by this time: 2026-11-21T23:59")
    status.add_argument(
        "--summary", action="store_true", help="also write the table to the summary of the workflow run"
    )

    update = commands.add(
        "update",
        _update,
        "give students who have an older handout the new one, as a pull request that they merge",
        "classroom github update school 1 --roster roster.csv",
    )
    takes_week(update)
    takes_roster(update)

    close = commands.add(
        "close",
        _close,
        "let students read their repositories, but no longer push",
        "classroom github close school 1 --roster roster.csv --deadline 2026-11-21T23:59",
    )
    takes_week(close)
    takes_roster(close)
    takes_deadline(close, "close only for students whose deadline has passed: 2026-11-21T23:59 (close for all)")
    reopen = commands.add(
        "reopen",
        _reopen,
        "let students push again",
        "classroom github reopen school 1 --roster roster.csv --only ada",
    )
    takes_week(reopen)
    takes_roster(reopen)
    for command in (close, reopen):
        command.add_argument("--only", action="append", metavar="NAME", help="only this student; can be repeated")


def _which(arguments: argparse.Namespace) -> int:
    raise AssertionError(arguments.what)  # argparse requires one of the commands above


def _check(arguments: argparse.Namespace) -> int:
    from classroom.instructor.github.hand_out import template_of
    from classroom.instructor.github.permissions import PURPOSES
    from classroom.instructor.time_zone import shown

    week = assignment_of(arguments.week).name if arguments.week else ""
    with opened(arguments.organization) as provider:
        repositories = provider.repositories()
        template = template_of(provider, arguments.template or week or _first_template(repositories))
        lacking = {purpose: provider.missing(template, [purpose]) for purpose in PURPOSES}
        allowance = provider.allowance()
        reached = "1 repository" if len(repositories) == 1 else f"{len(repositories)} repositories"
        print(f"{template} is a template, and the token can access {reached} of {provider.organization}.")
        for purpose, missing in lacking.items():
            needs = ", ".join(f"{permission}, to {permission.purpose}" for permission in missing)
            print(f"  {purpose:<9} {f'missing: {needs}' if missing else 'ok'}")
        if expires := provider.connection.expires:
            print(f"The token expires on {expires}.")
    print(f"{allowance.left} of {allowance.limit} requests are left until {shown(allowance.until, None)}.")
    return 1 if any(lacking.values()) else 0


def _first_template(repositories: list[Repository]) -> str:
    """Return the name of a template with which permissions can be tried."""
    found = next((repository.name for repository in repositories if repository.is_template), None)
    if found is None:
        raise UsageError(
            "None of the repositories that the token can access is a template for testing its permissions: "
            "publish a week to one, and select 'Template repository' in its settings."
        )
    return found


def _hand_out(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_tables import counted, print_handed, write_handed
    from classroom.instructor.github.hand_out import HandingOut, ensure_accounts, template_of

    week = assignment_of(arguments.week).name
    roster = roster_of(arguments.roster)
    ensure_accounts(roster, arguments.roster)
    with opened(arguments.organization) as provider:
        template = template_of(provider, arguments.template or week)
        work = HandingOut(provider, week, template, roster)
        rows: list[Handed] = []
        try:
            rows.extend(counted(work.run(), len(roster)))
        finally:  # also after Ctrl-C: show what was done
            print_handed(f"{provider.organization}/{week}", rows)
            if arguments.csv:
                write_handed(arguments.csv, rows)
    kept = {row.repository.casefold() for row in rows}
    _print_unowned(repository.name for repository in work.unowned if repository.name.casefold() not in kept)
    return CouldNotCheck.exit_status if any(row.problem for row in rows) else 0


def _status(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_summary import summary_file, write_summary
    from classroom.cli.instructor.github_tables import counted, print_progress, write_progress
    from classroom.instructor.github.hand_out import unowned
    from classroom.instructor.github.week_status import progress_of

    assignment = assignment_of(arguments.week)
    summary = summary_file() if arguments.summary else None
    roster = roster_of(arguments.roster)
    deadlines = deadlines_of(arguments, assignment, roster)
    with opened(arguments.organization, remember=True) as provider:
        repositories = provider.repositories()
        found = progress_of(provider, assignment.name, roster, repositories, deadlines)
        rows = list(counted(found, len(roster)))
    print_progress(f"{arguments.organization}/{assignment.name}", rows, deadlines)
    if arguments.csv:
        write_progress(arguments.csv, rows, deadlines)
    if summary:
        write_summary(summary, f"{arguments.organization}/{assignment.name}", rows, deadlines)
    _print_unowned(repository.name for repository in unowned(repositories, assignment.name, roster))
    return 0


def _update(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_tables import counted, print_updated, write_updated
    from classroom.core.scratch import ScratchDir
    from classroom.instructor.github.hand_out import template_of
    from classroom.instructor.github.handout_branch import HandoutBranch
    from classroom.instructor.github.updating import Updating

    week = assignment_of(arguments.week).name
    roster = roster_of(arguments.roster)
    with opened(arguments.organization) as provider, ScratchDir("update") as scratch:
        template = template_of(provider, arguments.template or week)
        work = Updating(provider, week, template, HandoutBranch(template, scratch / "handouts.git"))
        rows: list[Updated] = []
        try:
            rows.extend(counted(work.run(roster), len(roster)))
        finally:
            print_updated(f"{provider.organization}/{week}", rows)
            if arguments.csv:
                write_updated(arguments.csv, rows)
    return CouldNotCheck.exit_status if any(row.problem for row in rows) else 0


def _close(arguments: argparse.Namespace) -> int:
    roster = roster_of(arguments.roster)
    deadlines = deadlines_of(arguments, assignment_of(arguments.week), roster)
    now = datetime.now(UTC)
    return _change_access(arguments, roster, deadlines, lambda closing, students: closing.close(students, now))


def _reopen(arguments: argparse.Namespace) -> int:
    roster = roster_of(arguments.roster)
    return _change_access(arguments, roster, lambda _: None, lambda closing, students: closing.reopen(students))


def _change_access(
    arguments: argparse.Namespace,
    roster: Roster,
    deadlines: Callable[[Student], Deadline | None],
    change: Callable[[Closing, list[Student]], Iterable[Access]],
) -> int:
    from classroom.cli.instructor.github_tables import counted, print_access, write_access
    from classroom.instructor.github.closing import Closing
    from classroom.instructor.github.hand_out import template_of

    week = assignment_of(arguments.week).name
    students = _chosen(roster, arguments.only)
    with opened(arguments.organization) as provider:
        closing = Closing(provider, week, template_of(provider, arguments.template or week), deadlines)
        rows: list[Access] = []
        try:
            rows.extend(counted(change(closing, students), len(students)))
        finally:
            print_access(f"{provider.organization}/{week}", rows)
            if arguments.csv:
                write_access(arguments.csv, rows)
    return CouldNotCheck.exit_status if any(row.problem for row in rows) else 0


def _chosen(roster: Roster, names: list[str] | None) -> list[Student]:
    """Return the students with these names; all without names."""
    from classroom.instructor.named_student import named_student

    if not names:
        return list(roster)
    found = {name: named_student(name, roster) for name in names}
    if unknown := [name for name, student in found.items() if student is None]:
        raise UsageError(f"Nobody on the roster is called {one_line(unknown[0])[:80]}.")
    return [student for student in roster if student in found.values()]


def _print_unowned(names: Iterable[str]) -> None:
    for name in names:
        print(f"{name} belongs to nobody on the roster.")
