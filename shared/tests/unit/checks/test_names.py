"""Values for rows, none of them twice in a run."""

import inspect
import re
from types import SimpleNamespace

import pytest
from classroom.checks import fixtures
from classroom.checks.draw import Draw
from classroom.checks.names import TRIES, Names


def test_value_that_another_check_has_leaves_the_other_data():
    """A check draws the same data alone as among the others, although its names are drawn again until they are new."""
    run = SimpleNamespace(job=SimpleNamespace(seed=4))
    request = SimpleNamespace(node=SimpleNamespace(name="test_check"))

    def word(drawn):
        draw = inspect.unwrap(fixtures.draw)(run, request)
        names = inspect.unwrap(fixtures.names)(run, request, drawn)
        names.new(lambda: str(names.draw.randint(0, 9)))
        return draw.word()

    assert word(set()) == word(set("012345678")) == Draw(4, "test_check").word()


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("place", r"\w+ \w+ \w+ \d{3}"),
        ("category", r"[A-Z][a-z]+"),
        ("address", r"\d{1,4} \w+ \w+"),
        ("email", r"[a-z]+\d{3,4}@example\.org"),
        ("family", r"[A-Z][a-z]+-[A-Z][a-z]+"),
        ("notes", r"[A-Z][a-z ]+, \d people, room \d{1,2}"),
    ],
)
def test_no_value_is_drawn_twice_in_a_run(kind, form):
    """Five hundred values of two checks of a run differ, and each is short and has its form."""
    drawn = set()
    values = [getattr(Names(Draw(1, check), drawn), kind)() for check in ("one", "two") * 250]

    assert len(set(values)) == len(values) == len(drawn)
    assert all(re.fullmatch(form, value) and len(value) <= 100 for value in values)


def test_same_seed_draws_the_same():
    """The values are those of the seed, so that a run can be repeated."""
    first, second = (Names(Draw(7, "check"), set()) for _ in range(2))

    assert [first.place(), first.notes()] == [second.place(), second.notes()]


def test_words_that_run_out_are_an_error():
    """Where no new value is left, the check ends with an error that names one, instead of running forever."""
    names = Names(Draw(1, "check"), set())
    calls = []
    names.new(lambda: "only")

    with pytest.raises(RuntimeError, match="No new value in 1000 draws, such as 'only': draw it from more words"):
        names.new(lambda: calls.append(1) or "only")

    assert len(calls) == TRIES
