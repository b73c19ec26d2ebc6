"""Which repositories of an organization belong to a week, and to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classroom.instructor.github.provider import Repository


def by_student(repositories: Iterable[Repository], slug: str) -> dict[str, Repository]:
    """Return the repositories of a week by the student's name: SLUG-ada, or CLASSROOM-SLUG-ada as in Classroom 50.

    A template is nobody's, whatever its name.
    """
    pattern = re.compile(rf"(?P<classroom>.*-)?{re.escape(slug)}-(?P<student>.+)", re.IGNORECASE)
    found: dict[str, Repository] = {}
    for repository in repositories:
        if not repository.is_template and (match := pattern.fullmatch(repository.name)):
            name = match["student"].casefold()
            if name not in found or not match["classroom"]:
                found[name] = repository
    return found
