"""What the checks of this week share: products and users to send, and ways to look at an answer."""

import json
from urllib.parse import urljoin, urlsplit

import pytest
from classroom import expect, ground, matching, unordered

OK, REDIRECT, NOT_VALID = 200, 300, 422
FIELDS = ("id", "name", "price", "tags", "description")


@pytest.fixture
def product(draw):
    """Make a product as a client sends it: other values each time, and the named ones as named."""
    whole = draw.sample(range(100, 900), 800)

    def make(**named):
        # Quarters are exact in binary, so that a price is never a trap where none is meant.
        price = whole.pop() + draw.choice([0.25, 0.5, 0.75])
        body = {
            "name": f"{draw.word()} {draw.word()}",
            "price": price,
            "tags": [draw.word(6), draw.word(7)],
            "description": f"{draw.word()} {draw.word(5)}",
        }
        return body | named

    return make


@pytest.fixture
def taken():
    """Check that something valid was accepted: any 2xx will do where the code is not what a check is about."""

    def check(answer):
        accepted = OK <= answer.status < REDIRECT
        expect.that(accepted, f"This is valid, and was answered with {answer.status} instead of 201.", answer)
        return expect(answer)

    return check


@pytest.fixture
def plain(product):
    """Make a product whose price is a whole number: one that is created even where the rules for prices are wrong."""

    def make(**named):
        body = product()
        return body | {"price": int(body["price"])} | named

    return make


@pytest.fixture
def create(plain):
    """Create a product as the ground of another task, and return the fields of it that the README names."""

    def make(client, **named):
        return known(expect(client.post("/products", json=plain(**named))).ground(task=2, has=["id"]))

    return make


@pytest.fixture
def shelve(create):
    """Create a product and read it back once: the ground of the tasks that change or delete it."""

    def make(client, **named):
        created = create(client, **named)
        expect(client.get(f"/products/{created['id']}")).ground(task=3)
        return created

    return make


@pytest.fixture
def among(plain):
    """Create a product among neighbors, read it back once, and return it and them.

    Each neighbor has one value in common with the product, or with `other` where it is given: its name, its price, its
    tags or its description. There are two for each, one created before the product and one after it. Where an app
    refuses a value that another product has, that is a mistake in task 2, and it has fewer neighbors here.
    """

    def post(client, *bodies):
        answers = [client.post("/products", json=body) for body in bodies]
        accepted = [answer for answer in answers if OK <= answer.status < REDIRECT]
        return [known(expect(answer).ground(task=2, has=["id"])) for answer in accepted]

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
    """Make of a product what an answer is compared with: the order of its tags is free."""

    def make(product, **named):
        expected = product | named
        if isinstance(expected.get("tags"), list):
            expected["tags"] = unordered(expected["tags"])
        return expected

    return make


@pytest.fixture
def stands(like):
    """Check that the app holds a product exactly like this one."""

    def check(client, product, **named):
        expected = product | named
        expect(client.get(f"/products/{expected['id']}")).ok(like(expected))

    return check


@pytest.fixture
def absent():
    """Check that GET /products/{id} does not return this product; that the status code is 404 is a matter of task 3."""

    def check(client, number):
        answer = client.get(f"/products/{number}")
        expect.that(not shows(answer, number), f"GET /products/{number} returns a product.", answer)

    return check


@pytest.fixture
def order():
    """Read the ids in the list of products, in the list's own order; an empty list while there is no such list.

    A list inside an object is read, too: that is a mistake in task 4, and no other task is about it.
    """

    def read(client, **asked):
        listed = client.get("/products", params=asked)
        found = listed.json if listed.status == OK else None
        if isinstance(found, dict):
            found = next((value for value in found.values() if isinstance(value, list)), None)
        ids = [one.get("id") for one in found or [] if isinstance(one, dict)]
        return [number for number in ids if isinstance(number, int)]

    return read


@pytest.fixture
def listing(order):
    """Make of ids what a filtered list is compared with.

    That is id order, or any order where the unfiltered list is not in id order: that is a mistake in task 4.
    """

    def look(client):
        every = order(client)
        sort = list if every == sorted(every) else unordered
        return lambda ids: sort([{"id": number} for number in sorted(ids)])

    return look


@pytest.fixture
def in_place(order):
    """Look at the list, and return a function that checks that no product in it has moved since.

    A list that was not in id order may be in any other order later: that is a mistake in task 4.
    """

    def look(client):
        before = order(client)

        def check(verb):
            moved = before == sorted(before) and order(client) != before
            expect.that(not moved, f"The list of products has another order than before the {verb}.")

        return check

    return look


@pytest.fixture
def broken_rules(draw):
    """One change for each field rule of task 2, each of which makes a valid product invalid."""
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


@pytest.fixture
def leads_to():
    """Check that the Location header of an answer leads to the product in it."""

    def check(client, created):
        expect(created).header("location")
        location, number = created.headers["location"], created.json["id"]
        path = urlsplit(urljoin(f"http://shop{created.exchange.path}", location)).path
        if path.rstrip("/") == f"/products/{number}":
            return
        found = client.get(path)
        there = shows(found, number)
        told = f"The Location header is {location!r}: GET {path} answers {found.status}, not the product {number}."
        expect.that(there, told, created)

    return check


@pytest.fixture
def user(draw):
    """Make a user as a client sends it: other values each time, and the named ones as named."""

    def make(**named):
        body = {
            "name": f"{draw.word()} {draw.word(5)}",
            "email": f"{draw.word()}.{draw.word(5)}@example.com",
            "age": draw.randint(18, 90),
            "password": f"{draw.word(9)}-{draw.randint(1000, 9999)}-{draw.word(5)}",
        }
        return body | named

    return make


@pytest.fixture
def shown():
    """Make of a user what the app shows of it; an email may come back in either case."""

    def make(user, **named):
        email = matching(lambda answered: answered.lower() == user["email"].lower(), f"{user['email']} in any case")
        return {"id": int, "name": user["name"], "email": email, "age": user["age"]} | named

    return make


@pytest.fixture
def keeps_secret():
    """Check that an answer does not hold the password, nor a field named after it.

    In a 422 the word is allowed, in `loc` above all: there only the value counts.
    """

    def check(answer, password):
        for secret in (password, json.dumps(password)[1:-1]):
            shown = f"{answer.text} {' '.join(answer.headers.values())}"
            expect.that(secret not in shown, "The answer holds the password that was sent.", answer)
        named = [name for name in names(answer) if "password" in name.lower()] if answer.status != NOT_VALID else []
        expect.that(not named, "The answer has a field with `password` in its name.", answer)

    return check


def known(product):
    """The fields of a product that the README names: any other is free, and may change from one answer to the next."""
    return {name: product[name] for name in FIELDS if name in product}


def shows(answer, number):
    """Whether an answer holds the product with this id."""
    return answer.status == OK and isinstance(answer.json, dict) and answer.json.get("id") == number


def names(answer):
    """The names of all fields in an answer, at any depth."""
    todo = [answer.json] if answer.text.strip() else []
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            yield from value
            todo += value.values()
        elif isinstance(value, list):
            todo += value
