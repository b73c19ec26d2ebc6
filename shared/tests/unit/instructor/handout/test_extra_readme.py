"""The README of an extra that is handed out alone."""

from pathlib import Path

import pytest
from classroom.instructor.handout.extra_readme import alone
from classroom.instructor.handout.layout import TEMPLATES

COURSE = Path(__file__).resolve().parents[5]
EXTRAS = sorted(COURSE.glob("week*/extra/*/README.md"))
MAKEFILE = (TEMPLATES / "week.mk").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", EXTRAS, ids=lambda path: path.parent.name)
def test_readme_of_an_extra_alone_names_no_course(readme):
    """Every extra's README says how to set up its own folder, and names only commands that work there."""
    text = alone(readme.read_text(encoding="utf-8"), readme.parent.name, MAKEFILE)

    assert "python -m pip install -r requirements.txt\n```" in text
    assert "| `make check` |" in text
    for theirs in ("make extra", "WEEK=", "already set up", "you set up week", "same repository", "course's folder"):
        assert theirs not in text, theirs


def test_command_that_the_makefile_does_not_have_is_left_out():
    """A cell is empty if the Makefile has no such target, and a sentence names the command of the kit."""
    row = "| empty it | `python -m classroom reset` | `make reset WEEK=blog` |\nOr type: make run WEEK=blog\n"

    assert alone(row, "blog", MAKEFILE) == (
        "| empty it | `python -m classroom reset` |  |\nOr type: python -m classroom run\n"
    )
