"""The right and the broken apps that the tests of a submission run against."""

import pytest
from classroom import expect
from classroom.core.errors import CouldNotCheck

FILES = {1: "first", 2: "prices", 3: "parcels", 4: "pick_up", 5: "list"}
EARLIER = """        for name in ("Noor Haddad", "Ivo Kral", "Mia Berg"):
            self.accept(name, 400, express=False)
        self.hand_out(501)
"""


class Apps:
    """Variants of the course's app, and the submission's tests for one task."""

    def __init__(self, assignment, student_tests, outcomes, task):
        self.assignment = assignment
        self.student_tests = student_tests
        self.outcomes = outcomes
        self.file = f"my_tests/test_{FILES[task]}.py"

    def changed(self, *edits):
        """Return the app files that these edits change; each edit is a file, a string in it, and its replacement."""
        texts = {}
        for file, old, new in edits:
            path = f"app/{file}"
            text = texts.get(path) or (self.assignment.folder / path).read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise CouldNotCheck(
                    f"{old!r} occurs {text.count(old)} times in {path}: put app/ back as it was handed out."
                )
            texts[path] = text.replace(old, new)
        return texts

    def outcome(self, *edits, brief=False):
        """Return the outcome of the tests on the app with these edits; each variant is tried once."""
        key = self.file, *edits
        if key not in self.outcomes:
            self.outcomes[key] = self.student_tests.run(self.file, self.changed(*edits), brief=brief)
        return self.outcomes[key]

    def passes(self, name, *edits):
        """Check that the tests pass on a correct app."""
        outcome = self.outcome(*edits)
        if not outcome.passed:
            raise AssertionError(f"Your tests must pass on {name}: {outcome.why()}")

    def catches(self, *edits):
        """Check that the tests fail on the app with these edits but pass on the unmodified app."""
        self.passes("the app in app/")
        outcome = self.outcome(*edits, brief=True)
        expect.that(not outcome.passed, "All your tests pass on this broken app.")
        expect.that(outcome.failed, f"No test fails on this broken app. {outcome.why()}")

    def passes_elsewhere(self):
        """Check that the tests pass on another correct app that already has parcels and uses other ids and messages."""
        self.passes(
            "another correct app, which has parcels already, ids from 501 and other messages",
            ("desk.py", "count(1)", f"count(501, 7)\n{EARLIER}".rstrip()),
            ("desk.py", '"status": "waiting",\n', '"status": "waiting",\n            "shelf": "B",\n'),
            ("main.py", "There is no such parcel", "Not here"),
            ("main.py", "This parcel was picked up already", "Gone"),
            ("main.py", "This is not the code of the parcel", "No"),
        )


@pytest.fixture(scope="session")
def _outcomes():
    return {}


@pytest.fixture
def apps(run, student_tests, task_number, _outcomes):
    """The variants of the course's app, and the submission's tests for this check's task."""
    return Apps(run.assignment, student_tests, _outcomes, task_number)
