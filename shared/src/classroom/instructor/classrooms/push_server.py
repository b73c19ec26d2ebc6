"""Push server of a classroom: takes up what was pushed, grades it, and sends each push its scorecard."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console

from classroom.checks.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.git_history import History
from classroom.core.locks import Lock
from classroom.core.result import Result
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.core.text import sanitize
from classroom.instructor.classrooms.inbox import Inbox, Waiting
from classroom.instructor.classrooms.repository import Repository
from classroom.student.feedback import feedback
from classroom.student.scorecard import Scorecard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.instructor.classrooms.classroom import Classroom

PAUSE = 0.05
TROUBLE_SECONDS = 30  # until a week whose checks could not run is tried again
WIDTH = 80


class PushServer:
    """Serves one classroom; use it as a context.

    Args:
        folder: the classroom.
        sandbox: the walls around each submission, `bubblewrap` or `none`.
        jobs: how many are graded at once; 0 is one for each core, and two at least.
        tell: called with a line for the instructor.

    Raises:
        UsageError: somebody serves it already.
    """

    def __init__(self, folder: Classroom, *, sandbox: str, jobs: int = 0, tell: Callable[[str], None] = print) -> None:
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
        self.inbox = Inbox(folder.state_dir, lambda week, name: self._repository(week, name) is not None, tell)

    def __enter__(self) -> PushServer:
        self.lock = Lock(self.folder.state_dir / "lock")
        if not self.lock.attempt():
            self.lock.close()
            raise UsageError(f"{self.folder.folder} is being served already, by another `classroom serve`.")
        # Not in /tmp: what serves for weeks must not lose its room to whoever tidies up there.
        self.room = ScratchDir("serve", self.folder.state_dir)
        self.weeks = {assignment.name: assignment for assignment in self.folder.weeks()}
        self.inbox.missed = self._missed()
        self._leave_word()
        return self

    def __exit__(self, *_: object) -> None:
        (self.folder.state_dir / "serving").unlink(missing_ok=True)
        for week in list(self.pools):
            self._begin_anew(week)
        self.room.close()
        self.word.close()
        self.lock.close()

    def _leave_word(self) -> None:
        """Say that somebody serves, in a file whose lock tells every push how long that is true."""
        word, new = self.folder.state_dir / "serving", self.folder.state_dir / ".serving"
        new.unlink(missing_ok=True)
        self.word = Lock(new)
        if sys.platform == "win32":  # there nobody could read it
            write_atomic(word, f"{os.getpid()}\n")
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
                self.tell(f"Serving {self.folder.folder}. Ctrl-C stops it.")
            while True:
                self.inbox.sweep()
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
        return len(self.inbox.waiting(self.in_hand.values()))

    def _take_up(self) -> None:
        """Dispatch the oldest push to a free worker, so that a hanging submission blocks only one slot."""
        if len(self.in_hand) >= self.jobs:
            return
        for one in self.inbox.waiting(self.in_hand.values()):
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
        return self.folder.state_dir / "scores" / week / f"{name}.json"

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
        place = self.folder.state_dir / "weeks" / week
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
        place = self.folder.repository_path(one.week, one.name)
        return Submission(one.name, place, bare=True, commit=one.commit)

    def _hand_over(self, one: Waiting, result: Result) -> None:
        """The branch first, so that whoever has been answered finds it there."""
        try:
            repository = Repository(self.folder.repository_path(one.week, one.name))
            repository.reply("feedback", "SCORECARD.md", feedback(result), "Scorecard")
        except ClassroomError as error:
            self.tell(f"{one.name}: the scorecard could not be put on the branch feedback: {error}")
        self.inbox.reply(one, card(self.weeks[one.week], result))
        score = f"{result.score}/{result.max_score}" if result.score is not None else sanitize(result.reason or "")
        self.tell(f"{one.week}  {one.name}  {score}")


def card(assignment: Assignment, result: Result) -> str:
    """The scorecard as plain text, for a line of which git makes `remote: ...`."""
    text = io.StringIO()
    Scorecard(assignment, result, Console(file=text, width=WIDTH, highlight=False, no_color=True)).print()
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
