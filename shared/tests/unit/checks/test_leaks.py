"""What a response must not show is found wherever it is, and ordinary sentences are not."""

import re
import subprocess
import sys

import pytest
from classroom import leak_in, leak_pattern
from classroom.apps.exchange import Answer, Exchange, Headers

PATTERN = leak_pattern("notes", "tags")


def answer(text, **headers):
    """Make a response."""
    return Answer(500, Headers(headers), text.encode(), Exchange("GET", "/notes"))


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("psycopg.errors.CheckViolation", "psycopg"),
        ("Traceback (most recent call last)", "Traceback"),
        ('File "main.py", line 3', ".py"),
        ('new row for relation "notes" violates check constraint', "violates check constraint"),
        ("duplicate key value", "duplicate key value"),
        (r"syntax error\nLINE 1: SELECT", r"\nLINE 1: "),
        ("INSERT INTO notes (text)", "INSERT INTO notes"),
        ("select id\nfrom public.tags", "select id\nfrom public.tags"),
        ('UPDATE "notes" SET', 'UPDATE "notes" SET'),
        ("DELETE FROM tags", "DELETE FROM tags"),
    ],
)
def test_leak_is_found(text, leak):
    """A library, a traceback, a message of PostgreSQL and a statement on a table are leaks."""
    assert leak_in(answer(f"It failed: {text} and so on"), PATTERN) == leak


@pytest.mark.parametrize(
    "text",
    ["could not insert into the database", "select a note from the list", "a happy day", "Internal Server Error"],
)
def test_ordinary_sentence_is_no_leak(text):
    """SQL words in an ordinary sentence are fine."""
    assert leak_in(answer(text), PATTERN) is None


@pytest.mark.parametrize(
    "text",
    ["select " * 200_000, "select x" + " from " * 200_000, "insert" + " " * 2_000_000, "update tags " * 100_000],
    ids=["selects", "froms", "spaces", "updates"],
)
def test_hostile_text_is_searched_in_time_linear_in_its_length(text):
    """Megabytes of the beginnings of statements are searched once, not once for each beginning."""
    code = (
        "import sys; from classroom import leak_in, leak_pattern; from classroom.apps.exchange import Answer, Exchange, Headers; "
        "body = sys.stdin.buffer.read(); print(leak_in(Answer(500, Headers({}), body, Exchange('GET', '/')), leak_pattern('notes')))"
    )
    # Long enough for any machine: what is searched once for each beginning takes hours.
    done = subprocess.run(
        [sys.executable, "-c", code], input=text.encode(), capture_output=True, timeout=120, check=False
    )

    assert done.stdout.decode().strip() == "None"


@pytest.mark.parametrize("gap", ["", "select ", "x" * 100_000])
def test_query_is_found_whatever_is_between_select_and_from(gap):
    """The columns of a query may be long, or queries of their own."""
    found = leak_in(answer(f"select {gap} a  from tags"), PATTERN)

    assert found.startswith("select ")
    assert found.endswith(" from tags")


def test_secret_is_a_leak_and_an_empty_one_is_passed_over():
    """Further texts are found as they are, not as patterns."""
    assert leak_in(answer("it said a.b"), PATTERN, "", "a.b") == "a.b"
    assert leak_in(answer("it said axb"), PATTERN, "", "a.b") is None


def test_headers_are_searched_where_that_is_asked_for():
    """A leak in a header is found with headers=True alone."""
    response = answer("fine", **{"x-error": "psycopg"})

    assert (leak_in(response, PATTERN), leak_in(response, PATTERN, headers=True)) == (None, "psycopg")


def test_pattern_of_a_check_s_own_keeps_its_flags():
    """A case-sensitive pattern is case-sensitive for the secrets, too."""
    minds = re.compile("pg_")

    assert leak_in(answer("PG_CLASS and WORD"), minds, "word") is None
