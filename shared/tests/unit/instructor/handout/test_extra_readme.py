"""The README of an extra that is handed out alone or with its week."""

import re
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment
from classroom.instructor.handout.extra_readme import TARGET, alone, with_week
from classroom.instructor.handout.publish import makefile

COURSE = Path(__file__).resolve().parents[5]
EXTRAS = sorted(COURSE.glob("week*/extra/*/README.md"))
WITH_DATABASE, WITHOUT = COURSE / "week4-sqlalchemy-orm/extra/blog", COURSE / "week1-hello-api/extra/routers"


def own_makefile(folder):
    """Return the Makefile of a week or an extra that is handed out alone."""
    return makefile(Assignment.load(folder))


@pytest.mark.parametrize("readme", EXTRAS, ids=lambda path: path.parent.name)
def test_readme_of_an_extra_alone_names_no_course(readme):
    """Every extra's README says how to set up its own folder, and names only commands that work there."""
    own = own_makefile(readme.parent)

    text = alone(readme.read_text(encoding="utf-8"), readme.parent.name, own)

    assert "python -m pip install -r requirements.txt\n```" in text
    assert "| `make check` |" in text
    for theirs in ("make extra", "WEEK=", "already set up", "you set up week", "same repository", "course's folder"):
        assert theirs not in text, theirs
    assert "name of this extra" not in text
    assert all(f"\n{target}: ready" in own for target in re.findall(r"`make (\w+)", text))
    assert not re.search(r"classroom (psql|reset)` \|  \|", text)


@pytest.mark.parametrize("readme", EXTRAS, ids=lambda path: path.parent.name)
def test_readme_of_an_extra_with_its_week_names_commands_that_work_there(readme):
    """Where there is only the week, an extra's README relies on no set-up of the course, and its commands are in the Makefile."""
    targets = set(TARGET.findall(own_makefile(readme.parents[2])))

    text = with_week(readme.read_text(encoding="utf-8"), readme.parent.name)

    assert "course's folder" not in text
    assert "you set up week" not in text
    assert set(re.findall(r"`make (\w+)", text)) <= targets
    assert "python -m pip install -r requirements.txt" in text or "already set up" in text


@pytest.mark.parametrize("readme", EXTRAS, ids=lambda path: path.parent.name)
def test_extra_that_is_already_set_up_needs_no_other_package(readme):
    """If an extra's README says that the week's set-up is enough, the week's requirements or the kit have every package."""
    needed, there = (
        {line for line in (folder / "requirements.txt").read_text().splitlines() if "shared" not in line}
        for folder in (readme.parent, readme.parents[2])
    )
    kit = (COURSE / "shared/pyproject.toml").read_text(encoding="utf-8")
    more = {line for line in needed - there if f'"{line.partition("==")[0]}' not in kit.partition("[project.opt")[0]}

    assert ("already set up" in readme.read_text(encoding="utf-8")) == (not more)


def test_command_that_the_makefile_does_not_have_is_left_out():
    """A cell is empty if the Makefile has no such target, and a sentence names the command of the kit."""
    row = "| empty it | `python -m classroom reset` | `make reset WEEK=blog` |\nOr type: make run WEEK=blog\n"

    assert alone(row, "blog", own_makefile(WITHOUT)) == (
        "| empty it | `python -m classroom reset` |  |\nOr type: python -m classroom run\n"
    )


def test_variables_of_a_target_stay():
    """A target keeps the variables that do not name the extra."""
    cells = "| `make hint WEEK=blog TASK=3` | `make psql WEEK=blog APP=warehouse` |\n"

    assert alone(cells, "blog", own_makefile(WITH_DATABASE)) == "| `make hint TASK=3` | `make psql APP=warehouse` |\n"


def test_only_an_extra_with_a_database_has_targets_for_it():
    """`make psql` and `make reset` are in the Makefile if there is a database."""
    assert {"psql", "reset"} <= set(TARGET.findall(own_makefile(WITH_DATABASE)))
    assert not {"psql", "reset"} & set(TARGET.findall(own_makefile(WITHOUT)))
