"""Commands for students: check, hint, run, learn, progress, psql, reset."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import assignment_of, number_within, path_of, takes_week, zero_or_more
from classroom.core.commands import typed
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group
    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

DAY_SECONDS = 86_400
WITHOUT = ("a", "b", "cache", "storage", "primary", "replica")  # parts that a site under load can do without


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    check = group.add("check", _check, "check a week and show its scorecard", "classroom check 1 --task 3")
    takes_week(check)
    check.add_argument("--task", type=int, metavar="N", help="check only this task")
    check.add_argument("--seed", type=int, metavar="N", help="check with the data of an earlier run")
    check.add_argument("--watch", action="store_true", help="check again after each save")
    check.add_argument("--out", type=path_of, metavar="FILE", help="also write the result as JSON")
    check.add_argument(
        "--debug", action="store_true", help="for a debugger: no time limits, a new process for each app"
    )
    check.add_argument(
        "--github", action="store_true", help="for GitHub Actions: also write summary, annotations and points"
    )

    hint = group.add("hint", _hint, "show the next hint of a task", "classroom hint 1 3")
    hint.add_argument(
        "week_and_task", nargs="+", metavar="[WEEK] TASK", help="a week, unless you are in its folder, and a task"
    )

    run = group.add("run", _run, "start a week's services, and its app with reload", "classroom run 1 --port 8001")
    takes_week(run)
    run.add_argument("--port", type=int, default=8000, metavar="N", help="port on 127.0.0.1 (8000)")
    run.add_argument("--storage-port", type=int, default=9000, metavar="N", help="port of week 5's storage (9000)")
    run.add_argument(
        "--workers", type=zero_or_more, default=0, metavar="N", help="week 5's bonus: also start N workers (0)"
    )
    run.add_argument("--no-browser", action="store_true", help="only print the address of week 5's control room")

    load = group.add("load", _load, "send requests to week 5's site and measure it", "classroom load 5 --rate 200")
    takes_week(load)
    load.add_argument(
        "--rate", type=number_within(1, 500), default=50, metavar="N", help="requests a second, 1 to 500 (50)"
    )
    load.add_argument("--seconds", type=number_within(1, 600), default=10, metavar="N", help="how long, 1 to 600 (10)")
    load.add_argument(
        "--writers",
        type=number_within(0, 1),
        default=0.1,
        metavar="X",
        help="share of visitors who change something (0.1)",
    )
    load.add_argument("--workers", type=zero_or_more, default=0, metavar="N", help="also start N workers (0)")
    load.add_argument(
        "--lag", type=number_within(0, 60), default=0.0, metavar="X", help="seconds that the replica lags, 0 to 60 (0)"
    )
    load.add_argument(
        "--without", action="append", default=[], choices=WITHOUT, help="take away a part first; may be repeated"
    )
    load.add_argument("--json", action="store_true", help="print the figures as JSON, times in seconds")

    learn = group.add("learn", _learn, "show lesson, live scorecard and app in the browser", "classroom learn 1")
    takes_week(learn)
    learn.add_argument("--port", type=int, default=8700, metavar="N", help="port on 127.0.0.1 (8700, or a free one)")
    learn.add_argument("--no-browser", action="store_true", help="only print the address")

    group.add("progress", _progress, "show all weeks at a glance", "classroom progress")
    psql = group.add("psql", _psql, "open the database that `run` keeps", "classroom psql 3")
    takes_week(psql)
    psql.add_argument("--app", metavar="NAME", help="whose database, if several apps have one (the first)")
    takes_week(group.add("reset", _reset, "empty the database that `run` keeps", "classroom reset 3"))


def _check(arguments: argparse.Namespace) -> int:
    assignment = assignment_of(arguments.week)
    if arguments.task is not None:
        assignment.task(arguments.task)
    if arguments.watch:
        return _watch(assignment)
    if arguments.github:
        from classroom.student.github_actions import Actions

        actions = Actions()
        with actions.fence():
            result = _checked(arguments, assignment)
        actions.show(assignment, result)
    else:
        result = _checked(arguments, assignment)
    if result.status == "could-not-grade":
        return 3
    return 0 if all(task.verdict == "pass" for task in result.tasks if not task.bonus) else 1


def _checked(arguments: argparse.Namespace, assignment: Assignment) -> Result:
    if arguments.debug:
        # A debugger follows a new interpreter, but not a fork of one that is already running.
        os.environ["CLASSROOM_NO_FORK"] = "1"
        limits = dict.fromkeys(("request_s", "check_s", "total_s", "start_s"), DAY_SECONDS)
        assignment = replace(assignment, limits=replace(assignment.limits, **limits))
    from classroom.student.check import check_in_place

    result = check_in_place(assignment, only=arguments.task, seed=arguments.seed)
    behind = _behind(assignment, result, arguments.seed) if arguments.task else None
    from classroom.core.files import write_atomic
    from classroom.student.scorecard import print_card
    from classroom.student.workspace import last_result, remember

    before = last_result(assignment)
    if arguments.task is None:
        remember(assignment, result)
    if arguments.out:
        write_atomic(arguments.out, result.to_json())
    print_card(assignment, result, before=before, behind=behind)
    return result


def _behind(assignment: Assignment, result: Result, seed: int | None) -> Result | None:
    """Return the result of the earlier task that a task on its own waits for or builds on, if it is red."""
    from classroom.student.check import check_in_place
    from classroom.student.remarks import RED, waits_for

    found = None
    while result.tasks and result.tasks[0].verdict != "pass":
        waits = waits_for(result.tasks[0])
        for number in [waits] if waits else assignment.task(result.tasks[0].number).needs:
            earlier = check_in_place(assignment, only=number, seed=seed)
            if earlier.tasks and earlier.tasks[0].verdict != "pass":
                break
        else:
            break
        result = earlier
        found = result if result.tasks[0].verdict in RED else found
    return found


def _watch(assignment: Assignment) -> int:
    from rich.console import Console

    from classroom.student.scorecard import Scorecard
    from classroom.student.watching import watch

    console = Console(highlight=False)

    def show(result: Result, before: Result | None) -> None:
        console.clear()
        Scorecard(assignment, result, console, before=before).print()
        console.print("  Watching. Save a file to check again, Ctrl-C to stop.", style="dim")

    watch(assignment, show)
    return 0


def _hint(arguments: argparse.Namespace) -> int:
    *week, task_number = arguments.week_and_task
    if len(week) > 1 or not task_number.isdecimal():
        raise UsageError("Give a week and a task, such as: classroom hint 1 3")
    assignment = assignment_of(week[0] if week else None)
    task = assignment.task(int(task_number))
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.padding import Padding

    from classroom.student.hints import FILE, next_hint
    from classroom.student.hints import hints as hints_of

    position, hints = next_hint(assignment, task.number)
    if not hints:
        if not hints_of(assignment.folder):
            raise UsageError(
                f"{assignment.folder / FILE} is missing, or is not UTF-8 text: copy it from the course again."
            )
        print(f"Task {task.number} has no hints: it is already done. See README.md, {task.section!r}.")
        return 0
    console = Console(highlight=False)
    console.print(f"\n  Task {task.number}: {task.title}, hint {position} of {len(hints)}\n", style="bold")
    console.print(Padding(Markdown(hints[position - 1]), (0, 2, 0, 2)))
    more = len(hints) - position
    console.print(
        f"\n  {more} more {'hint' if more == 1 else 'hints'}: run this again."
        if more
        else "\n  No more hints for this task.",
        style="dim",
    )
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from classroom.student.workspace import run_app

    return run_app(
        assignment_of(arguments.week),
        arguments.port,
        lambda line: print(line, flush=True),
        storage_port=arguments.storage_port,
        workers=arguments.workers,
        browser=not arguments.no_browser,
    )


def _load(arguments: argparse.Namespace) -> int:
    from classroom.student.load.command import Wish, load_site

    wish = Wish(
        arguments.rate,
        arguments.seconds,
        arguments.writers,
        arguments.workers,
        tuple(arguments.without),
        arguments.lag,
    )
    return load_site(assignment_of(arguments.week), wish, as_json=arguments.json)


def _learn(arguments: argparse.Namespace) -> int:
    from classroom.student.learn.command import learn

    return learn(
        _week_to_learn(arguments.week),
        lambda line: print(line, flush=True),
        port=arguments.port,
        browser=not arguments.no_browser,
    )


def _week_to_learn(week: str | None) -> Assignment:
    """Return a week; for None, the current folder's, or in the course's folder the first one that is not done."""
    from classroom.core.assignment import weeks
    from classroom.student.progress import progress

    if week is None and weeks(Path.cwd()):
        if found := progress(Path.cwd()):
            open_ones = (each.assignment for each in found if not (each.result and each.result.green))
            return next(open_ones, found[0].assignment)
        return assignment_of(str(min(weeks(Path.cwd()))))
    return assignment_of(week)


def _progress(_: argparse.Namespace) -> int:
    from classroom.core.assignment import course_top
    from classroom.core.course import find
    from classroom.student.progress import progress, progress_around
    from classroom.student.progress_table import print_progress

    broken: list[str] = []
    if top := course_top(Path.cwd()):
        found = progress(top, broken.append)
    else:
        try:
            week = find(None)
        except UsageError:
            raise UsageError(
                f"There is no course in {Path.cwd()} or above it: go to the course's folder first."
            ) from None
        found = [progress_around(assignment_of(str(week)), broken.append)]
    print_progress(found)
    if broken:
        raise UsageError("\n".join(broken))
    return 0


def _psql(arguments: argparse.Namespace) -> int:
    from classroom.student.workspace import psql

    assignment = assignment_of(arguments.week)
    if arguments.app is None:
        for other in list(assignment.apps)[1:]:
            print(f"The database of {other}: {typed('psql', assignment.name, app=other)}", file=sys.stderr)
    return psql(assignment, arguments.app)


def _reset(arguments: argparse.Namespace) -> int:
    from classroom.student.workspace import reset

    assignment = assignment_of(arguments.week)
    reset(assignment)
    print(f"The database of {assignment.name} is empty.")
    return 0
