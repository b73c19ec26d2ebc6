"""Check a week in place, as students do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.apps.open import open_launcher
from classroom.checks.run import Job, Run
from classroom.core.errors import CouldNotCheck
from classroom.core.submission import look
from classroom.services.manager import Services

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.core.result import Result


def check_in_place(assignment: Assignment, *, only: int | None = None, seed: int | None = None) -> Result:
    """Run the visible checks on the week's own folder, without copying it.

    Args:
        assignment: the week.
        only: the number of a single task, or None for all.
        seed: the seed of the checks' data; random if None.

    Raises:
        CouldNotCheck: a service or the checks themselves failed.
    """
    launcher = open_launcher(assignment.preload)
    services = Services(assignment.services)
    services.open_ahead()
    try:
        # Import pytest only now, while the app's libraries and the services are loading in other processes.
        from classroom.checks.workers import pytest_session

        run = Run(assignment, launcher, services, only=only)
        job = Job(assignment.folder, assignment.name, notes=tuple(look(assignment)))
        run.begin(job if seed is None else replace(job, seed=seed))
        epoch = services.epoch()
        pytest_session.check(run)
        if services.epoch() != epoch:
            raise CouldNotCheck("The database server was restarted while the checks were running: run them again.")
        return run.result()
    finally:
        launcher.close()
        services.close()
