"""Comments as pages show them, to the student and to the staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.instructor.site import comments
from classroom.instructor.site.models import INSTRUCTOR
from classroom.instructor.time_zone import shown, zone_near

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person


@dataclass(frozen=True)
class ShownComment:
    """A comment in words.

    Attributes:
        where: what it is about.
        commit: the first characters of the commit that its author saw.
        can_remove: whether the person who looks may remove it.
    """

    number: int
    by: str
    at: str
    where: str
    commit: str
    quote: str
    text: str
    can_remove: bool


def shown_comments(context: Context, name: str, week: str, person: Person | None = None) -> list[ShownComment]:
    """Return the comments on the week of a student or a team, oldest first.

    Args:
        context: the site's.
        name: of the repository that they are about: the student's username, or the team's name.
        week: its name.
        person: the member of the staff who looks, if any.
    """
    zone = zone_near(context.classroom.folder)
    with context.session() as db:
        return [
            ShownComment(
                each.id, each.by, shown(each.at, zone), comments.where(each), each.commit_name[:7], each.quote or "",
                each.text, can_remove=person is not None and (person.role == INSTRUCTOR or person.id == each.author_id),
            )
            for each in comments.of(db, name, week)
        ]  # fmt: skip
