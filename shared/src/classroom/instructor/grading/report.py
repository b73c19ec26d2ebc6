"""The gradebook page: one self-contained file, made from the results, in which nothing of a submission can act."""

from __future__ import annotations

from classroom.instructor.grading.results import PAIRS, SETTINGS, read_results

import base64
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.instructor.grading.deadline import NO_TIME, OWN_CLOCK
from classroom.core.errors import UsageError
from classroom.core.result import GRADED, Result, Verdict
from classroom.core.files import write_atomic
from classroom.instructor.grading.similarity import Pair, Side
from classroom.instructor.grading.statistics import figures
from classroom.core.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment

PAGE = Path(__file__).with_name("page")
OF_TIME = (OWN_CLOCK, NO_TIME)
FEW = 3  # notes of one submission in the list of all
SHOWN_OF_A_FAILURE = ("hidden", "message", "request", "answer", "printed")


def write_report(
    path: Path, title: str, results: Sequence[Result], pairs: Sequence[Pair] = (), deadline: str | None = None
) -> None:
    """Write the page.

    Args:
        path: of the file.
        title: of the assignment.
        results: of the cohort.
        pairs: submissions that are alike.
        deadline: what was in time, in words.
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
        own_clock=sum(OWN_CLOCK in one.notes for one in results),
        sandboxes=sorted({one.sandbox for one in results if one.status == GRADED}),
        seeds=sorted({one.seed for one in results}),
        figures=figures(results),
        most=next((one.max_score for one in results), 100),
        rows=[_row(one) for one in results],
        noted=[(sanitize(one.submission, 80), told) for one in results if (told := _notes(one))],
        pairs=[_similar(one) for one in pairs],
        tasks=next((one.tasks for one in results if one.tasks), ()),
        data=_data(results, pairs),
        script=script,
        style=style,
        script_hash=_hash(script),
        style_hash=_hash(style),
    )
    write_atomic(path, text)


def _row(result: Result) -> dict[str, object]:
    """What the table shows of one submission."""
    return {
        "name": sanitize(result.submission, 80),
        "status": result.status,
        "score": result.score,
        "tasks": [
            {"earned": task.earned, "points": task.points, "verdict": task.verdict.value} for task in result.tasks
        ],
        "late": result.late or "",
    }


def _notes(result: Result) -> list[str]:
    """What is said of how a submission was handed in, beside its time, as far as a list of all has room for it."""
    told = [sanitize(note, 300) for note in result.notes if note not in OF_TIME]
    return told if len(told) <= FEW else [*told[:FEW], f"and {len(told) - FEW} more"]


def _similar(pair: Pair) -> dict[str, object]:
    """What the table shows of two submissions that are alike."""
    return {
        "left": sanitize(pair.left.name, 80),
        "right": sanitize(pair.right.name, 80),
        "rare": pair.rare,
        "alike": pair.alike,
    }


def _data(results: Sequence[Result], pairs: Sequence[Pair]) -> str:
    """All that the page shows on demand, as JSON that no HTML parser can take for the end of a script.

    What a check asks stands here once, and not with each student.
    """
    asks = {check.name: check.asks for one in results for task in one.tasks for check in task.checks}
    data = {"asks": asks, "results": [_brief(one) for one in results], "pairs": [asdict(one) for one in pairs]}
    text = json.dumps(_shown(data), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _brief(result: Result) -> dict[str, object]:
    """A result without what the page does not show."""
    table = asdict(result)
    for task in table["tasks"]:
        task["checks"] = [
            {name: check[name] for name in ("name", "verdict", *SHOWN_OF_A_FAILURE) if check[name]}
            if check["verdict"] != Verdict.PASS
            else {"name": check["name"], "verdict": Verdict.PASS, "hidden": check["hidden"]}
            for check in task["checks"]
        ]
    kept = ("submission", "status", "score", "max_score", "bonus", "commit", "reason", "late", "notes", "tasks")
    return {name: table[name] for name in kept}


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {sanitize(key): _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return sanitize(value) if type(value) is str else value


def _hash(text: str) -> str:
    """The source's digest, as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def report(out: Path, assignment: Assignment | None = None) -> Path:
    """Make the page of a folder of results again; return where it is."""
    results = read_results(out)
    path = out / "report.html"
    pairs = [
        Pair(one["rare"], one["alike"], Side(**one["left"]), Side(**one["right"])) for one in _kept(out / PAIRS, [])
    ]
    deadline = _kept(out / SETTINGS, {}).get("deadline")
    write_report(path, assignment.title if assignment else results[0].assignment, results, pairs, deadline)
    return path


def _kept(path: Path, default: Any) -> Any:
    """What `grade` has written beside the results, where it has."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return default
