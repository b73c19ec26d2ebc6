"""`classroom new week`: a folder with everything that a week needs, around a small example of two tasks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from classroom.core.assignment import Assignment, duration, weeks
from classroom.core.errors import UsageError
from classroom.instructor.authoring.course import README
from classroom.instructor.authoring.staging import alone, write_together
from classroom.instructor.authoring.template import rendered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from classroom.instructor.authoring.course import Course

NAME = re.compile(r"week([1-9]\d?)-[a-z0-9]+(?:-[a-z0-9]+)*")
TASKS = 3  # of the example
MAX_NAME, MAX_TITLE = 60, 60  # letters


def make_week(
    course: Course, name: str, *, title: str | None, minutes: int, services: Collection[str] = ()
) -> Assignment:
    """Make a week and return it.

    Args:
        course: the course.
        name: the name of its folder, such as `week6-queues`.
        title: what students read; by default made from the name.
        minutes: how long it takes.
        services: of `authoring.SERVICES`.

    Raises:
        UsageError: the name or the title is not suitable, or exists.
    """
    with alone(course.top):
        number = _free_number(course.top, name)
        title = checked_title(title or name.partition("-")[2].replace("-", " ").capitalize())
        values = {"number": number, "title": title, "minutes": minutes, "time": duration(minutes)}
        files = _files(course, name, values, postgres="postgres" in services)
        if readme := course.readme_with_row(name, number, title, TASKS, minutes):
            files[README] = readme
        write_together(course.top, files)
    return Assignment.load(course.top / name)


def _files(course: Course, name: str, values: Mapping[str, Any], *, postgres: bool) -> dict[str, str]:
    """Return the text of each file of the week, by its path in the course."""
    pins = course.pins("fastapi", "uvicorn", *["psycopg2-binary"] * postgres)
    parts = rendered("week", **values, pins=pins, postgres=postgres)
    return {f"{name}/{path}": text for path, text in parts.items()}


def _free_number(top: Path, name: str) -> int:
    """Return the number in a name that no week has.

    Raises:
        UsageError: the name is not suitable, or it or its number exists.
    """
    match = NAME.fullmatch(name)
    if not match or len(name) > MAX_NAME:
        raise UsageError(
            f"{name!r} is not a name for a week: write weekN-topic in lowercase, with at most {MAX_NAME} characters,"
            " such as week6-queues."
        )
    known = weeks(top)
    if (top / name).exists():
        raise UsageError(f"{top / name} already exists: choose another name, or `classroom new task {name} TITLE`.")
    if taken := known.get(int(match[1])):
        raise UsageError(f"Week {match[1]} already exists ({taken.name}); the next free number is {max(known) + 1}.")
    return int(match[1])


def checked_title(title: str) -> str:
    """Return a title without surrounding space.

    Raises:
        UsageError: it does not fit into a heading, a TOML string and a docstring.
    """
    title = title.strip()
    if not title or len(title) > MAX_TITLE or not title.isprintable() or {'"', "\\", "|"} & set(title):
        raise UsageError(
            f"{title!r} is not a title: write one line of 1 to {MAX_TITLE} characters without quotation marks, \\ or |."
        )
    return title
