"""Open a classroom in a folder: make its repositories, or add the students and weeks that are new."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from classroom.core.assignment import Assignment
from classroom.core.course import find
from classroom.core.errors import ClassroomError, CouldNotCheck, UsageError
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_of
from classroom.core.git import BRANCH, FROM_FOLDER, FRUGAL_SETTINGS, git
from classroom.core.git_history import HANDOUT
from classroom.core.receipts import RECEIVED
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.core.text import one_line
from classroom.instructor.classrooms.classroom import ROSTER, STATE, Classroom, roster_lock
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.members import write_members
from classroom.instructor.classrooms.ownership import ensure_owned
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.classrooms.roster_change import compared, listed_students, write_rosters
from classroom.instructor.handout.publish import publish
from classroom.instructor.roster import Student, former_students
from classroom.instructor.teams import read_teams
from classroom.instructor.time_zone import FILE as ZONE_FILE
from classroom.instructor.time_zone import machine_zone_name, moment_of, shown, zone_near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from classroom.instructor.roster import Roster
    from classroom.instructor.teams import Team

HOOKS = Path(__file__).with_name("hooks")
SSH_COMMAND = Path(__file__).with_name("ssh-command")
STATE_FOLDERS = ("inbox", "answers", "scores", "weeks")
PUSH_WAITS_SECONDS = 20  # for its scorecard
REPOSITORY_SETTINGS = {
    "receive.maxInputSize": "1g",  # of one push: it protects the disk, and is far above any submission
    # What was received in time stays, whatever is pushed over it later.
    "core.logAllRefUpdates": "always",
    "receive.denyDeleteCurrent": "refuse",
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
    **dict(one.split("=") for one in FRUGAL_SETTINGS if one != "-c"),
}

log = logging.getLogger(__name__)


class Confirm(Protocol):
    """Asks whether to go on; each method raises UsageError to stop."""

    def roster(self, roster: Roster) -> None:
        """Ask about a new roster, which knows what changed."""

    def zone(self, before: str, after: str) -> None:
        """Ask about another time zone than the classroom has."""

    def past(self, closing: str) -> None:
        """Ask about a closing time in the past."""


@dataclass(frozen=True)
class Opened:
    """A week that was opened.

    Attributes:
        week: its name.
        new: how many repositories were made.
        kept: how many existed already.
        closes: when it stops accepting pushes, for people to read; empty if it does not.
        left_out: files that were not handed out, each with the reason.
        problems: repositories that could not be made or kept in order, each with the reason.
    """

    week: str
    new: int
    kept: int
    closes: str
    left_out: Mapping[str, str]
    problems: Sequence[str] = ()


def open_classroom(
    folder: Path,
    roster: Path | None,
    weeks: Sequence[str],
    closes: str = "",
    zone: ZoneInfo | None = None,
    confirm: Confirm | None = None,
) -> list[Opened]:
    """Make a classroom, or add students and weeks to one; repositories that exist are kept as they are.

    Args:
        folder: a new folder, or a classroom.
        roster: a CSV file with the students; None keeps the classroom's own.
        weeks: folders or numbers.
        closes: when these weeks stop accepting pushes, as someone writes it; empty changes nothing.
        zone: the classroom's time zone; None keeps the one it has, or sets this machine's.
        confirm: asked before anything is written.

    Raises:
        UsageError: the folder is something else, or the roster cannot be used.
    """
    _ensure_classroom(folder)
    if not weeks:
        raise UsageError(f"Which weeks? Type: classroom open {folder} --weeks 1,2")
    known = zone_near(folder)
    closing = moment_of(closes, zone or known) if closes else None
    before = listed_students(folder)
    students, former = _next_students(folder, before, roster, confirm)
    sources = list(dict.fromkeys(find(week).resolve() for week in weeks))
    if confirm and known and zone and zone.key != known.key:
        confirm.zone(known.key, zone.key)
    if confirm and closing and closing <= datetime.now(UTC):
        confirm.past(shown(closing, zone or known))
    _make_state(folder / STATE)
    if roster:
        with roster_lock(folder):
            if listed_students(folder) != before:
                raise UsageError(f"A student has joined {folder} in the meantime: type the same command again.")
            write_rosters(folder, students, former)
    if zone or not known:
        _set_zone(folder, zone.key if zone else machine_zone_name())
    classroom = Classroom(folder)
    dates = DueDates(classroom)
    opened = [_open_week(folder, source, students, dates, closing) for source in sources]
    dates.refresh()
    write_members(classroom)
    return opened


def _ensure_classroom(folder: Path) -> None:
    """Raise UsageError if a folder holds anything but a classroom of this account."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: a classroom needs a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / STATE).is_dir():
        raise UsageError(f"{folder} is neither empty nor a classroom: give a new folder, or one opened before.")
    ensure_owned(folder)


def _make_state(state: Path) -> None:
    """Create the files that a classroom has besides its repositories, if they are missing."""
    for name in STATE_FOLDERS:
        (state / name).mkdir(parents=True, exist_ok=True)
    if not (state / "patience").exists():
        write_atomic(state / "patience", f"{PUSH_WAITS_SECONDS}\n")
    # The name stays `door`: lines in people's `authorized_keys` run it.
    _install(SSH_COMMAND, state / "door")


def _set_zone(folder: Path, name: str | None) -> None:
    if name:
        write_atomic(folder / ZONE_FILE, f"{name}\n")


def _next_students(
    folder: Path, students: list[Student], roster: Path | None, confirm: Confirm | None
) -> tuple[list[Student], list[Student]]:
    """Return who is in the class from now on, and who was but no longer is."""
    if roster is None:
        if not students:
            raise UsageError(f"Who is in the class? Type: classroom open {folder} --roster roster.csv --weeks 1")
        return students, former_students(folder / ROSTER)
    changed, former = compared(folder, students, roster)
    if confirm:
        confirm.roster(changed)
    return list(changed), former


def _open_week(
    folder: Path, source: Path, students: Sequence[Student], dates: DueDates, closes: datetime | None
) -> Opened:
    name = Assignment.load(source).name
    template = folder / STATE / "weeks" / name
    published = publish(str(source), str(template), source)
    if (teams := read_teams(folder / name)) is not None:
        students = [as_owner(team) for team in teams.teams]
    new, problems = _make_repositories(folder / name, name, template, students)
    if closes is not None:
        dates.close(name, closes)
    closing = dates.closing(name)
    kept = len(students) - new - len(problems)
    return Opened(name, new, kept, str(closing or ""), published.left_out, problems)


def as_owner(team: Team) -> Student:
    """Return a team as the owner of its repository."""
    return Student(team.name, name=team.title)


def make_repositories(classroom: Classroom, students: Sequence[Student], only: str | None = None) -> list[str]:
    """Make the repositories of students in all weeks that are open, or in one, as far as they do not exist.

    Weeks with teams are left out: a new student is in none of them yet.

    Returns:
        The problems.
    """
    problems: list[str] = []
    for week in classroom.weeks() if students else ():
        if classroom.teams(week.name) is not None or only not in (None, week.name):
            continue
        template = classroom.state_dir / "weeks" / week.name
        problems += _make_repositories(classroom.folder / week.name, week.name, template, students)[1]
    DueDates(classroom).refresh()
    return problems


def make_repository(classroom: Classroom, week: str, student: Student) -> bool:
    """Make the repository of a student, or of a team, in a week that is open, unless it exists; return whether it is new.

    Raises:
        ClassroomError: it could not be made.
    """
    template = classroom.state_dir / "weeks" / week
    new, problems = _make_repositories(classroom.folder / week, week, template, [student])
    if problems and not classroom.repository_path(week, student.username).is_dir():  # otherwise someone else was faster
        raise CouldNotCheck(problems[0])
    dates = DueDates(classroom)
    if dates.read():
        dates.write_own(week, student.username, Repository(classroom.repository_path(week, student.username)))
    return bool(new)


def _make_repositories(folder: Path, week: str, template: Path, students: Sequence[Student]) -> tuple[int, list[str]]:
    """Make the repositories of a week that do not exist; return how many those were, and what went wrong."""
    folder.mkdir(exist_ok=True)
    new, problems = 0, []
    with ScratchDir("new", folder, hidden=True) as scratch:
        mold = scratch / "mold"
        git("clone", "--quiet", "--bare", "--no-local", "--template=", template, mold, env=FROM_FOLDER)
        git("remote", "remove", "origin", cwd=mold)
        for setting, value in REPOSITORY_SETTINGS.items():
            git("config", setting, value, cwd=mold)
        Repository(mold).hide_course_branches()
        install_hooks(mold)
        # The starter is the first receipt, and in time: it is what is graded if a student never pushes.
        receipt = f"{utc_timestamp()} refs/heads/{BRANCH} {Repository(mold).tip()}\n"
        (mold / RECEIVED).write_text(receipt, encoding="ascii")
        for student in students:
            repository = folder / f"{week}-{student.username}.git"
            try:
                new += _make_repository(repository, mold, scratch / "copy")
            except (ClassroomError, OSError) as error:
                if full := full_disk_of(error):
                    raise full from None
                name = one_line(student.named(student.username))
                problems.append(f"{name}: {repository} could not be written. {error}")
                shutil.rmtree(scratch / "copy", ignore_errors=True)
    return new, problems


def _make_repository(repository: Path, mold: Path, copy: Path) -> bool:
    """Make a repository, or keep the one that exists in order; return whether it is new."""
    if not repository.exists():
        # Renamed into place: it appears complete or not at all.
        shutil.copytree(mold, copy)
        copy.rename(repository)
        log.info("created the repository %s", repository)
        return True
    if f"refs/heads/{HANDOUT}" not in (repository / "config").read_text(encoding="utf-8", errors="replace"):
        Repository(repository).hide_course_branches()
    install_hooks(repository)
    return False


def install_hooks(repository: Path) -> None:
    """Install the hooks of a repository, unless they are there."""
    hooks = repository / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in HOOKS.iterdir():
        _install(hook, hooks / hook.name)


def _install(program: Path, target: Path) -> None:
    """Copy a program, completely or not at all, unless the same one is there."""
    new = target.with_name(f".{target.name}")
    if not target.exists() or target.read_bytes() != program.read_bytes():
        shutil.copyfile(program, new)
        new.chmod(0o755)
        new.replace(target)
