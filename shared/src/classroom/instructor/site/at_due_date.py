"""Official gradings that begin automatically once everyone's time for a week is over; they release nothing.

.classroom/at-due-date/WEEK.json    who has switched it on, and for which end of the time the week was graded last
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from classroom.core.errors import ClassroomError
from classroom.core.files import write_atomic
from classroom.core.folders import make_folder
from classroom.core.result import utc_timestamp
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.time_zone import shown, zone_near

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.instructor.site.gradings import Gradings

FOLDER = "at-due-date"
LOOK_SECONDS, END_SECONDS = 10, 10
MARGIN = timedelta(minutes=1)  # in which the last pushes are written down
NO_DATE = "This week will be graded automatically once its due date has passed: set one above."
SOON = "This week will be graded automatically on {when}, after the due date, late days and all extensions. Students see none of it until you release it."
DONE = "This week was graded automatically after {when}, when nobody could push anymore. If you extend someone's time, it is graded again after that."
FAILED = "Grading began automatically after {when}, but the last grading failed. Once the problem above is solved, grade again."
STUCK = "This week could not be graded automatically: {problem}"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Switched:
    """A week for which it is switched on.

    Attributes:
        by: the name of who did that.
        graded: the end of everyone's time for which the week was graded, as `utc_timestamp` writes it; empty if it was not.
    """

    by: str
    graded: str = ""


@dataclass(frozen=True)
class Told:
    """What the page of a week says about it."""

    is_on: bool
    text: str = ""


class AtDueDate:
    """The weeks that are graded automatically.

    Args:
        gradings: what grades them.
        on_begin: called with the week, and who has switched it on, when a grading has begun.
    """

    def __init__(self, gradings: Gradings, on_begin: Callable[[str, str], None]) -> None:
        self.gradings, self.classroom, self.on_begin = gradings, gradings.classroom, on_begin
        self._problems: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def switch(self, week: str, by: str, *, on: bool) -> None:
        """Have a week graded automatically, or no longer."""
        self._problems.pop(week, None)
        if not on:
            self._path(week).unlink(missing_ok=True)
        elif self._read(week) is None:
            self._save(week, Switched(by))

    def told(self, week: str) -> Told:
        """Return what the page of a week says about it."""
        switched = self._read(week)
        if switched is None:
            return Told(is_on=False)
        if problem := self._problems.get(week):
            return Told(is_on=True, text=STUCK.format(problem=problem))
        end = self._end(week)
        if end is None:
            return Told(is_on=True, text=NO_DATE)
        if switched.graded == utc_timestamp(end):
            last = self.gradings.last(week)
            text, moment = FAILED if last and last.problem else DONE, end
        else:
            text, moment = SOON, max(end + MARGIN, datetime.now(UTC))
        return Told(is_on=True, text=text.format(when=shown(moment, zone_near(self.classroom.folder))))

    def look(self) -> None:
        """Begin the grading of each week whose time is over, as soon as no other one is running."""
        for path in sorted((self.classroom.state_dir / FOLDER).glob("*.json")):
            week, switched = path.stem, self._read(path.stem)
            end = self._end(week) if switched else None
            if switched is None or end is None:
                continue
            is_graded = switched.graded == utc_timestamp(end)
            if is_graded and datetime.now(UTC) < end:  # the clock was ahead, and has been put right
                self._save(week, replace(switched, graded=""))
            elif not is_graded and datetime.now(UTC) >= end + MARGIN and not self.gradings.is_busy:
                self._begin(week, switched, end)

    def _begin(self, week: str, switched: Switched, end: datetime) -> None:
        try:
            self.gradings.begin(week, switched.by)
        except ClassroomError as error:
            if self._problems.get(week) != str(error):
                log.warning("%s could not be graded automatically: %s", week, error)
            self._problems[week] = str(error)
            return
        # In this order: after a kill in between, the grading continues, and begins once more with nothing left to do.
        self._problems.pop(week, None)
        if (current := self._read(week)) is not None:  # it may have been switched off since
            self._save(week, replace(current, graded=utc_timestamp(end)))
        log.info("%s: the official grading has begun automatically", week)
        self.on_begin(week, switched.by)

    def start(self) -> None:
        """Look every few seconds, in a thread, until `close`."""
        self._thread = threading.Thread(target=self._run, name="at-due-date")
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except (ClassroomError, OSError, SQLAlchemyError) as error:
                log.warning("The weeks that are graded automatically could not be checked: %s", error)
            self._stop.wait(LOOK_SECONDS)

    def _end(self, week: str) -> datetime | None:
        """Return when nobody can push to a week anymore, with late days and extensions; None if it never closes."""
        dates = DueDates(self.classroom)
        dates.read()
        closing = dates.closing(week)
        if closing is None:
            return None
        own = (dates.own_closing(week, student.username) for student in self.classroom.students())
        return max([closing.last, *(each.last for each in own if each)])

    def _path(self, week: str) -> Path:
        return self.classroom.state_dir / FOLDER / f"{week}.json"

    def _save(self, week: str, switched: Switched) -> None:
        make_folder(self._path(week).parent)
        write_atomic(self._path(week), json.dumps(asdict(switched)) + "\n")

    def _read(self, week: str) -> Switched | None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            return Switched(**json.loads(self._path(week).read_text(encoding="utf-8")))
        return None
