"""Who takes part in a grading: the students on the roster, matched with the submissions that were found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import folded, one_line
from classroom.instructor.named_student import named_student
from classroom.instructor.roster import Roster, Student, former_students, read_roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.submission import Submission
    from classroom.instructor.teams import Teams


@dataclass(frozen=True)
class Participants:
    """The students of a week and their submissions.

    Attributes:
        roster: the students; empty if there is no roster.
        submissions: what was found.
        dropped: students who were dropped from the roster, and whose submissions do not count.
        former: those of them who had handed in.
        renamed: students whose submission has an earlier username.
        teams: of the week, if it has any: each submission is then a team's, and each member gets its result.
    """

    roster: Roster
    submissions: Sequence[Submission]
    dropped: Roster = field(default_factory=lambda: Roster(()))
    former: Sequence[Student] = ()
    renamed: Sequence[Student] = ()
    teams: Teams | None = None

    @classmethod
    def of(
        cls,
        path: Path | None,
        found: Sequence[Submission],
        known: Sequence[Student] = (),
        teams: Teams | None = None,
    ) -> Participants:
        """Return the students in a roster with their submissions; without a roster, those who are known.

        A student whose username has changed since is recognized by a submission under the known one.

        Raises:
            UsageError: the roster cannot be read, or a student has two submissions.
        """
        if path is None:
            return cls(Roster(tuple(known)), found, teams=teams)
        named = _by_member(found, teams) if teams else found
        renamed = _renamed(path, named, known)
        roster, dropped = read_roster(path, renamed), Roster(tuple(former_students(path)))
        of_former = {one.name: student for one in named if (student := _former(one.name, roster, dropped))}
        _ensure_one_each(roster, [one for one in named if one.name not in of_former])
        gone = list(of_former.values())
        kept = found if teams else [one for one in found if one.name not in of_former]
        earlier = {student.username for student in renamed}
        still = [student for student in roster if student.username in earlier]
        return cls(roster, kept, dropped, gone, still, teams)

    @cached_property
    def by_name(self) -> dict[str, Submission]:
        """The submission of each result, by the name that the result has: of each member, if it is a team's."""
        return {name: one for one in self.submissions for name in self.sharing(one.name)}

    def sharing(self, submission: str) -> tuple[str, ...]:
        """Return the names of the results of a submission: its own, or those of the team's members on the roster."""
        if self.teams is None:
            return (submission,)
        team = self.teams.named(submission) or self.teams.of(submission)
        members = team.members if team else ()
        return tuple(name for name in members if not len(self.roster) or self.roster.find(name))

    @cached_property
    def absent(self) -> list[Student]:
        """The students on the roster of whom nothing was found."""
        found = {self.student(name) for name in self.by_name}
        return [student for student in self.roster if student not in found]

    @cached_property
    def strangers(self) -> list[str]:
        """The submissions that belong to nobody on the roster; none without a roster."""
        return [name for name in self.by_name if self.roster.find(name) is None] if len(self.roster) else []

    @cached_property
    def names(self) -> list[str]:
        """The name of each result: of each submission, and of each student without one."""
        return [*self.by_name, *(student.username for student in self.absent)]

    def without_team(self, student: Student) -> bool:
        """Return whether the week has teams, and a student is in none of them."""
        return self.teams is not None and self.teams.of(student.username) is None

    def student(self, name: str) -> Student:
        """Return whose submission it is; of a stranger only the name is known."""
        return self.roster.find(name) or Student(name)

    def submission_of(self, student: str) -> str | None:
        """Return the name of the submission of someone whom the instructor names, or None if there is nobody."""
        found = self.roster.find(student)
        for name in self.names:
            if folded(name) == folded(student) or (found is not None and self.student(name) == found):
                return name
        return gone.username if (gone := named_student(student, self.roster, self.dropped)) else None

    def shown(self, name: str) -> str:
        """Return the name of a submission for people to read, such as `Ada Lovelace (ada)`."""
        if self.teams and (team := self.teams.named(name)):
            return f"{team.title} ({team.name})"
        people = (self.roster.find(name), *(student for student in self.former if student.username == name))
        return next((student.named(name) for student in people if student), name)


def _former(name: str, roster: Roster, dropped: Roster) -> Student | None:
    """Return the student who was dropped and has a submission of this name; None if it is someone else's, or nobody's.

    A username that a dropped student had is not taken for the name of one who stays.
    """
    former, listed = dropped.find(name), roster.find(name)
    if former is None or listed is None:
        return former
    has_username = folded(name) in (folded(listed.username), folded(listed.login))
    return former if folded(former.username) == folded(name) and not has_username else None


def _by_member(found: Sequence[Submission], teams: Teams) -> list[Submission]:
    """Return the submission of each team once for each member, under the member's name."""
    of = {team.name: team.members for team in teams.teams}
    return [replace(one, name=member) for one in found for member in of.get(one.name, ())]


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
                    f"{one_line(str(other.path))} and {one_line(str(one.path))} are both submissions by "
                    f"{one_line(student.named(student.username))}: move one of them elsewhere."
                )
