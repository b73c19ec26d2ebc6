"""The exhibits that the app gets in a run: different ones each time."""

import pytest
from classroom.checks.words import ANIMALS, GOODS, MOODS, SCENES

READ, CHANGED = 5, 5  # exhibits that no check changes, and others


def draw_exhibits(draw):
    """Return ten exhibits' texts by number; the first two share an English text, and the first has one text twice."""
    texts = set()
    while len(texts) < READ + CHANGED:
        texts.add(f"{draw.one_of(MOODS)} {draw.one_of(ANIMALS)} {draw.one_of(SCENES)}")
    numbers = draw.sample(range(10, 100), READ + CHANGED)
    found = {
        number: {"en": text, "de": f"Nummer {number}: {draw.word()}", "fr": f"Numéro {number} : {draw.word()}"}
        for number, text in zip(numbers, sorted(texts), strict=True)
    }
    first, second = numbers[:2]
    found[second]["en"], found[first]["fr"] = found[first]["en"], found[first]["de"]
    return found


class Museum:
    """The exhibits that the app has, and ways to choose among them."""

    def __init__(self, exhibits, draw):
        self.exhibits = exhibits
        self.numbers = list(exhibits)
        self.draw = draw

    def one(self):
        """Return the number of an exhibit that no check changes."""
        return self.draw.one_of(self.numbers[:READ])

    def two(self):
        """Return the numbers of two exhibits that no check changes."""
        return self.draw.sample(self.numbers[:READ], 2)

    def twins(self):
        """Return the numbers of two exhibits with the same English text; the first's German and French are the same."""
        return self.numbers[:2]

    def one_to_change(self):
        """Return the number of an exhibit whose texts may have been changed."""
        return self.draw.one_of(self.numbers[READ:])

    def shown(self, number, language="en"):
        """Return an exhibit as the app returns it."""
        return {"number": number, "language": language, "text": self.exhibits[number][language]}

    def new_text(self):
        """Return a text that no exhibit has."""
        return f"Ten {self.draw.one_of(GOODS)}s of {self.draw.word()}"


@pytest.fixture(scope="session")
def drawn(session_draw):
    """The exhibits of this run."""
    return draw_exhibits(session_draw)


@pytest.fixture(scope="session")
def given_files(drawn):
    """The file that replaces app/collection.py in every check."""
    return {"app/collection.py": f"EXHIBITS = {drawn!r}\n"}


@pytest.fixture
def museum(drawn, draw):
    """The exhibits of this run, with ways to choose among them."""
    return Museum(drawn, draw)
