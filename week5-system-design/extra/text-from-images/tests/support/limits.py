"""The limits that the app gets in a run."""

import importlib.util
import json

import pytest
from classroom.core.errors import CouldNotCheck


def rules_of(limits):
    """Return the app/rules.py file with these limits."""
    return {"app/rules.py": "".join(f"{name} = {json.dumps(value)}\n" for name, value in limits.items())}


@pytest.fixture(scope="session")
def limits(session_draw):
    """What app/rules.py contains in this run."""
    return {
        "LIMIT": session_draw.randint(150_000, 250_000),
        "PIXELS": 1000 * session_draw.randint(1500, 2500),
        "TIME_LIMIT": 60,
        "WAITING": session_draw.one_of([2, 2, 3]),
    }


@pytest.fixture(scope="session")
def given_files(limits):
    """The file that replaces app/rules.py in every check."""
    if importlib.util.find_spec("tesserocr") is None:
        raise CouldNotCheck(
            "There is no text recognition on this system, so this extra does not work here: see README.md."
        )
    return rules_of(limits)
