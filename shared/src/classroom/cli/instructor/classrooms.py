"""What an instructor does to hand a week out, and to get back what was made of it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import positive, takes_sandbox
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from classroom.cli.parser import Group
    from classroom.instructor.roster import Roster, Student


def declare(group: Group) -> None:
    """Declare this group's commands."""
    publish = group.add(
        "publish", _publish, "publish a week, or all, as students get it", "classroom publish 1 --to handed-out"
    )
    publish.add_argument("week", metavar="WEEK", help="a week's folder or number, or: all")
    publish.add_argument(
        "--to", required=True, metavar="DIR-or-git-remote", help="a new folder, one published before, or a git address"
    )

    start = group.add(
        "open",
        _open,
        "make a classroom in a folder: a repository for each student and week",
        "classroom open /srv/classroom --roster roster.csv --weeks 1,2",
    )
    start.add_argument("folder", type=Path, metavar="DIR", help="a new folder, or a classroom to add to")
    start.add_argument(
        "--roster",
        type=Path,
        metavar="CSV",
        help="the students: an export of GitHub Classroom, Classroom 50, Canvas or Moodle, a table, or a list of names",
    )
    start.add_argument("--weeks", type=_weeks, required=True, metavar="N,N", help="numbers or folders of weeks")
    start.add_argument("--closes", metavar="TIME", help="accept no push from then on, such as 2026-12-01T18:00")
    start.add_argument("--yes", action="store_true", help="accept all changes of the roster without asking")

    serve = group.add(
        "serve", _serve, "grade what is pushed to a classroom, until Ctrl-C", "classroom serve /srv/classroom"
    )
    serve.add_argument("folder", type=Path, metavar="DIR", help="a classroom that `open` has made")
    serve.add_argument(
        "--jobs", type=positive, default=0, metavar="N", help="how many at once (one for each core, two at least)"
    )
    serve.add_argument("--once", action="store_true", help="grade what waits, then end")
    takes_sandbox(serve, "bubblewrap")

    collect = group.add(
        "collect",
        _collect,
        "copy what was pushed to a classroom, for `grade`",
        "classroom collect /srv/classroom --to handed-in",
    )
    collect.add_argument("folder", type=Path, metavar="DIR", help="a classroom that `open` has made")
    collect.add_argument("--to", type=Path, default=Path("handed-in"), metavar="DIR", help="where to (handed-in)")

    answer = group.add(
        "feedback",
        _feedback,
        "bring each student's graded feedback to the branch `feedback` of the student's repository",
        "classroom feedback /srv/classroom --grades grades",
    )
    answer.add_argument("folder", type=Path, metavar="DIR", help="a classroom that `open` has made")
    answer.add_argument("--grades", type=Path, required=True, metavar="DIR", help="what `grade` has written with --out")

    export = group.add(
        "export", _export, "write what another system takes", "classroom export classroom50 1 --to for-classroom50"
    )
    export.add_argument("system", choices=("classroom50",), help="the system")
    export.add_argument("week", metavar="WEEK", help="a week's folder or number")
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder, or one exported to before")
    export.add_argument("--template", metavar="OWNER/NAME", help="the repository that students will get it from")


def _publish(arguments: argparse.Namespace) -> int:
    from classroom.instructor.handout.publish import publish

    done = publish(arguments.week, arguments.to, Path.cwd())
    if done.changed:
        print(f"{done.files} files published to {done.target}, tagged {done.tag}.")
    else:
        print(f"Nothing has changed since {done.tag}.")
    _tell_left_out(done.left_out)
    return 0


def _tell_left_out(left_out: Mapping[str, str]) -> None:
    for name, reason in left_out.items():
        print(f"Left out: {name} ({reason}).", file=sys.stderr)


def _weeks(text: str) -> list[str]:
    return [week.strip() for week in text.split(",") if week.strip()]


def _open(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.open import open_classroom
    from classroom.instructor.grading.deadline import deadline_of

    closes = deadline_of(arguments.closes).moment if arguments.closes else None

    def confirm(roster: Roster) -> None:
        print(f"{arguments.roster}: {roster.summary()}")
        if roster.is_change:
            _confirm_changes(roster, yes=arguments.yes)

    for week in open_classroom(arguments.folder, arguments.roster, arguments.weeks, closes, confirm):
        end = f"; it takes no push from {week.closes} on" if week.closes else ""
        print(f"{week.week}: {week.new} new, {week.kept} kept, in {arguments.folder / week.week}{end}")
        _tell_left_out(week.left_out)
    return 0


def _confirm_changes(roster: Roster, *, yes: bool) -> None:
    """Name each change of a roster, and ask whether to go on.

    Raises:
        UsageError: the answer is no, or nobody can be asked.
    """
    print("This roster differs from the classroom's:")
    for student in roster.added:
        print(f"  added    {_named(student)}")
    for before, after in roster.renamed:
        print(f"  renamed  {_named(before)} is now {_named(after)}; the repository stays {before.username}")
    for student in roster.dropped:
        print(f"  dropped  {_named(student)}; the repository stays, the gradebook row goes")
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("Nothing was changed. To accept these changes, add --yes.")
    if input("Accept these changes? [y/N] ").strip().casefold() not in {"y", "yes"}:
        raise UsageError("Nothing was changed.")


def _named(student: Student) -> str:
    return one_line(f"{student.label} ({student.login or student.username})")


def _serve(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_server import PushServer

    folder = Classroom(arguments.folder)
    _see_to_walls(arguments.sandbox)
    with PushServer(
        folder, sandbox=arguments.sandbox, jobs=arguments.jobs, tell=lambda line: print(line, flush=True)
    ) as server:
        graded = server.serve(once=arguments.once)
        left = server.left() if arguments.once else 0
    print(f"{graded} graded" + (f", {left} still waiting" if left else ""))
    return CouldNotCheck.exit_status if left else 0


def _see_to_walls(sandbox: str) -> None:
    if sandbox != "none":
        from classroom.apps.sandbox.bubblewrap import why_unavailable

        if trouble := why_unavailable():
            raise UsageError(trouble)


def _collect(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom

    folder = Classroom(arguments.folder)
    for week, count in folder.collect(arguments.to, print).items():
        words = (
            "--submissions",
            arguments.to / week,
            "--out",
            f"grades/{week}",
            "--roster",
            folder.folder / "roster.csv",
        )
        print(f"{count} collected: classroom grade {week} {shlex.join(map(str, words))}")
    return 0


def _feedback(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom

    brought, same = Classroom(arguments.folder).give_feedback(arguments.grades, print)
    print(f"{brought} brought to the branch feedback, {same} unchanged")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from classroom.instructor.handout.classroom50 import export_classroom50

    done = export_classroom50(arguments.week, arguments.to, arguments.template)
    print(f"{done.bundle}: {done.size / 1_000_000:.1f} MB packed. {arguments.to / 'README.md'} says where it goes.")
    _tell_left_out(done.left_out)
    return 0
