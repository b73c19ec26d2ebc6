"""The command that writes the sheets for talks about submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.cli.parser import assignment_of, path_of

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group


def declare(group: Group) -> None:
    """Declare the command."""
    command = group.add(
        "interview",
        _interview,
        "write a sheet for an interview with each student: the pushes, and questions about their own lines of code",
        "classroom interview grades/week1-hello-api ada",
    )
    command.add_argument("out", type=path_of, metavar="GRADES", help="the --out folder of `grade`")
    command.add_argument("student", nargs="?", metavar="NAME", help="only this student: username, identifier or name")
    command.add_argument("--to", type=path_of, metavar="DIR", help="folder for the sheets (GRADES/interviews)")
    command.add_argument("--week", metavar="WEEK", help="the week, if it is not in this folder's course")
    command.add_argument(
        "--submissions",
        type=path_of,
        metavar="DIR",
        help="the submissions, if they have been moved since they were graded",
    )
    command.add_argument(
        "--seed", type=int, default=1, metavar="N", help="a different number draws different questions"
    )


def _interview(arguments: argparse.Namespace) -> int:
    from classroom.core.text import display_name
    from classroom.instructor.interview.interviews import Interviews

    week = assignment_of(arguments.week) if arguments.week else None
    interviews = Interviews(arguments.out, week, arguments.submissions, arguments.seed)
    to = arguments.to or arguments.out / "interviews"
    written = interviews.write(to, arguments.student)
    for name, reason in interviews.left_out.items():
        print(f"{display_name(name)}: no sheet ({reason})")
    noun = "sheet" if len(written) == 1 else "sheets"
    print(f"{len(written)} {noun} in {written[0] if len(written) == 1 else to}")
    return 0
