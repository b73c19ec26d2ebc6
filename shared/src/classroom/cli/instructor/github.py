"""Commands for many repositories on GitHub, mostly run by the workflow grade-cohort."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import status_of
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.instructor.slug import takes_slug
from classroom.cli.parser import assignment_of, path_of, positive
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group
    from classroom.core.assignment import Assignment
    from classroom.instructor.classrooms.github_git import RepoName


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    parts = group.add(
        "parts",
        _parts,
        "split a list of repositories into parts for a matrix of jobs",
        "classroom parts cohort.txt --size 50",
    )
    _takes_list(parts)
    parts.add_argument("--size", type=positive, default=50, metavar="N", help="repositories per job (50)")

    fetch = group.add(
        "fetch", _fetch, "clone the repositories on a list for `grade`", "classroom fetch 1 cohort.txt --to handed-in"
    )
    fetch.add_argument("week", metavar="WEEK", help="a week's folder or number")
    _takes_list(fetch)
    fetch.add_argument("--to", type=path_of, default=Path("handed-in"), metavar="DIR", help="target folder (handed-in)")
    fetch.add_argument("--part", default="1/1", metavar="N/N", help="only this part of the list, such as 2/3")
    fetch.add_argument(
        "--roster", type=path_of, metavar="CSV", help="your own roster, for names and for students without a repository"
    )
    fetch.add_argument(
        "--adjustments",
        type=path_of,
        metavar="CSV",
        help="the file with extensions, for `grade` (adjustments.csv next to the roster)",
    )
    takes_slug(fetch)
    takes_verbose(fetch, "log each repository")

    join = group.add("join", _join, "merge the results of several parts", "classroom join part-1 part-2 --out grades")
    join.add_argument("parts", type=path_of, nargs="+", metavar="DIR", help="an --out folder of `grade`")
    join.add_argument(
        "--out", type=path_of, required=True, metavar="DIR", help="folder for gradebook, page and results"
    )
    join.add_argument(
        "--list", type=path_of, metavar="LIST", help="all repositories, one per line: those without a result are named"
    )

    status = group.add(
        "status", _status, "set each score as a commit status on GitHub", "classroom status grades cohort.txt"
    )
    status.add_argument("grades", type=path_of, metavar="DIR", help="the --out folder of `grade` or `join`")
    _takes_list(status)
    status.add_argument("--link", metavar="ADDRESS", help="the page that each status links to")
    takes_slug(status, "the one that was graded")


def _takes_list(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "list", type=path_of, metavar="LIST", help="a file with one repository per line, such as school/week1-ada"
    )


def _parts(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.github import parts, read_list

    line = f"parts={json.dumps(parts(read_list(arguments.list), arguments.size))}"
    print(line)
    if output := os.environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.github import fetch, part_of, read_list
    from classroom.instructor.classrooms.github_git import TOKEN

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    if arguments.adjustments and not arguments.roster:
        raise UsageError("Adjustments refer to students on a roster: add one, such as --roster roster.csv.")
    listed = read_list(arguments.list)
    repositories = part_of(listed, arguments.part)
    assignment = assignment_of(arguments.week)
    problems: list[str] = []
    fetched = fetch(arguments.slug or assignment.name, repositories, arguments.to, problems.append)
    if repositories and os.environ.get(TOKEN):
        _write_receipts(repositories, arguments.to)
    if arguments.roster:
        _write_part(arguments, assignment, listed, repositories)
    print(f"{fetched} of {len(repositories)} repositories fetched to {arguments.to}")
    return status_of(problems)


def _write_part(
    arguments: argparse.Namespace, assignment: Assignment, listed: list[RepoName], repositories: list[RepoName]
) -> None:
    """Write the roster and the adjustments of the part that was fetched."""
    from classroom.cli.instructor.github_options import roster_of, week_names
    from classroom.instructor.classrooms.part import students_of_part, write_adjustments_of
    from classroom.instructor.grading.adjustments import FILE
    from classroom.instructor.roster import write_roster

    roster = roster_of(arguments.roster)
    slug, first = arguments.slug or assignment.name, arguments.part.startswith("1/")
    students = students_of_part(roster, listed, repositories, slug, first=first)
    write_roster(arguments.to / "roster.csv", students)
    beside = arguments.roster.parent / FILE
    if path := arguments.adjustments or (beside if beside.is_file() else None):
        write_adjustments_of(students, path, arguments.to, roster, assignment, week_names(assignment))


def _write_receipts(repositories: list[RepoName], to: Path) -> None:
    """Write when GitHub received each push, for `grade --deadline`."""
    from classroom.cli.instructor.github_options import opened
    from classroom.instructor.classrooms.github import fetch_commits

    clones = [(repository, to / f"{repository.name}.git") for repository in repositories]
    with opened(repositories[0].owner) as provider:
        from classroom.instructor.github.received import write_receipts

        there = [(name, path) for name, path in clones if path.is_dir()]
        write_receipts(provider, there, fetch_commits, lambda sentence: print(sentence, file=sys.stderr))


def _join(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.progress import Meter
    from classroom.instructor.classrooms.github import join, read_list, without_result
    from classroom.instructor.grading.results import read_results, unfinished

    listed = read_list(arguments.list) if arguments.list else []
    results = [result for part in arguments.parts for result in read_results(part)]
    try:
        assignment = assignment_of(results[0].assignment)
    except UsageError:
        assignment = None
        print(
            "Submissions are compared only within each part: to compare all of them, run this in the course's folder."
        )
    join(arguments.parts, arguments.out, assignment)
    Meter().close(read_results(arguments.out), arguments.out)
    problems = [*filter(None, map(unfinished, arguments.parts))]
    if left := without_result(listed, arguments.out):
        problems.append(f"Not in any part, so without a result: {', '.join(left)}")
    return status_of(problems)


def _status(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.github_options import opened
    from classroom.instructor.classrooms.github import read_list
    from classroom.instructor.github.statuses import set_statuses

    repositories = read_list(arguments.list)
    with opened(repositories[0].owner) as provider:
        count, problems = set_statuses(provider, arguments.grades, repositories, arguments.link, arguments.slug)
    for problem in problems:
        print(problem)
    print(f"{count} statuses set")
    return 1 if problems else 0
