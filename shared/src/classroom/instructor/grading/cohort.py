"""All submissions of an assignment: found, graded in parallel, resumed after an interruption."""

from __future__ import annotations

import hashlib
import logging
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.checks.workers.pool import Pool
from classroom.core.assignment import course_top
from classroom.core.course import assignment_folders
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission, fingerprint
from classroom.core.text import one_line
from classroom.instructor.grading.adjustments import Adjustments, read_adjustments
from classroom.instructor.grading.basis import basis, ensure_same
from classroom.instructor.grading.deadline import Counted, choices
from classroom.instructor.grading.evidence import keep_evidence
from classroom.instructor.grading.gradebook import Row, write_gradebook
from classroom.instructor.grading.outcome import Attempt, ScoreChange, score_change
from classroom.instructor.grading.participants import Participants
from classroom.instructor.grading.report import report
from classroom.instructor.grading.results import GRADED_AT, ResultFolder, file_stems
from classroom.instructor.grading.seeds import secret_seed
from classroom.instructor.grading.settlement import Settlement
from classroom.instructor.grading.similarity import Similarities, known_submissions, similarities, write_similarities
from classroom.instructor.grading.students import ROSTER, earlier_students, read_students, write_students
from classroom.instructor.grading.submission_folder import find_submissions
from classroom.instructor.grading.team_results import write_team_results
from classroom.instructor.grading.unchanged import not_started
from classroom.instructor.teams import read_teams
from classroom.instructor.time_zone import machine_zone_name
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.grading.deadline import Deadline

NO_TEAM = "in no team"
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
        zone: the time zone in which times are shown; None for this machine's.
        adjustments: a CSV file with extensions, excuses and changed points.
        slug: the name with which repositories begin, if that is not the week's.
        only: the names of the submissions to grade; empty for all. Nothing of the others changes.
        force: whether to grade again what is graded already.
        jobs: how many submissions are graded at once; 0 is one for each core.
        sandbox: the sandbox around each submission, `bubblewrap` or `none`.
        known: folders of older cohorts and known solutions, with which submissions are compared.
        common: folders whose files count as nobody's own in that comparison.

    Attributes:
        people: the students on the roster and their submissions.
        files: the results as files.
        choices: what may count of each submission, by its name, once grading has begun.
        changes: the scores that this grading has changed.
        similar: the submissions that are similar, once all are graded.

    Raises:
        UsageError: the folder holds no submissions, or not those of this week; the roster or the adjustments cannot be read.
    """

    assignment: Assignment
    folder: Path
    out: Path
    seed: int | None = None
    roster: Path | None = None
    deadline: Deadline | None = None
    zone: ZoneInfo | None = None
    adjustments: Path | None = None
    slug: str = ""
    only: tuple[str, ...] = ()
    force: bool = False
    jobs: int = 0
    sandbox: str = "none"
    known: tuple[Path, ...] = ()
    common: tuple[Path, ...] = ()
    choices: dict[str, list[Counted]] = field(default_factory=dict)
    changes: list[ScoreChange] = field(default_factory=list)
    similar: Similarities = field(default_factory=Similarities)

    def __post_init__(self) -> None:
        self.found = find_submissions(self.folder, self.assignment, self.slug)
        if self.out.resolve().is_relative_to(self.folder.resolve()):
            raise UsageError(
                f"{self.out} is inside {self.folder}, where the next grading run would take it for a submission: "
                "name another folder with --out."
            )
        known = list(read_students(self.out).values()) if self.only else []
        known = earlier_students(self.out, self.folder) if self.roster else known
        teams = read_teams(self.folder)
        self.people = Participants.of(self.roster, self.found, known, teams)
        self.found = list(self.people.submissions)
        if not self.people.names:
            raise UsageError(
                f"There are no submissions in {self.folder}: each subfolder or bare git repository in it is one."
            )
        if unknown := sorted(set(self.only) - {*self.people.by_name, *(one.name for one in self.found)}):
            raise UsageError(f"There is no submission {one_line(unknown[0])} in {self.folder}.")
        self.only = tuple(dict.fromkeys(each for name in self.only for each in self.people.sharing(name)))
        self.older = known_submissions(self.known, self.assignment, self.folder)
        shared = [one.name for one in self.found] if teams else []  # what is graded once for all members
        self.files = ResultFolder(self.out, file_stems([*self.people.names, *shared]))
        self.adjusted = Adjustments(self.assignment)
        if self.adjustments is not None:
            top = course_top(self.assignment.folder.parent)
            others = [path.name for path in assignment_folders(top)] if top else []
            names = list(dict.fromkeys([*others, self.assignment.name]))
            of = self.people.submission_of
            self.adjusted = read_adjustments(self.adjustments, self.assignment, names, of, teams)

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
        with closing(self.files.hold()):
            return self._grade(on_start, on_result)

    def _grade(self, on_start: Callable[[int, int], None], on_result: Callable[[Result], None]) -> list[Result]:
        self._prepare()
        self.settlement = Settlement(self.assignment, self.files, self.adjusted, self.deadline, self.seed or 0)
        began = time.monotonic()
        before = {name: self.files.last(name) for name in self.files.stems}
        self.choices = {name: self._choices(name, submission) for name, submission in self.people.by_name.items()}
        kit = basis(self.assignment)
        wanted = [self._attempt(choice, kit) for choice in self._gradable()]
        due = [one for one in wanted if self.force or not self.files.is_current(one.name, one.file, one.fingerprint)]
        on_start(len(due), len(wanted) - len(due))
        for name, (choice, *_) in self.choices.items():
            if choice.trouble and self._is_wanted(name):
                on_result(self.settlement.without_grading(name, choice))
        log.info("%s: %d to grade, %d already graded", self.assignment.name, len(due), len(wanted) - len(due))
        try:
            with ScratchDir("grade") as scratch:
                if due:
                    self._run(due, on_result, scratch)
                self.similar = similarities(self._last_choices(), self.assignment, scratch, self.older, self.common)
        finally:
            results = self._results()
            self._write(results)
        ensure_same(self.assignment, kit, [attempt.file for attempt in due])
        self.files.finish()
        self.changes = [change for result in results if (change := score_change(before.get(result.submission), result))]
        log.info("%s: %d results in %.1f s", self.assignment.name, len(results), time.monotonic() - began)
        return results

    def _is_wanted(self, name: str) -> bool:
        return not self.only or name in self.only

    def _choices(self, name: str, submission: Submission) -> list[Counted]:
        """Return what may count of a submission for one name; what is wrong with its repository is its trouble alone."""
        try:
            return choices(submission, self.adjusted.deadline(name, self.deadline))
        except ClassroomError as error:
            return [Counted(submission, trouble=str(error))]

    def _gradable(self) -> list[Counted]:
        """Return every choice that has to be graded; what several members of a team share, once."""
        found = (
            choice
            for name, options in self.choices.items()
            if self._is_wanted(name) and not self.adjusted.excuse(name)
            for choice in options
            if not (choice.missed or choice.trouble)
        )
        return list({(choice.submission.name, choice.submission.commit): choice for choice in found}.values())

    def _last_choices(self) -> list[Submission]:
        last = (options[-1] for options in self.choices.values())
        return list({one.submission.name: one.submission for one in last if not (one.missed or one.trouble)}.values())

    def _write(self, results: list[Result]) -> None:
        """Write what is made from the results: gradebook, feedback, page."""
        write_gradebook(self.out / "gradebook.csv", self.assignment, [self._row(result) for result in results])
        for result in results:
            write_atomic(self.out / "feedback" / f"{self.files.stems[result.submission]}.md", feedback(result))
        write_team_results(self.files, self.people, self._of_team)
        names = self.only or [result.submission for result in results]
        found = {name: student for name in names if (student := self.people.roster.find(name))}
        write_students(self.out, read_students(self.out) | found if self.only else found)
        if self.roster and not self.only:
            write_students(self.out, {student.username: student for student in self.people.roster}, ROSTER)
        write_similarities(self.out, self.similar)
        self._keep_evidence(results)
        if results:
            report(self.out, results)

    def _keep_evidence(self, results: list[Result]) -> None:
        """Keep the code and the pushes of what was graded, for the page."""
        for result in results:
            name = result.submission
            graded = [one.submission for one in self.choices.get(name, ()) if one.submission.commit == result.commit]
            if graded and result.tasks and self._is_wanted(name):
                keep_evidence(self.files.evidence(name), graded[0], self.assignment, result)

    def _of_team(self, submission: Submission) -> Result | None:
        return self.settlement.of_team(submission.name, self._choices(submission.name, submission))

    def _attempt(self, choice: Counted, kit: str) -> Attempt:
        """Return how a choice is graded: with the digest of all that a result depends on, and a file for its result."""
        submission = choice.submission
        parts = (fingerprint(submission, self.assignment), kit, self.sandbox, str(self.seed))
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return Attempt(choice, self.files.attempt(submission.name, submission.commit), digest)

    def _run(self, due: list[Attempt], on_result: Callable[[Result], None], scratch: Path) -> None:
        for attempt in due:
            for name in filter(self._is_wanted, self.people.sharing(attempt.name)):
                self.files.retire(name, attempt.file)
        begun = []
        for attempt in due:
            if result := not_started(attempt, self.assignment):
                write_atomic(attempt.file, result.to_json())
                on_result(self.settlement.settle(result, attempt.choice))
            else:
                begun.append(attempt)
        if begun:
            self._check(begun, on_result, scratch)

    def _check(self, due: list[Attempt], on_result: Callable[[Result], None], scratch: Path) -> None:
        with Pool(self.assignment, jobs=self.jobs, sandbox=self.sandbox, room=scratch / "p") as pool:
            attempts = {}
            for attempt in due:
                seed = secret_seed(self.out, attempt.name, attempt.fingerprint) if self.seed is None else self.seed
                job = pool.job(attempt.choice.submission, seed=seed, out=attempt.file, fingerprint=attempt.fingerprint)
                attempts[job.out] = (attempt, job)
            for job, graded in pool.grade([job for _, job in attempts.values()]):
                result = self.settlement.settle(graded, attempts[job.out][0].choice)
                outcome = result.reason if result.score is None else f"{result.score}/{result.max_score}"
                log.info("%s  %s  %s  %.1f s", result.assignment, result.submission, outcome, result.duration_s)
                on_result(result)

    def _prepare(self) -> None:
        """Keep the seed that an earlier grading fixed, and remove what a killed grading left half-written."""
        known = self.files.settings()
        if (graded := known.get("assignment")) not in (None, self.assignment.name):
            raise UsageError(f"{self.out} holds grades for {one_line(str(graded))}: choose another folder with --out.")
        if self.seed is None and isinstance(known.get("fixed_seed"), int):
            self.seed = known["fixed_seed"]
        if not self.only:
            self.files.retire_others()
        settings = {"assignment": self.assignment.name, "title": self.assignment.title, "fixed_seed": self.seed}
        settings[GRADED_AT] = datetime.now(UTC).isoformat()
        settings |= {"extra": True} if self.assignment.week else {}
        settings |= {"submissions": str(self.folder.resolve()), "slug": self.slug}
        settings |= {"timezone": getattr(self.zone, "key", None) or machine_zone_name() or "UTC"}
        settings |= {"deadline": str(self.deadline)} if self.deadline else {}
        self.files.prepare(settings, some=bool(self.only))

    def _results(self) -> list[Result]:
        """Return all results, sorted by name; those that were not asked for stay as they are."""
        found: dict[str, Result | None] = {}
        for name, options in self.choices.items():
            known = self.files.read(name)
            found[name] = self.settlement.submitted(name, options, known) if self._is_wanted(name) else known
        for student in self.people.absent:
            name = student.username
            known = self.files.read(name)
            reason = NO_TEAM if self.people.without_team(student) else None
            found[name] = known if self.only else self.settlement.absent(name, known, reason)
        return [result for _, result in sorted(found.items()) if result is not None]

    def _row(self, result: Result) -> Row:
        submission = self.people.by_name.get(result.submission)
        folder = submission.path.name if submission else ""
        return Row(self.people.student(result.submission), result, folder, result.submitted)
