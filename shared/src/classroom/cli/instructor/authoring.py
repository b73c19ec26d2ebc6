"""Commands for authors: a new week, and a new task in a week."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import Group, Parser, assignment_of, positive
from classroom.instructor.authoring import SERVICES

if TYPE_CHECKING:
    import argparse

    from classroom.core.assignment import Assignment


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    new = group.add("new", _which, "create a new week or task", "classroom new week week6-queues")
    commands = Group(new.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser))

    week = commands.add(
        "week",
        _new_week,
        "create a week that passes `verify`, with an example to replace",
        "classroom new week week6-queues",
    )
    week.add_argument("name", metavar="NAME", help="its folder: weekN-topic, such as week6-queues")
    week.add_argument("--title", metavar="TEXT", help="the title that students see (made from NAME)")
    week.add_argument("--minutes", type=positive, default=60, metavar="N", help="how long it takes (60)")
    week.add_argument("--services", choices=SERVICES, action="append", default=[], help="give its app a database")

    task = commands.add(
        "task", _new_task, "add a task to a week, with an example to replace", 'classroom new task 6 "Archive a note"'
    )
    task.add_argument("week", nargs="?", metavar="WEEK", help="a week's folder or number; optional in a week's folder")
    task.add_argument("title", metavar="TITLE", help="the title that students see, in quotation marks")
    task.add_argument(
        "--points", type=positive, default=10, metavar="N", help="its points, taken from the other tasks (10)"
    )


def _which(arguments: argparse.Namespace) -> int:
    raise AssertionError(arguments.what)  # argparse requires one of the commands above


def _new_week(arguments: argparse.Namespace) -> int:
    from classroom.instructor.authoring.course import Course
    from classroom.instructor.authoring.new_week import make_week

    course = Course.around(Path.cwd())
    made = make_week(
        course,
        arguments.name,
        title=arguments.title,
        minutes=arguments.minutes,
        services=arguments.services,
    )
    print(f"Made {made.name}: {len(made.tasks)} tasks, {made.max_score} points. Replace its example with your own.")
    _print_next(made)
    return 0


def _new_task(arguments: argparse.Namespace) -> int:
    from classroom.instructor.authoring.new_task import make_task

    assignment = assignment_of(arguments.week)
    made = make_task(assignment, arguments.title, arguments.points)
    print(f"Added task {made.number} ({arguments.points} points) to:")
    print("\n".join(f"  {name}" for name in made.files))
    for task, (before, after) in made.points.items():
        print(f"Task {task}: {before} → {after} points")
    for task in made.unnamed:
        points = made.points[task][1]
        print(
            f"README.md has no line such as *{points} points.* for task {task}: if it gives the points elsewhere, update them there."
        )
    print(f"All tasks together have {made.total} points.")
    _print_next(assignment)
    return 0


def _print_next(assignment: Assignment) -> None:
    """Print what the author does next."""
    folder = os.path.relpath(assignment.folder)
    week = assignment.folder.name.removeprefix("week").partition("-")[0]
    for what, command in (
        ("Prove it", f"classroom verify {week}"),
        ("See it as students do", f"classroom check {week}"),
        ("Find what to write", f"grep -rn AUTHOR {shlex.quote(folder)}"),
        ("Let git track it", f"git add {shlex.quote(folder)}"),
    ):
        print(f"  {what:<23} {command}")
