"""Who takes part in a grading: the students on the roster, matched with the submissions that were found."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.roster import Roster, Student, former_students, read_roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.submission import Submission


@dataclass(frozen=True)
class Participants:
    """The students of a week and their submissions.

    Attributes:
        roster: the students; empty if there is no roster.
        submissions: what was found.
        dropped: students who were dropped from the roster, and whose submissions do not count.
        former: those of them who had handed in.
    """

    roster: Roster
    submissions: Sequence[Submission]
    dropped: Roster = field(default_factory=lambda: Roster(()))
    former: Sequence[Student] = ()

    @classmethod
    def of(cls, path: Path | None, found: Sequence[Submission], known: Sequence[Student] = ()) -> Participants:
        """Return the students in a roster with their submissions; without a roster, those who are known.

        Raises:
            UsageError: the roster cannot be read, or a student has two submissions.
        """
        if path is None:
            return cls(Roster(tuple(known)), found)
        roster, dropped = read_roster(path), Roster(tuple(former_students(path)))
        _ensure_one_each(roster, found)
        gone = [student for one in found if not roster.find(one.name) and (student := dropped.find(one.name))]
        return cls(roster, [one for one in found if dropped.find(one.name) not in gone], dropped, gone)

    @cached_property
    def absent(self) -> list[Student]:
        """The students on the roster of whom nothing was found."""
        found = {self.student(submission.name) for submission in self.submissions}
        return [student for student in self.roster if student not in found]

    @cached_property
    def strangers(self) -> list[str]:
        """The submissions that belong to nobody on the roster; none without a roster."""
        names = [submission.name for submission in self.submissions]
        return [name for name in names if self.roster.find(name) is None] if len(self.roster) else []

    @cached_property
    def names(self) -> list[str]:
        """The name of each result: of each submission, and of each student without one."""
        return [*(submission.name for submission in self.submissions), *(student.username for student in self.absent)]

    def student(self, name: str) -> Student:
        """Return whose submission it is; of a stranger only the name is known."""
        return self.roster.find(name) or Student(name)

    def submission_of(self, student: str) -> str | None:
        """Return the name of the submission of someone whom the instructor names, or None if there is nobody."""
        found = self.roster.find(student)
        for name in self.names:
            if name.casefold() == student.casefold() or (found is not None and self.student(name) == found):
                return name
        return gone.username if (gone := self.dropped.find(student)) else None

    def shown(self, name: str) -> str:
        """Return the name of a submission for people to read, such as `Ada Lovelace (ada)`."""
        people = (self.roster.find(name), *(student for student in self.former if student.username == name))
        return next((student.named(name) for student in people if student), name)


def _ensure_one_each(roster: Roster, found: Sequence[Submission]) -> None:
    """Raise UsageError if two submissions have names of the same student, such as username and email."""
    first: dict[str, Submission] = {}
    for one in found:
        if student := roster.find(one.name):
            other = first.setdefault(student.username, one)
            if other is not one:
                raise UsageError(
                    f"{one_line(str(other.path))} and {one_line(str(one.path))} are both submissions of "
                    f"{one_line(student.named(student.username))}: move one of them elsewhere."
                )
