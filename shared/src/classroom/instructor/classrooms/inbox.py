"""The inbox of a classroom: the pushes that wait, and what is said to them."""

from __future__ import annotations

import contextlib
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

KEPT_SECONDS = 600  # an answer that nobody has fetched
SUPERSEDED = "A later push of yours has come in meanwhile: that one is graded.\n"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Waiting:
    """A push that waits; `order` is its file in the inbox, empty for one that was found in its repository."""

    order: str
    week: str
    name: str
    commit: str


class Inbox:
    """What pushes have written down, and the answers that they wait for.

    Args:
        desk: of the classroom.
        known: tells whether there is a repository of a week and a name.
        tell: called with a line for the instructor.

    Attributes:
        missed: pushes that no order tells of any more.
    """

    def __init__(self, desk: Path, known: Callable[[str, str], bool], tell: Callable[[str], None]) -> None:
        self.orders, self.answers = desk / "inbox", desk / "answers"
        self.known = known
        self.tell = tell
        self.missed: list[Waiting] = []
        self.swept = 0.0

    def waiting(self, in_hand: Iterable[Waiting]) -> list[Waiting]:
        """Every push that waits and is not in hand, oldest first; of one repository the last alone."""
        orders = [self._read(path) for path in sorted(self.orders.iterdir(), key=_age) if not path.name.startswith(".")]
        last: dict[tuple[str, str], Waiting] = {}
        taken = set(in_hand)
        for one in [*self.missed, *(order for order in orders if order)]:
            if one in taken:
                continue
            if earlier := last.pop((one.week, one.name), None):
                self.reply(earlier, SUPERSEDED)
            last[one.week, one.name] = one
        return list(last.values())

    def _read(self, path: Path) -> Waiting | None:
        """What an order says; whoever pushes has written it, so it is believed only as far as it names what is there."""
        try:
            regular = stat.S_ISREG(path.lstat().st_mode)
            words = path.read_text(encoding="utf-8", errors="replace")[:2000].splitlines() if regular else []
        except OSError:
            return None
        week, name, commit = [*words, "", "", ""][:3]
        student = name.removesuffix(".git").removeprefix(f"{week}-")
        if self.known(week, student) and COMMIT.fullmatch(commit):
            return Waiting(path.name, week, student, commit)
        self.tell(f"{one_line(path.name)} in the inbox is no order and was removed.")
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def reply(self, one: Waiting, text: str) -> None:
        """Write the answer before deleting the notice: after a crash in between, the push is graded again, never lost."""
        if not one.order:
            self.missed.remove(one)
            return
        write_atomic(self.answers / one.order, text)
        (self.orders / one.order).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Now and then remove answers that nobody waits for any more."""
        if time.monotonic() < self.swept:
            return
        self.swept = time.monotonic() + KEPT_SECONDS / 10
        for path in self.answers.iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                    path.unlink()


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.lstat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name
