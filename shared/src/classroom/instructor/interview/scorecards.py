"""The scorecards that `classroom serve` has written to the branch `feedback`, one for each push that was graded."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.git import git
from classroom.core.git_history import FEEDBACK, HEADS, History
from classroom.core.receipts import HASH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_CARDS, MAX_KNOWN = 500, 1000
SECONDS = 10
SCORE = re.compile(r"^\+\*\*(\d+) of \d+ points\*\*", re.MULTILINE)
# Text of a submission is indented in a scorecard, so no line of it can look like this one.
TASK = re.compile(
    r"^\+\| (\d{1,3}) \| .* \| \d+/\d+(?: bonus)? \| (passed|failed|skipped|could not check) \|$", re.MULTILINE
)
GRADED = re.compile(r"^\+Graded .*, commit ([0-9a-f]{40,64})", re.MULTILINE)
RED = ("failed", "could not check")


@dataclass(frozen=True)
class Card:
    """What the scorecard of a commit says: the points, and the tasks that failed."""

    score: int
    red: tuple[int, ...]


def scorecards(repository: History) -> Mapping[str, Card]:
    """Return what each scorecard says, by the commit that it is of.

    Raises:
        ClassroomError: git did not finish in time.
    """
    tip = (repository.text(HEADS + FEEDBACK) or "").strip()
    return _cards(repository.folder, tip) if HASH.fullmatch(tip) else {}


@functools.lru_cache(maxsize=MAX_KNOWN)
def _cards(folder: Path, tip: str) -> Mapping[str, Card]:
    """Return what the scorecards of a commit and those before it say, which never changes."""
    cards: dict[str, Card] = {}
    score, verdicts = None, dict[int, str]()
    # A patch has only the lines that differ from the scorecard before.
    for patch in _patches(History(folder), tip):
        score = int(found[1]) if (found := SCORE.search(patch)) else score
        verdicts |= {int(number): verdict for number, verdict in TASK.findall(patch)}
        if score is not None and (graded := GRADED.search(patch)):
            red = sorted(number for number, verdict in verdicts.items() if verdict in RED)
            cards[graded[1]] = Card(score, tuple(red))
    return cards


def _patches(repository: History, tip: str) -> list[str]:
    with repository.objects() as (options, env):
        text = git(
            *(*options, "log", "--reverse", "--no-color", "--no-ext-diff", "--no-textconv", "--unified=0", "--patch"),
            *(f"--max-count={MAX_CARDS}", "--format=%x01%H %ct", tip, "--", "SCORECARD.md"),
            env=env,
            timeout=SECONDS,
        )
    return text.split("\x01")
