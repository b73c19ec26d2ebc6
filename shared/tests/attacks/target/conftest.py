"""The course's own data, drawn anew in each run."""

import pytest


@pytest.fixture(scope="session")
def given_files(session_draw):
    """A word that the app is given, and that no other app may learn."""
    return {"app/given.py": f"WORD = {session_draw.word(12)!r}\n"}
