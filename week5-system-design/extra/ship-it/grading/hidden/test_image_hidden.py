"""The rules of the visible checks of the image and the compose file, with other files and values."""

import pytest
from classroom import task


@task(5)
@pytest.mark.parametrize(
    "path",
    [
        ".git/objects/4b/825dc642cb6eb9a060e54bf8d69288fbee4904",
        ".venv/lib/python3.13/site-packages/fastapi/applications.py",
        "app/parts/__pycache__/votes.cpython-313.pyc",
    ],
)
def test_build_does_not_see_what_is_deeper(ignore, path):
    """.dockerignore keeps out files deep inside .git and .venv, and __pycache__ below app, and lets the rest in."""
    ignore.lets_in("app/main.py", "app/settings.py", "app/requirements.txt")
    ignore.keeps_out(path)


@task(6)
def test_any_password_will_do(compose, draw):
    """Whatever the password is, both services get the same one."""
    for length in (8, 16):
        compose.app_finds_database(draw.word(length) + str(draw.randint(10, 99)))
