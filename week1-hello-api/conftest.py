"""What the checks of this week work with: a catalog that is drawn anew in each run, and the app's own description."""

import re

import pytest
from classroom import NoAnswer, expect, ground

CATEGORIES = ("food", "stationery", "tech")
NOUNS = ("Bread", "Cable", "Clip", "Folder", "Honey", "Lamp", "Marker", "Mouse", "Pasta", "Paper", "Tea", "Tripod")


def draw_catalog(draw):
    """Twelve to fifteen items in id order, drawn so that a wrong way to choose among them is never right by luck.

    The ids have gaps and are too high to be places in the list. Every category has three items or more.
    """
    while True:
        items = draw_items(draw)
        cheapest = min(items, key=lambda item: item["price"])
        groups = [[item for item in items if item["category"] == category] for category in CATEGORIES]
        by_name = sorted(items, key=lambda item: item["name"])
        edges = [group[place] for group in (items, by_name, *groups) for place in (0, -1)]
        in_order = [sorted(group, key=lambda item: item[field]) for group in groups for field in ("price", "name")]
        if cheapest not in edges and not any(group in groups for group in in_order):
            return items


def draw_items(draw):
    """Items in id order; the cheapest is so by a few cents alone, and not where prices are compared as texts.

    One before it is as cheap in tens of cents and in whole numbers, be they cut off or rounded, up or down.
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
            "id": ids[place],
            "name": f"{draw.one_of(NOUNS)} {draw.word(4)}",
            "price": cents[place] / 100,
            "category": categories[place],
        }
        for place in range(size)
    ]


def as_files(items):
    """These items as the file that stands in for app/catalog.py."""
    lines = [f"    {item['id']}: {item!r}," for item in items]
    return {"app/catalog.py": "\n".join(["ITEMS = {", *lines, "}", ""])}


class Items:
    """The items that the app has, as dicts in id order, and ways to choose among them."""

    def __init__(self, items, draw):
        self.all = items
        self.draw = draw

    def any(self):
        """One of them."""
        return self.draw.one_of(self.all)

    def cheapest(self):
        """The one with the lowest price, and the lowest id among equals."""
        return min(self.all, key=lambda item: (item["price"], item["id"]))

    def of(self, category):
        """Those of one category."""
        return [item for item in self.all if item["category"] == category]

    def named_in(self, answer, category=None):
        """Whether the answer holds the name of one of them, or of one of this category."""
        return any(item["name"] in answer.text for item in (self.of(category) if category else self.all))

    def mentioned_in(self, answer):
        """Whether the answer holds an id, a name or a price of one of them."""
        words = set(re.findall(r"[\w.]+", answer.text))
        return self.named_in(answer) or any({str(item["id"]), str(item["price"])} & words for item in self.all)

    def gap(self):
        """An id between theirs that none of them has."""
        ids = {item["id"] for item in self.all}
        return self.draw.one_of(sorted(set(range(min(ids), max(ids))) - ids))

    def beyond(self):
        """An id above all of theirs."""
        return self.all[-1]["id"] + self.draw.randint(1, 500)


@pytest.fixture(scope="session")
def catalog(session_draw):
    """The items of this run."""
    return draw_catalog(session_draw)


@pytest.fixture(scope="session")
def small_catalog(session_draw):
    """Six dear items, of which three share the lowest price; the last of these three comes first by name."""
    draw = session_draw
    ids = sorted(draw.sample(range(3, 900), 6))
    low = draw.price(1000, 4000)
    prices = [draw.price(5000, 9000), low, draw.price(5000, 9000), low, low, draw.price(5000, 9000)]
    names = sorted((f"Item {draw.word()}" for _ in ids), reverse=True)
    categories = [*CATEGORIES, *CATEGORIES]
    draw.shuffle(categories)
    return [
        {"id": ids[place], "name": names[place], "price": prices[place], "category": categories[place]}
        for place in range(6)
    ]


@pytest.fixture(scope="session")
def given_files(catalog):
    """They stand in for app/catalog.py in every check."""
    return as_files(catalog)


@pytest.fixture
def items(catalog, draw):
    """The items of this run, to choose from."""
    return Items(catalog, draw)


@pytest.fixture
def client_with(client_of, draw):
    """A function that gives a client of an app with other items, and these items to choose from."""
    return lambda others: (client_of(as_files(others)), Items(others, draw))


class Description:
    """What the app says about itself in /openapi.json."""

    def __init__(self, client):
        self.answer = client.get("/openapi.json")
        expect(self.answer).ok({"paths": dict})
        self.document = self.answer.json

    def entry(self, path):
        """The entry of GET on this path, whatever its parameters are called."""
        for written, methods in self.document["paths"].items():
            if shape(written) == shape(path) and isinstance(methods, dict) and isinstance(methods.get("get"), dict):
                return {"parameters of the path": methods.get("parameters"), **methods["get"]}
        return expect.that(False, f"/openapi.json has no entry for GET {path}.", self.answer)

    def has_begun(self):
        """Whether any endpoint has a tag."""
        entries = [entry for entry in self.document["paths"].values() if isinstance(entry, dict)]
        return any(isinstance(entry.get("get"), dict) and entry["get"].get("tags") for entry in entries)

    def words(self, path):
        """Every word that the entry of GET on this path names in an enum, a constant or a pattern."""
        return set(self._words(self.entry(path), set()))

    def _words(self, part, seen):
        if isinstance(part, list):
            for one in part:
                yield from self._words(one, seen)
        if not isinstance(part, dict):
            return
        choices = part["enum"] if isinstance(part.get("enum"), list) else []
        yield from (one for one in [*choices, part.get("const")] if isinstance(one, str))
        if isinstance(part.get("pattern"), str):
            yield from re.findall("[a-z]+", re.sub(r"\\.", " ", part["pattern"]))
        reference = part.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            yield from self._words(self._behind(reference), seen)
        for one in part.values():
            yield from self._words(one, seen)

    def _behind(self, reference):
        part = self.document
        for name in reference.removeprefix("#/").split("/"):
            part = part.get(name) if isinstance(part, dict) else None
        return part


def shape(path):
    """A path without the names of its parameters and without a slash at its end."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


@pytest.fixture
def description(client):
    """A function that asks the app to describe itself."""
    return lambda: Description(client)


@pytest.fixture
def documented(client, items, app):
    """A function that checks that an endpoint is there, and has a tag and a description.

    An endpoint that answers nothing from the catalog is not there yet, be it documented ever so well. Where no endpoint
    has a tag so far, that is a missing ground; later it costs this endpoint's share alone. One that hangs or ends the
    app is there: that mistake costs its own task.
    """
    answers = {
        "/": (1, "/"),
        "/health": (2, "/health"),
        "/items/{item_id}": (3, f"/items/{items.any()['id']}"),
        "/items": (5, "/items"),
        "/items/cheapest": (6, "/items/cheapest"),
        "/categories/{category}": (7, f"/categories/{CATEGORIES[0]}"),
    }

    def check(path):
        task, request = answers[path]
        told = Description(client)
        try:
            answer = client.get(request)
        except NoAnswer:
            app.restart()
            answer, there = None, True
        else:
            there = 200 <= answer.status < 300 and answers_something(answer, task)
        ground(there or told.has_begun(), task=task)
        expect.that(there, f"GET {path} does not answer what task {task} asks for: its docs count after that.", answer)

        entry = told.entry(path)
        text = entry.get("description")
        described = isinstance(text, str) and text.strip()
        tags = entry.get("tags")
        tagged = isinstance(tags, list) and any(str(tag).strip() for tag in tags)
        expect.that(tagged, f"In /openapi.json GET {path} has no tag.", told.answer)
        expect.that(described, f"In /openapi.json GET {path} has no description.", told.answer)

    def answers_something(answer, task):
        if task <= 2:
            return answer.body.strip() not in (b"", b"null", b"{}")
        return items.mentioned_in(answer) or (task == 7 and answer.body == b"[]")

    return check
