"""Slips: a natural mistake's card must begin with its cause."""

import re

import pytest
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.instructor.proof.verify import verify

SLIP = """
about = "Adds the number to itself once too often."
task = 2
shows = [{shows}]

[[edit]]
file = "app/main.py"
find = "2 *"
replace = "3 *"
"""


@pytest.fixture
def slip(week):
    """A function that writes a slip and returns its path."""

    def write(text):
        path = week / "grading" / "slips" / "three_times.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_card_that_names_the_cause(week, slip):
    """A slip whose words are in the first two lines of the card is counted as named."""
    slip(SLIP.format(shows='"`double`", "expected"'))

    proof = verify(Assignment.load(week), only="slip/")

    assert (proof.slips, proof.problems, proof.kinds["slip"]) == ((1, 1), [], 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"expected"', '"line 7"', "does not begin with 'line 7', but with: "),
        ("task = 2", "task = 3", "the card shows task 2 .*expected task 3"),
        ('"3 *"', '"1 * 2 *"', "no visible check fails"),
    ],
    ids=["words", "task", "nothing red"],
)
def test_card_that_does_not_name_it(week, slip, old, new, said):
    """A slip whose card names something else, another task or nothing is a problem."""
    path = slip(SLIP.format(shows='"expected"').replace(old, new))

    proof = verify(Assignment.load(week), only="slip/three")

    assert proof.slips == (0, 1)
    assert len(proof.problems) == 1
    assert str(path) in proof.problems[0]
    assert re.search(said, proof.problems[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("about = ", "cannot be read"),
        (SLIP.format(shows=""), "needs `about`, `task`"),
        (SLIP.format(shows='"x"').replace("task = 2", "task = 9"), "`task` names task 9, which assignment.toml does"),
        (SLIP.format(shows='"x"') + "loses = [2]", "an .*edit.* needs"),
        ("loses = [2]" + SLIP.format(shows='"x"'), "unknown entry 'loses'"),
        ('base = "wrong"' + SLIP.format(shows='"x"'), "`base` is 'wrong'"),
        ('[move]\n"app/x.py" = "y.py"' + SLIP.format(shows='"x"'), "needs `about`"),
    ],
)
def test_file_that_is_not_a_slip(week, slip, text, said):
    """A file that cannot be read, or lacks something, is refused with its path and what it needs."""
    path = slip(text)

    with pytest.raises(UsageError, match=said) as caught:
        verify(Assignment.load(week), only="slip/")
    assert str(path) in str(caught.value)
