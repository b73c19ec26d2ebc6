"""The page docs/cards.md shows the cards that students get."""

import re
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment, weeks
from classroom.instructor.proof.cards import card, graded, slips_on

TOP = Path(__file__).resolve().parents[3]
PAGE = TOP / "docs/cards.md"
WEEKS = {number: Assignment.load(folder) for number, folder in weeks(TOP).items()}
OPENING = 2  # lines after the title of the task


def drawn(text):
    """Return a text without what each run draws: numbers, ids and quoted words."""
    return re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|\d+|"[^"\n]*"', "#", text)


def shown(name):
    """Return the card that the page has below a heading."""
    return PAGE.read_text(encoding="utf-8").partition(f"### {name}\n")[2].split("````")[1].removeprefix("text\n")


@pytest.mark.parametrize("assignment", WEEKS.values(), ids=[f"week{number}" for number in WEEKS])
def test_week_has_ten_cards(assignment):
    """The page shows ten slips of each week, each with its card."""
    slips = slips_on(PAGE.read_text(encoding="utf-8"), assignment)

    assert len(slips) == 10
    assert all(shown(slip.case.name).startswith("  Task ") for slip in slips)


@pytest.mark.parametrize(
    "assignment",
    [
        pytest.param(week, id=f"week{number}", marks=[] if number in (1, 3) else [pytest.mark.long])
        for number, week in WEEKS.items()
    ],
)
def test_first_card_of_a_week_is_current(assignment):
    """The first card of a week begins as the student's does now: if not, `classroom verify --cards docs/cards.md`."""
    slip = slips_on(PAGE.read_text(encoding="utf-8"), assignment)[0]
    results = graded(assignment, [slip], jobs=1, seed=1)

    now = card(assignment, results[slip.case.name]).splitlines()[: 1 + OPENING]

    assert drawn("\n".join(shown(slip.case.name).splitlines()[: 1 + OPENING])) == drawn("\n".join(now))
