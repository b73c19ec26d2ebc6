"""What an instructor does with many repositories on GitHub, mostly from the workflow grade-cohort."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import assignment_of, positive

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group


def declare(group: Group) -> None:
    """Declare this group's commands."""
    split = group.add(
        "parts", _parts, "split a list of repositories for a matrix of jobs", "classroom parts cohort.txt --size 50"
    )
    _takes_list(split)
    split.add_argument("--size", type=positive, default=50, metavar="N", help="repositories for one job (50)")

    fetch = group.add(
        "fetch", _fetch, "clone the repositories of a list for `grade`", "classroom fetch 1 cohort.txt --to handed-in"
    )
    fetch.add_argument("week", metavar="WEEK", help="a week's folder or number")
    _takes_list(fetch)
    fetch.add_argument("--to", type=Path, default=Path("handed-in"), metavar="DIR", help="where to (handed-in)")
    fetch.add_argument("--part", default="1/1", metavar="N/N", help="this part of the list alone, such as 2/3")

    join = group.add(
        "join", _join, "put the gradings of several parts together", "classroom join part-1 part-2 --out grades"
    )
    join.add_argument("parts", type=Path, nargs="+", metavar="DIR", help="what `grade` has written with --out")
    join.add_argument("--out", type=Path, required=True, metavar="DIR", help="gradebook, page and results go here")

    status = group.add(
        "status", _status, "set each score as a commit status on GitHub", "classroom status grades cohort.txt"
    )
    status.add_argument("grades", type=Path, metavar="DIR", help="what `grade` or `join` has written")
    _takes_list(status)
    status.add_argument("--link", metavar="ADDRESS", help="where a status leads to")


def _takes_list(command: argparse.ArgumentParser) -> None:
    command.add_argument("list", type=Path, metavar="LIST", help="a file with one repository a line, such as school/x")


def _parts(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.github import parts, read_places

    line = f"parts={json.dumps(parts(read_places(arguments.list), arguments.size))}"
    print(line)
    if output := os.environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.github import fetch, part_of, read_places

    places = part_of(read_places(arguments.list), arguments.part)
    fetched = fetch(assignment_of(arguments.week).name, places, arguments.to, print)
    print(f"{fetched} of {len(places)} repositories fetched to {arguments.to}")
    return 0


def _join(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.github import join
    from classroom.instructor.grading.progress import Meter
    from classroom.instructor.grading.results import read_results

    join(arguments.parts, arguments.out)
    Meter().close(read_results(arguments.out), arguments.out)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.github import read_places, set_statuses

    done, troubles = set_statuses(arguments.grades, read_places(arguments.list), arguments.link)
    for trouble in troubles:
        print(trouble)
    print(f"{done} statuses set")
    return 1 if troubles else 0
