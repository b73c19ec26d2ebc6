"""The command that lets teams hand in a week, forms them, and shows who is in which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.cli.instructor.adjust import week_of
from classroom.cli.instructor.classrooms import takes_classroom
from classroom.cli.parser import path_of
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group
    from classroom.instructor.classrooms.classroom import Classroom


def declare(group: Group) -> None:
    """Declare the command."""
    command = group.add(
        "teams",
        _teams,
        "let teams hand in a week together: form them, or show who is in which",
        "classroom teams /srv/classroom 1 --size 3",
    )
    takes_classroom(command)
    command.add_argument("week", metavar="WEEK", help="a week's folder or number")
    command.add_argument("--size", type=int, metavar="N", help="turn on teams of up to N students, or change N")
    command.add_argument(
        "--assigned", action="store_true", help="with --size: students do not create or join teams themselves"
    )
    command.add_argument(
        "--from",
        dest="table",
        type=path_of,
        metavar="CSV",
        help="form teams: a table with the columns team and student",
    )
    command.add_argument("--off", action="store_true", help="turn off teams, as long as none has pushed")


def _teams(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.team_changes import TeamChanges
    from classroom.instructor.classrooms.team_list import read_team_list
    from classroom.instructor.roster import Roster

    if arguments.off and (arguments.size is not None or arguments.table):
        raise UsageError("--off turns off teams: leave out --size and --from.")
    if arguments.assigned and arguments.size is None:
        raise UsageError("--assigned goes with --size: classroom teams DIR WEEK --size 3 --assigned")
    classroom = Classroom(arguments.folder)
    week = week_of(arguments.week, classroom).name
    if week not in {each.name for each in classroom.weeks()}:
        raise UsageError(f"{week} is not open in {arguments.folder}: open it first.")
    changes = TeamChanges(classroom, week)
    wanted = read_team_list(arguments.table, Roster(tuple(classroom.students()))) if arguments.table else {}
    if arguments.off:
        changes.end()
    if arguments.size is not None:
        changes.set_up(arguments.size, by_students=not arguments.assigned)
    if wanted:
        changes.form(wanted)
    _print(classroom, week)
    return 0


def _print(classroom: Classroom, week: str) -> None:
    teams, names = classroom.teams(week), classroom.names()
    if teams is None:
        print(f"{week}: students hand in on their own. To turn on teams, add --size 3")
        return
    print(f"{week}: teams of up to {teams.size}, {'joined with a code' if teams.by_students else 'assigned by you'}")
    for team in sorted(teams.teams, key=lambda team: team.title.casefold()):
        members = [names[member] for member in team.members if member in names]
        code = f", code {team.code}" if teams.by_students else ""
        print(f"  {team.title} ({team.name}{code}): {', '.join(members) or 'nobody'}")
    if alone := [name for username, name in names.items() if teams.of(username) is None]:
        print(f"  In no team: {', '.join(alone)}")
