"""Commands that lead out of the kit: a week or its grades for another system, and the grades of all weeks together."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from classroom.cli.parser import path_of
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.result import COULD_NOT_GRADE, EXCUSED, GRADED, MISSING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.cli.parser import Group
    from classroom.core.result import Result
    from classroom.instructor.grading.term import Term

CLASSROOM50 = "classroom50"
SYSTEMS = (CLASSROOM50, "canvas", "moodle")
MAX_NAMES = 20  # printed in one line


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    _declare_export(group)
    _declare_gradebook(group)


def _declare_export(group: Group) -> None:
    command = group.add(
        "export",
        _export,
        "write a week for Classroom 50, or its grades for Canvas or Moodle",
        "classroom export canvas grades/week1-hello-api --to canvas.csv",
    )
    command.add_argument("system", choices=SYSTEMS, help="the system")
    command.add_argument(
        "source",
        metavar="WEEK-or-GRADES",
        help="for classroom50, a week's folder or number; for canvas and moodle, the --out folder of `grade`",
    )
    command.add_argument(
        "--to",
        type=path_of,
        required=True,
        metavar="PATH",
        help="a folder for classroom50; a file for canvas and moodle",
    )
    command.add_argument(
        "--template", metavar="OWNER/NAME", help="classroom50: the repository that students start from"
    )
    command.add_argument(
        "--roster",
        type=path_of,
        metavar="CSV",
        help="canvas, moodle: its own export, if `grade` used a different roster",
    )
    command.add_argument("--assignment", metavar="NAME", help="canvas: the assignment's name there (the week's)")
    command.add_argument("--force", action="store_true", help="canvas, moodle: replace the file")


def _export(arguments: argparse.Namespace) -> int:
    if arguments.system != CLASSROOM50:
        return _export_grades(arguments)
    from classroom.cli.instructor.classrooms import print_left_out
    from classroom.instructor.handout.classroom50 import export_classroom50

    exported = export_classroom50(arguments.source, arguments.to, arguments.template)
    readme = arguments.to / "README.md"
    print(f"{exported.bundle}: {exported.size / 1_000_000:.1f} MB packed. {readme} says where it goes.")
    print_left_out(exported.left_out)
    return 0


def _export_grades(arguments: argparse.Namespace) -> int:
    from classroom.instructor.grading.lms import export_grades
    from classroom.instructor.grading.results import read_results, unfinished
    from classroom.instructor.grading.students import read_students
    from classroom.instructor.roster import read_roster

    grades = path_of(arguments.source)
    results = read_results(grades)
    _ensure_free(arguments.to, force=arguments.force)
    exported = export_grades(
        arguments.system,
        results,
        read_students(grades),
        arguments.to,
        roster=read_roster(arguments.roster) if arguments.roster else None,
        assignment=arguments.assignment,
    )
    noun = "student" if exported.rows == 1 else "students"
    print(f"{exported.rows} {noun} in {arguments.to}, as the assignment {exported.assignment!r}.")
    _print_names("Not matched, so not in the file", exported.unmatched)
    _print_names("Could not be graded, so not in the file", exported.ungraded)
    _print_names("On the roster, without a result", exported.absent)
    told = unfinished(grades)
    if told:
        print(f"Students without a result are not in the file. {told}", file=sys.stderr)
    return CouldNotCheck.exit_status if exported.unmatched or exported.ungraded or told else 0


def _ensure_free(path: Path, *, force: bool) -> None:
    """Raise UsageError if a file is there that nobody has asked to replace."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder: --to needs the name of a new file.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists: add --force to replace it, or choose another file with --to.")


def _print_names(title: str, names: Sequence[str]) -> None:
    if names:
        more = f", and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        print(f"{title}: {'; '.join(names[:MAX_NAMES])}{more}")


def _declare_gradebook(group: Group) -> None:
    command = group.add(
        "gradebook",
        _gradebook,
        "add up each student's grades from all weeks, and put them on one page",
        "classroom gradebook grades --weights 1=1,2=2",
    )
    command.add_argument(
        "folder", type=path_of, metavar="DIR", help="the folder that holds an --out folder of `grade` for each week"
    )
    command.add_argument(
        "--weights",
        metavar="WEIGHTS",
        help="such as 1=1,2=2, or a file with one week per line (all count the same)",
    )
    command.add_argument(
        "--roster", type=path_of, metavar="CSV", help="the students (those from the latest grading run)"
    )
    command.add_argument("--to", type=path_of, metavar="CSV", help="the file to write (DIR/gradebook.csv)")
    command.add_argument("--force", action="store_true", help="replace a file that this command did not write")


def _gradebook(arguments: argparse.Namespace) -> int:
    from classroom.instructor.grading.report import report_term
    from classroom.instructor.grading.term import read_term, write_term

    term = read_term(arguments.folder, _weights(arguments.weights), arguments.roster)
    path = arguments.to or arguments.folder / "gradebook.csv"
    _ensure_free(path, force=arguments.force or _is_term(path))
    write_term(path, term)
    page = report_term(arguments.folder, term, path.read_bytes().decode())
    _print_term(term)
    _print_names("Could not be graded, so not included in the sum", term.with_status(COULD_NOT_GRADE))
    _print_names("Missing, counted as 0 points", term.with_status(MISSING))
    _print_names("No longer on the roster, so left out", term.dropped)
    for told in term.unfinished:
        print(told, file=sys.stderr)
    print(f"gradebook  {path}\npage       {page}")
    return CouldNotCheck.exit_status if term.with_status(COULD_NOT_GRADE) else 0


def _weights(text: str | None) -> str | None:
    """Return the weights, from their file if it is one."""
    if text is None or "=" in text:
        return text
    try:
        return path_of(text).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError):
        raise UsageError(
            f"{text} is neither a list of weights, such as 1=1,2=2, nor a file that contains one."
        ) from None


def _is_term(path: Path) -> bool:
    """Return whether a file was written by this command before, so that it may be written again."""
    from classroom.instructor.grading.term import COLUMNS, EXTRAS, SUMS

    try:
        with path.open(encoding="utf-8") as file:
            head = file.readline()
    except (OSError, UnicodeError):
        return False
    return head.startswith(f'"{COLUMNS[0]}"') and head.rstrip().endswith((f'"{SUMS[-1]}"', f'"{EXTRAS}"'))


def _print_term(term: Term) -> None:
    """Print the table of all students."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("student", overflow="fold")
    for week in term.weeks:
        weight = "" if week.weight == 1 else f"\nweight {week.weight:g}"
        table.add_column(Text(f"week {week.number}{weight}"), justify="right")
    table.add_column("percent", justify="right")
    if term.extras:
        table.add_column("extras", overflow="fold")
    for line in term.lines:
        percent = "-" if line.percent is None else f"{line.percent:.1f}"
        finished = [", ".join(term.finished(line))] if term.extras else []
        table.add_row(_label(line.student.label), *map(_points, line.results), percent, *map(Text, finished))
    Console(highlight=False).print(table)


def _label(text: str) -> str:
    from rich.markup import escape

    from classroom.core.text import display_name

    return escape(display_name(text, 40))


def _points(result: Result) -> str:
    if result.status == GRADED:
        return f"{result.score}/{result.max_score}"
    return "excused" if result.status == EXCUSED else result.status.replace("-", " ")
