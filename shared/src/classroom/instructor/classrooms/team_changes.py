"""Change the teams of a week: form and fill them, one change at a time, so that nobody takes a place that is gone."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.locks import owned
from classroom.core.scratch import ScratchDir
from classroom.core.text import one_line
from classroom.instructor.classrooms import team_rules as rules
from classroom.instructor.classrooms.adjust import undo
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.members import write_members
from classroom.instructor.classrooms.open import as_owner, make_repositories, make_repository
from classroom.instructor.classrooms.ownership import ensure_writable
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.codes import new_code
from classroom.instructor.grading.adjustments import FILE as ADJUSTMENTS
from classroom.instructor.grading.adjustments import read_entries
from classroom.instructor.roster import former_students
from classroom.instructor.teams import (
    FILE,
    LOCK,
    MAX_SIZE,
    MIN_SIZE,
    NAME,
    PREFIX,
    Team,
    Teams,
    read_teams,
    write_teams,
)
from classroom.instructor.username import plain, unused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.grading.adjustments import Entry

LOCK_SECONDS = 20


class TeamChanges:
    """Changes the teams of one week.

    Args:
        classroom: the classroom.
        week: the week's name.
    """

    def __init__(self, classroom: Classroom, week: str) -> None:
        self.classroom, self.week, self.folder = classroom, week, classroom.folder / week

    def set_up(self, size: int, *, by_students: bool) -> Teams:
        """Let teams hand in this week, or change their size limit.

        Raises:
            UsageError: the size is not possible, or a student has pushed alone.
        """
        if not MIN_SIZE <= size <= MAX_SIZE:
            raise UsageError(rules.BAD_SIZE)
        with self._lock():
            before = read_teams(self.folder)
            if before is None:
                self._ensure_nobody_has_pushed()
            for team in before.teams if before else ():
                if (count := len(rules.listed(team, self._roster()))) > size:
                    raise UsageError(rules.TOO_SMALL.format(title=team.title, count=count, size=size))
            return self._write(replace(before or Teams(size, by_students), size=size, by_students=by_students))

    def end(self) -> None:
        """Let each student hand in on their own again; the teams, their empty repositories and adjustments are removed.

        Raises:
            UsageError: a team has pushed.
        """
        with self._lock():
            teams = self._read()
            if begun := next((team for team in teams.teams if self.has_pushed(team)), None):
                raise UsageError(rules.PUSHED.format(title=begun.title, week=self.week))
            self._undo_adjustments(teams.teams)
            for team in teams.teams:
                self._discard(team)
            (self.folder / FILE).unlink()
        make_repositories(self.classroom, self.classroom.students(), self.week)

    def create(self, title: str, username: str | None = None) -> Team:
        """Make a team and its repository, for a student who creates it or, without one, for the instructor.

        Raises:
            UsageError: the name is taken or not possible, or the student may not create one.
        """
        with self._lock():
            teams = self._read()
            if username is not None:
                self._ensure_may_join(teams, username)
            team = self._new(teams, title, (username,) if username else ())
            self._write(replace(teams, teams=(*teams.teams, team)))
        return team

    def join(self, code: str, username: str) -> Team:
        """Let a student join the team that has this code.

        Raises:
            UsageError: there is none, it is full, or the student may not join one.
        """
        with self._lock():
            teams = self._read()
            self._ensure_may_join(teams, username)
            team = teams.with_code(code)
            if team is None:
                raise UsageError(rules.WRONG_CODE)
            return self._place(teams, {username: team})

    def leave(self, username: str) -> Team:
        """Let a student leave a team that has not pushed yet.

        Raises:
            UsageError: the student is in no team, or the team has pushed.
        """
        with self._lock():
            teams = self._read()
            team = teams.of(username)
            if team is None:
                raise UsageError(rules.NOT_MEMBER)
            if not teams.by_students:
                raise UsageError(rules.BY_INSTRUCTOR)
            if self.has_pushed(team):
                raise UsageError(rules.BEGUN.format(title=team.title))
            self._ensure_open(username)
            self._place(teams, {username: None})
            return team

    def place(self, username: str, title: str) -> None:
        """Put a student into a team, or into none without a title; also if teams have pushed already.

        Raises:
            UsageError: there is no such student or team, or the team is full.
        """
        with self._lock():
            teams = self._read()
            team = teams.called(title) if title else None
            if title and team is None:
                raise UsageError(rules.NO_TEAM.format(title=one_line(title)[: rules.MAX_TITLE]))
            if team and username not in self._roster():
                raise UsageError(rules.NOT_LISTED.format(name=one_line(username)))
            self._place(teams, {username: team})

    def form(self, wanted: Mapping[str, str]) -> int:
        """Put students into teams, which are made if there are none of these names; all of it, or nothing.

        Args:
            wanted: the title of the team of each student, by username.

        Returns:
            How many teams are new.

        Raises:
            UsageError: a name is not possible, or a team would be too large.
        """
        with self._lock():
            teams = before = self._read()
            for title in dict.fromkeys(wanted.values()):
                if teams.called(title) is None:
                    teams = replace(teams, teams=(*teams.teams, self._new(teams, title, (), make=False)))
            found = {username: teams.called(title) for username, title in wanted.items()}
            # Refuses a team that is too large, before anything is made.
            rules.placed(teams, found, self._roster())
            new = [team for team in teams.teams if not before.named(team.name)]
            for team in new:
                make_repository(self.classroom, self.week, as_owner(team))
            self._place(teams, found)
        return len(new)

    def remove(self, title: str) -> None:
        """Remove a team that has not pushed, and its adjustments; its members are in none then.

        Raises:
            UsageError: there is no such team, or it has pushed.
        """
        with self._lock():
            teams = self._read()
            team = teams.called(title)
            if team is None:
                raise UsageError(rules.NO_TEAM.format(title=one_line(title)[: rules.MAX_TITLE]))
            if self.has_pushed(team):
                raise UsageError(rules.STAYS.format(title=team.title))
            self._undo_adjustments([team])
            self._write(replace(teams, teams=tuple(each for each in teams.teams if each != team)))
            self._discard(team)

    def has_pushed(self, team: Team) -> bool:
        """Return whether a team has pushed anything."""
        path = self.classroom.repository_path(self.week, team.name)
        return path.is_dir() and len(Repository(path).pushes()) > 1  # the first is the starter

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        ensure_writable(self.classroom.folder)
        with owned(self.classroom.state_dir / LOCK, LOCK_SECONDS):
            yield

    def _read(self) -> Teams:
        teams = read_teams(self.folder)
        if teams is None:
            raise UsageError(rules.NO_TEAMS.format(week=self.week))
        return teams

    def _write(self, teams: Teams) -> Teams:
        write_teams(self.folder, teams)
        write_members(self.classroom)
        DueDates(self.classroom).refresh()
        return teams

    def _roster(self) -> dict[str, str]:
        return self.classroom.names()

    def _ensure_nobody_has_pushed(self) -> None:
        for username, repository in self.classroom.repositories(self.week).items():
            if len(repository.pushes()) > 1:
                name = self._roster().get(username, username)
                raise UsageError(rules.PUSHED_ALONE.format(name=name, week=self.week))

    def _ensure_may_join(self, teams: Teams, username: str) -> None:
        if not teams.by_students:
            raise UsageError(rules.BY_INSTRUCTOR)
        if username not in self._roster():
            raise UsageError(rules.NOT_LISTED.format(name=one_line(username)))
        if team := teams.of(username):
            raise UsageError(rules.TAKEN.format(title=team.title))
        self._ensure_open(username)

    def _ensure_open(self, username: str) -> None:
        dates = DueDates(self.classroom)
        dates.read()
        closing = dates.own_closing(self.week, username)
        if closing is not None and closing.last <= datetime.now(UTC):
            raise UsageError(rules.CLOSED.format(closing=closing))

    def _new(self, teams: Teams, title: str, members: tuple[str, ...], *, make: bool = True) -> Team:
        """Return a new team, with its repository."""
        title = rules.title_of(title)
        if teams.called(title):
            raise UsageError(rules.SAME_TITLE.format(title=title))
        if len(teams.teams) >= rules.MAX_TEAMS:
            raise UsageError(rules.TOO_MANY)
        team = Team(self._name(teams, title), title, new_code(), members)
        if make:
            make_repository(self.classroom, self.week, as_owner(team))
        return team

    def _name(self, teams: Teams, title: str) -> str:
        """Return a name for the repository that neither a team nor a student has, nor work that was pushed."""
        name = plain(f"{PREFIX}{title}").casefold()
        name = name if NAME.fullmatch(name) else f"{PREFIX}1"  # a title without Latin letters
        former = former_students(self.classroom.folder / "roster.csv")
        taken = {name.casefold() for team in teams.teams for name in (team.name, team.title)}
        taken |= {username.casefold() for username in (*self._roster(), *(each.username for each in former))}
        while self.has_pushed(Team(free := unused(name, taken), "", "")):
            taken.add(free)
        return free

    def _place(self, teams: Teams, wanted: Mapping[str, Team | None]) -> Team:
        """Write who is in which team from now on; return the last of these teams."""
        after = rules.placed(teams, wanted, self._roster())
        left = [team for team in after.teams if not team.members and teams.named(team.name).members]  # type: ignore[union-attr]
        # In `adjustments.csv`, a row that names nobody would make the whole file invalid.
        gone = [team for team in left if not self.has_pushed(team) and not self._is_adjusted(team)]
        self._write(replace(after, teams=tuple(team for team in after.teams if team not in gone)))
        for team in gone:
            self._discard(team)
        return next((team for team in reversed(after.teams) if set(wanted) & set(team.members)), Team("", "", ""))

    def _adjustments(self, teams: Collection[Team]) -> list[Entry]:
        """Return the rows of `adjustments.csv` that name one of these teams."""
        path, names = self.classroom.folder / ADJUSTMENTS, {team.name for team in teams}
        entries = read_entries(path) if path.is_file() else []
        return [entry for entry in entries if entry.week == self.week and entry.student.casefold() in names]

    def _is_adjusted(self, team: Team) -> bool:
        try:
            return bool(self._adjustments([team]))
        except UsageError:  # the file cannot be read, so it may name the team
            return True

    def _undo_adjustments(self, teams: Collection[Team]) -> None:
        for entry in reversed(self._adjustments(teams)):
            undo(self.classroom, entry)

    def _discard(self, team: Team) -> None:
        """Remove the repository of a team to which nothing was pushed."""
        path = self.classroom.repository_path(self.week, team.name)
        if path.is_dir():
            with ScratchDir("old", path.parent, hidden=True) as scratch:
                path.rename(scratch / "repository")
