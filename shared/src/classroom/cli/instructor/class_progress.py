"""The folder that `progress` also takes, for instructors: a classroom, whose students it then shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from classroom.cli.parser import path_of
from classroom.core.errors import UsageError
from classroom.core.result import utc_timestamp
from classroom.core.text import display_name

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from classroom.cli.parser import Group
    from classroom.instructor.classrooms.standing import Standing, WeekStanding

WIDE = 200  # columns of the table in a file or a pipe


def declare(group: Group) -> None:
    """Add the folder and its option to the command that students also have."""
    command = group.commands.choices["progress"]
    command.add_argument("folder", nargs="?", type=path_of, metavar="DIR", help="a classroom: show its students")
    command.add_argument("--json", action="store_true", help="as JSON; only with DIR")
    command.set_defaults(handler=_progress, own_progress=command.get_default("handler"))


def _progress(arguments: argparse.Namespace) -> int:
    if arguments.folder is None:
        if arguments.json:
            raise UsageError("--json is for a classroom: classroom progress DIR --json")
        return int(arguments.own_progress(arguments))
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.standing import standings

    weeks = standings(Classroom(arguments.folder))
    if arguments.json:
        print(json.dumps({"weeks": [_week_table(week) for week in weeks]}, ensure_ascii=False, indent=1))
    else:
        for week in weeks:
            _print_week(week)
    return 0


def _week_table(week: WeekStanding) -> dict[str, Any]:
    closes = week.closing.last if week.closing else None
    return {"week": week.week, "closes": _time(closes), "students": [_row_table(row) for row in week.students]}


def _row_table(row: Standing) -> dict[str, Any]:
    return {
        "username": row.student.username,
        "name": row.student.label,
        "status": row.status,
        "pushes": row.pushes,
        "pushed": _time(row.pushed),
        "score": row.score,
        "max_score": row.max_score,
        "waiting": row.waiting,
        "closes": _time(row.closing.last if row.closing else None),
        "outdated": row.outdated,
        "team": row.team,
    }


def _time(moment: datetime | None) -> str | None:
    return utc_timestamp(moment) if moment else None


def _print_week(week: WeekStanding) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from classroom.instructor.classrooms.standing import STARTED
    from classroom.instructor.time_zone import shown

    table = Table(box=None, show_header=False, padding=(0, 2))
    for row in week.students:
        score = "" if row.score is None else f"{row.score}/{row.max_score}"
        notes = [f"team {row.team}"] if row.team else ["in no team"] if row.needs_team else []
        notes += ["waits to be graded"] if row.waiting else []
        notes += ["has not merged the new handout"] if row.outdated else []
        if row.closing and week.closing and row.closing.last != week.closing.last:
            notes.append(f"closes {row.closing}")
        table.add_row(
            Text(display_name(row.student.named(row.student.login or row.student.username))),
            row.status,
            Text(score, style="bold"),
            shown(row.pushed, week.zone) if row.pushed else "",
            Text(", ".join(notes)),
        )
    begun = sum(row.status == STARTED for row in week.students)
    closes = f", closes {week.closing}" if week.closing else ""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    console.print(Text(f"{week.week}: {begun} of {len(week.students)} have started{closes}", style="bold"))
    console.print(table)
