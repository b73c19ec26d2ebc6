"""A classroom in a folder: a bare repository for each student and week, and a desk where pushes are written down.

roster.csv                                   the students, under the names they have here
week1-hello-api/week1-hello-api-alice.git    what alice clones and pushes to
week1-hello-api/.closes                      when this week closes for pushes, where it does
.classroom/weeks/week1-hello-api             the week as handed out
.classroom/inbox, answers, scores            pushes that wait, what is said to them, their results
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, find
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import take_folder, write_atomic
from classroom.core.git import BRANCH, FROM_FOLDER, git
from classroom.core.git_history import RECEIVED
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.handout.publish import publish
from classroom.instructor.students import Student, read_students, write_students

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

HOOKS = Path(__file__).with_name("hooks")
SSH_COMMAND = Path(__file__).with_name("ssh-command")
DESK = ("inbox", "answers", "scores", "weeks")
SETTINGS = {
    # What a push may bring at most: for the disk's sake, and far above any submission.
    "receive.maxInputSize": "1g",
    # What was received in time stays, whatever is pushed over it later.
    "core.logAllRefUpdates": "always",
    "receive.denyDeleteCurrent": "refuse",
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
}
PATIENCE_SECONDS = 20  # for which a push waits for its scorecard
PLAIN = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Opened:
    """What opening did: how many repositories are new or were there, when the week closes, and what was left out of it."""

    week: str
    new: int
    kept: int
    closes: str
    left_out: Mapping[str, str]


class Classroom:
    """A classroom in a folder.

    Raises:
        UsageError: there is none.
    """

    def __init__(self, place: Path) -> None:
        self.place = place.resolve()
        self.desk = self.place / ".classroom"
        if not (self.desk / "inbox").is_dir():
            raise UsageError(
                f"There is no classroom in {place}. Make one: classroom open {place} --roster roster.csv --weeks 1"
            )

    def weeks(self) -> list[Assignment]:
        """The weeks that were opened, as they were handed out."""
        return [Assignment.load(place) for place in sorted((self.desk / "weeks").glob("[!.]*"))]

    def repositories(self, week: str) -> dict[str, Repository]:
        """Each student's repository of a week, by the student's name."""
        places = sorted((self.place / week).glob("*.git"))
        return {place.stem.removeprefix(f"{week}-"): Repository(place) for place in places if not place.is_symlink()}

    def place_of(self, week: str, name: str) -> Path:
        """Where a student's repository of a week is."""
        return self.place / week / f"{week}-{name}.git"

    def repository(self, week: str, name: str) -> Repository | None:
        """A student's repository of a week; None where there is none of that name."""
        place = self.place_of(week, name)
        return Repository(place) if PLAIN.fullmatch(name) and place.is_dir() and not place.is_symlink() else None

    def collect(self, to: Path, tell: Callable[[str], None]) -> dict[str, int]:
        """Copy what has been pushed so far, for `grade`: a folder for each week, in it a bare repository for each student.

        Args:
            to: a new folder, or one collected to before.
            tell: called with a sentence for each repository that cannot be read.

        Returns:
            How many were collected, by week.

        Raises:
            UsageError: the target holds something else.
        """
        counts = {}
        for assignment in self.weeks():
            if to.exists() and not to.is_dir():
                raise UsageError(f"{to} is a file: --to takes a folder.")
            target = to.resolve() / assignment.name
            take_folder(target, "collected")
            counts[assignment.name] = 0
            for name, repository in self.repositories(assignment.name).items():
                try:
                    _collect(repository, target / f"{name}.git")
                    counts[assignment.name] += 1
                except ClassroomError as error:
                    tell(f"{name}: {repository.place} cannot be read. {error}")
        return counts

    def give_feedback(self, grades: Path, tell: Callable[[str], None]) -> tuple[int, int]:
        """Bring each student's feedback of a grading to the branch `feedback` of the student's own repository.

        Args:
            grades: the folder that `grade` has written.
            tell: called with a sentence for each feedback that finds no repository, or one that does not take it.

        Returns:
            How many were brought, and how many said so already.
        """
        week = _graded_week(grades)
        if not (self.place / week).is_dir():
            raise UsageError(f"{grades} holds grades of {week}, and this classroom has no such week.")
        brought = same = 0
        for path in sorted((grades / "feedback").glob("*.md")):
            repository = self.repository(week, path.stem)
            if repository is None:
                tell(f"{path.stem} has no repository of {week} here.")
                continue
            try:
                new = repository.answer("feedback", "FEEDBACK.md", path.read_text(encoding="utf-8"), "Feedback")
            except ClassroomError as error:
                tell(f"{path.stem}: the feedback could not be put on the branch feedback: {error}")
                continue
            brought, same = brought + new, same + (not new)
        return brought, same


def open_folder(place: Path, roster: Path | None, weeks: Sequence[str], closes: datetime | None = None) -> list[Opened]:
    """Make a classroom, or add to one: who and what is new gets a repository, what is there is kept.

    Args:
        place: the folder.
        roster: the class; may be left out when the classroom has one.
        weeks: folders or numbers.
        closes: from when on these weeks take no push.

    Raises:
        UsageError: the folder is something else, or the roster cannot be used.
    """
    _ensure_owned(place)
    known = read_students(place / "roster.csv") if (place / "roster.csv").exists() else []
    if roster is None and not known:
        raise UsageError(f"Who is in the class? Type: classroom open {place} --roster roster.csv --weeks 1")
    if not weeks:
        raise UsageError(f"Which weeks? Type: classroom open {place} --weeks 1,2")
    named = read_students(roster, known) if roster else []
    students = known + [one for one in named if one not in known]
    folders = list(dict.fromkeys(find(week).resolve() for week in weeks))
    for name in DESK:
        (place / ".classroom" / name).mkdir(parents=True, exist_ok=True)
    write_students(place / "roster.csv", students)
    if not (place / ".classroom" / "patience").exists():
        write_atomic(place / ".classroom" / "patience", f"{PATIENCE_SECONDS}\n")
    # Under its first name: lines in `authorized_keys` out there lead to it.
    _hang(SSH_COMMAND, place / ".classroom" / "door")
    opened = []
    for folder in folders:
        name = Assignment.load(folder).name
        published = publish(str(folder), str(place / ".classroom" / "weeks" / name), folder)
        new = _open_week(place, name, students)
        mark = place / name / ".closes"
        if closes is not None:
            # The hook compares seconds; the words are for people.
            seconds, words = int(closes.timestamp()), closes.astimezone().strftime("%Y-%m-%d at %H:%M")
            write_atomic(mark, f"{seconds} {words}\n")
        words = mark.read_text(encoding="utf-8").partition(" ")[2].strip() if mark.exists() else ""
        opened.append(Opened(name, new, len(students) - new, words, published.left_out))
    return opened


def _ensure_owned(place: Path) -> None:
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place} is a file: a classroom takes a folder.")
    if place.is_dir() and any(place.iterdir()) and not (place / ".classroom").is_dir():
        raise UsageError(f"{place} is not empty and no classroom: take a new folder, or one opened before.")


def _open_week(place: Path, week: str, students: Sequence[Student]) -> int:
    """Make the repositories that are not there yet; answers how many."""
    folder = place / week
    folder.mkdir(exist_ok=True)
    new = 0
    with ScratchDir("new", folder, hidden=True) as room:
        mold = room / "mold"
        template = place / ".classroom" / "weeks" / week
        git("clone", "--quiet", "--bare", "--no-local", "--template=", template, mold, env=FROM_FOLDER)
        git("-C", mold, "remote", "remove", "origin")
        for setting, value in SETTINGS.items():
            git("-C", mold, "config", setting, value)
        # The starter came first, and in time: it is what counts of somebody who never pushes.
        (mold / RECEIVED).write_text(
            f"{utc_timestamp()} refs/heads/{BRANCH} {Repository(mold).tip()}\n", encoding="ascii"
        )
        for student in students:
            repository = folder / f"{week}-{student.username}.git"
            if not repository.exists():
                # It appears whole or not at all.
                shutil.copytree(mold, room / "one")
                (room / "one").rename(repository)
                new += 1
            _hang_hooks(repository)
    return new


def _hang_hooks(repository: Path) -> None:
    hooks = repository / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in HOOKS.iterdir():
        _hang(hook, hooks / hook.name)


def _hang(program: Path, place: Path) -> None:
    """Copy a program to a place, whole or not at all, unless it is there already."""
    new = place.with_name(f".{place.name}")
    if not place.exists() or place.read_bytes() != program.read_bytes():
        shutil.copyfile(program, new)
        new.chmod(0o755)
        new.replace(place)


def _collect(repository: Repository, target: Path) -> None:
    """A copy of all that was received and of when it came; nothing of the repository's settings comes along."""
    with ScratchDir("new", target.parent, hidden=True) as room:
        place = room / "copy"
        git("init", "--quiet", "--bare", "--template=", "--initial-branch", BRANCH, place)
        if tip := repository.tip():
            repository.pack([tip, *(push.commit for push in repository.pushes())], place / "objects" / "pack")
            git("-C", place, "update-ref", f"refs/heads/{BRANCH}", tip)
        if (repository.place / RECEIVED).is_file():
            shutil.copyfile(repository.place / RECEIVED, place / RECEIVED)
        if target.exists():
            target.rename(room / "before")
        place.rename(target)


def _graded_week(grades: Path) -> str:
    import json

    try:
        return str(json.loads((grades / "grading.json").read_text(encoding="utf-8"))["assignment"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{grades} is no folder that `classroom grade` has written: name its --out.") from None
