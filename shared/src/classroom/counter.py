"""The counter of a classroom: takes up what was pushed, grades it, and hands each push its scorecard."""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
import stat
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from classroom.assignment import Assignment
from classroom.errors import ClassroomError, UsageError
from classroom.feedback import feedback
from classroom.history import History
from classroom.pool import Pool
from classroom.repository import Repository
from classroom.result import Result, write_whole
from classroom.scorecard import Scorecard
from classroom.services.locks import Lock
from classroom.submission import Submission
from classroom.temporary import TemporaryRoom
from classroom.text import inert, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.folder import Folder

PAUSE = 0.05
KEPT_SECONDS = 600  # an answer that nobody has fetched
TROUBLE_SECONDS = 30  # until a week whose checks could not run is tried again
SUPERSEDED = "A later push of yours has come in meanwhile: that one is graded.\n"
WIDTH = 80
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Waiting:
    """A push that waits; `order` is its file in the inbox, empty for one that was found in its repository."""

    order: str
    week: str
    name: str
    commit: str


class Counter:
    """Serves one classroom; use it as a context.

    Args:
        folder: the classroom.
        sandbox: the walls around each submission, `bubblewrap` or `none`.
        jobs: how many are graded at once; 0 is one for each core, and two at least.
        tell: called with a line for the instructor.

    Raises:
        UsageError: somebody serves it already.
    """

    def __init__(self, folder: Folder, *, sandbox: str, jobs: int = 0, tell: Callable[[str], None] = print) -> None:
        self.folder = folder
        self.sandbox = sandbox
        # Two at least: one that hangs leaves a place for all others.
        self.jobs = jobs or max(2, os.cpu_count() or 1)
        self.tell = tell
        self.weeks: dict[str, Assignment] = {}
        self.pools: dict[str, Pool] = {}
        self.editions: dict[str, str | None] = {}
        self.in_hand: dict[tuple[str, str], Waiting] = {}
        self.tried: dict[str, float] = {}
        self.swept = 0.0
        self.missed: list[Waiting] = []
        self.inbox, self.answers = folder.desk / "inbox", folder.desk / "answers"

    def __enter__(self) -> Counter:
        self.lock = Lock(self.folder.desk / "lock")
        if not self.lock.attempt():
            self.lock.close()
            raise UsageError(f"{self.folder.place} is being served already, by another `classroom serve`.")
        # Not in /tmp: what serves for weeks must not lose its room to whoever tidies up there.
        self.room = TemporaryRoom("serve", self.folder.desk)
        self.weeks = {assignment.name: assignment for assignment in self.folder.weeks()}
        self.missed = self._missed()
        self._leave_word()
        return self

    def __exit__(self, *_: object) -> None:
        (self.folder.desk / "serving").unlink(missing_ok=True)
        for week in list(self.pools):
            self._begin_anew(week)
        self.room.close()
        self.word.close()
        self.lock.close()

    def _leave_word(self) -> None:
        """Say that somebody serves, in a file whose lock tells every push how long that is true."""
        word, new = self.folder.desk / "serving", self.folder.desk / ".serving"
        new.unlink(missing_ok=True)
        self.word = Lock(new)
        if sys.platform == "win32":  # there nobody could read it
            write_whole(word, f"{os.getpid()}\n")
            return
        self.word.attempt()
        new.write_text(f"{os.getpid()} held\n", encoding="ascii")
        new.chmod(0o644)
        new.replace(word)

    def serve(self, *, once: bool = False) -> int:
        """Grade whatever comes, until interrupted; or once, until nothing waits.

        Returns:
            How many pushes were graded.
        """
        graded = 0
        with contextlib.suppress(KeyboardInterrupt):
            if not once:
                self.tell(f"Serving {self.folder.place}. Ctrl-C stops it.")
            while True:
                self._sweep()
                self._take_up()
                if self.in_hand:
                    graded += self._step()
                elif once:
                    break
                else:
                    time.sleep(PAUSE)
        return graded

    def left(self) -> int:
        """How many pushes still wait."""
        return len(self._waiting())

    def _waiting(self) -> list[Waiting]:
        """Every push that waits and is not in hand, oldest first; of one repository the last alone."""
        orders = [self._read(path) for path in sorted(self.inbox.iterdir(), key=_age) if not path.name.startswith(".")]
        last: dict[tuple[str, str], Waiting] = {}
        in_hand = set(self.in_hand.values())
        for one in [*self.missed, *(order for order in orders if order)]:
            if one in in_hand:
                continue
            if earlier := last.pop((one.week, one.name), None):
                self._reply(earlier, SUPERSEDED)
            last[one.week, one.name] = one
        return list(last.values())

    def _take_up(self) -> None:
        """Hand the oldest to whoever is free: so one that hangs keeps one place, and nobody waits for it who need not."""
        if len(self.in_hand) >= self.jobs:
            return
        for one in self._waiting():
            # Of one student's pushes one is graded at a time.
            if (one.week, one.name) in self.in_hand or self.tried.get(one.week, 0) > time.monotonic():
                continue
            try:
                pool = self._pool(one.week)
                out = self._score(one.week, one.name)
                pool.take([pool.order(self._submission(one), seed=secrets.randbelow(100_000), out=out)])
                self.in_hand[one.week, one.name] = one
            except (ClassroomError, OSError) as error:
                self._put_off(one.week, error)
            if len(self.in_hand) >= self.jobs:
                break

    def _read(self, path: Path) -> Waiting | None:
        """What an order says; whoever pushes has written it, so it is believed only as far as it names what is there."""
        try:
            regular = stat.S_ISREG(path.lstat().st_mode)
            words = path.read_text(encoding="utf-8", errors="replace")[:2000].splitlines() if regular else []
        except OSError:
            return None
        week, name, commit = [*words, "", "", ""][:3]
        student = name.removesuffix(".git").removeprefix(f"{week}-")
        if self._repository(week, student) and COMMIT.fullmatch(commit):
            return Waiting(path.name, week, student, commit)
        self.tell(f"{one_line(path.name)} in the inbox is no order and was removed.")
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def _repository(self, week: str, name: str) -> Repository | None:
        if week not in self.weeks:
            # A week that was opened meanwhile is served without a new start.
            self.weeks = {assignment.name: assignment for assignment in self.folder.weeks()}
        return self.folder.repository(week, name) if week in self.weeks else None

    def _missed(self) -> list[Waiting]:
        """Pushes that no order tells of any more: their repositories wrote them down all the same."""
        found = []
        for week in self.weeks:
            for name, repository in self.folder.repositories(week).items():
                pushes = repository.pushes()[1:]  # the first is the starter
                if pushes and pushes[-1].commit == repository.tip() != self._graded(week, name):
                    found.append(Waiting("", week, name, pushes[-1].commit))
        return found

    def _score(self, week: str, name: str) -> Path:
        return self.folder.desk / "scores" / week / f"{name}.json"

    def _graded(self, week: str, name: str) -> str | None:
        with contextlib.suppress(OSError, ValueError):
            return Result.from_json(self._score(week, name).read_text(encoding="utf-8")).commit
        return None

    def _step(self) -> int:
        """Answer what has been graded meanwhile."""
        graded = 0
        for week, pool in list(self.pools.items()):
            try:
                for order, result in pool.step(PAUSE) if pool.busy else ():
                    self._hand_over(self.in_hand.pop((week, order.name)), result)
                    graded += 1
            except (ClassroomError, OSError) as error:
                self._put_off(week, error)
        return graded

    def _put_off(self, week: str, error: ClassroomError | OSError) -> None:
        """Trouble of ours, such as a full disk, leaves the pushes of a week in the queue."""
        told = str(error)
        if isinstance(error, OSError) and error.filename:
            told = f"{error.filename}: {error.strerror}."
        self.tell(f"{week}: {told} It is tried again in {TROUBLE_SECONDS} seconds.")
        self.tried[week] = time.monotonic() + TROUBLE_SECONDS
        self._begin_anew(week)

    def _begin_anew(self, week: str) -> None:
        """What is in hand of a week waits again, and its checks are loaded anew."""
        self.in_hand = {key: one for key, one in self.in_hand.items() if one.week != week}
        if pool := self.pools.pop(week, None):
            pool.close()

    def _pool(self, week: str) -> Pool:
        place = self.folder.desk / "weeks" / week
        history = History.at(place)
        edition = history.head if history else None
        if self.editions.get(week) != edition:
            # Handed out anew, the week is graded by what it is now.
            self._begin_anew(week)
            self.weeks[week], self.editions[week] = Assignment.load(place), edition
        if week not in self.pools:
            room = self.room.path / secrets.token_hex(6)
            self.pools[week] = Pool(self.weeks[week], jobs=self.jobs, hidden=False, sandbox=self.sandbox, room=room)
        return self.pools[week]

    def _submission(self, one: Waiting) -> Submission:
        place = self.folder.place_of(one.week, one.name)
        return Submission(one.name, place, bare=True, commit=one.commit)

    def _hand_over(self, one: Waiting, result: Result) -> None:
        """The branch first, so that whoever has been answered finds it there."""
        try:
            repository = Repository(self.folder.place_of(one.week, one.name))
            repository.answer("feedback", "SCORECARD.md", feedback(result), "Scorecard")
        except ClassroomError as error:
            self.tell(f"{one.name}: the scorecard could not be put on the branch feedback: {error}")
        self._reply(one, card(self.weeks[one.week], result))
        score = f"{result.score}/{result.max_score}" if result.score is not None else inert(result.reason or "")
        self.tell(f"{one.week}  {one.name}  {score}")

    def _reply(self, one: Waiting, text: str) -> None:
        """The answer first, then the order is done with: a kill in between grades once more, and loses nothing."""
        if not one.order:
            self.missed.remove(one)
            return
        write_whole(self.answers / one.order, text)
        (self.inbox / one.order).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Now and then remove answers that nobody waits for any more."""
        if time.monotonic() < self.swept:
            return
        self.swept = time.monotonic() + KEPT_SECONDS / 10
        for path in self.answers.iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                    path.unlink()


def card(assignment: Assignment, result: Result) -> str:
    """The scorecard as plain text, for a line of which git makes `remote: ...`."""
    text = io.StringIO()
    Scorecard(assignment, result, Console(file=text, width=WIDTH, highlight=False, no_color=True)).print()
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.lstat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name
