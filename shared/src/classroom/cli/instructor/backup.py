"""Commands that write a classroom into one file, and make a classroom from it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import repositories, status_of, takes_classroom
from classroom.cli.instructor.database_option import database_of, take_database
from classroom.cli.parser import path_of

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group

NO_DATABASE = "There is no database in it: this classroom has never had a site. If its database is on another server, add --database URL."


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    command = group.add(
        "backup",
        _backup,
        "write a whole classroom to one file, even while it is being served",
        "classroom backup /srv/classroom --to classroom-2026-11-29.backup",
    )
    takes_classroom(command)
    command.add_argument("--to", type=path_of, required=True, metavar="FILE", help="a new file")
    take_database(command, "its database, if you run `serve` with this option")
    command = group.add(
        "restore",
        _restore,
        "recreate a classroom from a file that `backup` has written",
        "classroom restore classroom-2026-11-29.backup --to /srv/classroom",
    )
    command.add_argument("file", type=path_of, metavar="FILE", help="a backup")
    command.add_argument("--to", type=path_of, required=True, metavar="DIR", help="a new folder")
    command.add_argument("--database", metavar="URL", default="", help="an empty database on another server to use")


def _backup(arguments: argparse.Namespace) -> int:
    from classroom.instructor.backup.back_up import back_up
    from classroom.instructor.classrooms.classroom import Classroom

    problems: list[str] = []
    made = back_up(Classroom(arguments.folder), arguments.to, problems.append, database_of(arguments))
    print(f"{repositories(made.repositories)}, {made.files} files, {made.size / 1_000_000:.1f} MB: {arguments.to}")
    if not made.has_database:
        print(NO_DATABASE)
    print("Keep it where only you can read it: it contains everyone's work and points.")
    return status_of(problems)


def _restore(arguments: argparse.Namespace) -> int:
    from classroom.instructor.backup.restore import restore

    restored = restore(arguments.file, arguments.to, arguments.database)
    words = ["classroom", "serve", str(arguments.to)]
    words += ["--listen", "127.0.0.1:8080"] if restored.has_database else []
    words += ["--database", arguments.database] if arguments.database else []
    print(f"The classroom of {restored.made} is in {arguments.to}: {shlex.join(words)}")
    return 0
