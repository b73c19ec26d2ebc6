"""The command line: parses, calls, prints, exits."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from classroom.errors import ClassroomError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="classroom")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check")
    check.add_argument("week", nargs="?")
    check.add_argument("--task", type=int)
    check.add_argument("--seed", type=int)
    verify = commands.add_parser("verify")
    verify.add_argument("week", nargs="?")
    verify.add_argument("--only")
    verify.add_argument("--seed", type=int, default=1)
    verify.add_argument("--jobs", type=int, default=0)
    arguments = parser.parse_args(argv)
    try:
        return globals()[f"_{arguments.command}"](arguments)  # type: ignore[no-any-return]
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return error.exit_status


def _check(arguments: argparse.Namespace) -> int:
    from classroom.assignment import Assignment, find
    from classroom.grade import check_in_place

    result = check_in_place(Assignment.load(find(arguments.week)), only=arguments.task, seed=arguments.seed)
    for task in result.tasks:
        print(f"{task.number:>3}. {task.title:<40} {task.earned:>3}/{task.points:<3} {task.verdict} {task.reason or ''}")
        for one in task.checks:
            if one.verdict == "fail" or one.verdict == "could-not-check" or one.flaw:
                for text in (one.name, one.asks, one.message, one.request, one.answer, one.printed):
                    if text:
                        print("       " + text.replace("\n", "\n       "))
    print(f"{result.score}/{result.max_score}", result.reason or "", f"{result.duration_s} s")
    return 0 if result.green else 1


def _verify(arguments: argparse.Namespace) -> int:
    from classroom.assignment import Assignment, find
    from classroom.verify import verify

    def tell(case, result) -> None:
        lost = [task.number for task in result.tasks if task.verdict != "pass"]
        print(f"{case.title:<50} {result.score!s:>4}  loses {lost} in {result.duration_s} s", flush=True)

    proof = verify(Assignment.load(find(arguments.week)), jobs=arguments.jobs, seed=arguments.seed, only=arguments.only, tell=tell)
    for problem in proof.problems:
        print("-", problem)
    print(dict(proof.kinds), {number: f"{seen}/{lost}" for number, (lost, seen) in proof.visible.items()})
    print(f"{len(proof.problems)} problems")
    return 1 if proof.problems else 0


if __name__ == "__main__":
    sys.exit(main())
