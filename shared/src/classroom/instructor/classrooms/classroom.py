"""A classroom in a folder: a bare repository for each student and week, and the state of the pushes to them.

roster.csv                                   the students, with the usernames they have here
week1-hello-api/week1-hello-api-alice.git    what Alice clones and pushes to
week1-hello-api/.closes                      when this week stops accepting pushes, if it does
week1-hello-api/.teams.json                  the teams of this week, if students hand it in together
week1-hello-api/week1-hello-api-team-x.git   what the members of a team clone and push to
.classroom/weeks/week1-hello-api             the week as handed out
.classroom/timezone                          in which times without a zone are meant
.classroom/dropped.csv                       students who left the roster, whose repositories stay
.classroom/inbox, answers, scores            pushes that wait, the replies to them, their results
.classroom/grades, released                  official results of gradings on the web, and what students see of them
.classroom/at-due-date                       weeks whose official grading begins automatically
oidc.toml, .classroom/oidc-secret            how people sign in with their school's account, if they do
.classroom/database, cookie-key              people and tokens of the classroom on the web, and what signs its cookies
"""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import TYPE_CHECKING

from classroom.core.assignment import FILE, Assignment
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import claim_folder
from classroom.core.locks import owned
from classroom.core.text import one_line
from classroom.instructor.classrooms.copied import copy_pushed
from classroom.instructor.classrooms.memo import Memo, stamps
from classroom.instructor.classrooms.ownership import ensure_readable, ensure_writable
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.grading.results import ResultFolder, file_stems
from classroom.instructor.roster import Student, read_roster
from classroom.instructor.teams import FILE as TEAMS
from classroom.instructor.teams import edition, read_teams, write_teams

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from classroom.core.locks import Lock
    from classroom.instructor.teams import Teams

STATE = ".classroom"
ROSTER = "roster.csv"
ROSTER_LOCK_SECONDS = 20
MAX_WEEKS = 100  # that are kept after they were read
USERNAME = re.compile(r"[A-Za-z0-9._-]+")

log = logging.getLogger(__name__)


def roster_lock(folder: Path) -> AbstractContextManager[Lock]:
    """Return the lock that is held by what changes the roster of the classroom in a folder."""
    return owned(folder / STATE / "roster.lock", ROSTER_LOCK_SECONDS)


class Classroom:
    """A classroom in a folder.

    Attributes:
        folder: the classroom's folder.
        state_dir: the folder in it that keeps what the course knows.

    Raises:
        UsageError: the folder is not a classroom, or this account may not read it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.state_dir = self.folder / STATE
        self._roster: Memo[list[Student]] = Memo(1)
        self._listed: Memo[frozenset[str]] = Memo(1)
        self._weeks: Memo[Assignment] = Memo(MAX_WEEKS)
        self._teams: Memo[Teams | None] = Memo(MAX_WEEKS)
        ensure_readable(self.folder)
        if not (self.state_dir / "inbox").is_dir():
            raise UsageError(
                f"There is no classroom in {folder}. Create one: classroom open {folder} --roster roster.csv --weeks 1"
            )

    def students(self) -> list[Student]:
        """Return the students on the roster."""
        path = self.folder / ROSTER
        return [*self._roster.get(path, stamps([path]), lambda: [*read_roster(path)] if path.exists() else [])]

    def _usernames(self) -> frozenset[str]:
        path = self.folder / ROSTER
        return self._listed.get(path, stamps([path]), lambda: frozenset(each.username for each in self.students()))

    def names(self) -> dict[str, str]:
        """Return the students on the roster by username, each as people read it: `Ada Lovelace (ada)`."""
        return {student.username: one_line(student.named(student.username)) for student in self.students()}

    def weeks(self) -> list[Assignment]:
        """Return the weeks that were opened, as they were handed out."""
        folders = sorted((self.state_dir / "weeks").glob("[!.]*"))
        return [
            self._weeks.get(folder, stamps([folder / FILE]), partial(Assignment.load, folder)) for folder in folders
        ]

    def teams(self, week: str) -> Teams | None:
        """Return the teams of a week, or None if everyone works alone there.

        Raises:
            UsageError: their file cannot be read.
        """
        folder = self.folder / week
        return self._teams.get(folder, edition(folder), lambda: read_teams(folder))

    def work_name(self, week: str, username: str) -> str | None:
        """Return the name that the repository and the results of a student's week have: the username, or the team's name.

        None if the week has teams, and the student is in none of them, or not on the roster anymore.
        """
        teams = self.teams(week)
        if teams is None:
            return username
        team = teams.of(username)
        return team.name if team and username in self._usernames() else None

    def own_repository(self, week: str, username: str) -> Repository | None:
        """Return the repository in which a student works, alone or with a team, or None if it does not exist."""
        name = self.work_name(week, username)
        return self.repository(week, name) if name else None

    def sharing(self, week: str, name: str) -> tuple[str, ...]:
        """Return the usernames of those who share the work of a student, or of a team, which are named alike."""
        teams = self.teams(week)
        team = (teams.named(name) or teams.of(name)) if teams else None
        return team.members if team else (name,)

    def owners(self, week: str) -> dict[str, str]:
        """Return whom the repositories of a week are for, each as people read it: the students, or the teams."""
        teams = self.teams(week)
        return self.names() if teams is None else {team.name: f"{team.title} ({team.name})" for team in teams.teams}

    def repositories(self, week: str) -> dict[str, Repository]:
        """Return each repository of a week that counts, by the name of its student or team."""
        folder = self.folder / week
        # Not `glob`, which takes a folder that may not be read for an empty one.
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".git") if folder.exists() else []
        found = {path.stem.removeprefix(f"{week}-"): Repository(path) for path in paths if not path.is_symlink()}
        teams = self.teams(week)
        return found if teams is None else {name: one for name, one in found.items() if teams.named(name)}

    def repository_path(self, week: str, name: str) -> Path:
        """Return where the repository of a student or a team is, or would be."""
        return self.folder / week / f"{week}-{name}.git"

    def repository(self, week: str, name: str) -> Repository | None:
        """Return the repository of a student or a team, or None if it does not exist, or does not count."""
        path, teams = self.repository_path(week, name), self.teams(week)
        counts = USERNAME.fullmatch(name) and (teams is None or teams.named(name))
        return Repository(path) if counts and path.is_dir() and not path.is_symlink() else None

    def score_path(self, week: str, name: str) -> Path:
        """Return the file with the result of the last graded push of a student or a team."""
        return self.state_dir / "scores" / week / f"{name}.json"

    def collect(self, to: Path, on_problem: Callable[[str], None]) -> dict[str, int]:
        """Copy what has been pushed so far, for `grade`: a folder for each week, with a bare repository per student.

        Args:
            to: a new folder, or one collected to before.
            on_problem: called with a sentence for each repository that cannot be read.

        Returns:
            How many repositories were collected, by week.

        Raises:
            UsageError: the target contains something else.
        """
        counts = {}
        for assignment in self.weeks():
            names = self.owners(assignment.name)
            if to.exists() and not to.is_dir():
                raise UsageError(f"{to} is a file: --to needs a folder.")
            target = to.resolve() / assignment.name
            claim_folder(target, "collected")
            counts[assignment.name] = 0
            try:
                repositories = self.repositories(assignment.name)
            except OSError as error:
                on_problem(f"{assignment.name}: its folder could not be read: {error.strerror}.")
                continue
            if teams := self.teams(assignment.name):
                write_teams(target, teams)
            else:
                (target / TEAMS).unlink(missing_ok=True)
            for username, repository in repositories.items():
                if names and username not in names:
                    log.info("%s: %s is not on the roster and was not collected", assignment.name, username)
                    continue
                try:
                    copy_pushed(repository, target / f"{username}.git")
                    counts[assignment.name] += 1
                    log.info("%s: %s collected", assignment.name, username)
                except ClassroomError as error:
                    on_problem(f"{names.get(username, username)}: {repository.path} could not be read. {error}")
        return counts

    def give_feedback(self, grades: Path, on_problem: Callable[[str], None]) -> tuple[int, int]:
        """Commit each student's feedback of a grading to the branch `feedback` of the student's repository.

        Args:
            grades: the folder that `grade` has written.
            on_problem: called with a sentence for each feedback that could not be delivered.

        Returns:
            How many were delivered, and how many were there already.

        Raises:
            UsageError: the folder holds no grades, or those of a week that this classroom does not have, or this account
                may not change the classroom.
        """
        ensure_writable(self.folder)
        week = _graded_week(grades)
        if not (self.folder / week).is_dir():
            raise UsageError(f"{grades} holds grades for {week}, but this classroom has no such week.")
        delivered, unchanged, names, has_teams = 0, 0, self.owners(week), self.teams(week) is not None
        usernames = {stem: username for username, stem in file_stems(self.repositories(week)).items()}
        # Read before anything is delivered, which may take minutes: the next grading writes these files again.
        texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((grades / "feedback").glob("*.md"))}
        for stem, text in texts.items():
            if has_teams and stem not in usernames:
                continue  # what is for one member only is not put where the others read it
            username = usernames.get(stem, stem)
            repository = self.repository(week, username)
            if repository is None:
                on_problem(f"{names.get(username, one_line(username))} has no repository for {week} here.")
                continue
            try:
                new = repository.reply("feedback", "FEEDBACK.md", text, "Feedback")
            except ClassroomError as error:
                name = names.get(username, username)
                on_problem(f"{name}: the feedback could not be put on the feedback branch: {error}")
                continue
            log.info("%s: %s feedback %s", week, username, "delivered" if new else "unchanged")
            delivered, unchanged = delivered + new, unchanged + (not new)
        return delivered, unchanged


def _graded_week(grades: Path) -> str:
    week = ResultFolder(grades).settings().get("assignment")
    if week is None:
        raise UsageError(f"`classroom grade` did not write {grades}: give its --out folder.")
    return str(week)
