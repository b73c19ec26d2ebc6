"""Read a table that a spreadsheet or a learning platform has exported: any encoding, separator and line ending."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SEPARATORS = "\t;,"  # a tie goes to the first: a name may contain a comma, and rarely a tab
PREAMBLE_ROWS = 10  # within which the headings are looked for: some exports begin with a title
# A letter with an accent; in Windows-1252 these bytes would be two letters that make no name.
LETTER_IN_UTF_8 = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
NOT_TEXT = re.compile(r"[\0-\x08\x0e-\x1f]")
WORKBOOK = b"PK\x03\x04"  # how a zip file begins, which is what .xlsx and .ods are


@dataclass(frozen=True)
class Row:
    """One row: the line of the file on which it begins, and its cells without surrounding space."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The headings of a table, empty if none is known, and its rows without the blank ones."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, known: Collection[str]) -> Table:
    """Return the table in a CSV file.

    Args:
        path: the file, in UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs.
        known: headings to look for, each as `plain_heading` returns it.

    Raises:
        UsageError: the file cannot be read, is not text, or a quotation mark in it is missing.
    """
    try:
        text = _decoded(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    text, separators = _declared_separator(text)
    try:
        candidates = {separator: _headed(_rows(text, separator), known) for separator in separators}
        # A separator in a quoted cell is text: where cells end at their quotation marks, nothing else is one.
        exact = {one: table for one, table in candidates.items() if table.headings and _is_exact(text, one)}
        separator, table = max((exact or candidates).items(), key=lambda candidate: _fit(candidate[1], known))
        opened, torn = _opened_line(text, separator), _torn_line(text, separator)
    except csv.Error as error:
        raise UsageError(f"{path} cannot be read as CSV: {error}. Save it as CSV again, and try again.") from None
    if opened:
        raise UsageError(f"{path}, line {opened}: a quotation mark is never closed. Add the missing one.")
    if torn:
        raise UsageError(
            f"{path}, line {torn}: a quotation mark is missing, so the row continues onto the next lines. Add it."
        )
    return table


def plain_heading(heading: str) -> str:
    """Return a heading in lower case, its letters and digits only: `First name` and `first_name` are the same."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith(WORKBOOK):
        raise UsageError(f"{path} is a spreadsheet file: save it as CSV, and use that file.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:2]:
        encodings = ["utf-16-be" if data.startswith(b"\0") else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and LETTER_IN_UTF_8.search(data):
                line = data.count(b"\n", 0, error.start) + 1
                raise UsageError(
                    f"{path}, line {line} is not in UTF-8, unlike other lines: save the whole file in UTF-8."
                ) from None
            continue
        if not NOT_TEXT.search(text):
            return text
    raise UsageError(f"{path} is not a text file: save it as CSV in UTF-8, and try again.")


def _declared_separator(text: str) -> tuple[str, str]:
    """Return the text without Excel's first line `sep=;`, and the separators to try."""
    if found := re.match(r'"?sep=(.)"?[,;\t]*\r?\n', text, re.IGNORECASE):
        # A blank line replaces it, so that line numbers stay those of the file.
        return "\n" + text[found.end() :], found[1]
    return text, SEPARATORS


def _rows(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, line = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append(Row(line, tuple(cell.strip() for cell in cells)))
        line = reader.line_num + 1
    return rows


def _is_exact(text: str, separator: str) -> bool:
    """Return whether each quoted cell of a file ends at its quotation mark, if cells are separated like this."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _opened_line(text: str, separator: str) -> int | None:
    """Return the line of the row that ends within quotation marks, and so takes in all rows after it; None if none does."""
    last = _rows(f"{text}\nend", separator)[-1]
    return last.line if last.cells != ("end",) else None


def _torn_line(text: str, separator: str) -> int | None:
    """Return the line of a row over several lines that has letters after a closing quotation mark; None if none has.

    There the mark that closes a cell opens another one, and the rows in between are lost in the first.
    """
    lines = list(io.StringIO(text, newline=""))
    reader, first = csv.reader(lines, delimiter=separator), 0
    for _ in reader:
        if reader.line_num > first + 1 and not _is_exact("".join(lines[first : reader.line_num]), separator):
            return first + 1
        first = reader.line_num
    return None


def _headed(rows: list[Row], known: Collection[str]) -> Table:
    """Return the rows under the first one with a known heading; under no heading if none of the first rows has one."""
    for position, row in enumerate(rows[:PREAMBLE_ROWS]):
        if any(plain_heading(cell) in known for cell in row.cells):
            return Table(tuple(map(one_line, row.cells)), tuple(rows[position + 1 :]))
    return Table((), tuple(rows))


def _fit(table: Table, known: Collection[str]) -> tuple[int, int]:
    """Return how well a separator explains the file: by its known headings, then by rows that are not too long."""
    found = sum(plain_heading(heading) in known for heading in table.headings)
    return found, -sum(len(row.cells) > len(table.headings) for row in table.rows)
