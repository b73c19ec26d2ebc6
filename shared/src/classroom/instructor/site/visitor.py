"""A browser that asks, and who has signed in with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.instructor.site.models import Person


@dataclass(frozen=True)
class Visitor:
    """A browser that asks.

    Attributes:
        secret: of its cookie.
        person: who has signed in; None if nobody has.
        is_new: whether the browser has no cookie yet.
        form_token: which its forms contain.
    """

    secret: str
    person: Person | None
    is_new: bool
    form_token: str
