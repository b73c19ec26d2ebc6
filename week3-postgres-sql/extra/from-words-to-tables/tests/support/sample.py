"""The academy in sample.sql, whose rows anybody can look at, in the course's own tables."""

from decimal import Decimal

import pytest

from .academy import Filled

GRADES = [
    ("S101", "Ana Costa", "MATH1", "Numbers", 2024, "fall", "2.0"),
    ("S101", "Ana Costa", "MATH2", "Equations", 2025, "spring", "1.3"),
    ("S102", "Ben Okafor", "MATH1", "Numbers", 2024, "fall", "5.0"),
    ("S102", "Ben Okafor", "MATH1", "Numbers", 2025, "fall", "3.7"),
    ("S103", "Ana Costa", "MATH1", "Numbers", 2024, "fall", "4.0"),
    ("S103", "Ana Costa", "MATH1", "Numbers", 2025, "fall", "1.0"),
    ("S103", "Ana Costa", "MATH2", "Equations", 2025, "spring", "4.3"),
]
CREDITS = [("S101", "Ana Costa", 12), ("S102", "Ben Okafor", 6), ("S103", "Ana Costa", 6), ("S104", "Elena Tanaka", 0)]
TOO_EARLY = [("S104", "CS1", "MATH1"), ("S104", "MATH2", "MATH1")]


class Sample:
    """The academy of sample.sql, and what the view and the queries return for it."""

    def __init__(self, text):
        self.text = text

    def store(self, database):
        """Fill the course's tables."""
        database.run(self.text)

    def transcript(self):
        """Return the rows that the view must have, in any order."""
        columns = ("number", "name", "code", "title", "year", "term")
        return [dict(zip(columns, row[:-1], strict=True)) | {"grade": Decimal(row[-1])} for row in GRADES]

    def credits(self):
        """Return the rows of the first query."""
        return [dict(zip(("number", "name", "credits"), row, strict=True)) for row in CREDITS]

    def too_early(self):
        """Return the rows of the second query."""
        return [dict(zip(("number", "code", "missing"), row, strict=True)) for row in TOO_EARLY]


class Sampled(Filled):
    """The course's tables with the rows from sample.sql."""


@pytest.fixture
def sampled(made_once, run):
    """The course's tables with the rows from sample.sql."""
    text = (run.assignment.folder / "sample.sql").read_text(encoding="utf-8")
    return made_once(Sampled, Sample(text))
