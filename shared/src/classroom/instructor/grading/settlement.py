"""What counts of a student's attempts: the better one, with adjustments and lateness applied, kept as the result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.result import COULD_NOT_GRADE, Result
from classroom.instructor.grading.outcome import better, missing, with_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment
    from classroom.core.submission import Submission
    from classroom.instructor.grading.adjustments import Adjustments
    from classroom.instructor.grading.deadline import Counted, Deadline
    from classroom.instructor.grading.results import ResultFolder


@dataclass(frozen=True)
class Settlement:
    """How the attempts of a grading become results.

    Args:
        assignment: the week.
        files: the attempts and the results as files.
        adjusted: the extensions, excuses and changed points.
        deadline: of those who have no extension.
        seed: the fixed seed of the grading, or 0.
    """

    assignment: Assignment
    files: ResultFolder
    adjusted: Adjustments
    deadline: Deadline | None
    seed: int

    def settle(self, result: Result, choice: Counted) -> Result:
        """Return a result with everything applied that no check decides: adjustments, lateness, whether work has begun."""
        return choice.apply_late_penalty(self._adjust(with_status(result)))

    def without_grading(self, name: str, choice: Counted) -> Result:
        """Return the result of a submission with nothing that counts, or where that cannot be determined."""
        nothing = self._missing(name, choice.missed)
        if choice.trouble is None:
            return nothing
        return replace(nothing, status=COULD_NOT_GRADE, score=None, reason=choice.trouble)

    def submitted(self, name: str, options: Sequence[Counted], known: Result | None) -> Result | None:
        """Return the result that counts of a submission, after writing it; None until all that may count is graded."""
        settled = self._settled_attempts(name, options)
        if self.adjusted.excuse(name):
            # A student who was never graded has the time of the commit that would have been.
            never = self.settle(self._missing(name), options[-1])
            once = self._adjust(known) if known and known.tasks else never
            return self.files.save(settled[-1] if settled else once, known)
        return self.files.save(better(settled), known) if len(settled) == len(options) else None

    def absent(self, name: str, known: Result | None, reason: str | None = None) -> Result:
        """Return the result of a student who has submitted nothing, after writing it."""
        return self.files.save(self._adjust(self._missing(name, reason)), known)

    def of_team(self, name: str, options: Sequence[Counted]) -> Result | None:
        """Return what all members of a team read: without what was adjusted for one of them. It is no result of its own."""
        settled = self._settled_attempts(name, options)
        return better(settled) if settled else None

    def _settled_attempts(self, name: str, options: Sequence[Counted]) -> list[Result]:
        first = options[0]
        if first.missed or first.trouble:
            return [self.settle(self.without_grading(name, first), first)]
        graded = [(self._attempt(one.submission), one) for one in options]
        return [
            self.settle(replace(result, submission=name), choice) for result, choice in graded if result is not None
        ]

    def _attempt(self, submission: Submission) -> Result | None:
        """Return what grading a commit gave; a team's was graded once for all members."""
        return self.files.read(submission.name, self.files.attempt(submission.name, submission.commit))

    def _adjust(self, result: Result) -> Result:
        return self.adjusted.apply(result, self.adjusted.deadline(result.submission, self.deadline))

    def _missing(self, name: str, reason: str | None = None) -> Result:
        return missing(self.assignment, name, reason, self.seed)
