"""The gradebook: every field is quoted, and no cell is a formula, however a spreadsheet splits a line."""

import csv
import io
import re

import pytest
from classroom.core.result import Result
from classroom.instructor.grading.gradebook import Row, escape_formula, write_gradebook
from classroom.instructor.roster import Student

SIGNS = "=+-@|%\uff1d\uff0b\uff0d\uff20\u2212\ufe66"
NAMES = (
    "x;=1+1",
    "x\t=1+1",
    "\uff1d1+1",
    "\u200b=1+1",
    "x;\u00a0=HYPERLINK(A1)",
    'x";=1+1',
    'x;"=1+1',
    "x;;\uff0b1",
    "x\r\n=1",
)


def gradebook(tmp_path, assignment, text):
    """The text of a gradebook of one student, whose name, repository, reason and note are `text`."""
    result = Result(assignment.name, text, "could-not-grade", None, 100, reason=text, notes=("fine", text))
    write_gradebook(tmp_path / "g.csv", assignment, [Row(Student(text), result, text)])
    return (tmp_path / "g.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_is_a_formula_wherever_lines_are_split(text, separator, tmp_path, assignment):
    """A spreadsheet that splits at another sign than the comma finds no formula at the start of a cell either."""
    book = gradebook(tmp_path, assignment, text)

    cells = [cell for row in csv.reader(io.StringIO(book, newline=""), delimiter=separator) for cell in row]

    assert [cell for cell in cells if cell.strip().strip('"').startswith(tuple(SIGNS))] == []


@pytest.mark.parametrize("separator", [";", "\t"])
def test_without_quotes_there_is_no_formula_either(separator, tmp_path, assignment):
    """An import that takes quotes as plain letters finds no formula."""
    book = gradebook(tmp_path, assignment, 'x;"=1+1')

    assert [cell for cell in re.split(f"[{separator}\r\n]", book) if cell.strip('" ').startswith(tuple(SIGNS))] == []


def test_every_field_is_quoted(tmp_path, assignment):
    """Headings, numbers and empty fields are quoted, too."""
    for line in gradebook(tmp_path, assignment, "alice").splitlines():
        assert re.fullmatch('"[^"]*"(,"[^"]*")*', line)


def test_plain_text_is_written_as_it_is():
    """A sentence with signs in the middle of it stays readable."""
    text = "app/main.py is 120 MB - the limit is 20 MB; 5+5=10, a@b"

    assert escape_formula(text) == text
