"""The pytest plugin: ties checks to tasks, and turns what happens in them into verdicts.

It is active if a run was handed in (by `classroom check` or `grade`), and if pytest is started in a week's folder.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from classroom.checks import support, verdict
from classroom.checks.computing import limited
from classroom.checks.run import Carrier, Check, Job, Run
from classroom.core.assignment import FILE, Assignment
from classroom.core.errors import ClassroomError
from classroom.core.result import Verdict

if TYPE_CHECKING:
    from collections.abc import Generator

RUN = pytest.StashKey[Run]()
_broken: list[str] = []
pytest_plugins = ("classroom.checks.fixtures", "classroom.checks.live_fixtures", "classroom.checks.service_fixtures")


def task(number: int, *, weight: int = 1) -> pytest.MarkDecorator:
    """Tie a check to a task; a weight of 2 makes it count double among the task's checks."""
    return pytest.mark.task(number, weight=weight)


def pytest_configure(config: pytest.Config) -> None:
    """Take the run that was handed in, or make one for the week's folder, and register the week's own fixtures."""
    config.addinivalue_line("markers", "task(number, weight=1): the task that this check belongs to")
    _broken.clear()  # of an earlier session in this process
    carriers = [plugin for plugin in config.pluginmanager.get_plugins() if isinstance(plugin, Carrier)]
    if carriers:
        config.stash[RUN] = carriers[0].run
    elif (config.rootpath / FILE).is_file():
        try:
            config.stash[RUN] = _own_run(config)
        except ClassroomError as error:
            pytest.exit(str(error), returncode=error.exit_status + 10)
    if current := config.stash.get(RUN, None):
        support.register(config, current.assignment.visible_checks / support.PACKAGE)


def _own_run(config: pytest.Config) -> Run:
    from classroom.apps.open import open_launcher
    from classroom.services.manager import Services

    assignment = Assignment.load(config.rootpath)
    launcher = open_launcher(assignment.preload)
    config.add_cleanup(launcher.close)
    services = Services(assignment.services)
    config.add_cleanup(services.close)
    run = Run(assignment, launcher, services)
    run.begin(Job(config.rootpath, assignment.name))
    return run


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put all visible checks before the hidden ones, each in the order of their tasks; leave out the tasks not asked for.

    What an app returns to a visible check is shown to its author. So it must not be able to contain what hidden checks
    have sent, which an app or its database could remember.
    """
    current = config.stash.get(RUN, None)
    if current is None:
        return
    hidden = current.assignment.folder / "grading"

    def order(item: pytest.Item) -> tuple[bool, int]:
        return hidden in item.path.parents, _task(item)

    items.sort(key=order)
    if current.only is not None:
        items[:] = [item for item in items if _task(item) == current.only]


def _task(item: pytest.Item) -> int:
    mark = item.get_closest_marker("task")
    return int(mark.args[0]) if mark and mark.args else 0


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fix the list of checks, and with it the denominator, before any code from a submission runs."""
    current = session.config.stash.get(RUN, None)
    if current is None:
        return
    if _broken:
        current.trouble = _broken[0]
    numbers = {one.number for one in current.assignment.tasks}
    hidden = current.assignment.folder / "grading"
    for item in session.items:
        mark = item.get_closest_marker("task")
        if mark is None or _task(item) not in numbers:
            current.trouble = f"{item.nodeid} belongs to no task of {current.assignment.name}: mark it with @task(N)."
            return
        check = Check(
            name=item.name.removeprefix("test_"),
            task=_task(item),
            weight=int(mark.kwargs.get("weight", 1)),
            hidden=hidden in item.path.parents,
            asks=_sentence(getattr(item, "obj", None)),
        )
        if any(check.name == other.name for other in current.checks.values()):
            current.trouble = f"{item.nodeid}: another check already has this name."
            return
        current.checks[item.nodeid] = check


def _sentence(function: Any) -> str:
    return re.sub(r"\s+", " ", (getattr(function, "__doc__", None) or "").strip())


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember that a module of checks could not be loaded."""
    plain = getattr(report.longrepr, "reprcrash", None) or report.longrepr
    if report.failed:
        _broken.append(f"{report.nodeid} cannot be loaded: {plain}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Start a check's own time and its own list of requests."""
    current = item.config.stash.get(RUN, None)
    if current is None:
        return (yield)
    current.exchanges = []
    current.touched = False
    current.trail.begin()
    current.check_began = time.monotonic()
    with limited(current.assignment.limits.check_s):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Restart the check's clock: the time that the app took to start is not the check's."""
    current = item.config.stash.get(RUN, None)
    if current is None:
        return (yield)
    current.check_began = time.monotonic()
    with limited(current.assignment.limits.check_s):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Turn the outcome of a check's phase into a verdict, and pytest's own report into the same words."""
    current = item.config.stash.get(RUN, None)
    check = current.checks.get(item.nodeid) if current else None
    if current is None or check is None:
        return (yield)
    # pytest renders each failure at once, and parses the check's whole file again each time.
    caught, call.excinfo = call.excinfo, None
    report = yield
    call.excinfo = caught
    if caught is None:
        if call.when == "call":
            current.results[item.nodeid] = verdict.passed(check, call.duration)
        return report
    error = caught.value
    if full := current.out_of_room(error):
        # Reported once, not by each remaining check.
        current.full, item.session.shouldstop, error = full, str(full), full
    if call.when == "teardown":
        error = verdict.of_clean_up(error, current)
    result = verdict.judge(check, error, current, call.duration)
    current.results[item.nodeid] = result
    details = "\n".join(filter(None, (result.cause, result.message, result.request, result.answer, result.printed)))
    if result.verdict is Verdict.SKIPPED:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, f"Skipped: {result.message}")
    else:
        report.outcome = "failed"
        report.longrepr = f"{result.asks}\n\n{details}"
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print a short scorecard after a plain pytest in a week's folder."""
    current = config.stash.get(RUN, None)
    if current is None or current.job is None or not current.results or config.option.collectonly:
        return
    terminalreporter.section("points")
    result = current.result()
    for one in result.tasks:
        reason = f"  ({one.reason})" if one.reason else ""
        terminalreporter.write_line(
            f"{one.number:>3}. {one.title:<40} {one.earned:>3}/{one.points:<3} {one.verdict}{reason}"
        )
    terminalreporter.write_line(
        f"     {'Total':<40} {result.score if result.score is not None else '?':>3}/{result.max_score}"
    )
