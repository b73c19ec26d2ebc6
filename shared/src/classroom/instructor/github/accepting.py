"""A student asks for a repository in an issue: the week is handed out to its author, and the reply has the link.

Everything here is public, and the issue's text is a stranger's: of it only the name of an offered week is used, and nothing
of the roster is written into a reply. The issue is the record: one that is open is still to do, and a run that was
interrupted can be run again.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from classroom.core.errors import ClassroomError, UsageError
from classroom.instructor.github.hand_out import ACCEPTED, ID_HEADING, Handed, HandingOut, template_of
from classroom.instructor.github.permissions import ACCEPT
from classroom.instructor.roster import Student

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from classroom.instructor.github.provider import Provider
    from classroom.instructor.roster import Roster

USERNAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
CHOICE = re.compile(r"^### Week\s+^([a-z0-9-]{1,100})\s*$", re.MULTILINE)  # as GitHub writes a form into an issue
NO_WEEK = "Please use the form and choose one of its weeks: {form}"
NOT_LISTED = (
    "Your username is not on this course's list yet. Ask your instructor to add it, and then open the form again: "
    "{form}"
)
LATER = "This could not be done yet. Your instructor can see it and will run it again; you don't need to do anything."


@dataclass(frozen=True)
class Request:
    """An issue in which someone asks for a repository.

    Attributes:
        owner: of the repository that the issue is in.
        repository: its name.
        number: the issue's.
        author: the username of the account that opened it.
        account_number: that account's number, which stays when it is renamed.
        text: what the issue says.
    """

    owner: str
    repository: str
    number: int
    author: str
    account_number: int
    text: str

    @property
    def form(self) -> str:
        """The address of the form."""
        return f"https://github.com/{self.owner}/{self.repository}/issues/new?template=accept.yml"


@dataclass(frozen=True)
class Accepted:
    """What became of a request: the week and the repository, what the student is told, and whether nothing is left to do."""

    week: str = ""
    handed: Handed | None = None
    reply: str = LATER
    done: bool = True


def read_request(path: Path) -> Request:
    """Return the request in the event that GitHub has written for a workflow.

    Raises:
        UsageError: it is not the event of an issue that someone has opened.
    """
    try:
        event: Any = json.loads(path.read_text(encoding="utf-8"))
        issue, repository = event["issue"], event["repository"]
        author = issue["user"]
        known = (repository["owner"]["login"], repository["name"], int(issue["number"]), author["login"])
        request = Request(*known, int(author["id"]), issue["body"] or "")
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            f"{path} is not an issue event: this command is for the accept workflow, which runs when issues are opened."
        ) from None
    if not USERNAME.fullmatch(request.author):
        raise UsageError("The issue was opened by an account that does not belong to a person.")
    return request


class Accepting:
    """The weeks that students can ask for.

    Attributes:
        weeks: their names.
        read_roster: returns those who may ask; None if everyone may. Its errors are the instructor's, as all others are.
    """

    def __init__(
        self, provider: Provider, weeks: Collection[str], read_roster: Callable[[], Roster | None] = lambda: None
    ) -> None:
        self.provider, self.weeks, self.read_roster = provider, weeks, read_roster

    def answer(self, request: Request) -> Accepted:
        """Hand the week out to the author of an issue, reply, and close the issue.

        Raises:
            ClassroomError: nothing could be done for a reason that is not the student's; the issue stays open.
        """
        try:
            accepted = self._accept(request)
        except ClassroomError:
            with contextlib.suppress(ClassroomError):  # the reason for the first error counts
                self._reply(request, LATER)
            raise
        self._reply(request, accepted.reply)
        if accepted.done:
            self.provider.close_issue(request.repository, request.number)
        return accepted

    def _reply(self, request: Request, text: str) -> None:
        """Write a comment, unless an interrupted run has written it."""
        there = self.provider.comments(request.repository, request.number)
        if all(item.body.replace("\r\n", "\n").strip() != text.strip() for item in there):
            self.provider.comment(request.repository, request.number, text)

    def _accept(self, request: Request) -> Accepted:
        choice = CHOICE.search(request.text.replace("\r\n", "\n"))
        week = choice[1] if choice else ""
        if week not in self.weeks:
            return Accepted(reply=NO_WEEK.format(form=request.form))
        roster = self.read_roster()
        student = _student(roster, request)
        if student is None:
            return Accepted(week, reply=NOT_LISTED.format(form=request.form))
        template = template_of(self.provider, week)
        work = HandingOut(self.provider, week, template, roster or [student], ACCEPT)
        if roster is None:
            work.unowned = []  # others' repositories, which would all be looked at for a former name
        handed = work.give(student)
        if handed.problem:
            return Accepted(week, handed, LATER, done=False)
        return Accepted(week, handed, reply=_reply(handed, self.provider.organization))


def _student(roster: Roster | None, request: Request) -> Student | None:
    """Return the student on the roster who has this account, by its number if that is known."""
    if roster is None:
        return Student(request.author, account=request.author)
    number = str(request.account_number)
    for student in roster:
        if student.other.get(ID_HEADING) == number:
            return replace(student, account=request.author)
    found = (item for item in roster if item.account.casefold() == request.author.casefold())
    return next((item for item in found if item.other.get(ID_HEADING, number) == number), None)


def _reply(handed: Handed, organization: str) -> str:
    """Return the reply to a student who has a repository."""
    address = f"https://github.com/{organization}/{handed.repository}"
    accept = "" if handed.access == ACCEPTED else f"Accept the invitation first: {handed.link}\n\n"
    return f"Your repository is {address}. Only you and your instructors can see it.\n\n{accept}```sh\ngit clone {address}\n```\n"
