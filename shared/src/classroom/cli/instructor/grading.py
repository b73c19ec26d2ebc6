"""Commands that grade submissions (grade, report), and that prove the course itself (verify)."""

from __future__ import annotations

import logging
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.cli.instructor.late_rules import rule_left_out
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.instructor.slug import takes_slug
from classroom.cli.instructor.zone import takes_timezone
from classroom.cli.parser import assignment_of, path_of, positive, takes_sandbox, takes_week
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group, Parser
    from classroom.core.assignment import Assignment
    from classroom.instructor.grading.cohort import Cohort


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    _declare_grade(group)
    _declare_verify(group)

    report = group.add("report", _report, "rewrite the gradebook page from the results", "classroom report grades")
    report.add_argument("out", type=path_of, metavar="OUT", help="the --out folder of `grade`")


def _takes_jobs(command: Parser) -> None:
    command.add_argument(
        "--jobs",
        type=positive,
        default=0,
        metavar="N",
        help="submissions graded at once (one per core)",
    )


def _declare_grade(group: Group) -> None:
    command = group.add(
        "grade",
        _grade,
        "grade a folder of submissions with visible and hidden checks",
        "classroom grade 1 --submissions handed-in --out grades",
    )
    takes_week(command, needed=True)
    command.add_argument(
        "--submissions",
        type=path_of,
        required=True,
        metavar="DIR",
        help="the folder of submissions: each subfolder or bare repository in it is one",
    )
    command.add_argument("--out", type=path_of, required=True, metavar="DIR", help="folder for results and gradebook")
    _takes_jobs(command)
    command.add_argument("--seed", type=int, metavar="N", help="use the same check data (seed N) for all students")
    takes_sandbox(command, "bubblewrap")
    command.add_argument(
        "--roster",
        type=path_of,
        metavar="CSV",
        help="the students, as for `open`; those who submitted nothing also get a row",
    )
    _takes_deadline(command)
    command.add_argument(
        "--adjustments",
        type=path_of,
        metavar="CSV",
        help="extensions, excuses and changed points (adjustments.csv in or next to the submissions folder, or next to "
        "the roster)",
    )
    _takes_selection(command)
    takes_verbose(command)


def _takes_selection(command: Parser) -> None:
    """Give a command what is graded and compared."""
    takes_slug(command)
    command.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="grade only this submission; may be repeated"
    )
    command.add_argument(
        "--known",
        type=path_of,
        action="append",
        default=[],
        metavar="DIR",
        help="also compare with an older cohort or known solutions; may be repeated",
    )
    command.add_argument("--force", action="store_true", help="also grade submissions that are already graded")
    command.add_argument("--yes", action="store_true", help="do not ask about changes to the roster")


def _takes_deadline(command: Parser) -> None:
    """Give a command the deadline, and what being late costs."""
    command.add_argument(
        "--deadline",
        metavar="TIME",
        help="grade the last commit before this time: 2026-11-21T23:59, in the classroom's time zone or with +01:00",
    )
    takes_timezone(
        command,
        "time zone for times that do not include one, such as Europe/Berlin (the classroom's, or else this machine's)",
    )
    command.add_argument(
        "--late-days", type=positive, default=0, metavar="N", help="accept submissions up to N days after the deadline"
    )
    command.add_argument("--late-points", type=positive, default=0, metavar="N", help="points off for each such day")
    command.add_argument(
        "--late",
        choices=("best", "last"),
        default="best",
        help="what counts: the better of the last on-time commit and the last late one after its penalty, or the last one",
    )


def _grade(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.progress import Meter
    from classroom.cli.instructor.roster_changes import confirm_roster
    from classroom.core.result import COULD_NOT_GRADE
    from classroom.services.manager import what_is_shared

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    cohort = _cohort(arguments)
    if arguments.roster:
        print(f"  {arguments.roster}: {cohort.people.roster.summary()}")
        confirm_roster(arguments.roster, arguments.out, arguments.submissions, yes=arguments.yes)
    if cohort.adjustments and not arguments.adjustments:
        print(f"  adjustments from {cohort.adjustments}")
    if cohort.deadline:
        print(f"  deadline {cohort.deadline}")
    elif rule := rule_left_out(cohort.assignment.name, (arguments.roster, arguments.submissions)):
        print(f"  {rule}")
    if note := what_is_shared(cohort.assignment.services, arguments.sandbox):
        print(f"  {note}")
    try:
        with Meter(cohort.people) as meter:
            results = cohort.grade(meter.begin, meter.show)
    except KeyboardInterrupt:
        print("  Stopped. The results so far are kept; the same command continues from there.")
        raise
    meter.close(results, arguments.out, cohort.changes, cohort.similar.groups)
    return 3 if any(result.status == COULD_NOT_GRADE for result in results) else 0


def _cohort(arguments: argparse.Namespace) -> Cohort:
    """Return the cohort that `grade` names."""
    from classroom.instructor.grading.adjustments import adjustments_near
    from classroom.instructor.grading.cohort import Cohort
    from classroom.instructor.grading.deadline import deadline_of
    from classroom.instructor.time_zone import zone_near

    days, points = arguments.late_days, arguments.late_points
    if (days or points) and not arguments.deadline:
        raise UsageError("--late-days and --late-points need a deadline: add --deadline.")
    if points and not days:
        raise UsageError("--late-points applies to the days that --late-days accepts: add --late-days.")
    adjustments = arguments.adjustments or adjustments_near(arguments.submissions, arguments.roster)
    zone = arguments.timezone or zone_near(
        *(path.parent for path in (arguments.roster, adjustments, arguments.submissions) if path)
    )
    return Cohort(
        assignment_of(arguments.week),
        arguments.submissions,
        arguments.out,
        seed=arguments.seed,
        roster=arguments.roster,
        deadline=deadline_of(arguments.deadline, days, points, best=arguments.late == "best", zone=zone)
        if arguments.deadline
        else None,
        zone=zone,
        adjustments=adjustments,
        slug=arguments.slug,
        only=tuple(arguments.only),
        force=arguments.force,
        jobs=arguments.jobs,
        sandbox=arguments.sandbox,
        known=tuple(arguments.known),
    )


def _declare_verify(group: Group) -> None:
    command = group.add(
        "verify",
        _verify,
        "verify that the weeks and extras, or one of them, are solvable and fair",
        "classroom verify 1",
    )
    takes_week(command)
    command.add_argument("--only", metavar="TEXT", help="only cases whose title contains this, such as wrong/route")
    command.add_argument("--seed", type=int, metavar="N", help="seed of the checks' data")
    _takes_jobs(command)
    takes_sandbox(command, "none", "sandbox around each answer")
    command.add_argument(
        "--mutants",
        action="store_true",
        help="break the solution in many small ways: each mutant must lose points, or be listed as right",
    )
    command.add_argument(
        "--sample",
        type=positive,
        metavar="N",
        help="only N answers of each kind, or N mutants, and N of all extras, drawn with the seed",
    )
    command.add_argument("--verbose", action="store_true", help="print a line for every answer")
    command.add_argument(
        "--cards", type=path_of, metavar="PAGE", help="only update the cards on a page, such as docs/cards.md"
    )


def _verify(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.proof_report import ProofReport
    from classroom.instructor.proof.mutants.trial import trial
    from classroom.instructor.proof.selection import ensure_selected
    from classroom.instructor.proof.verify import verify

    if arguments.cards:
        return _renew_cards(arguments)
    report = ProofReport(verbose=arguments.verbose)
    settings: dict[str, Any] = {
        "jobs": arguments.jobs,
        "seed": 1 if arguments.seed is None else arguments.seed,
        "only": arguments.only,
        "sandbox": arguments.sandbox,
        "sample": arguments.sample,
    }
    chosen = _chosen(arguments.week, arguments.sample, settings["seed"])
    ensure_selected(chosen, arguments.only, of_mutants=arguments.mutants)
    for assignment in chosen:
        report.begin(assignment)
        if arguments.mutants:
            report.end_of_trial(trial(assignment, on_result=report.show_mutant, **settings))
        else:
            report.end(verify(assignment, on_result=report.show, **settings))
    return report.close()


def _renew_cards(arguments: argparse.Namespace) -> int:
    """Grade the slips of a page again, and write the page with their cards."""
    from classroom.core.files import write_atomic
    from classroom.instructor.proof import cards

    seed = 1 if arguments.seed is None else arguments.seed
    for assignment in _chosen(arguments.week):
        page = arguments.cards.read_text(encoding="utf-8")
        slips = cards.slips_on(page, assignment)
        results = cards.graded(assignment, slips, arguments.jobs, seed)
        shown = {name: cards.card(assignment, result) for name, result in results.items()}
        write_atomic(arguments.cards, cards.updated(page, slips, shown))
        print(f"{assignment.name}: {len(shown)} cards in {arguments.cards}")
    return 0


def _chosen(week: str | None, sample: int | None = None, seed: int = 1) -> list[Assignment]:
    """Return the week or extra that is named, or every week of the course and its extras, or a sample of the extras."""
    from classroom.core.assignment import Assignment, course_top
    from classroom.core.course import assignment_folders

    if week is not None:
        return [assignment_of(week)]
    top = course_top(Path.cwd())
    if top is None:
        raise UsageError(f"There is no course in {Path.cwd()} or above it: go to the course's folder first.")
    found = [Assignment.load(folder) for folder in assignment_folders(top)]
    extras = [assignment for assignment in found if assignment.week]
    if sample is not None:
        extras = random.Random(seed).sample(extras, min(sample, len(extras)))  # noqa: S311 - a sample, not a secret
    return [assignment for assignment in found if not assignment.week or assignment in extras]


def _report(arguments: argparse.Namespace) -> int:
    from classroom.instructor.grading.report import report

    print(report(arguments.out))
    return 0
