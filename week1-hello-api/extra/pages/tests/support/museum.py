"""The exhibits and hours that the app gets in a run: different ones each time."""

from json import dumps

import pytest
from classroom import expect
from classroom.checks.words import FIRST_NAMES, GOODS, QUALITIES, WORDS

from .page import squeezed

MISSING = 9000  # ids of exhibits are below
PICTURES = ("clock.svg", "lamp.svg", "mill.svg", "teapot.svg")  # files in app/pictures
# In the same order as the exhibits in app/collection.py, so that a card's request for one of those shows the same case.
KINDS = (("and", "quotes", "plain"), ("tag", "quotes", "plain"))


def draw_name(draw, kind):
    """Return a name with nothing odd in it, or with one thing that has a special meaning in HTML."""
    quality, thing, other = draw.one_of(QUALITIES), draw.one_of(GOODS), draw.one_of(WORDS).lower()
    return {
        "plain": f"{quality} {thing}",
        "and": f"{quality} {thing} & {other}",
        "quotes": f'{quality} "{other}" {thing}',
        "tag": f"{quality} {thing} <{other}>",
    }[kind]


def draw_stories(draw):
    """Return stories: some without anything odd, and some with HTML, as visitors write them."""
    first, other, word = draw.one_of(FIRST_NAMES), draw.one_of(GOODS), draw.one_of(WORDS).lower()
    return [
        f"{first} found it next to a {other}.",
        f"It was {first}'s, who wrote on it: write &amp; for an ampersand, and {word}.",
        f"<b>Please</b> do not touch the {other}, says {first}.",
        f"<script>alert('{word}')</script> was what {first} wrote here.",
        f"Lighter than a {other} & older than {first}.",
        f"{first} paid 3 < 4 coins for it, and a {other}.",
    ]


def draw_exhibits(draw):
    """Return exhibits that are not sorted by id in either direction, four of them with a picture."""
    while True:
        kinds, stories = [kind for three in draw.sample(KINDS, len(KINDS)) for kind in three], draw_stories(draw)
        draw.shuffle(stories)
        numbers = draw.sample(range(40, 400), len(kinds))
        files = iter(draw.sample(PICTURES, len(PICTURES)))
        pictures = [None if kind == "plain" else next(files) for kind in kinds]
        exhibits = [
            {
                "id": number,
                "name": draw_name(draw, kind),
                "year": draw.randint(1800, 1990),
                "story": story,
                "picture": picture,
            }
            for number, kind, story, picture in zip(numbers, kinds, stories, pictures, strict=True)
        ]
        named = len({exhibit["name"] for exhibit in exhibits}) == len(exhibits)
        if named and numbers not in (sorted(numbers), sorted(numbers, reverse=True)):
            return exhibits


class Museum:
    """What the app shows, and ways to pick items from it."""

    def __init__(self, collection, draw):
        self.exhibits = collection["EXHIBITS"]
        self.today = collection["EXHIBIT_OF_THE_DAY"]
        self.hours = collection["HOURS"]
        self.draw = draw

    def plain(self):
        """Return an exhibit whose name has nothing odd in it."""
        return self.draw.one_of([each for each in self.exhibits if not set(each["name"]) & set('<&"')])

    def odd(self):
        """Return the exhibits whose name contains something that has a special meaning in HTML."""
        return [each for each in self.exhibits if set(each["name"]) & set('<&"')]

    def with_picture(self):
        """Return the exhibits that have a picture."""
        return [each for each in self.exhibits if each["picture"]]

    def without_picture(self):
        """Return the exhibits that have no picture."""
        return [each for each in self.exhibits if not each["picture"]]

    def missing(self):
        """Return an id that no exhibit has."""
        return MISSING + self.draw.randint(1, 99)


@pytest.fixture(scope="session")
def collection(session_draw):
    """What app/collection.py contains in this run."""
    exhibits = draw_exhibits(session_draw)
    hour, minutes = session_draw.randint(8, 11), session_draw.one_of(["00", "15", "30"])
    return {
        "EXHIBITS": exhibits,
        "EXHIBIT_OF_THE_DAY": session_draw.one_of(exhibits[1:-1])["id"],
        "HOURS": {"opens": f"{hour:02}:{minutes}", "closes": f"{hour + 7}:45"},
    }


@pytest.fixture(scope="session")
def given_files(collection):
    """The file that replaces app/collection.py in every check."""
    return {"app/collection.py": "".join(f"{name} = {value!r}\n" for name, value in collection.items())}


@pytest.fixture
def museum(collection, draw):
    """What the app shows in this run, with ways to pick items from it."""
    return Museum(collection, draw)


@pytest.fixture
def has_label():
    """Check that a response is the label of an exhibit."""

    def check(answer, exhibit):
        expect(answer).status(200)
        wanted = f"{exhibit['name']} ({exhibit['year']})"
        as_json = "The label was sent as JSON, because a string was returned: return a PlainTextResponse."
        expect.that(answer.text.strip() != dumps(wanted, ensure_ascii=False), as_json, answer)
        expect.that(answer.text.strip() == wanted, f"The label is {answer.text!r}, expected {wanted!r}.", answer)

    return check


@pytest.fixture
def shows_file(submission):
    """Check that a response is the picture of an exhibit, from app/pictures."""

    def check(answer, exhibit):
        content = submission.read(f"app/pictures/{exhibit['picture']}")
        sentence = f"The response is not the content of app/pictures/{exhibit['picture']}."
        expect.that(squeezed(answer.text) == squeezed(content), sentence, answer)

    return check
