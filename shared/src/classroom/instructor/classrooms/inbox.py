"""The inbox of a classroom: notices of pushes that wait to be graded, and the replies to them."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Written = tuple[int, int, int]  # time in nanoseconds, mode and size of a file

REPLY_KEPT_SECONDS = 600  # after which a reply that no push has fetched is removed
MAX_NOTICE_LETTERS = 2000
SUPERSEDED = "You pushed again in the meantime: the later push is graded.\n"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PushNotice:
    """A push that waits to be graded.

    Attributes:
        file: the name of its file in the inbox; empty for one that was recovered from the repository's receipts.
        week: the week's name.
        username: the student's.
        commit: what was pushed.
    """

    file: str
    week: str
    username: str
    commit: str


class Inbox:
    """The notices that pushes have left, and the replies that they wait for.

    Args:
        state_dir: of the classroom.
        exists: returns whether there is a repository of a week and a username.
        last: returns the commit that was pushed there last, if that is known.

    Attributes:
        recovered: pushes without a notice.
    """

    def __init__(
        self, state_dir: Path, exists: Callable[[str, str], bool], last: Callable[[str, str], str | None]
    ) -> None:
        self.notices, self.replies = state_dir / "inbox", state_dir / "answers"
        self.exists, self.last = exists, last
        self.recovered: list[PushNotice] = []
        self.next_sweep = 0.0
        self._read_before: dict[str, tuple[object, list[str]]] = {}  # lines of each file, and what it looked like

    def waiting(self, in_progress: Iterable[PushNotice]) -> list[PushNotice]:
        """Return every push that waits, oldest first, and only the latest one of each repository.

        Args:
            in_progress: pushes that are being graded, which are left out.
        """
        found = sorted(self._files())
        self._read_before = {name: self._read_before[name] for _, name in found if name in self._read_before}
        notices = [self._read(self.notices / name, written) for written, name in found]
        latest: dict[tuple[str, str], PushNotice] = {}
        excluded = set(in_progress)
        for notice in [*self.recovered, *filter(None, notices)]:
            if notice in excluded:
                continue
            key = notice.week, notice.username
            latest[key] = self._later(latest.pop(key), notice) if key in latest else notice
        return list(latest.values())

    def _later(self, one: PushNotice, other: PushNotice) -> PushNotice:
        """Return the later one of two pushes of a student, and reply to the earlier one.

        Times alone could be wrong: after the clock was put back, the later push has the earlier time.
        """
        if one.commit != other.commit and one.commit == self.last(one.week, one.username):
            one, other = other, one
        self.reply(one, SUPERSEDED)
        return other

    def _files(self) -> list[tuple[Written, str]]:
        """Return when each file of a notice was written, and its name."""
        found = []
        with os.scandir(self.notices) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    with contextlib.suppress(OSError):
                        seen = entry.stat(follow_symlinks=False)
                        found.append(((seen.st_mtime_ns, seen.st_mode, seen.st_size), entry.name))
        return found

    def _lines(self, path: Path, written: Written) -> list[str]:
        """Return the first three lines of a file, which is read once."""
        before, lines = self._read_before.get(path.name, (None, []))
        if before != written:
            regular = stat.S_ISREG(written[1])
            text = path.read_text(encoding="utf-8", errors="replace") if regular else ""
            lines = [*text[:MAX_NOTICE_LETTERS].splitlines(), "", "", ""][:3]
            self._read_before[path.name] = written, lines
        return lines

    def _read(self, path: Path, written: Written) -> PushNotice | None:
        """Return the notice in a file, or remove the file: anyone who can push could have written it."""
        try:
            week, name, commit = self._lines(path, written)
        except OSError:
            return None
        username = name.removesuffix(".git").removeprefix(f"{week}-")
        if self.exists(week, username) and COMMIT.fullmatch(commit):
            return PushNotice(path.name, week, username, commit)
        log.warning("%s in the inbox is not a push notice and was removed.", one_line(path.name))
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def reply(self, notice: PushNotice, text: str) -> None:
        """Write the reply before deleting the notice: after a crash in between the push is graded again, never lost."""
        if not notice.file:
            self.recovered.remove(notice)
            return
        write_atomic(self.replies / notice.file, text)
        (self.notices / notice.file).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove replies that no push is waiting for any longer; most calls do nothing."""
        if time.monotonic() < self.next_sweep:
            return
        self.next_sweep = time.monotonic() + REPLY_KEPT_SECONDS / 10
        for path in self.replies.iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < time.time() - REPLY_KEPT_SECONDS:
                    path.unlink()
