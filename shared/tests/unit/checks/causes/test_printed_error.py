"""Errors read from what an app printed."""

import pytest
from classroom.checks.causes.printed_error import Frame, first_error, fold_tracebacks, own_path

OWN = """Traceback (your own lines):
  File "app/main.py", line 43, in read_item
    return ITEM[item_id]
NameError: name 'ITEM' is not defined
"""
CHAIN = """INFO: something else
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec
    self.dialect.do_execute(
psycopg2.errors.UndefinedColumn: column "categry" does not exist
LINE 1: SELECT categry FROM resources
               ^

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/elsewhere/submission/app/main.py", line 83, in list_resources
    cursor.execute(sql)
    ~~~~~~~~~~~~~~^^^^^
sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedColumn) column "categry" does not exist
"""
SYNTAX = """Traceback (your own lines):
  File "app/main.py", line 3, in <module>
    from app import catalog
  File "app/catalog.py", line 7
    ITEMS = {
            ^
SyntaxError: '{' was never closed
"""


@pytest.fixture
def folder(tmp_path):
    """A submission with two files."""
    (tmp_path / "app").mkdir()
    for name in ("main.py", "catalog.py"):
        (tmp_path / "app" / name).write_text("pass\n")
    return tmp_path


def test_own_traceback(folder):
    """The error and the last own line are read."""
    error = first_error(OWN, folder)

    assert error.first_line == "NameError: name 'ITEM' is not defined"
    assert error.place == Frame("app/main.py", 43, "return ITEM[item_id]", "read_item")


def test_first_error_of_a_chain_has_the_own_lines_of_the_chain(folder):
    """Of chained errors the first one counts, at the student's own line wherever the chain shows it."""
    error = first_error(CHAIN, folder)

    assert error.kind == "psycopg2.errors.UndefinedColumn"
    assert error.more == ("LINE 1: SELECT categry FROM resources", "               ^")
    assert str(error.place) == "app/main.py, line 83"


def test_second_error_that_does_not_follow_is_left_out(folder):
    """Errors of other requests do not lend their lines."""
    error = first_error("ValueError: no lines\n\n" + OWN, folder)

    assert error.name == "NameError"


def test_syntax_error_shows_its_caret(folder):
    """A syntax error is in the file that has it, with its line and the caret."""
    error = first_error(SYNTAX, folder)

    assert str(error.place) == "app/catalog.py, line 7"
    assert error.shown == ("    ITEMS = {", "            ^")


def test_error_without_a_traceback(folder):
    """An error without own lines is found by its line."""
    error = first_error("some words\nValueError: no place\n", folder)

    assert (error.first_line, error.place) == ("ValueError: no place", None)


@pytest.mark.parametrize(
    "printed", ["", "hello", "Traceback (most recent call last):", '  File "app/main.py", line 1\n' * 5]
)
def test_text_without_an_error(folder, printed):
    """An incomplete traceback is not an error."""
    assert first_error(printed, folder) is None


def test_endless_text_is_read_in_part(folder):
    """Endless output of a hostile app is read only up to a limit."""
    error = first_error(OWN + "x" * 10_000_000, folder)

    assert error.name == "NameError"


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("app/main.py", "app/main.py"),
        ("/submission/app/main.py", "app/main.py"),
        ("/usr/lib/python3.11/contextlib.py", None),
        ("/x/site-packages/app/main.py", None),
        ("/submission/../app/main.py", None),
        ("C:\\week\\app\\main.py", "app/main.py"),
    ],
)
def test_own_path(folder, path, own):
    """A file of the submission is recognized by the end of its path."""
    assert own_path(path, folder) == own


def test_chain_is_folded_to_the_first_error_and_own_lines(folder):
    """What was printed keeps its other lines; a chain of errors keeps the first one and the student's own lines."""
    assert fold_tracebacks(CHAIN + "\nbye", folder).splitlines() == [
        "INFO: something else",
        "Traceback (your own lines):",
        '  File "app/main.py", line 83, in list_resources',
        "    cursor.execute(sql)",
        'psycopg2.errors.UndefinedColumn: column "categry" does not exist',
        "LINE 1: SELECT categry FROM resources",
        "               ^",
        "",
        "bye",
    ]


def test_endpoint_after_a_validation_error_belongs_to_it(folder):
    """FastAPI ends the message of a ResponseValidationError with the endpoint, which is not an error of its own."""
    error = OWN.replace("NameError: name 'ITEM' is not defined", "fastapi.exceptions.ResponseValidationError: 1 error")
    endpoint = '\n  File "/elsewhere/app/main.py", line 40, in read_item\n    GET /items/{item_id}\n'

    assert fold_tracebacks(error + endpoint + "bye", folder) == error + "bye"


def test_function_that_calls_itself_is_shown_once(folder):
    """The lines of a recursion are shown once each, so that the heading of its traceback is not cut off."""
    frame = "\n".join(OWN.splitlines()[1:3])
    printed = OWN.replace(frame, "\n".join([frame] * 50))

    assert fold_tracebacks(printed, folder) == OWN.strip()


@pytest.mark.parametrize("printed", [OWN.strip(), SYNTAX.strip(), "hello\nyou", ""])
def test_short_text_stays(folder, printed):
    """A text that is already short is unchanged."""
    assert fold_tracebacks(printed, folder) == printed


def test_error_in_a_handler_is_not_the_one_that_was_handled(folder):
    """An error that the app handles is not the cause; an error in the handler is."""
    between = "\nDuring handling of the above exception, another exception occurred:\n\n"
    printed = (
        OWN.replace("NameError: name 'ITEM' is not defined", "fastapi.exceptions.HTTPException: 404") + between + OWN
    )

    assert first_error(printed, folder).name == "NameError"


AWAY = CHAIN.replace(
    'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedColumn) column "categry" does not exist',
    "app.catalog.CatalogAway: no response",
)


def test_error_of_the_app_itself_counts_more_than_what_it_follows(folder):
    """If the last error of a chain is of a class that the app defines, it is the one that nobody has caught."""
    error = first_error(AWAY, folder)

    assert error.name == "CatalogAway"
    assert error.own_module(folder) == "app/catalog.py"


def test_misspelled_name_in_a_handler_counts_more_than_what_was_handled(folder):
    """A NameError in an except block never follows from the error that was being handled."""
    printed = CHAIN + "\nDuring handling of the above exception, another exception occurred:\n\n" + OWN

    assert first_error(printed, folder).first_line == "NameError: name 'ITEM' is not defined"
