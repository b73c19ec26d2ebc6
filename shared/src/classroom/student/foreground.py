"""Run a whole system in the foreground: show its lines, say what has stopped, and end everything at Ctrl-C."""

from __future__ import annotations

import queue
import signal
import threading
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from classroom.core.ports import HOST
from classroom.student.local_system import INSTANCES, PartEndedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from classroom.student.local_system import LocalSystem

COLORS = {"storage": "yellow", "cache": "blue", "a": "cyan", "b": "magenta", "balancer": "green", "worker": "white"}
EFFECTS = {
    "storage": "nothing can be uploaded or played",
    "cache": "the site continues without one",
    "balancer": "the site cannot be reached",
    "worker": "the other workers take over its work",
}
NO_INSTANCE = "no instance is left, and the balancer returns 503"
NO_WORKER = "no worker is left, and the jobs wait"


def line_printer() -> Callable[[str, str], None]:
    """Return a function that prints a line of a part after the part's name, in the part's color."""
    from rich.console import Console
    from rich.text import Text

    console, one_at_a_time = Console(highlight=False, soft_wrap=True), threading.Lock()

    def show(name: str, line: str) -> None:
        with one_at_a_time:
            console.print(Text(f"{name:>8}  {line}", style=COLORS.get(_kind(name), COLORS["a"])))

    return show


def run_system(
    system: LocalSystem,
    log: Callable[[str], None],
    beside: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> int:
    """Run a system until Ctrl-C, or until no instance is left.

    Args:
        system: the system, not started yet.
        log: called with each line for the user.
        beside: called once the system is up; what it returns is entered then, and left before the system is stopped.

    Returns:
        0 after Ctrl-C, 1 if the system stopped by itself.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, interrupt) for number in signals]
    ending = ExitStack()
    ending.callback(system.close)
    try:
        return _watch(system, log, lambda: ending.enter_context(beside()))
    except KeyboardInterrupt:
        return 0
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave some parts running
        ending.close()
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _watch(system: LocalSystem, log: Callable[[str], None], is_up: Callable[[], object]) -> int:
    try:
        system.start()
    except PartEndedError as error:
        log(str(error))
        return 1
    log(f"Open http://{HOST}:{system.ports.site}/docs in your browser. Press Ctrl-C to stop.")
    for part in system.parts.values():
        address = f"{HOST}:{part.port}" if part.port else "no port"
        log(f"  {part.name:<8}  {address:<15}  process {part.process.pid}")
    is_up()
    while True:
        try:
            part = system.ended.get(timeout=0.5)  # without a timeout, Ctrl-C is not noticed on Windows
        except queue.Empty:
            continue
        # One that was killed in the control room can be started again there.
        if part.name in INSTANCES and not {*system.left(), *system.killed()} & {*INSTANCES}:
            log(f"{part.name} has stopped {part.how_it_ended}, and no instance is left: stopping everything.")
            return 1
        log(f"{part.name} has stopped {part.how_it_ended}: {effect(part.name, system)}. Press Ctrl-C to stop the rest.")


def effect(name: str, system: LocalSystem) -> str:
    """Return what it means for the site that a part is not there."""
    kind, left = _kind(name), system.left()
    if kind == "worker" and kind not in map(_kind, left):
        return NO_WORKER
    if name not in INSTANCES:
        return EFFECTS[kind]
    instances = [instance for instance in INSTANCES if instance in left]
    return f"the site continues with {instances[0]}" if instances else NO_INSTANCE


def _kind(name: str) -> str:
    return name.rstrip("0123456789")
