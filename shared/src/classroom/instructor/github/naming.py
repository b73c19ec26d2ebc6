"""Which repositories of an organization belong to a week, and to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from classroom.instructor.github.provider import Repository


def by_student(
    repositories: Iterable[Repository],
    slug: str,
    on_left_out: Callable[[Repository, Repository], None] = lambda *_: None,
) -> dict[str, Repository]:
    """Return the repositories of a week by the student's name: SLUG-ada, or CLASSROOM-SLUG-ada as in Classroom 50.

    Templates are left out, whatever they are called.

    Args:
        repositories: of an organization.
        slug: the name with which the week's begin.
        on_left_out: called with a repository that a student also has in a classroom, and the one that counts.

    Raises:
        UsageError: a student has a repository in two classrooms, and none without a classroom.
    """
    pattern = re.compile(rf"(?P<classroom>.*-)?{re.escape(slug)}-(?P<student>.+)", re.IGNORECASE)
    found: dict[str, Repository] = {}
    in_classrooms: dict[str, list[Repository]] = {}
    for repository in repositories:
        match = pattern.fullmatch(repository.name)
        if match is None or repository.is_template:
            continue
        name = match["student"].casefold()
        if match["classroom"]:
            in_classrooms.setdefault(name, []).append(repository)
        else:
            found[name] = repository
    for name in sorted(found.keys() & in_classrooms.keys()):
        for repository in in_classrooms[name]:
            on_left_out(repository, found[name])
    for name, theirs in in_classrooms.items():
        if name not in found and len(theirs) > 1:
            example = theirs[0].name[: -len(name) - 1]
            raise UsageError(
                f"{theirs[0]} and {theirs[1]} have the same week and the same student: specify one classroom for `list`, "
                f"`fetch` and `grade`, such as --slug {example}."
            )
    return {name: theirs[0] for name, theirs in in_classrooms.items()} | found
