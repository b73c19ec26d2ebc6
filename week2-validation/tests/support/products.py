"""Products to send, and products that a check creates first to check something else."""

import pytest
from classroom import expect, ground, unordered
from classroom.checks.words import GOODS, QUALITIES

OK, REDIRECT = 200, 300
FIELDS = ("id", "name", "price", "tags", "description")


def known(product):
    """Return the product fields that the README names: others are allowed, and may change between responses."""
    return {name: product[name] for name in FIELDS if name in product}


def is_success(answer):
    """Return whether a response has a 2xx status code."""
    return OK <= answer.status < REDIRECT


@pytest.fixture
def product(draw):
    """Make a product as a client would send it: with different values each time, except for those that are given."""
    whole = draw.sample(range(100, 900), 800)

    def make(**named):
        # Quarters are exact in binary, so that rounding matters only in the checks that are about it.
        price = whole.pop() + draw.choice([0.25, 0.5, 0.75])
        goods = draw.one_of(GOODS)
        body = {
            "name": f"{draw.one_of(QUALITIES)} {goods} {draw.randint(10_000, 99_999)}",
            "price": price,
            "tags": [goods, f"shelf-{draw.randint(10_000, 99_999)}"],
            "description": f"{draw.one_of(QUALITIES)} and useful, batch {draw.randint(10_000, 99_999)}",
        }
        return body | named

    return make


@pytest.fixture
def plain(product):
    """Make a product whose price is a whole number: it is accepted even if the rules for prices are wrong."""

    def make(**named):
        body = product()
        return body | {"price": int(body["price"])} | named

    return make


@pytest.fixture
def create(plain):
    """Create a product that another task needs, and return the fields that the README names."""

    def make(client, **named):
        return known(expect(client.post("/products", json=plain(**named))).ground(task=2, has=["id"]))

    return make


@pytest.fixture
def shelve(create):
    """Create a product and read it back once, for the tasks that change or delete it."""

    def make(client, **named):
        created = create(client, **named)
        expect(client.get(f"/products/{created['id']}")).ground(task=3)
        return created

    return make


@pytest.fixture
def among(plain):
    """Create a product among neighbors, read it back once, and return it and its neighbors.

    Each neighbor has one value in common with the product (or with `other`, if given): its name, price, tags or
    description. There are two for each, one created before the product and one after it. An app that rejects a value
    because another product has it makes a mistake in task 2, and has fewer neighbors here.
    """

    def post(client, *bodies):
        answers = [client.post("/products", json=body) for body in bodies]
        return [known(expect(answer).ground(task=2, has=["id"])) for answer in answers if is_success(answer)]

    def make(client, other=None):
        whole = plain()

        def neighbors():
            return post(client, *(plain(**{name: value}) for name, value in (other or whole).items()))

        before = neighbors()
        created = post(client, whole) or post(client, plain())
        ground(created, task=2)
        expect(client.get(f"/products/{created[0]['id']}")).ground(task=3)
        return created[0], before + neighbors()

    return make


@pytest.fixture
def like():
    """Turn a product into the value that a response is compared with: its tags may be in any order."""

    def make(product, **named):
        expected = product | named
        if isinstance(expected.get("tags"), list):
            expected["tags"] = unordered(expected["tags"])
        return expected

    return make


@pytest.fixture
def broken_rules(draw):
    """Changes that make a valid product invalid, one for each of task 2's field rules."""
    return [
        {"name": ""},
        {"name": "   "},
        {"name": "n" * 101},
        {"name": None},
        {"price": 0},
        {"price": 10000.01},
        {"price": 12.345},
        {"price": None},
        {"tags": [draw.word() for _ in range(6)]},
        {"tags": ["twice", "once", "twice"]},
        {"tags": ["Upper"]},
        {"tags": ["t" * 21]},
        {"description": "d" * 1001},
        {"colour": "blue"},
        {"id": draw.randint(1000, 9999)},
    ]
