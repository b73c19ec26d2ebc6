"""The course's own data, drawn again for each run."""

import pytest


@pytest.fixture(scope="session")
def given_files(session_draw):
    """A word that is given to the app, and that no other app may learn."""
    return {"app/given.py": f"WORD = {session_draw.word(12)!r}\n"}
