"""The stops and departures that the app gets in a run: different ones each time."""

import json

import pytest
from classroom.checks.words import STREETS, WORDS

LEAST, MOST = 700, 900  # bytes of the list of stops: not large, and more than the default of a middleware


def draw_stops(draw):
    """Return ten stops that make up a list of about 800 bytes."""
    while True:
        stops = [
            {
                "code": word.lower(),
                "name": street,
                "shelter": draw.random() < 0.5,
                "lines": sorted(draw.sample(range(1, 10), draw.randint(1, 3))),
            }
            for word, street in zip(draw.sample(WORDS, 10), draw.sample(STREETS, 10), strict=True)
        ]
        if LEAST <= len(json.dumps(stops, separators=(",", ":"))) <= MOST:
            return stops


def draw_departures(draw, stops):
    """Return a few hundred departures."""
    return [
        {"stop": draw.one_of(stops)["code"], "line": draw.randint(1, 9), "time": f"{hour:02}:{draw.randint(0, 59):02}"}
        for hour in range(5, 23)
        for _ in range(16)
    ]


class Timetable:
    """The app's stops and departures, and its tracker's secret."""

    def __init__(self, stops, departures, tracker, draw):
        self.stops = stops
        self.departures = departures
        self.tracker = tracker
        self.draw = draw

    def any_stop(self):
        """Return a stop at random."""
        return self.draw.one_of(self.stops)

    def unknown(self):
        """Return the path of a stop that does not exist."""
        return f"/stops/{self.draw.word()}"

    def alert(self):
        """Return a valid alert."""
        return {"stop": self.any_stop()["code"], "text": f"The bus is late: {self.draw.word()}"}

    def vehicle(self):
        """Return the path of a vehicle; every request for it crashes."""
        return f"/vehicles/{self.draw.randint(100, 999)}"


@pytest.fixture(scope="session")
def drawn(session_draw):
    """The stops, departures and tracker for this run."""
    stops = draw_stops(session_draw)
    return stops, draw_departures(session_draw, stops), f"tracker-{session_draw.word()}.bus.example.org"


@pytest.fixture(scope="session")
def given_files(drawn):
    """The file that replaces app/data.py in every check."""
    stops, departures, tracker = drawn
    return {"app/data.py": f"STOPS = {stops!r}\n\nDEPARTURES = {departures!r}\n\nTRACKER = {tracker!r}\n"}


@pytest.fixture
def timetable(drawn, draw):
    """The stops and departures for this run, with methods for choosing among them."""
    return Timetable(*drawn, draw)
