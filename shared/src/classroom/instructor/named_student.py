"""The student whom an instructor names, in a table or in a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import folded, one_line

if TYPE_CHECKING:
    from classroom.instructor.roster import Roster, Student


def named_student(name: str, *lists: Roster) -> Student | None:
    """Return the student with this username, identifier, email or name in the first list that has one; None if none has.

    Raises:
        UsageError: two students of a list have it.
    """
    for students in lists:
        if found := students.find(name):
            return found
        same = [one for one in students if folded(name) in map(folded, (one.identifier, one.email, one.name)) and name]
        if len(same) > 1:
            usernames = " or ".join(one.username for one in same)
            raise UsageError(f"{one_line(name)} is the name of {len(same)} students: write {usernames}.")
    return None
