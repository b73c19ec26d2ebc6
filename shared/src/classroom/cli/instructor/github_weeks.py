"""Commands for weeks on GitHub: check the token, hand a week out, and see how it is going."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.cli.parser import Group, Parser, assignment_of, path_of
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.github.closing import Access, Closing
    from classroom.instructor.github.hand_out import Handed
    from classroom.instructor.github.organization import GitHubOrganization
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Roster, Student


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    github = group.add(
        "github",
        _which,
        "hand a week out on GitHub, and see how it is going",
        "classroom github hand-out school 1 --roster roster.csv",
    )
    commands = Group(github.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser))
    check = commands.add(
        "check", _check, "check what a token may do in an organization", "classroom github check school 1"
    )
    _takes_week(check)

    hand_out = commands.add(
        "hand-out",
        _hand_out,
        "give each student a private repository and an invitation; what exists is kept",
        "classroom github hand-out school 1 --roster roster.csv",
    )
    _takes_week(hand_out)
    _takes_roster(hand_out)

    status = commands.add(
        "status",
        _status,
        "show who has accepted, who has pushed and when, and how the checks ended",
        "classroom github status school 1 --roster roster.csv",
    )
    _takes_week(status)
    _takes_roster(status)
    _takes_deadline(status, "show what GitHub had received by then: 2026-11-21T23:59")

    close = commands.add(
        "close",
        _close,
        "let students read their repositories, but no longer push",
        "classroom github close school 1 --roster roster.csv --deadline 2026-11-21T23:59",
    )
    _takes_week(close)
    _takes_roster(close)
    _takes_deadline(close, "close only for students whose deadline has passed: 2026-11-21T23:59 (close for all)")
    reopen = commands.add(
        "reopen",
        _reopen,
        "let students push again",
        "classroom github reopen school 1 --roster roster.csv --only ada",
    )
    _takes_week(reopen)
    _takes_roster(reopen)
    for command in (close, reopen):
        command.add_argument("--only", action="append", metavar="NAME", help="only this student; can be repeated")


def _takes_week(command: Parser) -> None:
    command.add_argument("organization", metavar="ORG", help="the organization on GitHub, such as school")
    command.add_argument("week", metavar="WEEK", help="a week's folder or number")
    command.add_argument("--template", metavar="NAME", help="the template repository in ORG (the week's name)")


def _takes_deadline(command: Parser, about: str) -> None:
    command.add_argument("--deadline", metavar="TIME", help=about)
    command.add_argument(
        "--adjustments",
        type=path_of,
        metavar="CSV",
        help="the file with extensions (adjustments.csv next to the roster)",
    )


def _takes_roster(command: Parser) -> None:
    command.add_argument(
        "--roster", type=path_of, required=True, metavar="CSV", help="the students, with their GitHub usernames"
    )
    command.add_argument("--csv", type=path_of, metavar="FILE", help="also write the table to this CSV file")


def _which(arguments: argparse.Namespace) -> int:
    raise AssertionError(arguments.what)  # argparse requires one of the commands above


def _check(arguments: argparse.Namespace) -> int:
    from classroom.instructor.github.hand_out import template_of
    from classroom.instructor.github.permissions import PURPOSES
    from classroom.instructor.time_zone import shown

    week = assignment_of(arguments.week).name
    with opened(arguments.organization) as provider:
        reached = len(provider.repositories())
        template = template_of(provider, arguments.template or week)
        lacking = {purpose: provider.missing(template, [purpose]) for purpose in PURPOSES}
        allowance = provider.allowance()
        repositories = "1 repository" if reached == 1 else f"{reached} repositories"
        print(f"{template} is a template, and the token reaches {repositories} of {provider.organization}.")
        for purpose, missing in lacking.items():
            needs = ", ".join(f"{permission}, to {permission.purpose}" for permission in missing)
            print(f"  {purpose:<9} {f'missing: {needs}' if missing else 'ok'}")
        if expires := provider.connection.expires:
            print(f"The token expires on {expires}.")
    print(f"{allowance.left} of {allowance.limit} requests are left until {shown(allowance.until, None)}.")
    return 1 if any(lacking.values()) else 0


def _hand_out(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_tables import counted, print_handed, write_handed
    from classroom.instructor.github.hand_out import HandingOut, ensure_accounts, template_of

    week = assignment_of(arguments.week).name
    roster = _roster(arguments.roster)
    ensure_accounts(roster, arguments.roster)
    with opened(arguments.organization) as provider:
        template = template_of(provider, arguments.template or week)
        work = HandingOut(provider, week, template, roster)
        rows: list[Handed] = []
        try:
            rows.extend(counted(work.run(), len(roster)))
        finally:  # also after Ctrl-C: what was done is told
            print_handed(f"{provider.organization}/{week}", rows)
            if arguments.csv:
                write_handed(arguments.csv, rows)
    kept = {row.repository.casefold() for row in rows}
    _print_unowned(repository.name for repository in work.unowned if repository.name.casefold() not in kept)
    return CouldNotCheck.exit_status if any(row.problem for row in rows) else 0


def _status(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_tables import counted, print_progress, write_progress
    from classroom.instructor.github.hand_out import unowned
    from classroom.instructor.github.week_status import progress_of

    assignment = assignment_of(arguments.week)
    roster = _roster(arguments.roster)
    deadlines = _deadlines(arguments, assignment, roster)
    with opened(arguments.organization) as provider:
        repositories = provider.repositories()
        found = progress_of(provider, assignment.name, roster, repositories, deadlines)
        rows = list(counted(found, len(roster)))
    print_progress(f"{arguments.organization}/{assignment.name}", rows, deadlines)
    if arguments.csv:
        write_progress(arguments.csv, rows, deadlines)
    _print_unowned(repository.name for repository in unowned(repositories, assignment.name, roster))
    return 0


def _close(arguments: argparse.Namespace) -> int:
    roster = _roster(arguments.roster)
    deadlines = _deadlines(arguments, assignment_of(arguments.week), roster)
    now = datetime.now(UTC)
    return _change_access(arguments, roster, deadlines, lambda closing, students: closing.close(students, now))


def _reopen(arguments: argparse.Namespace) -> int:
    roster = _roster(arguments.roster)
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
    if not names:
        return list(roster)
    found = {name: roster.find(name) for name in names}
    if unknown := [name for name, student in found.items() if student is None]:
        raise UsageError(f"Nobody on the roster is called {one_line(unknown[0])[:80]}.")
    return [student for student in roster if student in found.values()]


def opened(organization: str) -> AbstractContextManager[GitHubOrganization]:
    """Open an organization on GitHub; what it waits for is told on the error stream."""
    try:
        from classroom.instructor.github.organization import github
    except ModuleNotFoundError as error:
        raise CouldNotCheck(f"The package {error.name} is not installed: type make setup, and try again.") from None
    return github(organization, lambda sentence: print(sentence, file=sys.stderr, flush=True))


def _roster(path: Path) -> Roster:
    from classroom.instructor.github.hand_out import ID_HEADING
    from classroom.instructor.roster import read_roster

    roster = read_roster(path)
    if ID_HEADING in roster.unused:
        unused = tuple(heading for heading in roster.unused if heading != ID_HEADING)
        roster = replace(roster, columns={**roster.columns, ID_HEADING: ID_HEADING}, unused=unused)
    print(f"{path}: {roster.summary()}")
    return roster


def _deadlines(
    arguments: argparse.Namespace, assignment: Assignment, roster: Roster
) -> Callable[[Student], Deadline | None]:
    """Return a function that gives each student's deadline, with an extension if there is one."""
    from classroom.instructor.grading.adjustments import FILE, Adjustments, read_adjustments
    from classroom.instructor.grading.deadline import deadline_of
    from classroom.instructor.time_zone import zone_near

    if arguments.deadline is None:
        if arguments.adjustments:
            raise UsageError("Extensions extend a deadline: add it, such as --deadline 2026-11-21T23:59.")
        return lambda _: None
    deadline = deadline_of(arguments.deadline, zone=zone_near(arguments.roster.parent))
    beside = arguments.roster.parent / FILE
    path = arguments.adjustments or (beside if beside.is_file() else None)
    adjustments = Adjustments(assignment)
    if path:

        def find(name: str) -> str | None:
            student = roster.find(name)
            return student.username if student else None

        adjustments = read_adjustments(path, assignment, _week_names(assignment), find)
    return lambda student: adjustments.deadline(student.username, deadline)


def _week_names(assignment: Assignment) -> list[str]:
    from classroom.core.assignment import course_top, weeks

    top = course_top(assignment.folder.parent)
    others = [path.name for path in weeks(top).values()] if top else []
    return list(dict.fromkeys([*others, assignment.name]))


def _print_unowned(names: Iterable[str]) -> None:
    for name in names:
        print(f"{name} belongs to nobody on the roster.")
