"""The gradebook page: one self-contained file made from the results, in which no text of a submission can take effect."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.core.files import write_atomic
from classroom.core.result import GRADED, Result, Verdict
from classroom.core.text import display_name, sanitize
from classroom.instructor.grading.deadline import NO_TIME, OWN_CLOCK
from classroom.instructor.grading.results import SETTINGS, read_results
from classroom.instructor.grading.similarity import read_pairs
from classroom.instructor.grading.statistics import figures
from classroom.student.card import ASKS, check_rows, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment
    from classroom.core.result import CheckResult
    from classroom.instructor.grading.similarity import Pair

PAGE = Path(__file__).with_name("page")
NOTES_ON_TIME = (OWN_CLOCK, NO_TIME)
MAX_NOTES = 3  # of one submission in the list of all


def write_report(
    path: Path, title: str, results: Sequence[Result], pairs: Sequence[Pair] = (), deadline: str | None = None
) -> None:
    """Write the page.

    Args:
        path: the file.
        title: the assignment's.
        results: of the cohort, at least one.
        pairs: submissions that are similar.
        deadline: for people to read.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script, style = ((PAGE / name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    text = environment.get_template("page.html").render(
        title=title,
        assignment=results[0].assignment,
        deadline=deadline,
        own_clock=sum(OWN_CLOCK in result.notes for result in results),
        sandboxes=sorted({result.sandbox for result in results if result.status == GRADED}),
        seeds=sorted({result.seed for result in results if result.status == GRADED}),
        figures=figures(results),
        max_score=next((result.max_score for result in results), 100),
        rows=[_row(result) for result in results],
        noted=[(display_name(result.submission, 80), notes) for result in results if (notes := _notes(result))],
        pairs=[_pair(pair) for pair in pairs],
        tasks=next((result.tasks for result in results if result.tasks), ()),
        data=_data(results, pairs),
        script=script,
        style=style,
        script_hash=_hash(script),
        style_hash=_hash(style),
    )
    write_atomic(path, text)


def _row(result: Result) -> dict[str, object]:
    """Return what the table of students shows of a result."""
    return {
        "name": display_name(result.submission, 80),
        "status": result.status,
        "score": result.score,
        "tasks": [
            {"earned": result.points(task), "points": task.points, "verdict": task.verdict.value}
            for task in result.tasks
        ],
        "late": result.late or "",
    }


def _notes(result: Result) -> list[str]:
    """Return the first notes on a submission, without those on its time, which the page counts."""
    notes = [sanitize(note, 300) for note in result.notes if note not in NOTES_ON_TIME]
    return notes if len(notes) <= MAX_NOTES else [*notes[:MAX_NOTES], f"and {len(notes) - MAX_NOTES} more"]


def _pair(pair: Pair) -> dict[str, object]:
    """Return what the table of similar submissions shows of a pair."""
    return {
        "left": display_name(pair.left.name, 80),
        "right": display_name(pair.right.name, 80),
        "rare_overlap": pair.rare_overlap,
        "similarity": pair.similarity,
    }


def _data(results: Sequence[Result], pairs: Sequence[Pair]) -> str:
    """Return all that the page shows on demand, as JSON that no HTML parser can take for the end of a script.

    The sentence of each check is in it once, not with each student.
    """
    asks = {check.name: check.asks for result in results for task in result.tasks for check in task.checks}
    data = {"asks": asks, "results": [_brief(result) for result in results], "pairs": [_named(pair) for pair in pairs]}
    text = json.dumps(_sanitized(data), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _brief(result: Result) -> dict[str, object]:
    """Return a result without what the page does not show."""
    table = asdict(result)
    for task, shown in zip(result.tasks, table["tasks"], strict=True):
        shown["checks"] = [_brief_check(check) for check in task.checks]
        shown["earned"] = result.points(task)
    table["adjusted"] = [f"{change.text} {change.note}".strip() for change in result.adjustments]
    kept = (
        "submission",
        "status",
        "score",
        "max_score",
        "bonus",
        "commit",
        "reason",
        "late",
        "notes",
        "adjusted",
        "tasks",
    )
    return {name: table[name] for name in kept} | {"submission": display_name(result.submission)}


def _brief_check(check: CheckResult) -> dict[str, object]:
    """Return a check with the card that the student gets, also of a hidden one."""
    brief: dict[str, object] = {"name": check.name, "verdict": check.verdict, "hidden": check.hidden}
    if check.verdict in (Verdict.FAIL, Verdict.COULD_NOT_CHECK):
        brief["card"] = text_of(row for row in check_rows(check, hidden=True) if row.label != ASKS)
    return brief


def _named(pair: Pair) -> dict[str, object]:
    """Return a pair as data, with the names as they are shown."""
    table = asdict(pair)
    for side in (table["left"], table["right"]):
        side["name"] = display_name(side["name"])
    return table


def _sanitized(value: object) -> object:
    """Return a value with every text in it sanitized."""
    if isinstance(value, dict):
        return {sanitize(key): _sanitized(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_sanitized(inner) for inner in value]
    return sanitize(value) if type(value) is str else value


def _hash(text: str) -> str:
    """Return a source's digest in the form of a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def report(out: Path, assignment: Assignment | None = None) -> Path:
    """Write the page of a folder of results again; return its path.

    Raises:
        UsageError: there are no results.
    """
    results = read_results(out)
    path = out / "report.html"
    deadline = _read_json(out / SETTINGS, {}).get("deadline")
    write_report(path, assignment.title if assignment else results[0].assignment, results, read_pairs(out), deadline)
    return path


def _read_json(path: Path, default: Any) -> Any:
    """Return the contents of a file next to the results, or the default if there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return default
