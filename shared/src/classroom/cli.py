"""The command line: parses, calls, prints, exits.

Exit status: 0 done, and everything passed where something is checked; 1 something is not green; 2 used wrongly; 3 could
not grade.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from classroom.errors import ClassroomError, CouldNotCheck, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from classroom.assignment import Assignment
    from classroom.result import Result

INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong, and what to type."""

    def error(self, message: str) -> NoReturn:
        """End with exit status 2."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. Try: {self.prog} -h\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.act(arguments))
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("classroom."):
            raise
        print(
            f"`{arguments.command}` is a command for instructors: the student edition does without it.", file=sys.stderr
        )
        return UsageError.exit_status
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        print(f"{error.strerror or error}{place}", file=sys.stderr)
        return UsageError.exit_status
    except Exception:  # noqa: BLE001 - our own slip must not look like a red task to `make`
        import traceback

        traceback.print_exc()
        print("That is a fault of the course's kit, not yours. Please report it with the lines above.", file=sys.stderr)
        return CouldNotCheck.exit_status


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = Parser(prog="classroom", description="Hands out, checks and grades the course.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    def add(name: str, act: Callable[[argparse.Namespace], int], about: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=about,
            description=f"{about[:1].upper()}{about[1:]}.",
            epilog=f"Example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(act=act)
        return command

    def week(command: argparse.ArgumentParser, *, needed: bool = False) -> None:
        about = "a week's folder or number" + ("" if needed else "; in a week's folder it may be left out")
        command.add_argument("week", nargs=None if needed else "?", metavar="WEEK", help=about)

    check = add("check", _check, "check a week and show its scorecard", "classroom check 1 --task 3")
    week(check)
    check.add_argument("--task", type=int, metavar="N", help="this task alone")
    check.add_argument("--seed", type=int, metavar="N", help="check with the data of an earlier run")
    check.add_argument("--watch", action="store_true", help="check again at each save")
    check.add_argument("--out", type=Path, metavar="FILE", help="write the result as JSON, too")

    hint = add("hint", _hint, "show the next hint of a task", "classroom hint 1 3")
    hint.add_argument(
        "words", nargs="+", metavar="[WEEK] TASK", help="a week, unless you are in its folder, and a task"
    )

    run = add("run", _run, "start a week's app with reload and its services", "classroom run 1 --port 8001")
    week(run)
    run.add_argument("--port", type=int, default=8000, metavar="N", help="of 127.0.0.1 (8000)")

    add("progress", _progress, "show all weeks at a glance", "classroom progress")
    week(add("psql", _psql, "open the database that `run` keeps", "classroom psql 3"))
    week(add("reset", _reset, "empty the database that `run` keeps", "classroom reset 3"))

    grade = add(
        "grade",
        _grade,
        "grade a folder of submissions with visible and hidden checks",
        "classroom grade 1 --submissions handed-in --out grades",
    )
    week(grade, needed=True)
    grade.add_argument(
        "--submissions", type=Path, required=True, metavar="DIR", help="each folder or bare repository in it is one"
    )
    grade.add_argument("--out", type=Path, required=True, metavar="DIR", help="results and gradebook go here")
    grade.add_argument("--jobs", type=_positive, default=0, metavar="N", help="how many at once (one for each core)")
    grade.add_argument("--seed", type=int, metavar="N", help="for the data of the checks, the same for all")
    grade.add_argument(
        "--sandbox", choices=("bubblewrap", "none"), default="bubblewrap", help="walls around each submission"
    )
    grade.add_argument("--roster", type=Path, metavar="CSV", help="who is on it and handed in nothing gets a row")
    grade.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this submission alone; may be repeated"
    )
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")

    verify = add("verify", _verify, "have the course prove itself: every week, or one", "classroom verify 1")
    week(verify)
    verify.add_argument("--only", metavar="TEXT", help="cases with this in their title, such as wrong/route")
    verify.add_argument("--seed", type=int, metavar="N", help="for the data of the checks")
    verify.add_argument("--jobs", type=_positive, default=0, metavar="N", help="how many at once (one for each core)")
    verify.add_argument("--sandbox", choices=("bubblewrap", "none"), default="none", help="walls around each answer")
    verify.add_argument(
        "--wrong", type=_positive, metavar="N", help="only so many of the wrong answers, drawn by the seed"
    )
    verify.add_argument("--verbose", action="store_true", help="a line for every answer")

    report = add("report", _report, "make the gradebook page again from the results", "classroom report grades")
    report.add_argument("out", type=Path, metavar="OUT", help="the folder that `grade` has written")

    demo = add("demo", _demo, "grade a sample cohort made of the course's own answers", "classroom demo")
    demo.add_argument("--to", type=Path, default=Path("demo"), metavar="DIR", help="where it goes (demo)")
    demo.add_argument("--sandbox", choices=("bubblewrap", "none"), default="none", help="walls around each submission")

    publish = add(
        "publish", _publish, "publish a week, or all, as students get it", "classroom publish 1 --to handed-out"
    )
    publish.add_argument("week", metavar="WEEK", help="a week's folder or number, or: all")
    publish.add_argument(
        "--to", required=True, metavar="DIR-or-git-remote", help="a new folder, one published before, or a git address"
    )
    return top


def _report(arguments: argparse.Namespace) -> int:
    from classroom.report import report

    print(report(arguments.out))
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from classroom.demo import sample
    from classroom.progress import Meter

    cohort = sample(_assignment("1"), arguments.to, sandbox=arguments.sandbox)
    with Meter() as meter:
        results = cohort.grade(meter.begin, meter.tell)
    meter.close(results, cohort.out)
    print(f"  Open {cohort.out / 'report.html'} in a browser.")
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    from classroom.publish import publish

    done = publish(arguments.week, arguments.to, Path.cwd())
    if done.changed:
        print(f"{done.files} files published to {done.target}, tagged {done.tag}.")
    else:
        print(f"Nothing has changed since {done.tag}.")
    return 0


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 up")
    return int(text)


def _assignment(week: str | None) -> Assignment:
    from classroom.assignment import Assignment, find

    return Assignment.load(find(week))


def _check(arguments: argparse.Namespace) -> int:
    assignment = _assignment(arguments.week)
    if arguments.task is not None:
        assignment.task(arguments.task)
    if arguments.watch:
        return _watch(assignment)
    from classroom.grade import check_in_place

    result = check_in_place(assignment, only=arguments.task, seed=arguments.seed)
    from classroom.environment import outside
    from classroom.laptop import remember
    from classroom.result import COULD_NOT_GRADE, write_whole
    from classroom.scorecard import print_card

    if arguments.task is None:
        remember(assignment, result)
    if arguments.out:
        write_whole(arguments.out, result.to_json())
    print_card(assignment, result)
    for warning in outside(assignment):
        print(f"  Warning: {warning}")
    if result.status == COULD_NOT_GRADE:
        return 3
    return 0 if all(task.verdict == "pass" for task in result.tasks if not task.bonus) else 1


def _watch(assignment: Assignment) -> int:
    from rich.console import Console

    from classroom.laptop import watch
    from classroom.scorecard import Scorecard

    console = Console(highlight=False)

    def show(result: Result) -> None:
        console.clear()
        Scorecard(assignment, result, console).print()
        console.print("  Watching. Save a file to check again, Ctrl-C to stop.", style="dim")

    watch(assignment, show)
    return 0


def _hint(arguments: argparse.Namespace) -> int:
    words = arguments.words
    if len(words) > 2 or not words[-1].isdecimal():  # noqa: PLR2004 - a week and a task
        raise UsageError("A hint is asked for by week and task, such as: classroom hint 1 3")
    assignment = _assignment(words[0] if len(words) > 1 else None)
    task = assignment.task(int(words[-1]))
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.padding import Padding

    from classroom.hints import next_hint

    position, told = next_hint(assignment, task.number)
    if not told:
        print(f"Task {task.number} has no hints: it is done already. Read README.md, {task.section!r}.")
        return 0
    console = Console(highlight=False)
    console.print(f"\n  Task {task.number}: {task.title}, hint {position} of {len(told)}\n", style="bold")
    console.print(Padding(Markdown(told[position - 1]), (0, 2, 0, 2)))
    more = len(told) - position
    console.print(f"\n  {more} more: ask again." if more else "\n  That was the last one.", style="dim")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from classroom.laptop import run_app

    return run_app(_assignment(arguments.week), arguments.port, lambda line: print(line, flush=True))


def _progress(_: argparse.Namespace) -> int:
    from classroom.assignment import course_top
    from classroom.laptop import progress
    from classroom.scorecard import print_progress

    top = course_top(Path.cwd())
    if top is None:
        raise UsageError(f"There is no course in {Path.cwd()} or above it: go to the course's folder first.")
    print_progress(progress(top))
    return 0


def _psql(arguments: argparse.Namespace) -> int:
    from classroom.laptop import psql

    return psql(_assignment(arguments.week))


def _reset(arguments: argparse.Namespace) -> int:
    from classroom.laptop import reset

    assignment = _assignment(arguments.week)
    reset(assignment)
    print(f"The database of {assignment.name} is empty.")
    return 0


def _grade(arguments: argparse.Namespace) -> int:
    from classroom.cohort import Cohort
    from classroom.progress import Meter
    from classroom.result import COULD_NOT_GRADE

    cohort = Cohort(
        _assignment(arguments.week),
        arguments.submissions,
        arguments.out,
        seed=arguments.seed,
        roster=arguments.roster,
        only=tuple(arguments.only),
        force=arguments.force,
        jobs=arguments.jobs,
        sandbox=arguments.sandbox,
    )
    with Meter() as meter:
        results = cohort.grade(meter.begin, meter.tell)
    meter.close(results, arguments.out)
    return 3 if any(result.status == COULD_NOT_GRADE for result in results) else 0


def _verify(arguments: argparse.Namespace) -> int:
    from classroom.assignment import Assignment, course_top, weeks
    from classroom.progress import Proofs
    from classroom.verify import verify

    if arguments.week is None:
        top = course_top(Path.cwd())
        chosen = [Assignment.load(folder) for folder in weeks(top).values()] if top else []
        if not chosen:
            raise UsageError(f"There is no course in {Path.cwd()} or above it: go to the course's folder first.")
    else:
        chosen = [_assignment(arguments.week)]
    proofs = Proofs(verbose=arguments.verbose)
    for assignment in chosen:
        if assignment.draft and arguments.week is None:
            proofs.draft(assignment)
            continue
        proofs.begin(assignment)
        proof = verify(
            assignment,
            jobs=arguments.jobs,
            seed=1 if arguments.seed is None else arguments.seed,
            only=arguments.only,
            sandbox=arguments.sandbox,
            wrong=arguments.wrong,
            tell=proofs.tell,
        )
        proofs.end(proof)
    return proofs.close()


if __name__ == "__main__":
    sys.exit(main())
