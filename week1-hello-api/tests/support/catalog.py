"""The catalog that the app gets in a run: different items each time, and ways to choose from them."""

import re

import pytest
from classroom.checks.words import GOODS

CATEGORIES = ("food", "stationery", "tech")


def draw_catalog(draw):
    """Return twelve to fifteen items in id order, drawn so that a wrong choice is never right by luck.

    The ids have gaps and are too high to be indexes of the list. Every category has three items or more.
    """
    while True:
        items = draw_items(draw)
        cheapest = min(items, key=lambda item: item["price"])
        groups = [[item for item in items if item["category"] == category] for category in CATEGORIES]
        by_name = sorted(items, key=lambda item: item["name"])
        edges = [group[index] for group in (items, by_name, *groups) for index in (0, -1)]
        in_order = [sorted(group, key=lambda item: item[field]) for group in groups for field in ("price", "name")]
        if cheapest not in edges and not any(group in groups for group in in_order):
            return items


def draw_items(draw):
    """Return items in id order; the cheapest costs a few cents less, and its price does not sort first as text.

    An item before it has the same price in tens of cents and in whole numbers, truncated or rounded either way.
    """
    size = draw.randint(12, 15)
    ids = sorted(draw.sample(range(20, 100), size))
    categories = [*CATEGORIES * 3, *(draw.one_of(CATEGORIES) for _ in range(size - 9))]
    draw.shuffle(categories)
    cents = [draw.randint(200, 998) * 10 + draw.randint(1, 9) for _ in range(size)]
    cheapest = draw.randint(1, size - 2)
    lowest = draw.randint(3, 8) * 100 + draw.randint(1, 4) * 10 + 1
    cents[draw.randrange(cheapest)] = lowest + draw.randint(1, 3)
    cents[cheapest] = lowest
    cents[draw.randrange(cheapest + 1, size)] = draw.randint(1011, 1099)
    return [
        {
            "id": ids[index],
            "name": f"{draw.one_of(GOODS).capitalize()} {draw.word(4)}",
            "price": cents[index] / 100,
            "category": categories[index],
        }
        for index in range(size)
    ]


def as_files(items):
    """Return the file that replaces app/catalog.py, with these items."""
    lines = [f"    {item['id']}: {item!r}," for item in items]
    return {"app/catalog.py": "\n".join(["ITEMS = {", *lines, "}", ""])}


class Items:
    """The app's items, as dicts in id order, and ways to choose among them."""

    def __init__(self, items, draw, task):
        self.all = items
        self.draw = draw
        self.task = task

    def any(self):
        """Return an item that is not the cheapest, a different one in each task, so a mistake costs the same in every run."""
        others = sorted((item for item in self.all if item != self.cheapest()), key=lambda item: item["name"])
        return others[self.task % len(others)]

    def cheapest(self):
        """Return the item with the lowest price; in a tie, the one with the lowest id."""
        return min(self.all, key=lambda item: (item["price"], item["id"]))

    def of(self, category):
        """Return the items in a category."""
        return [item for item in self.all if item["category"] == category]

    def named_in(self, answer, category=None):
        """Return whether the response contains the name of an item, or of one in this category."""
        return any(item["name"] in answer.text for item in (self.of(category) if category else self.all))

    def in_answer(self, answer):
        """Return the item with the id in the response's JSON object, or None."""
        number = answer.json.get("id") if isinstance(answer.json, dict) else None
        return next((item for item in self.all if item["id"] == number), None)

    def mentioned_in(self, answer):
        """Return whether the response contains the id, name or price of an item."""
        found = set(re.findall(r"[\w.]+", answer.text))
        return self.named_in(answer) or any({str(item["id"]), str(item["price"])} & found for item in self.all)

    def gap(self):
        """Return an unused id between the lowest and the highest id."""
        ids = {item["id"] for item in self.all}
        return self.draw.one_of(sorted(set(range(min(ids), max(ids))) - ids))

    def beyond(self):
        """Return an id above the highest one."""
        return self.all[-1]["id"] + self.draw.randint(1, 500)


@pytest.fixture(scope="session")
def catalog(session_draw):
    """The items of this run."""
    return draw_catalog(session_draw)


@pytest.fixture(scope="session")
def small_catalog(session_draw):
    """Six expensive items; three share the lowest price, and the last of these three comes first by name."""
    draw = session_draw
    ids = sorted(draw.sample(range(3, 900), 6))
    low = draw.price(1000, 4000)
    prices = [draw.price(5000, 9000), low, draw.price(5000, 9000), low, low, draw.price(5000, 9000)]
    names = sorted((f"Item {draw.word()}" for _ in ids), reverse=True)
    categories = [*CATEGORIES, *CATEGORIES]
    draw.shuffle(categories)
    return [
        {"id": ids[index], "name": names[index], "price": prices[index], "category": categories[index]}
        for index in range(6)
    ]


@pytest.fixture(scope="session")
def given_files(catalog):
    """The file that replaces app/catalog.py in every check."""
    return as_files(catalog)


@pytest.fixture
def items(catalog, draw, task_number):
    """The items in this run, with ways to choose from them."""
    return Items(catalog, draw, task_number)


@pytest.fixture
def client_with(client_of, draw, task_number):
    """A function that returns a client for an app with other items, and ways to choose from those items."""
    return lambda others: (client_of(as_files(others)), Items(others, draw, task_number))
