"""`classroom demo`: a sample cohort, graded; or a sample class on the web."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import assignment_of, path_of, takes_sandbox
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group

FOLDER, WEB_FOLDER = Path("demo"), Path("demo-web")
LISTEN = "127.0.0.1:8080"


def declare(group: Group) -> None:
    """Declare the command."""
    demo = group.add("demo", _demo, "grade a sample cohort made up of the course's own answers", "classroom demo")
    demo.add_argument("--to", type=path_of, metavar="DIR", help="target folder (demo, or demo-web with --web)")
    demo.add_argument(
        "--web", action="store_true", help="instead, serve a sample class of 40 on the web, in the middle of a term"
    )
    demo.add_argument("--listen", metavar="HOST:PORT", help=f"with --web: where to serve it ({LISTEN})")
    takes_sandbox(demo, "none")


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.web:
        return _demo_web(arguments.to or WEB_FOLDER, arguments.listen or LISTEN, arguments.sandbox)
    if arguments.listen:
        raise UsageError("--listen is for the class on the web: add --web.")
    from classroom.cli.instructor.progress import Meter
    from classroom.instructor.proof.demo import sample

    cohort = sample(assignment_of("1"), arguments.to or FOLDER, sandbox=arguments.sandbox)
    with Meter(cohort.people) as meter:
        results = cohort.grade(meter.begin, meter.show)
    meter.close(results, cohort.out)
    print("  Open the page in a browser: the class at a glance, and a scorecard behind each name.")
    return 0


def _demo_web(to: Path, listen: str, sandbox: str) -> int:
    from classroom.cli.main import parser
    from classroom.core.assignment import course_top
    from classroom.instructor.proof.demo_class import make_class
    from classroom.instructor.site.serving import WebAddress

    address = WebAddress(listen)
    address.bound().close()  # before a minute of work, in case it is taken
    course = course_top(Path.cwd())
    if course is None:
        raise UsageError(f"There is no course in {Path.cwd()} or above it: go to the course's folder first.")
    made = make_class(course, to, sandbox=sandbox, tell=lambda step: print(f"  {step} …", flush=True))
    print("Sign in as a student; to be signed in as several people at once, use private windows:")
    for name, secret in made.links.items():
        print(f"  {name:<20}{address.url}/sign-in/{secret}")
    words = ["serve", str(to), "--listen", listen, "--sandbox", sandbox]
    serve = parser().parse_args(words)
    return int(serve.handler(serve))
