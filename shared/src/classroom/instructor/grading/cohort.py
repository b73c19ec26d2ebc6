"""All submissions of an assignment: found, graded in parallel, resumed after an interruption."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from classroom.checks.pool import Pool
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_of
from classroom.core.locks import Lock
from classroom.core.result import COULD_NOT_GRADE, GRADED, MISSING, OFFICIAL, Result, utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission, fingerprint
from classroom.core.text import one_line
from classroom.instructor.grading.basis import basis
from classroom.instructor.grading.deadline import Counted, resolve_deadline
from classroom.instructor.grading.submission_folder import find_submissions
from classroom.instructor.grading.gradebook import Row, write_gradebook
from classroom.instructor.grading.report import write_report
from classroom.instructor.grading.results import MAX_STEM, PAIRS, SETTINGS, file_stems, plain_stem
from classroom.instructor.grading.seeds import secret_seed
from classroom.instructor.grading.similarity import Pair, similarities
from classroom.instructor.roster import Roster, Student, read_roster
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.grading.deadline import Deadline

log = logging.getLogger(__name__)


@dataclass
class Cohort:
    """A folder of submissions, and the folder that keeps their results.

    Args:
        assignment: the week.
        folder: each sub-folder or bare git repository in it is a submission.
        out: the folder for results and gradebook.
        seed: of the checks' data, the same for all, which a resumed grading keeps. With None each submission has a seed
            of its own, and another one when its files or the checks change.
        roster: a CSV file with the students; those who submitted nothing get a row in the gradebook.
        deadline: what was submitted later does not count, or counts less.
        only: the names of the submissions to grade; empty for all.
        force: whether to grade again what is graded already.
        jobs: how many submissions are graded at once; 0 is as many as keep all cores busy.
        sandbox: the sandbox around each submission, `bubblewrap` or `none`.

    Attributes:
        students: the students on the roster; empty if there is none.
        stems: the name of each one's files in `results` and `feedback`, without the ending, by the submission's name.
        counted: what counts of each submission, by its name, once grading has begun.

    Raises:
        UsageError: the folder holds no submissions, or not those of this week, or the roster cannot be read.
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
    stems: dict[str, str] = field(default_factory=dict)
    counted: dict[str, Counted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.found = find_submissions(self.folder, self.assignment)
        if self.roster is not None:
            self.students = read_roster(self.roster)
        if not self.found and not self.students:
            raise UsageError(
                f"There are no submissions in {self.folder}: each sub-folder or bare git repository in it is one."
            )
        if unknown := sorted(set(self.only) - {submission.name for submission in self.found}):
            raise UsageError(f"There is no submission {one_line(unknown[0])} in {self.folder}.")
        submitted = {self._student(submission.name) for submission in self.found}
        absent = [student.username for student in self.students if student not in submitted]
        self.stems = file_stems([*(submission.name for submission in self.found), *absent])

    def grade(self, on_start: Callable[[int, int], None], on_result: Callable[[Result], None]) -> list[Result]:
        """Grade what has not been graded yet, then write gradebook, feedback and page.

        Args:
            on_start: called once with the number of submissions to grade, and of those graded already.
            on_result: called with each new result.

        Returns:
            All results, sorted by name.

        Raises:
            UsageError: the folder cannot be written, or another grading writes into it.
        """
        with closing(self._held()):
            return self._grade(on_start, on_result)

    def _grade(self, on_start: Callable[[int, int], None], on_result: Callable[[Result], None]) -> list[Result]:
        self._prepare()
        began = time.monotonic()
        self.counted = {submission.name: self._count(submission) for submission in self.found}
        in_time = [counted.submission for counted in self.counted.values() if not (counted.missed or counted.trouble)]
        wanted = [submission for submission in in_time if self._is_wanted(submission.name)]
        kit = basis(self.assignment)
        fingerprints = {submission.name: self._fingerprint(submission, kit) for submission in wanted}
        due = [one for one in wanted if self.force or not self._is_current(one, fingerprints[one.name])]
        on_start(len(due), len(wanted) - len(due))
        for name, counted in self.counted.items():
            if counted.trouble and self._is_wanted(name):
                on_result(self._without_grading(name, counted))
        log.info("%s: %d to grade, %d graded already", self.assignment.name, len(due), len(wanted) - len(due))
        pairs: list[Pair] = []
        try:
            with ScratchDir("grade") as scratch:
                if due:
                    self._run(due, fingerprints, on_result, scratch)
                pairs = similarities(in_time, self.assignment, scratch)
        finally:
            results = self._results()
            self._write(results, pairs)
        log.info("%s: %d results in %.1f s", self.assignment.name, len(results), time.monotonic() - began)
        return results

    def _is_wanted(self, name: str) -> bool:
        return not self.only or name in self.only

    def _count(self, submission: Submission) -> Counted:
        """Return what counts of a submission; what is wrong with its repository is its trouble alone."""
        try:
            return resolve_deadline(submission, self.deadline)
        except ClassroomError as error:
            return Counted(submission, trouble=str(error))

    def _write(self, results: list[Result], pairs: list[Pair]) -> None:
        """Write what is made from the results: gradebook, feedback, page."""
        write_gradebook(self.out / "gradebook.csv", self.assignment, [self._row(result) for result in results])
        for result in results:
            write_atomic(self.out / "feedback" / f"{self.stems[result.submission]}.md", feedback(result))
        write_atomic(self.out / PAIRS, json.dumps([asdict(pair) for pair in pairs]) + "\n")
        if results:
            deadline = str(self.deadline) if self.deadline else None
            write_report(self.out / "report.html", self.assignment.title, results, pairs, deadline)

    def _run(
        self,
        due: list[Submission],
        fingerprints: dict[str, str],
        on_result: Callable[[Result], None],
        scratch: Path,
    ) -> None:
        with Pool(self.assignment, jobs=self.jobs, sandbox=self.sandbox, room=scratch / "p") as pool:
            jobs = []
            for submission in due:
                out = self._path(submission.name)
                # An old result must not outlive the decision to grade again.
                out.unlink(missing_ok=True)
                known = fingerprints[submission.name]
                jobs.append(pool.job(submission, seed=self._seed(submission.name, known), out=out, fingerprint=known))
            for _, result in pool.grade(jobs):
                result = self.counted[result.submission].apply_late_penalty(result)
                outcome = result.reason if result.score is None else f"{result.score}/{result.max_score}"
                log.info("%s  %s  %s  %.1f s", result.assignment, result.submission, outcome, result.duration_s)
                on_result(result)

    def _held(self) -> Lock:
        """Make the folder and lock it: two gradings would remove each other's half-written files."""
        path = self.out / ".lock"
        try:
            (self.out / "results").mkdir(parents=True, exist_ok=True)
            path.touch()
        except OSError as error:
            raise self._not_writable(error) from None
        lock = Lock(path)
        if lock.attempt():
            return lock
        lock.close()
        raise UsageError(
            f"Another grading writes into {self.out}: wait until it ends, or name another folder with --out."
        )

    def _not_writable(self, error: OSError) -> ClassroomError:
        return full_disk_of(error) or UsageError(
            f"{self.out} cannot be written: {error.strerror}. Name another folder with --out."
        )

    def _prepare(self) -> None:
        """Keep the seed that an earlier grading fixed, and remove what a killed grading left half-written."""
        settings = self.out / SETTINGS
        if (graded := _setting(settings, "assignment")) not in (None, self.assignment.name):
            raise UsageError(f"{self.out} holds grades of {one_line(str(graded))}: name another folder with --out.")
        try:
            if self.seed is None:
                seed = _setting(settings, "fixed_seed")
                self.seed = seed if isinstance(seed, int) else None
            known = {"assignment": self.assignment.name, "fixed_seed": self.seed}
            deadline = {"deadline": str(self.deadline)} if self.deadline else {}
            write_atomic(settings, json.dumps(known | deadline) + "\n")
            for folder in (self.out, self.out / "results", self.out / "feedback"):
                for half_written in folder.glob(".*.*-????????"):
                    half_written.unlink(missing_ok=True)
            for name, stem in self.stems.items():
                if stem != plain_stem(name) and len(plain_stem(name).encode()) <= MAX_STEM:
                    # Written before there was another submission of almost the same name.
                    for file in (f"results/{plain_stem(name)}.json", f"feedback/{plain_stem(name)}.md"):
                        (self.out / file).unlink(missing_ok=True)
        except OSError as error:
            raise self._not_writable(error) from None

    def _fingerprint(self, submission: Submission, kit: str) -> str:
        """Return a digest of all that a result depends on: the files, the kit and the checks, the sandbox, the seed."""
        parts = (fingerprint(submission, self.assignment), kit, self.sandbox, str(self.seed))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _seed(self, name: str, fingerprint: str) -> int:
        return secret_seed(self.out, name, fingerprint) if self.seed is None else self.seed

    def _path(self, name: str) -> Path:
        return self.out / "results" / f"{self.stems[name]}.json"

    def _read(self, name: str) -> Result | None:
        try:
            result = Result.from_json(self._path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return result if result.submission == name else None

    def _is_current(self, submission: Submission, wanted: str) -> bool:
        known = self._read(submission.name)
        return known is not None and known.status == GRADED and known.fingerprint == wanted

    def _results(self) -> list[Result]:
        """Return all results, sorted by name, with late penalties applied."""
        found = {}
        for name, counted in self.counted.items():
            known = self._without_grading(name, counted) if counted.missed or counted.trouble else self._read(name)
            if known is not None:
                found[name] = self._saved(known, counted.apply_late_penalty(known))
        submitted = {self._student(name) for name in self.counted}
        for student in self.students:
            if student not in submitted:
                found[student.username] = self._saved(None, self._missing(student.username))
        return [found[name] for name in sorted(found)]

    def _without_grading(self, name: str, counted: Counted) -> Result:
        """Return the result of a submission of which nothing counts, or of which that cannot be found out."""
        missing = self._missing(name, counted.missed)
        if counted.trouble is None:
            return missing
        return replace(missing, status=COULD_NOT_GRADE, score=None, reason=counted.trouble)

    def _missing(self, name: str, reason: str | None = None) -> Result:
        points = self.assignment.max_score
        week = self.assignment.name
        return Result(week, name, MISSING, 0, points, seed=self.seed or 0, scope=OFFICIAL, reason=reason)

    def _saved(self, known: Result | None, result: Result) -> Result:
        """Return a result, after writing it if it differs from the file."""
        if result != known or result.status != GRADED:
            write_atomic(self._path(result.submission), result.to_json())
        return result

    def _student(self, submission: str) -> Student:
        return self.students.find(submission) or Student(submission)

    def _row(self, result: Result) -> Row:
        student, counted = self._student(result.submission), self.counted.get(result.submission)
        if counted is None:
            return Row(student, result)
        return Row(student, result, counted.submission.path.name, utc_timestamp(counted.at) if counted.at else "")


def _setting(path: Path, name: str) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))[name]
    except (OSError, ValueError, KeyError, TypeError):
        return None
