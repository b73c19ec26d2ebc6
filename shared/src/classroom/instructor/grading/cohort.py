"""All submissions of an assignment: found, graded side by side, resumed where a grading was cut short."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from classroom.instructor.grading.basis import basis
from classroom.instructor.grading.deadline import Arrival, resolve_deadline
from classroom.core.errors import ClassroomError, UsageError
from classroom.student.feedback import feedback
from classroom.instructor.grading.gradebook import Row, write_gradebook
from classroom.checks.pool import Pool
from classroom.instructor.grading.report import write_report
from classroom.instructor.grading.results import PAIRS, SETTINGS
from classroom.core.result import GRADED, MISSING, OFFICIAL, Result, utc_timestamp
from classroom.core.files import write_atomic
from classroom.instructor.roster import Roster, Student, read_roster
from classroom.core.folders import full_disk_of
from classroom.core.locks import Lock
from classroom.instructor.grading.similarity import Pair, similarities
from classroom.core.submission import Submission, fingerprint, submissions
from classroom.core.scratch import ScratchDir
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.grading.deadline import Deadline


@dataclass
class Cohort:
    """A folder of submissions, and the folder in which what is said of them is kept.

    Args:
        assignment: the week.
        folder: each sub-folder or bare git repository in it is a submission.
        out: results and gradebook go here.
        seed: for the data of the checks, the same for all; None takes that of the grading being resumed, or a new one.
        roster: GitHub Classroom's CSV; who is on it and handed in nothing gets a row.
        deadline: what came after it does not count, or counts less.
        only: the names of the submissions wanted, where not all are.
        force: whether what is graded already is graded again.
        jobs: how many are graded at once; 0 is as many as keep all cores busy.
        sandbox: the walls around each submission, `bubblewrap` or `none`.

    Attributes:
        students: the roster, empty if there is none.
        arrivals: what counts of each submission, by its name, once grading has begun.
    """

    assignment: Assignment
    folder: Path
    out: Path
    seed: int | None = None
    roster: Path | None = None
    deadline: Deadline | None = None
    only: tuple[str, ...] = ()
    force: bool = False
    jobs: int = 0
    sandbox: str = "none"
    students: Roster = Roster(())
    arrivals: dict[str, Arrival] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            kind = "is a file" if self.folder.is_file() else "does not exist"
            raise UsageError(f"{self.folder} {kind}: --submissions takes the folder that holds the submissions.")
        self._see_which_week()
        if self.roster is not None:
            self.students = read_roster(self.roster)
        self.found = submissions(self.folder, self.assignment)
        if not self.found and not self.students:
            raise UsageError(
                f"There is no submission in {self.folder}: each sub-folder or bare git repository of it is one."
            )
        if unknown := sorted(set(self.only) - {one.name for one in self.found}):
            raise UsageError(f"There is no submission {unknown[0]} in {self.folder}.")
        for name, count in Counter(one.name for one in self.found).items():
            if count > 1:
                raise UsageError(f"Two submissions in {self.folder} are called {name}: give each a name of its own.")

    def _see_which_week(self) -> None:
        """A classroom, and what was collected of one, has a folder for each week: this week's is meant.

        Raises:
            UsageError: it is another week's, or the folder of all.
        """
        folder, name = self.folder.resolve(), self.assignment.name
        beside, below = folder.with_name(name), folder / name
        collected = (folder / ".collected").exists() and (beside / ".collected").exists()
        if (folder / ".classroom/inbox").is_dir() or (below / ".collected").exists():
            right = below
        elif (folder.parent / ".classroom/inbox").is_dir() or collected:
            right = beside
        else:
            return
        if folder != right:
            raise UsageError(f"{self.folder} holds no submissions of {name}: --submissions takes {right}.")

    def grade(self, begin: Callable[[int, int], None], tell: Callable[[Result], None]) -> list[Result]:
        """Grade what has not been graded yet, then write the gradebook.

        Args:
            begin: called once with how many are to be graded, and how many are done already.
            tell: called with each result as it comes.

        Returns:
            The results of all, by name.

        Raises:
            UsageError: the folder cannot be written, or another grading writes into it.
        """
        with closing(self._held()):
            return self._grade(begin, tell)

    def _grade(self, begin: Callable[[int, int], None], tell: Callable[[Result], None]) -> list[Result]:
        self._prepare()
        self.arrivals = {one.name: resolve_deadline(one, self.deadline) for one in self.found}
        counted = [one.submission for one in self.arrivals.values() if not one.missed]
        wanted = [one for one in counted if not self.only or one.name in self.only]
        rests_on = basis(self.assignment)
        marks = {one.name: self._mark(one, rests_on) for one in wanted}
        due = [one for one in wanted if self.force or not self._still_true(one, marks[one.name])]
        begin(len(due), len(wanted) - len(due))
        pairs: list[Pair] = []
        try:
            with ScratchDir("grade") as room:
                if due:
                    self._work(due, marks, tell, room)
                pairs = similarities(counted, self.assignment, room)
        finally:
            results = self._results()
            self._tell(results, pairs)
        return results

    def _tell(self, results: list[Result], pairs: list[Pair]) -> None:
        """Write what is made from the results: the gradebook, each student's feedback, the page."""
        write_gradebook(self.out / "gradebook.csv", self.assignment, [self._row(one) for one in results])
        for one in results:
            write_atomic(self.out / "feedback" / f"{self._path(one.submission).stem}.md", feedback(one))
        write_atomic(self.out / PAIRS, json.dumps([asdict(pair) for pair in pairs]) + "\n")
        if results:
            deadline = str(self.deadline) if self.deadline else None
            write_report(self.out / "report.html", self.assignment.title, results, pairs, deadline)

    def _work(self, due: list[Submission], marks: dict[str, str], tell: Callable[[Result], None], room: Path) -> None:
        assert self.seed is not None
        with Pool(self.assignment, jobs=self.jobs, sandbox=self.sandbox, room=room / "p") as pool:
            orders = []
            for one in due:
                # An old score never outlives the decision to grade again.
                self._path(one.name).unlink(missing_ok=True)
                out, mark = self._path(one.name), marks[one.name]
                orders.append(pool.order(one, seed=self.seed, out=out, fingerprint=mark))
            for _, result in pool.grade(orders):
                tell(self.arrivals[result.submission].apply_late_penalty(result))

    def _held(self) -> Lock:
        """Make the folder, and hold it: two gradings would take each other's half-written files away."""
        place = self.out / ".lock"
        try:
            (self.out / "results").mkdir(parents=True, exist_ok=True)
            place.touch()
        except OSError as error:
            raise self._unwritable(error) from None
        lock = Lock(place)
        if lock.attempt():
            return lock
        lock.close()
        raise UsageError(
            f"Another grading writes into {self.out}: wait until it ends, or name another folder with --out."
        )

    def _unwritable(self, error: OSError) -> ClassroomError:
        return full_disk_of(error) or UsageError(
            f"{self.out} cannot be written: {error.strerror}. Name another folder with --out."
        )

    def _prepare(self) -> None:
        """Settle on a seed, and remove what a killed grading left behind."""
        settings = self.out / SETTINGS
        if (graded := _kept_setting(settings, "assignment")) not in (None, self.assignment.name):
            raise UsageError(f"{self.out} holds grades of {one_line(str(graded))}: name another folder with --out.")
        try:
            if self.seed is None:
                kept = _kept_setting(settings, "seed")
                self.seed = kept if isinstance(kept, int) else secrets.randbelow(100_000)
            known = {"assignment": self.assignment.name, "seed": self.seed}
            write_atomic(
                settings, json.dumps(known | ({"deadline": str(self.deadline)} if self.deadline else {})) + "\n"
            )
            for place in (self.out, self.out / "results", self.out / "feedback"):
                for half in place.glob(".*.*-????????"):
                    half.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None

    def _mark(self, submission: Submission, basis: str) -> str:
        """What the result depends on: the submission's files, all that they are graded with, the walls, the seed."""
        rests_on = (fingerprint(submission, self.assignment), basis, self.sandbox, str(self.seed))
        return hashlib.sha256("\0".join(rests_on).encode()).hexdigest()

    def _path(self, name: str) -> Path:
        # A name on a roster is anybody's, and may hold what leads out of the folder.
        safe = name.replace("/", "_").replace("\\", "_")
        return self.out / "results" / f"{safe}.json"

    def _read(self, name: str) -> Result | None:
        try:
            return Result.from_json(self._path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _still_true(self, submission: Submission, mark: str) -> bool:
        known = self._read(submission.name)
        return known is not None and known.status == GRADED and known.fingerprint == mark

    def _results(self) -> list[Result]:
        """Return the results of all, sorted by name, with late penalties applied."""
        found = {}
        for name, one in self.arrivals.items():
            known = self._missing(name, one.missed) if one.missed else self._read(name)
            if known is not None:
                found[name] = self._kept(known, one.apply_late_penalty(known))
        submitted = {self._student(name) for name in self.arrivals}
        for student in self.students:
            if student not in submitted:
                found[student.username] = self._kept(None, self._missing(student.username))
        return [found[name] for name in sorted(found)]

    def _missing(self, name: str, reason: str | None = None) -> Result:
        points = self.assignment.max_score
        week = self.assignment.name
        return Result(week, name, MISSING, 0, points, seed=self.seed or 0, scope=OFFICIAL, reason=reason)

    def _kept(self, known: Result | None, result: Result) -> Result:
        if result != known or result.status == MISSING:
            write_atomic(self._path(result.submission), result.to_json())
        return result

    def _student(self, submission: str) -> Student:
        return self.students.find(submission) or Student(submission)

    def _row(self, result: Result) -> Row:
        student, arrival = self._student(result.submission), self.arrivals.get(result.submission)
        if arrival is None:
            return Row(student, result)
        return Row(student, result, arrival.submission.place.name, utc_timestamp(arrival.at) if arrival.at else "")


def _kept_setting(settings: Path, name: str) -> object:
    try:
        return json.loads(settings.read_text(encoding="utf-8"))[name]
    except (OSError, ValueError, KeyError, TypeError):
        return None
