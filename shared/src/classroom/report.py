"""The gradebook page: one self-contained file, made from the results, in which nothing of a submission can act."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.errors import UsageError
from classroom.result import GRADED, Result, Verdict, write_whole
from classroom.statistics import figures
from classroom.text import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.assignment import Assignment

PAGE = Path(__file__).with_name("page")
SIGNS = {Verdict.PASS: "✔", Verdict.FAIL: "✘", Verdict.SKIPPED: "·", Verdict.COULD_NOT_CHECK: "?"}


def read_results(out: Path) -> list[Result]:
    """Every result in a folder that `grade` has written, by name.

    Raises:
        UsageError: there is none.
    """
    found = []
    for path in sorted((out / "results").glob("*.json")):
        try:
            found.append(Result.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    if not found:
        raise UsageError(f"There are no results in {out}: name a folder that `classroom grade --out` has written.")
    return found


def write_report(path: Path, title: str, results: Sequence[Result]) -> None:
    """Write the page.

    Args:
        path: of the file.
        title: of the assignment.
        results: of the cohort.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script, style = ((PAGE / name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    text = environment.get_template("page.html").render(
        title=title,
        assignment=results[0].assignment,
        sandboxes=sorted({one.sandbox for one in results if one.status == GRADED}),
        seeds=sorted({one.seed for one in results}),
        figures=figures(results),
        rows=[_row(one) for one in results],
        tasks=next((one.tasks for one in results if one.tasks), ()),
        data=_data(results),
        script=script,
        style=style,
        script_hash=_hash(script),
        style_hash=_hash(style),
    )
    write_whole(path, text)


def _row(result: Result) -> dict[str, object]:
    """What the table shows of one submission."""
    return {
        "name": inert(result.submission, 80),
        "status": result.status,
        "score": result.score,
        "tasks": [
            {"earned": task.earned, "points": task.points, "verdict": task.verdict.value} for task in result.tasks
        ],
        "late": result.late or "",
    }


def _data(results: Sequence[Result]) -> str:
    """All results as JSON that no HTML parser can take for the end of a script."""
    text = json.dumps([_shown(asdict(one)) for one in results], ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return inert(value) if type(value) is str else value


def _hash(text: str) -> str:
    """The source's digest, as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def report(out: Path, assignment: Assignment | None = None) -> Path:
    """Make the page of a folder of results again; return where it is."""
    results = read_results(out)
    path = out / "report.html"
    write_report(path, assignment.title if assignment else results[0].assignment, results)
    return path
