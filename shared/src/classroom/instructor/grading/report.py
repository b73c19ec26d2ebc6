"""The gradebook page: one self-contained file made from the results, in which no text of a submission can take effect."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.result import GRADED, Result
from classroom.core.text import sanitize
from classroom.instructor.grading.deadline import NO_TIME, OWN_CLOCK
from classroom.instructor.grading.evidence import read_evidence
from classroom.instructor.grading.page_data import WeekPage, page_data
from classroom.instructor.grading.results import ResultFolder, file_stems, read_results
from classroom.instructor.grading.similarity import groups_of, read_pairs
from classroom.instructor.grading.statistics import figures
from classroom.instructor.grading.students import read_students
from classroom.instructor.grading.team_results import read_team_results

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Template

    from classroom.instructor.grading.similarity import Group, Pair
    from classroom.instructor.grading.term import Term

PAGE = Path(__file__).with_name("page")
SCRIPTS, STYLES = ("view.js", "filter.js", "card.js", "page.js"), ("page.css", "tables.css", "card.css")
NOTES_ON_TIME = (OWN_CLOCK, NO_TIME)
MAX_NOTES = 3  # of one submission in the list of all
# In this order on the page: what someone has to do something about comes first.
NOT_GRADED = {
    "could-not-grade": "Could not be graded",
    "missing": "Missing",
    "not-started": "Not started",
    "excused": "Excused",
}


def write_page(path: Path, weeks: Sequence[WeekPage], term: Term | None = None, gradebook: str = "") -> None:
    """Write the page.

    Args:
        path: the file.
        weeks: at least one.
        term: all weeks together, if there are several.
        gradebook: the gradebook of all weeks, as CSV.
    """
    script, style = _joined(SCRIPTS), _joined(STYLES)
    shares = [line.percent for line in term.lines if line.percent is not None] if term else []
    text = _template().render(
        title=weeks[0].title if term is None else "All weeks",
        weeks=[_section(week) for week in weeks],
        term=term,
        mean_percent=fmean(shares) if shares else None,
        data=page_data(weeks, term, gradebook),
        script=script,
        style=style,
        script_hash=_hash(script),
        style_hash=_hash(style),
    )
    write_atomic(path, text)


@functools.cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html")


def _joined(names: Iterable[str]) -> str:
    return "\n".join((PAGE / name).read_text(encoding="utf-8") for name in names)


def _section(week: WeekPage) -> dict[str, Any]:
    """Return what the page shows of a week besides its students."""
    graded = [result for result in week.results if result.status == GRADED]
    found = figures(week.results)
    return {
        "week": week,
        "figures": found,
        "max_score": max((result.max_score for result in week.results), default=0),
        "own_clock": sum(OWN_CLOCK in result.notes for result in week.results),
        "sandboxes": sorted({result.sandbox for result in graded}),
        "seeds": sorted({result.seed for result in graded}),
        "noted": [(_person(week, result.submission), notes) for result in week.results if (notes := _notes(result))],
        "others": _others(week),
        "strangers": [_person(week, one.submission) for one in week.results if week.is_stranger(one.submission)],
        "failures": [(one, [_person(week, name) for name in one.students]) for one in found.failures],
        "groups": [_group(week, group, week.pairs) for group in groups_of(week.pairs)],
    }


def _person(week: WeekPage, submission: str) -> dict[str, str]:
    """Return a student as a link: the name, and where it leads to on the page."""
    return {"label": week.label(submission), "key": f"{week.name}/{week.place(submission)}"}


def _others(week: WeekPage) -> list[tuple[str, list[tuple[dict[str, str], str]]]]:
    """Return who was not graded, by the kind of reason, each with the reason if there is one."""
    found = []
    for status, title in NOT_GRADED.items():
        names = [
            (_person(week, result.submission), sanitize(result.reason or "", 400))
            for result in week.results
            if result.status == status
        ]
        found += [(title, names)] if names else []
    return found


def _notes(result: Result) -> list[str]:
    """Return the first notes on a submission, without those on its time, which the page counts."""
    notes = [sanitize(note, 300) for note in result.notes if note not in NOTES_ON_TIME]
    return notes if len(notes) <= MAX_NOTES else [*notes[:MAX_NOTES], f"and {len(notes) - MAX_NOTES} more"]


def _group(week: WeekPage, group: Group, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return a group of similar submissions, each pair with its number on the page."""
    numbers = {id(pair): number for number, pair in enumerate(pairs)}
    rows = [
        {
            "number": numbers[id(pair)],
            "sides": [_side(week, side.name, known=side.known) for side in (pair.left, pair.right)],
            "rare_overlap": pair.rare_overlap,
            "similarity": pair.similarity,
            "has_passages": bool(pair.left.lines or pair.right.lines),
        }
        for pair in group.pairs
    ]
    members = [_side(week, name, known=name in group.known) for name in group.names]
    return {"number": group.number, "share": group.share, "members": members, "pairs": rows}


def _side(week: WeekPage, name: str, *, known: bool) -> dict[str, Any]:
    return {**_person(week, name), "known": known}


def _hash(text: str) -> str:
    """Return a source's digest in the form of a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def report(out: Path, results: Sequence[Result] | None = None) -> Path:
    """Write the page of a folder of results; return its path.

    Raises:
        UsageError: there are no results, or results of several weeks.
    """
    if not (out / "results").is_dir() and any(out.glob("*/results/*.json")):
        raise UsageError(
            f"{out} holds the grades for several weeks: classroom gradebook {out} combines them into one page."
        )
    path = out / "report.html"
    write_page(path, [read_week(out, results)])
    return path


def report_term(folder: Path, term: Term, gradebook: str) -> Path:
    """Write one page for all weeks of a term into a folder; return its path."""
    path = folder / "report.html"
    weeks = [read_week(week.folder) for week in term.weeks]
    write_page(path, weeks, term if len(weeks) > 1 else None, gradebook)
    return path


def read_week(out: Path, results: Sequence[Result] | None = None) -> WeekPage:
    """Return what the page shows of a folder of results.

    Args:
        out: the folder.
        results: those to show; by default all that are in the folder.

    Raises:
        UsageError: there are no results.
    """
    results = results or read_results(out)
    folder = ResultFolder(out, file_stems([result.submission for result in results]))
    settings = folder.settings()
    try:
        gradebook = (out / "gradebook.csv").read_bytes().decode("utf-8", "replace")
    except OSError:
        gradebook = ""
    return WeekPage(
        str(settings.get("title") or results[0].assignment),
        results[0].assignment,
        results,
        read_pairs(out),
        settings.get("deadline"),
        read_students(out),
        lambda name: read_evidence(folder.evidence(name)),
        gradebook,
        folder.zone(),
        str(out),
        read_team_results(out),
    )
