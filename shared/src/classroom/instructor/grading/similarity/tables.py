"""The files `similar.json` and `similar.csv` of a grading; what is in them is in the package's docstring."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from classroom.core.files import write_atomic
from classroom.core.text import display_name
from classroom.instructor.grading.gradebook import table_text
from classroom.instructor.grading.results import PAIRS
from classroom.instructor.grading.similarity.pair import Pair, Side

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from classroom.instructor.grading.similarity.search import Similarities

TABLE = "similar.csv"
COLUMNS = ("group", "student_a", "student_b", "shared", "similarity", "known_a", "known_b")


def write_similarities(out: Path, found: Similarities) -> None:
    """Write both files into a folder of results."""
    listed = sorted((*found.pairs, *found.others), key=lambda pair: (pair.group, -pair.rare_overlap))
    _write(out, found.pairs, [_cells(pair) for pair in listed])


def join_similarities(outs: Iterable[Path], to: Path) -> None:
    """Write both files with what several gradings have found, with new numbers for their groups."""
    pairs: list[Pair] = []
    rows: list[list[object]] = []
    last = 0
    for out in outs:
        found = read_pairs(out)
        pairs += [replace(pair, group=last + pair.group) for pair in found]
        rows += [[last + int(row[0]), *row[1:]] for row in _read_rows(out / TABLE)]
        last += max((pair.group for pair in found), default=0)
    _write(to, pairs, rows)


def _write(out: Path, pairs: Iterable[Pair], rows: Iterable[list[object]]) -> None:
    write_atomic(out / PAIRS, json.dumps([asdict(pair) for pair in pairs]) + "\n")
    write_atomic(out / TABLE, table_text([COLUMNS, *rows]))


def _read_rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.reader(file) if row][1:]
    except OSError:
        return []


def _cells(pair: Pair) -> list[object]:
    names = (display_name(side.name) for side in (pair.left, pair.right))
    known = ("known" if side.known else "" for side in (pair.left, pair.right))
    return [pair.group, *names, round(pair.rare_overlap, 3), round(pair.similarity, 3), *known]


def read_pairs(out: Path) -> list[Pair]:
    """Return the pairs that `grade` found; none if there are none, or another version of the kit wrote them."""
    try:
        return [
            Pair(
                pair["rare_overlap"],
                pair["similarity"],
                _side(pair["left"]),
                _side(pair["right"]),
                pair.get("group", 1),
            )
            for pair in json.loads((out / PAIRS).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _side(data: dict[str, Any]) -> Side:
    lines = tuple((str(file), int(number), str(text), str(mark)) for file, number, text, mark in data["lines"])
    return Side(str(data["name"]), lines, bool(data.get("known", False)))
