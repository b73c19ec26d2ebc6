"""Assignments: weeks as described by their `assignment.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "assignment.toml"
EXTRA = "extra"  # the folder in a week that holds its extra exercises
SERVICES = ("postgres", "cache", "storage")
APP_NAME, MODULE = re.compile(r"[a-z]+"), re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)+")


@dataclass(frozen=True)
class Task:
    """One numbered task of an assignment.

    Attributes:
        number: from 1, the same in README, stubs, hints and checks.
        points: what the task is worth; a bonus task's points are not part of the maximum score.
        needs: numbers of the tasks that this one builds on.
    """

    number: int
    title: str
    points: int
    needs: tuple[int, ...] = ()
    bonus: bool = False

    @property
    def section(self) -> str:
        """Return the README heading of this task, without the hashes."""
        return f"{self.number}. {self.title}"


@dataclass(frozen=True)
class Limits:
    """What one submission may use: times in seconds (`_s`), sizes in megabytes (`_mb`)."""

    request_s: float = 5
    check_s: float = 20
    total_s: float = 120
    start_s: float = 10
    restarts: int = 30
    size_mb: int = 20


@dataclass(frozen=True)
class Assignment:
    """A week, or an extra exercise of one: its folder, its tasks, and what it needs to run.

    `name` is the folder's name, such as `week1-hello-api`, unless the file sets it: a student may rename a clone.
    `apps` names the module of each app where a submission has several that run side by side.
    `extra` is set in an extra that is handed out alone, outside its week's folder.
    `about_hidden` says what its hidden checks do, if they do not just use other data.
    """

    folder: Path
    name: str
    title: str
    minutes: int
    tasks: tuple[Task, ...]
    student_files: tuple[str, ...] = ("app",)
    course_files: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    preload: tuple[str, ...] = ("fastapi",)
    limits: Limits = field(default_factory=Limits)
    database_scheme: str = "postgresql"
    apps: Mapping[str, str] = field(default_factory=dict)
    extra: bool = False
    about_hidden: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """Return the module of each app of a submission."""
        return tuple(self.apps.values()) or ("app.main",)

    @property
    def max_score(self) -> int:
        """Return the sum of the points of all tasks but bonus tasks."""
        return sum(task.points for task in self.tasks if not task.bonus)

    def task(self, number: int) -> Task:
        """Return the task with this number.

        Raises:
            UsageError: there is no such task.
        """
        for task in self.tasks:
            if task.number == number:
                return task
        numbers = f"{self.tasks[0].number} to {self.tasks[-1].number}"
        raise UsageError(f"{self.name} has no task {number}: its tasks are {numbers}.")

    @property
    def week(self) -> Path | None:
        """Return the folder of the week that an extra exercise belongs to; None for a week."""
        group = self.folder.parent
        return group.parent if group.name == EXTRA and (group.parent / FILE).is_file() else None

    @property
    def is_extra(self) -> bool:
        """Whether it is an extra exercise, in its week's folder or handed out alone."""
        return self.extra or self.week is not None

    @property
    def course(self) -> Path:
        """Return the folder of the course that it belongs to, if it has one."""
        return (self.week or self.folder).parent

    @property
    def visible_checks(self) -> Path:
        """Return the folder of the checks that students have."""
        return self.folder / "tests"

    @property
    def hidden_checks(self) -> Path:
        """Return the folder of the checks that only the instructor has."""
        return self.folder / "grading" / "hidden"

    @classmethod
    def load(cls, folder: Path) -> Assignment:
        """Read the assignment in a folder.

        Raises:
            UsageError: there is none, or its file is invalid; the message names the entry.
        """
        path = folder / FILE
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UsageError(f"{folder} is not a week of the course: it has no {FILE}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{path} cannot be read: {error}. Fix that line, or copy the file from the course again."
            ) from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
        return cls(folder=folder.resolve(), **{"name": folder.resolve().name, **_Reader(path, data).assignment()})


class _Reader:
    """Converts the TOML table to the fields of an assignment, and names the entry that is invalid."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path = path
        self.data = data

    def assignment(self) -> dict[str, Any]:
        known = {entry.name for entry in fields(Assignment)} - {"folder"}
        self.only(self.data, known, "the top level")
        tasks = tuple(self.task(table) for table in self.value(self.data, "tasks", list, "the top level"))
        numbers = [task.number for task in tasks]
        if not tasks or numbers != sorted(set(numbers)):
            self.fail("tasks must have different numbers, in ascending order")
        for task in tasks:
            if any(need not in numbers or need >= task.number for need in task.needs):
                self.fail(f"task {task.number} can only need tasks with a smaller number")
        found: dict[str, Any] = {
            "title": self.value(self.data, "title", str, "the top level"),
            "minutes": self.value(self.data, "minutes", int, "the top level"),
            "tasks": tasks,
            "limits": self.limits(self.data.get("limits", {})),
            "database_scheme": str(self.data.get("database_scheme", "postgresql")),
            "apps": self.apps(self.data.get("apps", {})),
            "extra": bool(self.data.get("extra", False)),
        }
        for name in ("name", "about_hidden"):
            if name in self.data:
                found[name] = self.value(self.data, name, str, "the top level")
        for name in ("student_files", "course_files", "published", "services", "preload"):
            if name in self.data:
                found[name] = self.texts(name)
        for service in found.get("services", ()):
            if service not in SERVICES:
                self.fail(f"{service!r} is not a service (known: {', '.join(SERVICES)})")
        return found

    def task(self, table: Any) -> Task:
        where = "[[tasks]]"
        if not isinstance(table, dict):
            self.fail(f"{where} must be a table")
        self.only(table, {"number", "title", "points", "needs", "bonus"}, where)
        return Task(
            number=self.value(table, "number", int, where),
            title=self.value(table, "title", str, where),
            points=self.value(table, "points", int, where),
            needs=tuple(table.get("needs", [])),
            bonus=bool(table.get("bonus", False)),
        )

    def apps(self, table: Any) -> dict[str, str]:
        if not isinstance(table, dict):
            self.fail("apps must be a table")
        for name, module in table.items():
            if not APP_NAME.fullmatch(name) or not isinstance(module, str) or not MODULE.fullmatch(module):
                self.fail(f'[apps] {name} must be a name and its module, such as store = "app.store.main"')
        return dict(table)

    def limits(self, table: Any) -> Limits:
        self.only(table, {entry.name for entry in fields(Limits)}, "[limits]")
        for name, number in table.items():
            if isinstance(number, bool) or not isinstance(number, int | float) or number <= 0:
                self.fail(f"[limits] {name} must be a number greater than 0")
        return Limits(**table)

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.value(self.data, name, list, "the top level")
        if not all(isinstance(value, str) for value in values):
            self.fail(f"{name} must be a list of strings")
        return tuple(values)

    def value(self, table: dict[str, Any], name: str, kind: type, where: str) -> Any:
        if name not in table:
            self.fail(f"{name} is missing in {where}")
        if not isinstance(table[name], kind):
            self.fail(f"{name} in {where} must be of type {kind.__name__}")
        return table[name]

    def only(self, table: dict[str, Any], known: set[str], where: str) -> None:
        if unknown := sorted(set(table) - known):
            self.fail(f"{where} has the unknown entry {unknown[0]!r} (known: {', '.join(sorted(known))})")

    def fail(self, what: str) -> None:
        raise UsageError(f"{self.path}: {what}.")


def duration(minutes: int) -> str:
    """Return how long a week takes, for people: `45 minutes`, `1 hour`, `3 hours`."""
    hours, rest = divmod(minutes, 60)
    count, unit = (minutes, "minute") if rest or not hours else (hours, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def weeks(top: Path) -> dict[int, Path]:
    """Return the folders of all weeks in a course, by number."""
    found: dict[int, Path] = {}
    for path in sorted(top.glob("week*")):
        if (match := re.match(r"week(\d+)", path.name)) and (path / FILE).is_file():
            found[int(match[1])] = path
    return found


def course_top(start: Path) -> Path | None:
    """Return the nearest folder, from `start` upward, that contains weeks, or None."""
    for folder in (start, *start.parents):
        if weeks(folder):
            return folder
    return None
