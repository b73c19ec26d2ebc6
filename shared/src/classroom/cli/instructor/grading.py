"""What an instructor does with submissions: grade, report; and with the course: verify, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.cli.parser import assignment_of, positive, takes_sandbox, takes_week
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group


def declare(group: Group) -> None:
    """Declare this group's commands."""
    grade = group.add(
        "grade",
        _grade,
        "grade a folder of submissions with visible and hidden checks",
        "classroom grade 1 --submissions handed-in --out grades",
    )
    takes_week(grade, needed=True)
    grade.add_argument(
        "--submissions", type=Path, required=True, metavar="DIR", help="each folder or bare repository in it is one"
    )
    grade.add_argument("--out", type=Path, required=True, metavar="DIR", help="results and gradebook go here")
    grade.add_argument(
        "--jobs",
        type=positive,
        default=0,
        metavar="N",
        help="how many at once (one for each core, two with a database)",
    )
    grade.add_argument("--seed", type=int, metavar="N", help="for the data of the checks, the same for all")
    takes_sandbox(grade, "bubblewrap")
    grade.add_argument(
        "--roster",
        type=Path,
        metavar="CSV",
        help="the students, as for `open`: those who submitted nothing get a row, too",
    )
    grade.add_argument(
        "--deadline", metavar="TIME", help="the last commit before it counts: 2026-11-21T23:59, here or with +01:00"
    )
    grade.add_argument(
        "--late-days", type=positive, default=0, metavar="N", help="so many days after it are still taken"
    )
    grade.add_argument("--late-points", type=positive, default=0, metavar="N", help="what each of these days takes off")
    grade.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this submission alone; may be repeated"
    )
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")

    verify = group.add("verify", _verify, "have the course prove itself: every week, or one", "classroom verify 1")
    takes_week(verify)
    verify.add_argument("--only", metavar="TEXT", help="cases with this in their title, such as wrong/route")
    verify.add_argument("--seed", type=int, metavar="N", help="for the data of the checks")
    verify.add_argument(
        "--jobs",
        type=positive,
        default=0,
        metavar="N",
        help="how many at once (one for each core, two with a database)",
    )
    takes_sandbox(verify, "none", "walls around each answer")
    verify.add_argument(
        "--mutants", action="store_true", help="break the solution in many small ways: each must lose, or be named"
    )
    verify.add_argument(
        "--sample",
        type=positive,
        metavar="N",
        help="only so many answers of each kind, or so many mutants, drawn by the seed",
    )
    verify.add_argument("--verbose", action="store_true", help="a line for every answer")

    report = group.add("report", _report, "make the gradebook page again from the results", "classroom report grades")
    report.add_argument("out", type=Path, metavar="OUT", help="the folder that `grade` has written")

    demo = group.add("demo", _demo, "grade a sample cohort made of the course's own answers", "classroom demo")
    demo.add_argument("--to", type=Path, default=Path("demo"), metavar="DIR", help="where it goes (demo)")
    takes_sandbox(demo, "none")


def _grade(arguments: argparse.Namespace) -> int:
    from classroom.core.result import COULD_NOT_GRADE
    from classroom.instructor.grading.cohort import Cohort
    from classroom.instructor.grading.deadline import deadline_of
    from classroom.instructor.grading.progress import Meter

    days, points = arguments.late_days, arguments.late_points
    if (days or points) and not arguments.deadline:
        raise UsageError("--late-days and --late-points say what comes after a deadline: name it with --deadline.")
    if points and not days:
        raise UsageError("--late-points takes off for each day that --late-days still allows: give both.")
    cohort = Cohort(
        assignment_of(arguments.week),
        arguments.submissions,
        arguments.out,
        seed=arguments.seed,
        roster=arguments.roster,
        deadline=deadline_of(arguments.deadline, days, points) if arguments.deadline else None,
        only=tuple(arguments.only),
        force=arguments.force,
        jobs=arguments.jobs,
        sandbox=arguments.sandbox,
    )
    if arguments.roster:
        print(f"  {arguments.roster}: {cohort.students.summary()}")
    try:
        with Meter() as meter:
            results = cohort.grade(meter.begin, meter.tell)
    except KeyboardInterrupt:
        print("  Stopped. What is graded is kept, and the same command goes on from there.")
        raise
    meter.close(results, arguments.out)
    return 3 if any(result.status == COULD_NOT_GRADE for result in results) else 0


def _verify(arguments: argparse.Namespace) -> int:
    from classroom.core.assignment import Assignment, course_top, weeks
    from classroom.instructor.proof.mutants.trial import trial
    from classroom.instructor.proof.progress import Proofs
    from classroom.instructor.proof.verify import verify

    if arguments.week is None:
        top = course_top(Path.cwd())
        chosen = [Assignment.load(folder) for folder in weeks(top).values()] if top else []
        if not chosen:
            raise UsageError(f"There is no course in {Path.cwd()} or above it: go to the course's folder first.")
    else:
        chosen = [assignment_of(arguments.week)]
    proofs = Proofs(verbose=arguments.verbose)
    settings: dict[str, Any] = {
        "jobs": arguments.jobs,
        "seed": 1 if arguments.seed is None else arguments.seed,
        "only": arguments.only,
        "sandbox": arguments.sandbox,
        "sample": arguments.sample,
    }
    for assignment in chosen:
        proofs.begin(assignment)
        if arguments.mutants:
            proofs.end_of_trial(trial(assignment, tell=proofs.tell_mutant, **settings))
        else:
            proofs.end(verify(assignment, tell=proofs.tell, **settings))
    return proofs.close()


def _report(arguments: argparse.Namespace) -> int:
    from classroom.instructor.grading.report import report

    print(report(arguments.out))
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from classroom.instructor.grading.progress import Meter
    from classroom.instructor.proof.demo import sample

    cohort = sample(assignment_of("1"), arguments.to, sandbox=arguments.sandbox)
    with Meter() as meter:
        results = cohort.grade(meter.begin, meter.tell)
    meter.close(results, cohort.out)
    print("  Open the page in a browser: the class at a glance, and behind each name a scorecard.")
    return 0
