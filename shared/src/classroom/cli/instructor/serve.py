"""`classroom serve`: grade what is pushed to a classroom, and serve its site."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import takes_classroom
from classroom.cli.instructor.database_option import database_of, take_database
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.parser import positive, takes_sandbox
from classroom.core.errors import ClassroomError, CouldNotCheck, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from classroom.cli.parser import Group, Parser
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_server import PushServer
    from classroom.instructor.site.school.school import School

USUAL_ADDRESS, NOWHERE = "127.0.0.1:8080", "none"
# A page waits for the database several times, and after each time for the thread that computes: Python's usual 5 ms add up.
SWITCH_SECONDS = 0.0005
NOT_ENCRYPTED = (
    "Anyone on the network can read what is sent to {url}, including passwords: "
    "use it only on a network that you trust, or put https in front of it and pass that address with --url."
)


def declare(group: Group) -> None:
    """Declare the command."""
    command = group.add(
        "serve", _serve, "grade all pushes to a classroom, until Ctrl-C", "classroom serve /srv/classroom"
    )
    takes_classroom(command)
    command.add_argument(
        "--jobs", type=positive, default=0, metavar="N", help="submissions graded at once (one per core, at least two)"
    )
    command.add_argument("--once", action="store_true", help="grade the waiting pushes, then stop")
    _take_site(command)
    takes_sandbox(command, "bubblewrap")
    takes_verbose(command, "also log when the grading of a push begins, and where each line comes from")


def _take_site(command: Parser) -> None:
    """Give the command the options of the classroom's site."""
    site = command.add_argument_group(
        "the classroom on the web", "Pages, and git over http, in addition to paths and ssh, which keep working."
    )
    site.add_argument(
        "--listen", metavar="HOST:PORT", help=f"where to serve the site ({USUAL_ADDRESS}); {NOWHERE} for no site"
    )
    site.add_argument(
        "--url", default="", help="the address that people type, if it differs: https://class.school.example"
    )
    take_database(site, "a PostgreSQL database to use instead of the built-in one")
    site.add_argument(
        "--new-link",
        action="store_true",
        help="print a new sign-in link for the instructor and invalidate all earlier ones",
    )


def _serve(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_server import PushServer
    from classroom.services.manager import what_is_shared

    _ensure_together(arguments)
    arguments.database = database_of(arguments)
    sys.setswitchinterval(SWITCH_SECONDS)
    start_logging(verbose=arguments.verbose, stream="stdout")
    classroom = Classroom(arguments.folder)
    arguments.school = _school(arguments, classroom)
    ensure_sandbox(arguments.sandbox)
    services = {service for week in classroom.weeks() for service in week.services}
    if note := what_is_shared(sorted(services), arguments.sandbox):
        print(note)
    with PushServer(classroom, sandbox=arguments.sandbox, jobs=arguments.jobs) as server, _site(arguments, server):
        graded = server.serve(once=arguments.once)
        left = server.left() if arguments.once else 0
    print(f"{graded} graded" + (f", {left} still waiting" if left else ""))
    return CouldNotCheck.exit_status if left else 0


def _ensure_together(arguments: argparse.Namespace) -> None:
    """Raise UsageError if options were given that mean nothing together."""
    wanted = arguments.listen or arguments.url or arguments.database or arguments.new_link
    if arguments.once and wanted and wanted != NOWHERE:
        raise UsageError(
            "--once stops when no push is waiting, so it serves no site: leave out --once, or the site's options."
        )


def _school(arguments: argparse.Namespace, classroom: Classroom) -> School | None:
    """Return the school with whose accounts people sign in to the site, and say so if it does not respond."""
    if arguments.once or arguments.listen == NOWHERE:
        return None
    try:
        from classroom.instructor.site.school.school import school_of
    except ModuleNotFoundError:
        return None  # there is no site, which is said later
    school = school_of(classroom.folder)
    if school and (reason := school.why_unavailable()):
        print(reason, file=sys.stderr)
    return school


@contextlib.contextmanager
def _site(arguments: argparse.Namespace, server: PushServer) -> Iterator[None]:
    """Serve the site; one that nobody has asked for may be missing, which is said."""
    with contextlib.ExitStack() as opened:
        if arguments.listen:
            if arguments.listen != NOWHERE:
                opened.enter_context(_serve_site(arguments, server, arguments.listen))
        elif not arguments.once:
            try:
                opened.enter_context(_serve_site(arguments, server, USUAL_ADDRESS))
            except ClassroomError as error:
                if arguments.url or arguments.database or arguments.new_link:
                    raise
                print(f"There is no site: {error}\nStudents can push to paths and over ssh.", flush=True)
        yield


@contextlib.contextmanager
def _serve_site(arguments: argparse.Namespace, server: PushServer, listen: str) -> Iterator[None]:
    """Serve the site, and print how the instructor signs in for the first time."""
    try:
        from classroom.instructor.site.school.pages import BACK
        from classroom.instructor.site.serving import WebAddress, instructor_link, serving
    except ModuleNotFoundError as error:
        raise CouldNotCheck(f"The package {error.name} is not installed: type make setup, and try again.") from None
    address = WebAddress(listen, arguments.url)
    if address.is_open:
        print(NOT_ENCRYPTED.format(url=address.url), file=sys.stderr)
    with serving(server.classroom, address, arguments.database, arguments.sandbox, arguments.school) as context:
        server.on_change, server.queue = context.tell, context.queue
        print(f"The classroom is at {address.url}")
        if arguments.school:
            print(f"Sign-in with {arguments.school.name}: {address.url}{BACK} is the redirect address to register.")
        if link := instructor_link(context, new=arguments.new_link):
            print(f"Sign in as the instructor: {link}", flush=True)
        with _queue(arguments, server):
            yield


@contextlib.contextmanager
def _queue(arguments: argparse.Namespace, server: PushServer) -> Iterator[None]:
    """Let workers on other machines grade, which can reach only a database that is named."""
    if not arguments.database:
        yield
        return
    from classroom.instructor.workers.job_queue import JobQueue

    server.remote = JobQueue(arguments.database, arguments.sandbox)
    try:
        yield
    finally:
        server.remote.close()
        server.remote = None


def ensure_sandbox(sandbox: str) -> None:
    """Raise UsageError if this machine cannot build the sandbox."""
    if sandbox != "none":
        from classroom.apps.sandbox.bubblewrap import why_unavailable

        if reason := why_unavailable():
            raise UsageError(reason)
