"""Give a week's new handout to students on GitHub: a pull request in each repository, which the student merges.

The branch `handout` and its pull requests are the record of what was done. A handout's commit has the same name each time
it is made, so a command that was interrupted finds what it has done, and never asks for the same merge twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git_history import HANDOUT
from classroom.core.result import MISSING
from classroom.instructor.github.hand_out import ensure_allowed, not_ours
from classroom.instructor.github.permissions import UPDATE
from classroom.instructor.github.provider import ProviderError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classroom.instructor.github.handout_branch import HandoutBranch, NewHandout
    from classroom.instructor.github.provider import Provider, PullRequest, Repository
    from classroom.instructor.roster import Student

OPENED, MOVED, WAITING = "opened", "updated", "open"
CURRENT, REJECTED = "up to date", "closed by the student"
MAX_FILES = 50  # named in a pull request
WORKFLOW_REFUSED = re.compile(r"refusing to allow .*workflow", re.IGNORECASE)


@dataclass(frozen=True)
class Updated:
    """What became of one student's repository.

    Attributes:
        state: missing, opened, updated (a pull request that was open), open, up to date, or closed by the student.
        link: the pull request.
        conflicts: the files that the student and the course have changed in the same lines; empty with git before 2.38.
        problem: why the handout could not be given; empty if it was.
    """

    student: Student
    repository: str
    state: str = ""
    link: str = ""
    conflicts: tuple[str, ...] = ()
    problem: str = ""


class Updating:
    """A week whose new handout is given to students."""

    def __init__(self, provider: Provider, week: str, template: Repository, branch: HandoutBranch) -> None:
        ensure_allowed(provider, template, UPDATE)
        self.provider, self.week, self.template, self.branch = provider, week, template, branch
        self._by_name = {repository.name.casefold(): repository.name for repository in provider.repositories()}

    def run(self, students: Iterable[Student]) -> Iterator[Updated]:
        """Give the handout to each student who has a repository of the week."""
        for student in students:
            name = f"{self.week}-{student.username}"
            known = self._by_name.get(name.casefold())
            if known is None:
                yield Updated(student, name, MISSING)
                continue
            try:
                yield self._update(Updated(student, known))
            except RefusedError as error:
                yield Updated(student, known, problem=str(error))

    def _update(self, row: Updated) -> Updated:
        repository = self.provider.repository(row.repository)
        if problem := not_ours(row.repository, repository, self.template):
            return replace(row, problem=problem)
        assert repository is not None  # not_ours has a sentence for that
        try:
            handout = self.branch.read(repository)
        except ClassroomError as error:
            return replace(row, problem=str(error))
        if handout.merged:
            return replace(row, state=CURRENT)
        requests = self.provider.pull_requests(repository, HANDOUT)
        for request in requests:
            if request.commit == handout.commit or (request.open and handout.proposed):
                return self._known(row, request, handout)
        if handout.foreign:
            return replace(row, problem=_foreign(repository))
        return self._give(row, repository, handout, next((item for item in requests if item.open), None))

    def _known(self, row: Updated, request: PullRequest, handout: NewHandout) -> Updated:
        """Return what became of a handout that was asked to be merged before."""
        if request.merged:  # squashed or rebased, since the commit itself is not there
            return replace(row, state=CURRENT, link=request.page)
        if not request.open:
            return replace(row, state=REJECTED, link=request.page)
        return replace(row, state=WAITING, link=request.page, conflicts=self._conflicts(handout))

    def _give(self, row: Updated, repository: Repository, handout: NewHandout, request: PullRequest | None) -> Updated:
        if handout.tip != handout.commit:
            try:
                self.branch.push(repository, handout)
            except ClassroomError as error:
                if WORKFLOW_REFUSED.search(str(error)):
                    raise ProviderError(
                        f"The token is not allowed to change workflows, and the new handout changes one: it needs the permission "
                        f"Workflows (read and write) for {repository}. Add it in the token's settings, and run this again."
                    ) from None
                return replace(row, problem=f"the branch {HANDOUT} could not be written: {error}")
        row = replace(row, conflicts=self._conflicts(handout))
        if request:  # it follows the branch
            return replace(row, state=MOVED, link=request.page)
        title, body = f"New handout for {self.week}", _body(self.branch.changed(handout.commit), repository.branch)
        opened = self.provider.open_pull_request(repository, HANDOUT, title, body)
        return replace(row, state=OPENED, link=opened.page)

    def _conflicts(self, handout: NewHandout) -> tuple[str, ...]:
        return tuple(self.branch.conflicts(handout.commit))


def _foreign(repository: Repository) -> str:
    return (
        f"{repository} has the student's own work on the {HANDOUT} branch, which the course needs: ask the student to "
        "merge it or to rename the branch."
    )


def _body(files: list[str], branch: str) -> str:
    """Return the text of a pull request."""
    named = "".join(f"- `{name}`\n" for name in files[:MAX_FILES])
    more = f"- and {len(files) - MAX_FILES} more\n" if len(files) > MAX_FILES else ""
    return (
        f"The course has changed these files:\n\n{named}{more}\n"
        "Click *Merge pull request*, then type `git pull` on your own machine. Your own changes are kept.\n\n"
        "If GitHub reports a conflict, you have changed the same lines. On your own machine, with your work committed, "
        f"type:\n\n```sh\ngit pull --no-rebase origin {branch}\ngit pull --no-rebase origin {HANDOUT}\n```\n\n"
        "For each file that git names, `git checkout --theirs FILE` takes the course's version and "
        "`git checkout --ours FILE` keeps yours; then `git add FILE`, `git commit` and `git push`.\n"
    )
