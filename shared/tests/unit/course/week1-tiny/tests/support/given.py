import pytest


@pytest.fixture(scope="session")
def given_files(session_draw):
    return {"app/given.py": f"SECRET = {session_draw.randrange(10, 10**6)}\n"}
