"""Official gradings that the site runs: one at a time, each in its own process, resumed after a restart."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from classroom.checks.workers.cores import available_cores
from classroom.core.assignment import Assignment, weeks
from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.folders import make_folder
from classroom.core.processes import WITH_PDEATHSIG, end_tree, popen_with_pdeathsig
from classroom.core.result import utc_timestamp
from classroom.instructor.grading.adjustments import FILE, read_entries
from classroom.instructor.site.grades import grades_folder
from classroom.instructor.site.grading_process import command
from classroom.instructor.site.people import NotPossible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.instructor.classrooms.classroom import Classroom

END_SECONDS = 10
BUSY = "{week} is being graded at the moment. Wait until that is finished, then try again."
NO_COURSE = "The hidden checks for {week} were not found. Start `classroom serve` in the folder of the course that has this week."
LOST = "The grading stopped before it was finished. Grade again: it continues from there."


@dataclass(frozen=True)
class Grading:
    """An official grading of a week, running or finished.

    Attributes:
        by: the name of who asked for it.
        began: when, as `utc_timestamp` writes it.
        ended: the same; empty while it is running.
        total: how many submissions are to be graded; 0 until that is known.
        last: the student who was graded last.
        problem: why it could not be finished; empty if it could.
        adjusted: a digest of the week's adjustments when it began; empty if they could not be read.
        is_first: whether there was no earlier one whose scores could differ.
        counts: how many were graded, could not be graded (troubled), have nothing to grade (others), and similar groups.
        changes: each score that is not as before: name, before, after, and the tasks.
    """

    week: str
    by: str
    began: str
    ended: str = ""
    total: int = 0
    done: int = 0
    last: str = ""
    problem: str = ""
    adjusted: str = ""
    is_first: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    changes: tuple[tuple[str, int, int, tuple[int, ...]], ...] = ()

    @property
    def is_running(self) -> bool:
        """Return whether it is still running."""
        return not self.ended

    def after(self, told: dict[str, Any]) -> Grading:
        """Return it after a line that its process has printed."""
        if "graded" in told:
            return replace(self, done=self.done + 1, last=str(told["graded"]))
        if "ended" in told:
            changes = ((name, before, after, tuple(tasks)) for name, before, after, tasks in told["changes"])
            is_first = bool(told.get("is_first"))
            return replace(self, counts=told["ended"], changes=tuple(changes), is_first=is_first)
        return replace(self, **{name: told[name] for name in ("total", "done", "problem") if name in told})


def adjustments_digest(classroom: Classroom, week: str) -> str:
    """Return what differs once the adjustments of a week are others; empty if they cannot be read."""
    path = classroom.folder / FILE
    try:
        entries = read_entries(path) if path.exists() else []
    except UsageError:
        return ""
    rows = [replace(entry, line=0) for entry in entries if entry.week == week]
    return hashlib.sha256(repr(rows).encode("utf-8", "replace")).hexdigest()


class Gradings:
    """Runs the gradings of a classroom.

    Args:
        classroom: the classroom.
        course: the folder with its weeks and their hidden checks; None if it is not known.
        sandbox: around each submission.
        on_change: called with the week when something can be seen.
    """

    def __init__(
        self, classroom: Classroom, course: Path | None, sandbox: str, on_change: Callable[[str], None]
    ) -> None:
        self.classroom, self.course, self.sandbox, self.on_change = classroom, course, sandbox, on_change
        self._lock = threading.Lock()
        self._current: Grading | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False

    def last(self, week: str) -> Grading | None:
        """Return the grading of a week that is running, or else the last one."""
        with self._lock:
            if self._current is not None and self._current.week == week:
                return self._current
            grading = self._read(week)
        if grading is not None and grading.is_running:  # its end could not be written, such as on a full disk
            return replace(grading, ended=grading.began, problem=LOST)
        return grading

    def begin(self, week: str, by: str) -> None:
        """Grade a week.

        Raises:
            NotPossible: another grading is running, or the hidden checks are not found.
        """
        folder = self.course_week(week).folder
        with self._lock:
            if self._current is not None:
                raise NotPossible(BUSY.format(week=self._current.week))
            grading = Grading(week, by, utc_timestamp(), adjusted=adjustments_digest(self.classroom, week))
            self._save(grading)
            self._current = grading
            self._thread = threading.Thread(target=self._run, args=(folder,), name="grading")
            self._thread.start()
        self.on_change(week)

    @property
    def is_busy(self) -> bool:
        """Return whether a grading is running."""
        with self._lock:
            return self._current is not None

    def resume(self) -> None:
        """Continue the grading that was running when the site stopped."""
        for path in sorted((self.classroom.state_dir / "grades").glob("*.json")):
            grading = self._read(path.stem)
            if grading is None or not grading.is_running:
                continue
            try:
                self.begin(grading.week, grading.by)
            except NotPossible as error:
                self._save(replace(grading, ended=utc_timestamp(), problem=str(error)))

    def close(self) -> None:
        """End the grading that is running; the next start continues it."""
        with self._lock:
            self._stopping, process, thread = True, self._process, self._thread
        if process is not None:
            end_tree(process)
        if thread is not None:
            thread.join(END_SECONDS)

    def course_week(self, name: str) -> Assignment:
        """Return a week with its hidden checks.

        Raises:
            NotPossible: they are not found.
        """
        found = (Assignment.load(folder) for folder in (weeks(self.course).values() if self.course else ()))
        week = next((each for each in found if each.name == name), None)
        if week is None:
            raise NotPossible(NO_COURSE.format(week=name))
        return week

    def wait(self, seconds: float) -> None:
        """Wait until no grading is running, or the time is over."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, week: Path) -> None:
        current = self._current
        if current is None:
            return
        try:
            status = self._follow(week, grades_folder(self.classroom, current.week))
        except OSError as error:
            status = -1
            self._note({"problem": f"The grading could not be started: {error.strerror}."})
        with self._lock:
            ended, self._current, self._process = self._current, None, None
            if ended is None or self._stopping:
                return
            problem = ended.problem or (LOST if status or not ended.counts else "")
            self._save(replace(ended, ended=utc_timestamp(), problem=problem))
        self.on_change(current.week)

    def _follow(self, week: Path, out: Path) -> int:
        """Run the process, and note what it prints; return its exit status."""
        # One core is left for pushes and pages.
        jobs = max(1, len(available_cores()) - 1)
        words = command(self.classroom.folder, week, out, self.sandbox, jobs)
        process: Any = popen_with_pdeathsig(
            words, stdout=subprocess.PIPE, text=True, encoding="utf-8", **WITH_PDEATHSIG
        )
        with self._lock:
            self._process = process
            stopping = self._stopping
        if stopping:
            end_tree(process)
        with process.stdout as lines:
            try:
                for line in lines:
                    self._note(json.loads(line))
            except ValueError:  # a line that was cut off when the process was killed
                end_tree(process)
        status: int = process.wait()
        return status

    def _note(self, told: dict[str, Any]) -> None:
        with self._lock:
            if self._current is None:
                return
            self._current = self._current.after(told)
            week = self._current.week
        self.on_change(week)

    def _path(self, week: str) -> Path:
        return self.classroom.state_dir / "grades" / f"{week}.json"

    def _save(self, grading: Grading) -> None:
        make_folder(self._path(grading.week).parent)
        write_atomic(self._path(grading.week), json.dumps(asdict(grading)) + "\n")

    def _read(self, week: str) -> Grading | None:
        try:
            data = json.loads(self._path(week).read_text(encoding="utf-8"))
            changes = tuple((name, before, after, tuple(tasks)) for name, before, after, tasks in data["changes"])
            return Grading(**{**data, "changes": changes})
        except (OSError, ValueError, TypeError, KeyError):
            return None
