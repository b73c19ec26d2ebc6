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
        renamed: students whose submission has an earlier username.
    """

    roster: Roster
    submissions: Sequence[Submission]
    dropped: Roster = field(default_factory=lambda: Roster(()))
    former: Sequence[Student] = ()
    renamed: Sequence[Student] = ()

    @classmethod
    def of(cls, path: Path | None, found: Sequence[Submission], known: Sequence[Student] = ()) -> Participants:
        """Return the students in a roster with their submissions; without a roster, those who are known.

        A student whose username has changed since is recognized by a submission under the known one.

        Raises:
            UsageError: the roster cannot be read, or a student has two submissions.
        """
        if path is None:
            return cls(Roster(tuple(known)), found)
        renamed = _renamed(path, found, known)
        roster, dropped = read_roster(path, renamed), Roster(tuple(former_students(path)))
        _ensure_one_each(roster, found)
        gone = [student for one in found if not roster.find(one.name) and (student := dropped.find(one.name))]
        kept = [one for one in found if dropped.find(one.name) not in gone]
        earlier = {student.username for student in renamed}
        return cls(roster, kept, dropped, gone, [student for student in roster if student.username in earlier])

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


def _renamed(path: Path, found: Sequence[Submission], known: Sequence[Student]) -> list[Student]:
    """Return the known students who have another username on a roster by now, and handed in under the known one.

    Today's roster comes first: a known username counts only if it is nobody's, and nothing has the new one.
    """
    roster = read_roster(path)
    strangers = {one.name.casefold() for one in found if roster.find(one.name) is None}
    unclaimed = [student for student in known if student.username.casefold() in strangers]
    if not unclaimed:
        return []
    handed_in = {student.username.casefold() for one in found if (student := roster.find(one.name))}
    new = {student.username: student.login.casefold() for student in read_roster(path, unclaimed)}
    return [student for student in unclaimed if new.get(student.username) and new[student.username] not in handed_in]


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
