"""The books and branches that the app gets in a run: different ones each time."""

import pytest
from classroom.checks.words import ANIMALS, FAMILIES, FIRST_NAMES, MOODS, SCENES, STREETS, WORDS

BOOKS, BRANCHES = 7, 4


def draw_books(draw):
    """Return books in id order, drawn so that the newest one is neither first nor last by any other field."""
    while True:
        books = [
            {
                "id": number,
                "title": f"{draw.one_of(MOODS)} {draw.one_of(ANIMALS)} {draw.one_of(SCENES)}",
                "author": f"{draw.one_of(FIRST_NAMES)} {draw.one_of(FAMILIES)}",
                "year": year,
            }
            for number, year in zip(
                sorted(draw.sample(range(20, 100), BOOKS)), draw.sample(range(1960, 2025), BOOKS), strict=True
            )
        ]
        newest = max(books, key=lambda book: book["year"])
        orders = [sorted(books, key=lambda book: book[field]) for field in ("id", "title", "author")]
        if newest not in [order[end] for order in orders for end in (0, -1)]:
            return books


def draw_branches(draw):
    """Return branches whose codes are in no particular order."""
    words, streets = draw.sample(WORDS, BRANCHES), draw.sample(STREETS, BRANCHES)
    return [
        {"code": word.lower(), "name": f"{street} Library", "opens": f"{draw.randint(8, 13):02}:00"}
        for word, street in zip(words, streets, strict=True)
    ]


class Collection:
    """The app's books and branches, and ways to choose among them."""

    def __init__(self, books, branches, draw):
        self.books = books
        self.branches = branches
        self.draw = draw

    def any_book(self):
        """Return a book at random."""
        return self.draw.one_of(self.books)

    def newest(self):
        """Return the book that was published last."""
        return max(self.books, key=lambda book: book["year"])

    def year_in_the_middle(self):
        """Return the year of a book that is neither the newest nor the oldest."""
        return self.draw.one_of(sorted(book["year"] for book in self.books)[1:-1])

    def since(self, year):
        """Return the books from a given year and later, in id order."""
        return [book for book in self.books if book["year"] >= year]


@pytest.fixture(scope="session")
def drawn(session_draw):
    """The books and branches in this run."""
    return draw_books(session_draw), draw_branches(session_draw)


@pytest.fixture(scope="session")
def given_files(drawn):
    """The file that replaces app/collection.py in every check."""
    books, branches = drawn
    return {"app/collection.py": f"BOOKS = {books!r}\n\nBRANCHES = {branches!r}\n"}


@pytest.fixture
def collection(drawn, draw):
    """The books and branches in this run, with ways to choose among them."""
    return Collection(*drawn, draw)
