"""Many repositories on GitHub: listed in parts, cloned, and their grades joined."""

from __future__ import annotations

import csv
import logging
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import claim_folder
from classroom.core.text import folded, one_line
from classroom.instructor.classrooms.github_git import ADDRESS, TOKEN, RepoName, github_git
from classroom.instructor.grading.report import report
from classroom.instructor.grading.results import EVIDENCE, SETTINGS, ResultFolder, read_results
from classroom.instructor.grading.similarity import join_similarities, joined_similarities, write_similarities
from classroom.instructor.grading.students import read_students, write_students
from classroom.instructor.roster import Student, write_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

MAX_PARTS = 256  # jobs of one matrix, GitHub's limit
NAME = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
CLONES_AT_ONCE = 8
OF_STUDENTS = ("results", "feedback", EVIDENCE)  # folders of a grading with a file for each student

log = logging.getLogger(__name__)


def read_list(path: Path) -> list[RepoName]:
    """Return the repositories of a list: one `owner/name` or address per line; `#` begins a comment.

    Raises:
        UsageError: the list cannot be read, a line is something else, or two repositories have the same name.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"The list {path} is not UTF-8 text.") from None
    found: dict[str, RepoName] = {}
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip().removesuffix("/").removesuffix(".git")
        if not text:
            continue
        text = re.sub(r"^(https://[^/]+/|git@[^:]+:)", "", text)
        if not NAME.fullmatch(text) or ".." in text:
            raise UsageError(
                f"{path}, line {number}: {one_line(text)[:80]} is not a repository, such as school/week1-alice."
            )
        repository = RepoName(*text.split("/"))
        found.setdefault(str(repository).casefold(), repository)
    if not found:
        raise UsageError(f"There are no repositories in {path}: write one per line, such as school/week1-alice.")
    _ensure_distinct_names(path, list(found.values()))
    return list(found.values())


def _ensure_distinct_names(path: Path, repositories: Sequence[RepoName]) -> None:
    """Raise UsageError if two repositories have the same name, and would be taken for one student's."""
    by_name: dict[str, RepoName] = {}
    for repository in repositories:
        other = by_name.setdefault(repository.name.casefold(), repository)
        if other is not repository:
            raise UsageError(
                f"{path}: {other} and {repository} have the same name, which identifies the student. "
                "Put them into two lists."
            )


def parts(repositories: Sequence[RepoName], size: int) -> list[str]:
    """Return the parts of a list, such as `1/3`, `2/3`, `3/3`; never more than a matrix may have."""
    count = min(MAX_PARTS, -(-len(repositories) // size))
    return [f"{number}/{count}" for number in range(1, count + 1)]


def part_of(repositories: Sequence[RepoName], part: str) -> list[RepoName]:
    """Return the repositories in one part of the list.

    Raises:
        UsageError: there is no such part.
    """
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", part)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"{part} is not a part: write 2/3 for the second of three.")
    return list(repositories[int(match[1]) - 1 :: int(match[2])])


def fetch(slug: str, repositories: Sequence[RepoName], to: Path, on_problem: Callable[[str], None]) -> int:
    """Clone repositories for `grade`, and write a roster that also names those that could not be cloned.

    Args:
        slug: the name with which a repository's name begins, usually the week's.
        repositories: the repositories.
        to: the target folder.
        on_problem: called with a sentence for each repository that could not be cloned.

    Returns:
        How many were cloned.

    Raises:
        UsageError: the folder contains something else.
        ClassroomError: no repository could be cloned.
    """
    claim_folder(to, "fetched")
    students = [Student(repository.student(slug), str(repository)) for repository in repositories]
    write_roster(to / "roster.csv", students)
    with ThreadPoolExecutor(CLONES_AT_ONCE) as threads:
        problems = list(threads.map(lambda repository: _clone(repository, to / f"{repository.name}.git"), repositories))
    for repository, problem in zip(repositories, problems, strict=True):
        if problem:
            on_problem(f"{repository} could not be fetched: {problem}")
    fetched = problems.count("")
    if repositories and not fetched:
        raise ClassroomError(f"No repository could be fetched. Does {TOKEN} hold a token that may read them?")
    return fetched


def _clone(repository: RepoName, target: Path) -> str:
    """Clone one repository; return the reason if that failed, or an empty string."""
    began = time.monotonic()
    shutil.rmtree(target, ignore_errors=True)
    try:
        github_git(repository, "clone", "--quiet", "--bare", "--template=", ADDRESS, str(target))
    except ClassroomError as error:
        return str(error)
    log.info("%s fetched in %.1f s", repository, time.monotonic() - began)
    return ""


def fetch_commits(repository: RepoName, clone: Path, commits: Sequence[str]) -> None:
    """Fetch commits that are no longer on a branch into a clone, for as long as GitHub keeps them.

    Raises:
        ClassroomError: one of them is gone; none was fetched.
    """
    github_git(repository, "-C", str(clone), "-c", "gc.auto=0", "fetch", "--quiet", ADDRESS, *commits)


def join(outs: Sequence[Path], to: Path, assignment: Assignment | None = None) -> int:
    """Join the gradings of several parts: one gradebook, one page, all results and feedback.

    Args:
        outs: the parts' `--out` folders.
        to: the folder for the whole.
        assignment: the week, to compare the submissions of different parts; without it only those within each part.

    Returns:
        How many results there are.

    Raises:
        UsageError: a folder holds no grading, or the gradings are of several weeks, or two have a result of one student.
    """
    weeks = {result.assignment for out in outs for result in read_results(out)}
    if len(weeks) > 1:
        raise UsageError(f"These are results for several weeks: {', '.join(sorted(weeks))}.")
    _ensure_one_result_each(outs)
    _remove_others(outs, to)
    rows: list[dict[str, str]] = []
    students: dict[str, Student] = {}
    for out in outs:
        for folder in OF_STUDENTS:
            if (out / folder).is_dir():
                shutil.copytree(out / folder, to / folder, dirs_exist_ok=True)
        with (out / "gradebook.csv").open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
        shutil.copyfile(out / SETTINGS, to / SETTINGS)
        students |= read_students(out)
    rows.sort(key=lambda row: row["github_username"].casefold())
    with (to / "gradebook.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    if assignment:
        write_similarities(to, joined_similarities(outs, to, assignment))
    else:
        join_similarities(outs, to)
    write_students(to, students)
    report(to)
    return len(read_results(to))


def _ensure_one_result_each(outs: Sequence[Path]) -> None:
    """Raise UsageError if two parts hold a result of the same student, of which one would be lost."""
    first: dict[str, Path] = {}
    for out in outs:
        for result in read_results(out):
            other = first.setdefault(folded(result.submission), out)
            if other is not out:
                raise UsageError(
                    f"{other} and {out} both hold a result for {one_line(result.submission)}: leave that student's "
                    "repository in one part only."
                )


def _remove_others(outs: Sequence[Path], to: Path) -> None:
    """Remove what an earlier join has left of students who are in no part anymore."""
    for folder in OF_STUDENTS:
        names = {path.name for out in outs for path in (out / folder).glob("*")}
        for path in (to / folder).glob("*"):
            if path.name not in names:
                path.unlink()


def without_result(repositories: Sequence[RepoName], out: Path, slug: str = "") -> list[str]:
    """Return the repositories of which a grading, or a joined one, has no result at all.

    Args:
        repositories: those that were to be graded.
        out: the folder of the grading.
        slug: the name with which the repositories' names begin; by default the one that was graded.
    """
    results = read_results(out)
    slug = slug or str(ResultFolder(out).settings().get("slug") or results[0].assignment)
    there = {result.submission.casefold() for result in results}
    return [str(one) for one in repositories if one.student(slug).casefold() not in there]
