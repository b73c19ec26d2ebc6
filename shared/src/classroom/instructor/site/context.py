"""What every page of the site works with."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anyio import CapacityLimiter
from markupsafe import Markup
from sqlalchemy.orm import Session, sessionmaker

from classroom.core.errors import UsageError
from classroom.core.locks import load_or_create_secret
from classroom.instructor.classrooms.push_queue import PushQueue
from classroom.instructor.site import people
from classroom.instructor.site.at_due_date import AtDueDate
from classroom.instructor.site.attempts import Attempts
from classroom.instructor.site.class_table import ClassTable
from classroom.instructor.site.cookies import Cookies
from classroom.instructor.site.grades import Grades
from classroom.instructor.site.gradings import Gradings
from classroom.instructor.site.recent import Recent
from classroom.instructor.site.standings import Standings
from classroom.student.learn import card_view
from classroom.web.events import Broadcast
from classroom.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from fastapi.responses import HTMLResponse
    from sqlalchemy import Engine

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.site.school.school import School
    from classroom.instructor.site.visitor import Visitor

KEY_BYTES = 32
PLACE = "/place"  # the end of the name of the part that says where a push is
MOST_PARTS = 500  # of pages, each kept for a moment
MAX_UPLOADS = 8  # that are unpacked and committed at once: the pages have 40 threads, and must not wait for all of them
STATIC = ("page/site.css", "page/drop.js", "page/class.js")
LEARN = Path(card_view.__file__).parent
# In each form: another site cannot know what it contains.
FORM_FIELD = Markup('<input type="hidden" name="form_token" value="{}">')
# The card of a week looks as it does in `classroom learn`.
pages = Pages(Path(__file__).parent, STATIC, [(LEARN, ["page/learn.css"])])


@dataclass
class Context:
    """A classroom that is served on the web.

    Attributes:
        url: its address, as people type it, without a slash at the end.
        sandbox: around each submission of an official grading, `bubblewrap` or `none`.
        course: the folder of the weeks with their hidden checks; None if it is not known.
        school: with whose accounts people sign in as well, if any.
    """

    classroom: Classroom
    engine: Engine
    url: str
    sandbox: str = "bubblewrap"
    course: Path | None = None
    school: School | None = None
    broadcast: Broadcast = field(default_factory=Broadcast)
    attempts: Attempts = field(default_factory=Attempts)
    uploads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(MAX_UPLOADS))

    def __post_init__(self) -> None:
        key = load_or_create_secret(self.classroom.state_dir / "cookie-key", KEY_BYTES)
        parts = urlsplit(self.url)
        self.cookies = Cookies(key, secure=parts.scheme == "https", port=parts.port)
        self.grades = Grades(self.classroom)
        self.standings = Standings(self.classroom)
        self.table = ClassTable(self.classroom, self.standings)
        self.recent = Recent()
        self._made = Recent(MOST_PARTS)
        self.gradings = Gradings(self.classroom, self.course, self.sandbox, self.tell_grading)
        self.at_due_date = AtDueDate(self.gradings, self._tell_begun)
        self.queue = PushQueue(self.tell, self._tell_place)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._without_transaction = sessionmaker(alone, expire_on_commit=False)

    @contextlib.contextmanager
    def begin(self) -> Iterator[Session]:
        """Begin a transaction, which is committed at its end; what was read before it is forgotten."""
        try:
            with self._sessions.begin() as db:
                yield db
        finally:
            self.recent.forget()
            self._made.forget()

    def session(self) -> AbstractContextManager[Session]:
        """Return a session without a transaction, for reading: one question to the database instead of three."""
        return self._without_transaction()

    def tell(self, week: str, name: str, *more: str) -> None:
        """Tell the open pages of a student, or of a team, that a push waits, is being graded, or was."""
        self._publish(*self._names(week, name, "card", "pushes", *more), "class")

    def _tell_place(self, week: str, name: str) -> None:
        """Tell the open pages of a student that a push has come further in the queue, or in its checks."""
        self._publish(*self._names(week, name, "place"))

    def _names(self, week: str, name: str, *parts: str) -> list[str]:
        try:
            usernames = self.classroom.sharing(week, name)
        except UsageError:  # the list of teams cannot be read: no push may suffer from it
            usernames = (name,)
        return [f"student/{username}/{week}/{part}" for username in usernames for part in parts]

    def tell_grading(self, week: str) -> None:
        """Tell the open pages that an official grading has come further."""
        self._publish(f"grading/{week}/grading")

    def _tell_begun(self, week: str, by: str) -> None:
        """Write into the log that a grading has begun automatically, and tell the open pages."""
        with self.begin() as db:
            people.record(db, by, f"began an official grading of {week} automatically after the due date")
        self.tell_grading(week)

    def _publish(self, *parts: str) -> None:
        with contextlib.suppress(RuntimeError):  # a page's event loop has ended: no push may suffer from it
            self.broadcast.publish(*parts)

    def part(self, name: str, make: Callable[[], Markup]) -> Markup:
        """Return a part of a page; all who have the page open ask for it at once, and it is made for the first of them.

        Args:
            name: the name under which a change of the part is published.
            make: makes the part.
        """
        edition = self.broadcast.edition(name.rpartition("/")[0])
        return self._made.get((name, edition), make)

    def render(self, visitor: Visitor, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page, and the cookie for a browser that has none."""
        title = self.classroom.folder.name
        response = pages.render(
            template,
            static="/static",
            classroom=title,
            person=visitor.person,
            form_field=FORM_FIELD.format(visitor.form_token),
            school=self.school,
            **values,
        )
        response.status_code = status
        if visitor.is_new:
            self.cookies.write(response, visitor.secret)
        return response
