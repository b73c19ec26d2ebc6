"""What a check has done so far: its requests in order, and other actions that cannot be repeated by hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange

MAX_BODY = 20_000  # bytes of a response that is looked at when later requests are explained
MAX_HELD = 20_000_000  # bytes of all responses that are kept for that

Statement = tuple[str, tuple[object, ...]]  # SQL and its parameters


class Act(StrEnum):
    """An action of a check other than a request, and the sentence that describes it."""

    ROWS = "The check stored or changed rows with SQL: use ids and text from your own database."
    PEOPLE = "The check stored rows with SQL: use ids from your own database, and a token for a user who is in it."
    DATABASE = "At this point, the check makes the database delay or reject statements: that cannot be done by hand."
    INSTANCE = "The check stops an instance of the app at this point, so requests alone do not reproduce it."
    SIGNAL = (
        "At this point, the check sends SIGTERM to the app: start it yourself, and type `kill` with its process ID."
    )
    CACHE = "The check stops the cache at this point, so requests alone do not reproduce it."
    CLOCK = "At this point, the check moves the storage server's clock: that cannot be done by hand."
    TOGETHER = "The check sends several requests at the same time; to repeat that by hand, use a terminal for each."


@dataclass
class Trail:
    """The trail of one check.

    Attributes:
        requests: those to the app and to the storage server.
        acts: what else the check has done.
        secrets: what the apps of this run sign tokens with.
        statements: the SQL with which it has changed rows.
        stored: the texts that the checks of this run have stored with SQL.
        received: how many bytes the responses had together, apart from the last ones.
    """

    requests: list[Exchange] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    statements: list[Statement] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    received: int = 0
    _recent: list[Exchange] = field(default_factory=list)  # without a response, or with one that is still whole
    _held: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Forget the last check."""
        self.requests, self.acts, self.statements = [], [], []
        self._recent, self._held, self.received = [], 0, 0

    def sent(self, request: Exchange) -> None:
        """Record a request, and forget the large responses to those before it: an app must not fill the grader's memory."""
        with self._turn:
            for earlier in self._recent:
                self._settle(earlier)
            self._recent = [*(earlier for earlier in self._recent if earlier.answer is None), request]
            self.requests.append(request)

    def _settle(self, earlier: Exchange) -> None:
        """Keep a small response, and of a large one only the status."""
        if (answer := earlier.answer) is None:
            return
        size = answer.size
        self.received += size
        if size > MAX_BODY or self._held + size > MAX_HELD:
            earlier.answer = answer.without_body()
        else:
            self._held += size

    def act(self, kind: Act) -> None:
        """Record something that is not a request."""
        self.acts.append(kind)
