"""The machines and people that the app gets in a run: different ones each time."""

import pytest
from classroom import expect, wait_until
from classroom.checks.words import FAMILIES, FIRST_NAMES, WORDS

KINDS = ("Band saw", "Laser cutter", "Lathe", "Drill press", "Kiln", "Loom", "Planer", "Sewing machine", "Belt sander")
ROOMS = 3
# As in app/inventory.py, in the same order, so that a card can show a request with the student's own ids and badges:
LONGEST = (30, 45, 20, 60)  # minutes of each machine
MEMBERS = (  # the places of the machines that a member is trained for, and whether the member is on the staff
    ((0, 1), True),
    ((2,), False),
    ((3, 0), False),
    ((2, 1), True),
    ((1,), True),
    ((2, 3), False),
)
LOST = 2  # members, the last ones
BACK = 2.5  # seconds after which a key must hang on the board again
REJECTIONS = range(400, 500)
MISSING = 9000  # ids of machines are below


def ask_about(answer, returned, expected, question):
    """Fail with a question about a likely mistake, if the response has the status code that the mistake leads to."""
    sentence = f"{answer.exchange} returned {returned}, expected {expected}: {question}"
    expect.that(answer.status != returned or returned == expected, sentence, answer)


def draw_rows(draw, names, ids):
    """Return rows with ids and names, in an order that follows neither the ids nor the names."""
    while True:
        numbers = draw.sample(ids, len(names))
        rows = [
            {"id": number, "name": name} for number, name in zip(numbers, draw.sample(names, len(names)), strict=True)
        ]
        orders = [sorted(rows, key=lambda row: row[field]) for field in ("id", "name")]
        orders += [list(reversed(order)) for order in orders]
        if rows not in orders and orders[0] not in orders[1:]:
            return rows


def draw_members(draw, machines):
    """Return members by badge, with the same training and the same rights in each run."""
    count = len(MEMBERS)
    people = zip(draw.sample(FIRST_NAMES, count), draw.sample(FAMILIES, count), MEMBERS, strict=True)
    return {
        f"{first.lower()}-{draw.randint(100, 999)}": {
            "name": f"{first} {family}",
            "trained": [machines[place]["id"] for place in places],
            "staff": staff,
        }
        for first, family, (places, staff) in people
    }


class Workshop:
    """The machines and members that the app has, and ways to choose among them."""

    def __init__(self, inventory, draw):
        self.machines = inventory["MACHINES"]
        self.rooms = inventory["ROOMS"]
        self.members = inventory["MEMBERS"]
        self.lost = inventory["LOST_BADGES"]
        self.trainer = inventory["TRAINER"]
        self.draw = draw

    def wearing(self, badge):
        """Return the headers of a request with this badge."""
        return {"X-Badge": badge}

    def missing(self, machine):
        """Return an id that no machine has."""
        return MISSING + machine["id"]

    def badges(self, staff=None):
        """Return the badges that are not lost: all of them, those of the staff, or those of everybody else."""
        return [
            badge
            for badge, member in self.members.items()
            if badge not in self.lost and staff in (None, member["staff"])
        ]

    def any_badge(self, staff=None):
        """Return the badge of a random member."""
        return self.draw.one_of(self.badges(staff))

    def trained(self, member):
        """Return the machines that a member is trained for."""
        return [machine for machine in self.machines if machine["id"] in member["trained"]]

    def others(self, member):
        """Return the machines that a member is not trained for."""
        return [machine for machine in self.machines if machine["id"] not in member["trained"]]

    def handy_badge(self):
        """Return the badge of a member who is trained for several machines."""
        return self.draw.one_of([badge for badge in self.badges() if len(self.trained(self.members[badge])) > 1])

    def pair(self):
        """Return a member's badge and a machine that the member is trained for."""
        badge = self.any_badge()
        return badge, self.draw.one_of(self.trained(self.members[badge]))


@pytest.fixture(scope="session")
def inventory(session_draw):
    """What app/inventory.py contains in this run."""
    rows = draw_rows(session_draw, session_draw.sample(KINDS, len(LONGEST)), range(100, 500))
    machines = [row | {"longest": minutes} for row, minutes in zip(rows, LONGEST, strict=True)]
    members = draw_members(session_draw, machines)
    return {
        "ROOMS": draw_rows(
            session_draw, [f"{word} room" for word in session_draw.sample(WORDS, ROOMS)], range(20, 100)
        ),
        "MACHINES": machines,
        "MEMBERS": members,
        "LOST_BADGES": list(members)[-LOST:],
        "TRAINER": {
            "name": f"Trainer {session_draw.one_of(FAMILIES)}",
            "trained": [machine["id"] for machine in machines],
            "staff": False,
        },
    }


@pytest.fixture(scope="session")
def given_files(inventory):
    """The files that replace app/inventory.py and app/settings.py in every check."""
    text = "".join(f"{name} = {value!r}\n" for name, value in inventory.items())
    return {"app/inventory.py": text, "app/settings.py": "PRACTICE = False\n"}


@pytest.fixture
def workshop(inventory, draw):
    """The machines and members of this run, with ways to choose among them."""
    return Workshop(inventory, draw)


@pytest.fixture
def practice(client_of, given_files):
    """A client of the app on a practice evening."""
    return lambda: client_of(given_files | {"app/settings.py": "PRACTICE = True\n"})


@pytest.fixture
def comes_back(client):
    """Check that a machine's key is back on the board no later than a moment after the response."""

    def check(machine, after):
        def is_back():
            answer = client.get("/keys")
            expect(answer).ok({"out": list})
            return f"key-{machine['id']}" not in answer.json["out"]

        sentence = f"After {after}, the key of {machine['name']} is still not on the board: see GET /keys."
        expect.that(wait_until(is_back, seconds=BACK), sentence)

    return check


@pytest.fixture
def stranger(client):
    """The status code for requests without a badge: 401, or the app's own if that differs (task 2 then fails)."""
    status = client.get("/me").status
    return status if status in REJECTIONS else 401
