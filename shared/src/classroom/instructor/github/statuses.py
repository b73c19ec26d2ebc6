"""Scores as commit statuses on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.result import EXCUSED, GRADED, NOT_STARTED, Result
from classroom.instructor.github.provider import RefusedError
from classroom.instructor.grading.results import ResultFolder, read_results

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.instructor.classrooms.github_git import RepoName
    from classroom.instructor.github.provider import Provider

CONTEXT = "classroom/grade"


def commit_status(result: Result, link: str | None = None) -> dict[str, str]:
    """Return the status that a graded commit has on GitHub."""
    points = f"{result.score} of {result.max_score} points"
    known = {GRADED: points, NOT_STARTED: f"{points}: not started", EXCUSED: "excused"}
    return {
        "state": "success" if result.status in known else "error",
        "context": CONTEXT,
        "description": known.get(result.status, "could not be graded"),
        **({"target_url": link} if link else {}),
    }


def set_statuses(
    provider: Provider, out: Path, repositories: Sequence[RepoName], link: str | None = None, slug: str = ""
) -> tuple[int, list[str]]:
    """Set each score as a status of the commit that was graded.

    Args:
        provider: the platform; the repositories may have any owner.
        out: the folder that `grade` or `join` has written.
        repositories: the repositories.
        link: the page that each status links to, such as the run that graded.
        slug: the name with which the repositories' names begin; by default the one that was graded.

    Returns:
        How many statuses were set, and a sentence for each that could not be.
    """
    results = {result.submission.casefold(): result for result in read_results(out)}
    slug = slug or str(ResultFolder(out).settings().get("slug") or next(iter(results.values())).assignment)
    count, problems = 0, []
    for repository in repositories:
        result = results.get(repository.student(slug).casefold())
        if result is None or result.commit is None:
            continue
        try:
            provider.set_status(repository.name, result.commit, commit_status(result, link), repository.owner)
            count += 1
        except RefusedError as error:
            problems.append(str(error))
    return count, problems
