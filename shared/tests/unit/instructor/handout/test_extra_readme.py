"""The README of an extra that is handed out alone."""

import re
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment
from classroom.instructor.handout.extra_readme import TARGET, alone
from classroom.instructor.handout.publish import makefile

COURSE = Path(__file__).resolve().parents[5]
EXTRAS = sorted(COURSE.glob("week*/extra/*/README.md"))


@pytest.mark.parametrize("readme", EXTRAS, ids=lambda path: path.parent.name)
def test_readme_of_an_extra_alone_names_no_course(readme):
    """Every extra's README says how to set up its own folder, and names only commands that work there."""
    own = makefile(Assignment.load(readme.parent).services)

    text = alone(readme.read_text(encoding="utf-8"), readme.parent.name, own)

    assert "python -m pip install -r requirements.txt\n```" in text
    assert "| `make check` |" in text
    for theirs in ("make extra", "WEEK=", "already set up", "you set up week", "same repository", "course's folder"):
        assert theirs not in text, theirs
    assert all(f"\n{target}: ready" in own for target in re.findall(r"`make (\w+)", text))
    assert not re.search(r"classroom (psql|reset)` \|  \|", text)


def test_command_that_the_makefile_does_not_have_is_left_out():
    """A cell is empty if the Makefile has no such target, and a sentence names the command of the kit."""
    row = "| empty it | `python -m classroom reset` | `make reset WEEK=blog` |\nOr type: make run WEEK=blog\n"

    assert alone(row, "blog", makefile(())) == (
        "| empty it | `python -m classroom reset` |  |\nOr type: python -m classroom run\n"
    )


def test_variables_of_a_target_stay():
    """A target keeps the variables that do not name the extra."""
    cells = "| `make hint WEEK=blog TASK=3` | `make psql WEEK=blog APP=warehouse` |\n"

    assert alone(cells, "blog", makefile(["postgres"])) == "| `make hint TASK=3` | `make psql APP=warehouse` |\n"


def test_only_an_extra_with_a_database_has_targets_for_it():
    """`make psql` and `make reset` are in the Makefile if there is a database."""
    assert {"psql", "reset"} <= set(TARGET.findall(makefile(["postgres", "cache"])))
    assert not {"psql", "reset"} & set(TARGET.findall(makefile([])))
