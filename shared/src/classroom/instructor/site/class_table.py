"""The class as a table: who has joined, how far each student is in each week. Only what has changed is read again."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.standing import STARTED, Standing
from classroom.instructor.site.stuck import LEAST, Stuck, stuck_at
from classroom.instructor.site.student_weeks import state_of
from classroom.instructor.site.timelines import known_timeline
from classroom.instructor.time_zone import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, tzinfo

    from classroom.core.assignment import Assignment
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.roster import Student
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.standings import Standings


@dataclass(frozen=True)
class Cell:
    """A week of a student: how far it is, also in words, and where the student is stuck, if anywhere."""

    standing: Standing
    state: str
    stuck: Stuck | None


@dataclass(frozen=True)
class Row:
    """One student: when someone has joined under the name, and each week."""

    student: Student
    joined: str
    weeks: tuple[Cell, ...]
    pushed: str

    @property
    def stuck_longest(self) -> int:
        """Return for how many pushes the student has been stuck, in the week where that is most; 0 if in none."""
        return max((cell.stuck.pushes for cell in self.weeks if cell.stuck), default=0)


class ClassTable:
    """The students of a classroom with what the pages show of them."""

    def __init__(self, classroom: Classroom, standings: Standings) -> None:
        self.classroom = classroom
        self.standings = standings

    def rows(
        self, people: Mapping[str, Person], accepted: Collection[tuple[str, str]]
    ) -> tuple[list[Assignment], list[Row]]:
        """Return the weeks, and a row for each student, by name.

        Args:
            people: those who have joined, by username.
            accepted: pairs of the username and the week that the student has accepted.
        """
        dates = DueDates(self.classroom)
        dates.read()
        weeks = self.classroom.weeks()
        students = sorted(self.classroom.students(), key=lambda student: student.label.casefold())
        shared = [self.standings.shared(week) for week in weeks]
        found = []
        for student in students:
            standings = [
                self.standings.of(week, student, dates, seen) for week, seen in zip(weeks, shared, strict=True)
            ]
            names = [week.name for week in weeks]
            cells = [
                Cell(each, state_of(each, accepted=(student.username, name) in accepted), self._stuck(name, each))
                for name, each in zip(names, standings, strict=True)
            ]
            last = max((each.pushed for each in standings if each.pushed), default=None)
            person = people.get(student.username)
            joined = person.joined if person else None
            found.append(Row(student, _day(joined, dates.zone), tuple(cells), _day(last, dates.zone)))
        return weeks, found

    def _stuck(self, week: str, found: Standing) -> Stuck | None:
        """Return where a student is stuck; git is asked only about those who could be."""
        could_be = found.status == STARTED and found.pushes >= LEAST and found.score not in (None, found.max_score)
        repository = self.classroom.own_repository(week, found.student.username) if could_be else None
        if repository is None:
            return None
        return stuck_at(known_timeline(repository, found.student.username).pushes)


@functools.lru_cache(maxsize=2000)
def _day(moment: datetime | None, zone: tzinfo | None) -> str:
    return shown(moment, zone) if moment else ""
