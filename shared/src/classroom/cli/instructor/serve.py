"""`classroom serve`: grade what is pushed to a classroom, and serve its site if that is asked for."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import takes_classroom
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.parser import positive, takes_sandbox
from classroom.core.errors import CouldNotCheck, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from classroom.cli.parser import Group, Parser
    from classroom.instructor.classrooms.push_server import PushServer

NOT_ENCRYPTED = (
    "Anyone on the network can read what is sent to {url}, including passwords: "
    "use it in a network that you trust, or put https in front of it and name that address with --url."
)


def declare(group: Group) -> None:
    """Declare the command."""
    command = group.add(
        "serve", _serve, "grade what is pushed to a classroom, until Ctrl-C", "classroom serve /srv/classroom"
    )
    takes_classroom(command)
    command.add_argument(
        "--jobs", type=positive, default=0, metavar="N", help="submissions graded at once (one per core, at least two)"
    )
    command.add_argument("--once", action="store_true", help="grade the pushes that wait, then stop")
    _take_site(command)
    takes_sandbox(command, "bubblewrap")
    takes_verbose(command, "log when the grading of a push begins, too, and where each line comes from")


def _take_site(command: Parser) -> None:
    """Give the command the options of the classroom's site."""
    site = command.add_argument_group(
        "the classroom on the web", "Without --listen there is no site: students push to paths or over ssh."
    )
    site.add_argument(
        "--listen", metavar="HOST:PORT", default="", help="serve a site, too: sign-in, pages, git over http"
    )
    site.add_argument(
        "--url", default="", help="the address that people type, if it differs: https://class.school.example"
    )
    site.add_argument(
        "--database", metavar="URL", default="", help="a PostgreSQL database to use instead of the built-in one"
    )
    site.add_argument(
        "--new-link", action="store_true", help="print a new sign-in link for the instructor; all earlier ones end"
    )


def _serve(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_server import PushServer
    from classroom.services.manager import what_is_shared

    _ensure_together(arguments)
    start_logging(verbose=arguments.verbose, stream="stdout")
    classroom = Classroom(arguments.folder)
    _ensure_sandbox(arguments.sandbox)
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
    if arguments.listen and arguments.once:
        raise UsageError("--once stops when no push waits, so it cannot serve a site: leave out --once or --listen.")
    if not arguments.listen and (arguments.url or arguments.database or arguments.new_link):
        raise UsageError(
            "--url, --database and --new-link are for the site: add --listen, such as --listen 127.0.0.1:8080"
        )


def _site(arguments: argparse.Namespace, server: PushServer) -> contextlib.AbstractContextManager[object]:
    """Return the classroom's site, if it was asked for."""
    if not arguments.listen:
        return contextlib.nullcontext()
    return _serve_site(arguments, server)


@contextlib.contextmanager
def _serve_site(arguments: argparse.Namespace, server: PushServer) -> Iterator[None]:
    """Serve the site, and print how the instructor signs in for the first time."""
    try:
        from classroom.instructor.site.serving import WebAddress, instructor_link, serving
    except ModuleNotFoundError as error:
        raise CouldNotCheck(f"The package {error.name} is not installed: type make setup, and try again.") from None
    address = WebAddress(arguments.listen, arguments.url)
    if address.is_open:
        print(NOT_ENCRYPTED.format(url=address.url), file=sys.stderr)
    with serving(server.classroom, address, arguments.database, arguments.sandbox) as context:
        server.on_change = context.tell
        print(f"The classroom is at {address.url}")
        if link := instructor_link(context, new=arguments.new_link):
            print(f"Sign in as the instructor: {link}", flush=True)
        yield


def _ensure_sandbox(sandbox: str) -> None:
    """Raise UsageError if this machine cannot build the sandbox."""
    if sandbox != "none":
        from classroom.apps.sandbox.bubblewrap import why_unavailable

        if reason := why_unavailable():
            raise UsageError(reason)
