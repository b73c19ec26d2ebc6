"""Which files .dockerignore keeps out, by Docker's rules."""

import pytest
from classroom import DockerIgnore


@pytest.mark.parametrize(
    ("text", "out", "let_in"),
    [
        (".env", [".env"], ["app/.env", ".env.example"]),
        ("**/.env", [".env", "app/.env", "a/b/.env"], ["app/env"]),
        (".git/", [".git/config", ".git/objects/4b/82"], [".gitignore"]),
        ("/.venv", [".venv/bin/python"], ["app/.venv/x"]),
        ("__pycache__", ["__pycache__/a.pyc"], ["app/__pycache__/a.pyc"]),
        ("**/__pycache__", ["__pycache__/a.pyc", "a/b/__pycache__/c.pyc"], ["app/pycache"]),
        ("*.pyc", ["a.pyc"], ["app/a.pyc"]),
        ("*/*.pyc", ["app/a.pyc"], ["a.pyc", "app/parts/a.pyc"]),
        ("app/**", ["app/main.py", "app/a/b"], ["application"]),
        ("**/a/b", ["x/a/b", "a/b"], ["a/x/b"]),
        ("*\n!app", ["README.md", ".env"], ["app/main.py"]),
        ("*\n!app\n**/__pycache__", ["app/__pycache__/a.pyc"], ["app/main.py"]),
        ("app\n!app/main.py", ["app/settings.py"], ["app/main.py"]),
        ("# .env\n\n", [], [".env", "# .env"]),
        ("app/[a-m]?in.py", ["app/main.py"], ["app/pain.py", "app/in.py"]),
        ("app/[^m]ain.py", ["app/pain.py"], ["app/main.py"]),
        ("**", ["a", "a/b"], []),
        ("./app", ["app/main.py"], []),
    ],
)
def test_patterns(text, out, let_in):
    """A pattern is a path from the top, `**` is any number of folders, and the last pattern that matches decides."""
    ignore = DockerIgnore(text)

    assert [path for path in (*out, *let_in) if ignore.excludes(path)] == out


def test_no_pattern_takes_long():
    """A pattern with many stars is decided at once."""
    assert not DockerIgnore("*a" * 90 + "b").excludes("a" * 200)
    assert not DockerIgnore("**/" * 60 + "b").excludes("/".join("a" * 40))
