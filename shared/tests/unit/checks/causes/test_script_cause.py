"""Causes of SQL files that fail."""

import pytest
from classroom.checks.causes.script_cause import script_cause
from classroom.services.postgres.script import Outcome, ScriptFailure, ScriptFile

PATH = "schema/01_create_tables.sql"
TABLE = "-- tables\nCREATE TABLE notes (\n    id SERIAL,\n    text TEXT{0}\n{1});\n"


def cause_of(text, error, position=None, message=None, more=""):
    """Return the cause of a file that failed."""
    failure = ScriptFailure(ScriptFile(text, PATH, []), Outcome(error=error, position=position, more=more))
    return script_cause(message or f"The database says: {error}", [failure])


def test_line_and_caret():
    """The line of the server's position is named and shown with a caret."""
    text = "SELECT 1;\nSELECT * FORM notes;\n"

    assert cause_of(text, 'syntax error at or near "FORM"', text.index("FORM") + 1) == (
        f'{PATH}, line 2: syntax error at or near "FORM"\n    SELECT * FORM notes;\n             ^'
    )


def test_comma_before_a_parenthesis():
    """A comma before the closing parenthesis is named."""
    text = TABLE.format(",", "")

    cause = cause_of(text, 'syntax error at or near ")"', text.index(");") + 1)

    assert cause.splitlines()[0] == f'{PATH}, line 5: syntax error at or near ")": there is an extra comma before it'


def test_missing_comma():
    """A missing comma is named with the line that it belongs to."""
    text = TABLE.format("", "    author TEXT\n")

    cause = cause_of(text, 'syntax error at or near "author"', text.index("author") + 1)

    assert cause.splitlines()[0].endswith(
        'line 5: syntax error at or near "author": is a comma missing after `text TEXT`?'
    )


def test_name_is_searched_where_the_server_says_no_place():
    """An error without a position is at the first use of the name that it quotes, comments aside."""
    text = "-- resources\nCREATE TABLE a (id INT REFERENCES resources);\n"

    assert cause_of(text, 'relation "resources" does not exist').startswith(f"{PATH}, line 2: relation")


@pytest.mark.parametrize(("error", "position"), [("deadlock detected", None), ("strange", 100_000)])
def test_file_alone_where_no_place_is_known(error, position):
    """Without a position, the file is named."""
    assert cause_of("SELECT 1;", error, position) == f"{PATH}: {error}"


def test_error_at_the_end_of_the_file():
    """An error at the end of the input is at the last line."""
    text = "SELECT 1,\n"

    assert cause_of(text, "syntax error at end of input", len(text) + 1).startswith(f"{PATH}, line 2: ")


def test_quote_that_is_not_closed():
    """Of a text that reaches to the end of the file, its first line is shown."""
    text = "SELECT 'Food\nORDER BY id;\n"

    cause = cause_of(text, 'unterminated quoted string at or near "\'Food\nORDER BY id;\n"', text.index("'") + 1)

    assert cause.splitlines()[0] == f'{PATH}, line 1: unterminated quoted string at or near "\'Food…"'


def test_message_about_something_else_has_no_cause():
    """A file that failed earlier is not the cause of another failure."""
    assert cause_of("SELECT 1;", "strange", message="The list is not sorted.") is None


MISTAKES = {
    "double quotes": ('SELECT 1 WHERE a = "Food"', '"Food"', 'column "Food" does not exist', "single quotes, 'Food'"),
    "none": ("SELECT None", "None", 'column "none" does not exist', "in SQL, write NULL, not None"),
    "semicolon": ("SELECT 1\nSELECT 2", "SELECT 2", 'syntax error at or near "SELECT"', "semicolon missing before it?"),
    "where": (
        "SELECT a FROM b\nORDER BY a\nWHERE a = 1",
        "WHERE",
        'syntax error at or near "WHERE"',
        'near "WHERE": WHERE belongs above ORDER BY',
    ),
    "group": (
        "SELECT a FROM b\nORDER BY a\nGROUP BY a",
        "GROUP",
        'syntax error at or near "GROUP"',
        ": GROUP BY belongs above ORDER BY",
    ),
    "join": (
        "SELECT a FROM b\nLEFT JOIN c\nORDER BY a",
        "ORDER",
        'syntax error at or near "ORDER"',
        ": is the condition of the JOIN missing, as in `JOIN c ON ...`?",
    ),
    "join with a condition": (
        "SELECT a FROM b\nJOIN c ON b.c = c.id AND\nORDER BY a",
        "ORDER",
        'syntax error at or near "ORDER"',
        ': syntax error at or near "ORDER"',
    ),
    "typing error below a comment": (
        "-- a table\n-- of notes\nCREATE TABLE a (\n    id SERIAL PRIMARI KEY,\n    b TEXT\n)",
        "PRIMARI",
        'syntax error at or near "PRIMARI"',
        ': syntax error at or near "PRIMARI"',
    ),
    "comment": (
        "# notes\nSELECT 1",
        "#",
        'syntax error at or near "#"',
        ": a comment in SQL begins with --",
    ),
    "alias": (
        "SELECT a AS 'b' FROM c",
        "'b'",
        "syntax error at or near \"'b'\"",
        ": a name is written without single quotes",
    ),
    "apostrophe": (
        "INSERT INTO a VALUES ('Maple's Clinic')",
        "s Clinic",
        'syntax error at or near "s"',
        ": is a closing quote missing before it? An apostrophe in a string is written twice: ''",
    ),
    "comma before a clause": (
        "SELECT a,\nFROM b",
        "FROM",
        'syntax error at or near "FROM"',
        ": there is an extra comma before it",
    ),
    "rows": ("INSERT INTO a VALUES (1)\n(2)", "(2)", 'syntax error at or near "("', "is a comma missing before it?"),
}


@pytest.mark.parametrize(("text", "place", "error", "told"), MISTAKES.values(), ids=MISTAKES)
def test_known_mistake(text, place, error, told):
    """A common mistake is named after the server's sentence."""
    assert cause_of(text, error, text.index(place) + 1).splitlines()[0].endswith(told)


def test_what_the_server_adds_is_told():
    """The server's hint or detail follows its sentence, where no mistake is recognized."""
    cause = cause_of("SELECT nam FROM a", 'column "nam" does not exist', 8, more='Perhaps you meant "a.name".')

    assert cause.splitlines()[0] == f'{PATH}, line 1: column "nam" does not exist. Perhaps you meant "a.name".'


def test_python_comparison():
    """The server's hint about casts is replaced by the SQL operator."""
    text = "SELECT 1 WHERE category == 'Food';"
    error = "operator does not exist: text == unknown"

    cause = cause_of(text, error, text.index("==") + 1, more="You might need to add explicit type casts.")

    assert cause.splitlines()[0] == f"{PATH}, line 1: {error}: SQL compares with a single ="


def test_curly_quotes():
    """Quotes of a word processor are part of a name for the server."""
    text = "SELECT \u2019Food\u2019;"

    cause = cause_of(text, 'column "\u2019food\u2019" does not exist', text.index("\u2019") + 1)

    assert "write straight quotes" in cause
