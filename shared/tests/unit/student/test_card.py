"""The rows of a red check."""

from classroom.core.result import CheckResult, Verdict
from classroom.student.card import check_rows, folded, lead_lines, locations, opening, text_of

CAUSE = "app/main.py, line 25: NameError: name 'helth' is not defined\n    return helth()"
TRACEBACK = (
    'hello\nTraceback (your own lines):\n  File "app/main.py", line 25, in read_health\n    return helth()\n'
    "NameError: name 'helth' is not defined"
)


def failed(**fields):
    """Return a failed check."""
    values = {"name": "c", "hidden": False, "weight": 1, "verdict": Verdict.FAIL, "asks": "GET / returns 200."}
    return CheckResult(**{**values, "message": "GET / returned 500, expected 200.", **fields})


def labels(check, **more):
    """Return the labels of a check's rows."""
    return [row.label for row in check_rows(check, **more)]


def test_rows_begin_with_the_cause():
    """The rows are the cause, what happened, what the task asks, and what to try."""
    check = failed(cause=CAUSE, request="curl -i http://127.0.0.1:8000/", answer="500", printed="hello")

    assert labels(check) == [
        *("Cause", "What happened", "The task asks", "Try it yourself", "What came back", "Your app printed"),
    ]


def test_opening_is_the_cause_with_its_source_line():
    """The first two lines are the cause and the line of code."""
    assert opening(failed(cause=CAUSE)) == CAUSE.split("\n")


def test_opening_without_a_cause_is_what_happened():
    """If no cause is known, the card begins with what happened."""
    assert opening(failed()) == ["GET / returned 500, expected 200."]


def test_traceback_of_the_cause_is_not_printed_again():
    """The traceback that the cause names is left out of what the app printed."""
    assert check_rows(failed(cause=CAUSE, printed=TRACEBACK))[-1].text == "hello"


def test_traceback_of_another_error_is_printed():
    """A traceback of another error than the cause stays."""
    assert check_rows(failed(cause="app/db.py, line 3: KeyError: 'x'", printed=TRACEBACK))[-1].text == TRACEBACK


def test_data_of_a_hidden_check_is_not_in_its_rows():
    """A hidden check has two rows, neither of which contains what it sent or received."""
    check = failed(hidden=True, cause=CAUSE, request="curl SECRET", answer="SECRET", printed="SECRET")

    assert text_of(check_rows(check)) == "A hidden check failed here.\n\nThe task asks:\nGET / returns 200."


def test_instructor_sees_the_data_of_a_hidden_check():
    """With `hidden` the rows are those of a visible check."""
    assert "Cause" in labels(failed(hidden=True, cause=CAUSE), hidden=True)


def test_command_is_not_wrapped():
    """A curl command stays on one line, however long it is."""
    command = f"curl -i http://127.0.0.1:8000/items?q={'long+' * 40}"

    assert command in text_of(check_rows(failed(request=command))).splitlines()


def test_long_text_is_folded():
    """The middle of a long traceback is replaced by the number of its lines."""
    lines = folded("\n".join(str(number) for number in range(40))).splitlines()

    assert lines[:2] == ["0", "1"]
    assert lines[5] == "  ... 27 more lines ..."
    assert lines[-1] == "39"


def test_location_is_the_causes_first():
    """The cause's file and line come before those of the traceback, whose innermost line is first."""
    printed = 'File "app/a.py", line 1, in a\nFile "app/b.py", line 2, in b'

    assert locations(failed(cause=CAUSE, printed=printed)) == [("app/main.py", 25), ("app/b.py", 2), ("app/a.py", 1)]


def test_error_without_a_traceback_is_not_printed_again():
    """A syntax error, which is printed without the word Traceback, is left out, too."""
    cause = 'app/main.py, line 26: IndentationError: expected an indented block\n    return {"status": "ok"}'
    printed = 'File "app/main.py", line 26\n    return {"status": "ok"}\nIndentationError: expected an indented block'

    assert labels(failed(cause=cause, printed=printed)) == ["Cause", "What happened", "The task asks"]


def test_error_that_the_cause_explains_is_not_printed_again():
    """A traceback that ends at the cause is left out with the lines below it, whatever the cause calls the error."""
    cause = "app/main.py, line 3: the parameters must be a tuple"
    printed = (
        'File "app/main.py", line 3, in x\n    run()\nTypeError: not all arguments\nLINE 1: SELECT\n        ^\nbye'
    )

    assert check_rows(failed(cause=cause, printed=printed))[-1].text == "bye"


def test_fields_of_a_validation_error_are_not_printed_again():
    """A Pydantic error that the cause explains is left out with its fields, and nothing else is."""
    cause = "app/main.py, line 3: ValidationError: id: Input should be a valid string"
    printed = (
        'File "app/main.py", line 3, in x\n    run()\npydantic_core.ValidationError: 1 validation error for Event\n'
        "id\n  Input should be a valid string [type=string_type]\n    For further information visit x\nbye"
    )

    assert check_rows(failed(cause=cause, printed=printed))[-1].text == "bye"


def test_line_of_source_stays_one_line():
    """A long line of source is cut, so that the caret below it is in its place."""
    assert lead_lines("one two\n    a long line of code\n    ^", 12) == ["one two", "    a long …", "    ^"]
