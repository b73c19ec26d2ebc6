"""A classroom in a folder: a bare repository for each student and week, and the state of the pushes to them.

roster.csv                                   the students, with the usernames they have here
week1-hello-api/week1-hello-api-alice.git    what Alice clones and pushes to
week1-hello-api/.closes                      when this week stops accepting pushes, if it does
.classroom/weeks/week1-hello-api             the week as handed out
.classroom/timezone                          in which times without a zone are meant
.classroom/dropped.csv                       students who left the roster, whose repositories stay
.classroom/inbox, answers, scores            pushes that wait, the replies to them, their results
.classroom/grades, released                  official results of gradings on the web, and what students see of them
.classroom/at-due-date                       weeks whose official grading begins by itself
oidc.toml, .classroom/oidc-secret            how people sign in with their school's account, if they do
.classroom/database, cookie-key              people and tokens of the classroom on the web, and what signs its cookies
"""

from __future__ import annotations

import itertools
import logging
import re
from functools import partial
from typing import TYPE_CHECKING

from classroom.core.assignment import FILE, Assignment
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import claim_folder
from classroom.core.git import BRANCH, git
from classroom.core.git_history import BRANCHES, HEADS, History
from classroom.core.locks import owned
from classroom.core.receipts import HANDED_OUT, RECEIVED, receipts
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.core.text import one_line
from classroom.instructor.classrooms.memo import Memo, stamps
from classroom.instructor.classrooms.ownership import ensure_readable, ensure_writable
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.grading.results import ResultFolder, file_stems
from classroom.instructor.roster import Student, read_roster

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from classroom.core.locks import Lock

STATE = ".classroom"
ROSTER = "roster.csv"
ROSTER_LOCK_SECONDS = 20
MAX_WEEKS = 100  # that are kept after they were read
MAX_LEFT_BEHIND = 100  # branches whose names are collected with a repository
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
        self._weeks: Memo[Assignment] = Memo(MAX_WEEKS)
        ensure_readable(self.folder)
        if not (self.state_dir / "inbox").is_dir():
            raise UsageError(
                f"There is no classroom in {folder}. Create one: classroom open {folder} --roster roster.csv --weeks 1"
            )

    def students(self) -> list[Student]:
        """Return the students on the roster."""
        path = self.folder / ROSTER
        return [*self._roster.get(path, stamps([path]), lambda: [*read_roster(path)] if path.exists() else [])]

    def names(self) -> dict[str, str]:
        """Return the students on the roster by username, each as people read it: `Ada Lovelace (ada)`."""
        return {student.username: one_line(student.named(student.username)) for student in self.students()}

    def weeks(self) -> list[Assignment]:
        """Return the weeks that were opened, as they were handed out."""
        folders = sorted((self.state_dir / "weeks").glob("[!.]*"))
        return [
            self._weeks.get(folder, stamps([folder / FILE]), partial(Assignment.load, folder)) for folder in folders
        ]

    def repositories(self, week: str) -> dict[str, Repository]:
        """Return each student's repository of a week, by username."""
        folder = self.folder / week
        # Not `glob`, which takes a folder that may not be read for an empty one.
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".git") if folder.exists() else []
        return {path.stem.removeprefix(f"{week}-"): Repository(path) for path in paths if not path.is_symlink()}

    def repository_path(self, week: str, username: str) -> Path:
        """Return where a student's repository of a week is, or would be."""
        return self.folder / week / f"{week}-{username}.git"

    def repository(self, week: str, username: str) -> Repository | None:
        """Return a student's repository of a week, or None if it does not exist."""
        path = self.repository_path(week, username)
        return Repository(path) if USERNAME.fullmatch(username) and path.is_dir() and not path.is_symlink() else None

    def score_path(self, week: str, username: str) -> Path:
        """Return the file with the result of a student's last graded push."""
        return self.state_dir / "scores" / week / f"{username}.json"

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
        names = self.names()
        counts = {}
        for assignment in self.weeks():
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
            for username, repository in repositories.items():
                if names and username not in names:
                    log.info("%s: %s is not on the roster and was not collected", assignment.name, username)
                    continue
                try:
                    _collect(repository, target / f"{username}.git")
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
            raise UsageError(f"{grades} holds grades of {week}, but this classroom has no such week.")
        delivered, unchanged, names = 0, 0, self.names()
        usernames = {stem: username for username, stem in file_stems(self.repositories(week)).items()}
        for path in sorted((grades / "feedback").glob("*.md")):
            username = usernames.get(path.stem, path.stem)
            repository = self.repository(week, username)
            if repository is None:
                on_problem(f"{names.get(username, one_line(username))} has no repository of {week} here.")
                continue
            try:
                new = repository.reply("feedback", "FEEDBACK.md", path.read_text(encoding="utf-8"), "Feedback")
            except ClassroomError as error:
                name = names.get(username, username)
                on_problem(f"{name}: the feedback could not be put on the branch feedback: {error}")
                continue
            log.info("%s: %s feedback %s", week, username, "delivered" if new else "unchanged")
            delivered, unchanged = delivered + new, unchanged + (not new)
        return delivered, unchanged


def _collect(repository: Repository, target: Path) -> None:
    """Copy the commits and the receipts of a repository, but none of its settings."""
    with ScratchDir("new", target.parent, hidden=True) as scratch:
        copy = scratch / "copy"
        git("init", "--quiet", "--bare", "--template=", "--initial-branch", BRANCH, copy)
        tip = repository.tip()
        if tip is None:
            raise ClassroomError(f"It has no branch {BRANCH} that can be read.")
        repository.pack([tip, *(push.commit for push in repository.pushes())], copy / "objects" / "pack")
        git("update-ref", f"refs/heads/{BRANCH}", tip, cwd=copy)
        copy_record(repository, copy)
        if target.exists():
            target.rename(scratch / "before")
        copy.rename(target)


def copy_record(repository: Repository, copy: Path) -> None:
    """Write down the pushes to the graded branch, and the names of the branches that stay behind.

    Raises:
        ClassroomError: the record of the pushes cannot be read.
    """
    pushes = receipts(repository.path, f"{HEADS}{BRANCH}")
    if pushes is not None:
        lines = [f"{utc_timestamp(push.received)} {push.ref} {push.commit}\n" for push in pushes]
        (copy / RECEIVED).write_text("".join(lines), encoding="ascii")
    history = History.at(repository.path)
    if history and (handed_out := history.text(HANDED_OUT)):
        (copy / HANDED_OUT).write_text(handed_out, encoding="ascii", errors="replace")
    others = itertools.islice(history.others().items() if history else (), MAX_LEFT_BEHIND)
    text = "".join(f"{HEADS}{name} {commit}\n" for name, commit in others)
    (copy / BRANCHES).write_text(text, encoding="utf-8", errors="replace")


def _graded_week(grades: Path) -> str:
    week = ResultFolder(grades).settings().get("assignment")
    if week is None:
        raise UsageError(f"`classroom grade` has not written {grades}: give the folder that was its --out.")
    return str(week)
