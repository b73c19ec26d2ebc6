"""Graded feedback on GitHub: one issue in each student's repository, and the score as the commit's status."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.result import EXCUSED, MISSING
from classroom.instructor.github.hand_out import ensure_allowed
from classroom.instructor.github.naming import by_student
from classroom.instructor.github.permissions import FEEDBACK
from classroom.instructor.github.provider import RefusedError
from classroom.instructor.github.statuses import commit_status
from classroom.instructor.grading.results import ResultFolder, file_stems, read_results
from classroom.instructor.grading.students import read_students

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from classroom.core.result import Result
    from classroom.instructor.github.provider import Issue, Provider, Repository

NEW, UPDATED, UNCHANGED = "new", "updated", "unchanged"
MAX_LENGTH = 60_000  # of an issue's text; GitHub accepts 65,536 characters
CUT = "\n\nThe rest is too long for an issue. Ask your instructor for it.\n"


@dataclass(frozen=True)
class Delivered:
    """What became of one student's feedback: its state and page, or the problem."""

    name: str
    state: str = ""
    page: str = ""
    problem: str = ""


class FeedbackIssues:
    """The feedback of a grading, for the repositories of an organization.

    Raises:
        UsageError: the folder holds no results, or results of several weeks.
        ProviderError: the token lacks a permission.
    """

    def __init__(self, provider: Provider, grades: Path) -> None:
        self.provider, self.grades = provider, grades
        self.results = read_results(grades)
        self.week = _week_of(self.results)
        self._students = read_students(grades)
        self._stems = file_stems([result.submission for result in self.results])
        slug = str(ResultFolder(grades).settings().get("slug") or self.week)
        self._repositories = by_student(provider.repositories(), slug)
        graded = {result.submission.casefold() for result in self.results}
        if first := next((item for name, item in self._repositories.items() if name in graded), None):
            ensure_allowed(provider, first, FEEDBACK)

    def deliver(self) -> Iterator[Delivered]:
        """Write each student's feedback; yield what became of it. What is there already is not written again."""
        for result in self.results:
            path = self.grades / "feedback" / f"{self._stems[result.submission]}.md"
            repository = self._repositories.get(result.submission.casefold())
            if repository is None and result.status in (MISSING, EXCUSED) and not result.commit:
                continue
            if repository is None:
                yield Delivered(result.submission, problem=f"has no {self.week} repository that the token can access.")
            elif not repository.private:
                yield Delivered(result.submission, problem=f"{repository} is public, so nothing was written to it.")
            elif not path.is_file():
                yield Delivered(result.submission, problem=f"{path} is missing: run `classroom grade` again.")
            else:
                yield self._delivered(result, repository, path.read_text(encoding="utf-8"))

    def _delivered(self, result: Result, repository: Repository, text: str) -> Delivered:
        body = f"{self._marker}\n{_shortened(text)}".strip()
        try:
            issue = self._issue(repository, result.submission)
            if issue and issue.body.replace("\r\n", "\n").strip() == body:
                return Delivered(result.submission, UNCHANGED, issue.page)
            # The status first: after an interruption the issue tells that both are still to do.
            if result.commit:
                self.provider.set_status(repository.name, result.commit, commit_status(result))
            if issue:
                self.provider.rewrite_issue(repository.name, issue, body)
                return Delivered(result.submission, UPDATED, issue.page)
            issue = self.provider.open_issue(repository.name, _title(self.week), body)
        except RefusedError as error:
            return Delivered(result.submission, problem=str(error))
        return Delivered(result.submission, NEW, issue.page)

    @property
    def _marker(self) -> str:
        """The line by which the issue of a week is found again; it is not displayed."""
        return f"<!-- classroom feedback {self.week} -->"

    def _issue(self, repository: Repository, student: str) -> Issue | None:
        """Return the issue that has the feedback. An issue that the student opened is never ours, no matter what it contains."""
        known = self._students.get(student)
        logins = {student.casefold(), *((known.account.casefold(), known.login.casefold()) if known else ())}
        issues = (issue for issue in self.provider.issues(repository.name) if issue.body.startswith(self._marker))
        return next((issue for issue in issues if issue.author.casefold() not in logins), None)


def _week_of(results: Collection[Result]) -> str:
    weeks = sorted({result.assignment for result in results})
    if len(weeks) > 1:
        raise UsageError(f"These are results for several weeks: {', '.join(weeks)}.")
    return weeks[0]


def _title(week: str) -> str:
    number = re.match(r"week(\d+)", week)
    return f"Feedback: Week {number[1]}" if number else f"Feedback: {week}"


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[:MAX_LENGTH].rpartition("\n")[0] + CUT
