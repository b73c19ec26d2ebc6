"""Hints of a week, one after another: which ones a student has taken is remembered."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from classroom.core.files import stamp
from classroom.instructor.site.models import HintsTaken
from classroom.student.hints import FILE, hints

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from classroom.core.assignment import Assignment
    from classroom.instructor.site.models import Person

    Hints = Mapping[int, tuple[int, list[str]]]


def taken_hints(db: Session, person: Person, week: Assignment) -> Hints:
    """Return for each task how many of its hints the student has taken, and all of them as Markdown."""
    return hints_of(week, counts(db, person, week.name))


def counts(db: Session, person: Person, week: str) -> Mapping[int, int]:
    """Return how many hints of each task of a week the student has taken."""
    query = select(HintsTaken).where(HintsTaken.person_id == person.id, HintsTaken.week == week)
    return {row.task: row.count for row in db.scalars(query)}


def hints_of(week: Assignment, taken: Mapping[int, int]) -> Hints:
    """Return for each task how many of its hints were taken, and all of them as Markdown."""
    texts = _texts(week.folder, stamp(week.folder / FILE))
    known = {task.number: texts.get(task.number, []) for task in week.tasks}
    return {number: (min(taken.get(number, 0), len(own)), own) for number, own in known.items()}


def take_hint(db: Session, person: Person, week: Assignment, task: int, position: int) -> None:
    """Show a student the hint at this position, counted from 1, if the one before was taken; a repeated click changes nothing."""
    taken, texts = taken_hints(db, person, week)[task]
    count = min(position, taken + 1, len(texts))
    query = insert(HintsTaken).values(person_id=person.id, week=week.name, task=task, count=count)
    kept = func.greatest(HintsTaken.count, query.excluded.count)
    db.execute(query.on_conflict_do_update(index_elements=["person_id", "week", "task"], set_={"count": kept}))


@functools.lru_cache(maxsize=32)
def _texts(folder: Path, _: tuple[int, int] | None) -> dict[int, list[str]]:
    return hints(folder)
