"""Serve the classroom's site next to the push server, in a thread."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classroom.core.assignment import course_top
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.instructor.site import people, tokens
from classroom.instructor.site.app import site
from classroom.instructor.site.context import Context
from classroom.instructor.site.database import open_database
from classroom.instructor.site.guard import SiteGuard
from classroom.instructor.site.models import ASSISTANT, INSTRUCTOR, LINK
from classroom.web.server import EventServer, config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.site.school.school import School

START_SECONDS, END_SECONDS = 30, 10
OPEN_FILES = 10_000  # an open page takes one for its events, and a few more while it fetches
LISTEN = re.compile(r"(?P<host>[^:\[\]/\s]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognized, and asked about
MAX_PORT = 65535
PORTS = {"http": 80, "https": 443}  # which browsers leave out
HOST = re.compile(r"[A-Za-z0-9._:-]+")


class WebAddress:
    """Where the site listens, and under which address people find it.

    Args:
        listen: HOST:PORT.
        url: the address that people type; empty for that of HOST:PORT.

    Raises:
        UsageError: one of them cannot be used.
    """

    def __init__(self, listen: str, url: str = "") -> None:
        found = LISTEN.fullmatch(listen)
        if found is None or not 0 < int(found["port"]) <= MAX_PORT:
            raise UsageError(f"--listen needs HOST:PORT, such as 127.0.0.1:8080, not {listen}.")
        self.host, self.port, self.listen = found["host"].strip("[]"), int(found["port"]), listen
        if not url and self.host in EVERYWHERE:
            raise UsageError(
                f"Which address should students type? Add --url, such as --url http://192.168.1.5:{self.port}"
            )
        self.url = _origin(url or f"http://{listen}")
        if not self.url:
            known = "--url takes an address such as https://class.school.example, without a path"
            raise UsageError(
                f"{known if url else '--listen needs HOST:PORT, such as 127.0.0.1:8080'}, not {url or listen}."
            )

    @property
    def is_open(self) -> bool:
        """Whether what is sent there, passwords included, can be read on the way."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1")

    def bound(self) -> socket.socket:
        """Return a socket that listens there.

        Raises:
            UsageError: the address is taken, or not this machine's.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        taken = socket.socket(family)
        if os.name == "posix":
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((self.host, self.port))
            taken.listen(1024)
        except OSError as error:
            taken.close()
            raise UsageError(
                f"Nothing can listen on {self.listen} ({error.strerror or error}): choose another one with --listen."
            ) from None
        return taken


def _origin(url: str) -> str:
    """Return an address as browsers name it in `Host`; empty if it is not the address of a site."""
    try:
        parts = urlsplit(url.rstrip("/"))
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        return ""
    rest = parts.path or parts.query or parts.fragment
    if parts.scheme not in PORTS or not HOST.fullmatch(host) or "@" in parts.netloc or rest:
        return ""
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, PORTS[parts.scheme]) else "")


@contextlib.contextmanager
def serving(
    classroom: Classroom,
    address: WebAddress,
    database: str = "",
    sandbox: str = "bubblewrap",
    school: School | None = None,
) -> Iterator[Context]:
    """Serve the site of a classroom as long as the block runs; the caller holds the classroom's lock.

    Args:
        classroom: the classroom.
        address: where to listen.
        database: the URL of a database to use instead of the classroom's own.
        sandbox: around each submission of an official grading.
        school: with whose accounts people sign in as well, if any.

    Raises:
        ClassroomError: the address or the database cannot be used.
    """
    _allow_open_files()
    with address.bound() as bound, open_database(classroom.state_dir, database) as engine:
        course = course_top(Path.cwd()) or course_top(Path(__file__).resolve())
        context = Context(classroom, engine, address.url, sandbox, course, school)
        server = EventServer(config(SiteGuard(site(context), address.url, [address.listen])), context.broadcast)
        thread = threading.Thread(target=server.run, args=([bound],), name="site")
        thread.start()
        try:
            _wait(server, thread)
            with context.begin() as db:
                people.revoke_unlisted(db, INSTRUCTOR, school.settings.instructors if school else ())
                people.revoke_unlisted(db, ASSISTANT, school.settings.assistants if school else ())
            context.gradings.resume()
            context.at_due_date.start()
            yield context
        finally:
            context.at_due_date.close()
            context.gradings.close()
            server.should_exit = True
            thread.join(END_SECONDS)


def _allow_open_files() -> None:
    """Raise this process's limit of open files, which is 1024 on many systems, as far as this account may."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        with contextlib.suppress(OSError, ValueError):  # macOS has a further limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _wait(server: Any, thread: threading.Thread) -> None:
    """Wait until the site is being served."""
    pause = threading.Event()
    for _ in range(START_SECONDS * 100):
        if server.started:
            return
        if not thread.is_alive():
            break
        pause.wait(0.01)
    raise CouldNotCheck("The site did not start: run the command again with -v.")


def instructor_link(context: Context, *, new: bool = False) -> str | None:
    """Return a link that signs the instructor in: at each start until one was used, or a new one that ends all others."""
    with context.begin() as db:
        person = people.instructor(db)
        if tokens.has_used(db, person) and not new:
            return None
        tokens.revoke(db, person)
        people.record(db, "classroom serve", "made a sign-in link for the instructor")
        return f"{context.url}/sign-in/{tokens.issue(db, person, LINK)}"
