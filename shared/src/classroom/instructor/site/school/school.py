"""A school with whose accounts people sign in: its settings, its provider, and those who are on the way there."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import anyio

from classroom.core.errors import CouldNotCheck
from classroom.instructor.site.school.settings import SchoolSettings, school_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.instructor.site.school.provider import Begun

SECONDS = 600  # for which someone may take to sign in at the provider
MAX_TRIPS = 20_000
NO_PACKAGE = "To sign in with a school account, the {name} package is needed: type make setup, and try again."
AWAY = "Nobody can sign in with {name} at the moment: {reason}. The site works without it, and tries again at each sign-in."


class Trips:
    """Those who were sent to the provider and have not come back; each return counts once, in the same browser."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._begun: dict[tuple[str, str], tuple[float, Begun]] = {}
        self._lock = threading.Lock()

    def begin(self, browser: str, begun: Begun) -> None:
        """Remember a sign-in that a browser has begun."""
        with self._lock:
            if len(self._begun) >= MAX_TRIPS:
                del self._begun[next(iter(self._begun))]  # the oldest
            self._begun[browser, begun.state] = self.clock(), begun

    def end(self, browser: str, state: str) -> Begun | None:
        """Return the sign-in that a browser comes back from, and forget it; None if there is none, or it is too old."""
        with self._lock:
            at, begun = self._begun.pop((browser, state), (0.0, None))
        return begun if self.clock() < at + SECONDS else None


class School:
    """A school with whose accounts people sign in.

    Raises:
        CouldNotCheck: a package is missing.
    """

    def __init__(self, settings: SchoolSettings) -> None:
        try:
            from classroom.instructor.site.school.provider import Provider
        except ModuleNotFoundError as error:
            raise CouldNotCheck(NO_PACKAGE.format(name=error.name)) from None
        self.settings, self.name = settings, settings.name
        self.provider = Provider(settings)
        self.trips = Trips()

    def why_unavailable(self) -> str:
        """Return why nobody can sign in at the moment; empty if the provider responds.

        Raises:
            UsageError: it never will: the settings are wrong.
        """
        from classroom.instructor.site.school.provider import Unavailable

        try:
            anyio.run(self.provider.ensure_usable)
        except Unavailable as error:
            return AWAY.format(name=self.name, reason=error)
        return ""


def school_of(folder: Path) -> School | None:
    """Return the school whose accounts a classroom accepts; None if there is none.

    Raises:
        ClassroomError: the settings are not valid, or a package is missing.
    """
    settings = school_settings(folder)
    return School(settings) if settings else None
