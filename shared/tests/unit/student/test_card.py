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


def test_message_does_not_repeat_the_cause():
    """An error that the cause names is not said again by what happened, and a sentence that the cause contains is left out."""
    cause = 'queries/1.sql, line 5: syntax error at or near "AS"\n    SELECT 1 AS\n             ^'

    (_, happened, _) = check_rows(failed(cause=cause, message='queries/1.sql fails: syntax error at or near "AS"'))

    assert happened.text == "queries/1.sql fails."
    assert "What happened" not in labels(failed(cause="a.py, line 1: TODO 2 is not set.", message="TODO 2 is not set."))


def test_what_libraries_add_to_an_error_is_not_printed_again():
    """What SQLAlchemy and Pydantic add after an empty line is left out with the error that the cause names."""
    sql = "app/a.py, line 3: null value in column x"
    printed = 'File "app/a.py", line 3, in x\n    run()\nIntegrityError: (N) null value\nDETAIL: y\n\n[SQL: UPDATE]\n[parameters: {}]'
    unready = "app/a.py, line 3: SchemaError: Unable to generate"
    schema = 'File "app/a.py", line 3, in x\n    run()\nSchemaError: Unable to generate\n\nIf you got this error by calling handler(x)\n\nFor further information visit x'

    assert "Your app printed" not in labels(failed(cause=sql, printed=printed))
    assert "Your app printed" not in labels(failed(cause=unready, printed=schema))


def test_fields_whose_error_was_cut_off_are_not_printed_again():
    """Of a long Pydantic error only the last fields are kept, which are left out, too."""
    cause = "app/a.py, line 3: ValidationError: id: Field required"
    field = "owner\n  Field required [type=missing, input_value=1]\n    For further information visit x\n"

    assert check_rows(failed(cause=cause, printed=f"{field * 3}bye"))[-1].text == "bye"


def test_error_of_the_kit_is_not_printed_again():
    """A line without a traceback that the cause contains is left out."""
    cause = "app/main.py has no `app`: it needs a line such as app = FastAPI()"

    assert "Your app printed" not in labels(failed(cause=cause, printed=f"AttributeError: {cause}"))


def test_line_of_source_is_cut_around_its_caret():
    """A long line of source stays one line, cut so that the caret below it is in its place."""
    assert lead_lines("one two\n    a long line of code\n    ^", 16) == ["one two", "    a long lin…", "    ^"]
    assert lead_lines("    a long line of code\n                   ^", 16) == ["    …ne of code", "           ^"]
    source = f"    {'x = 1; ' * 20}y"
    code, caret = lead_lines(f"{source}\n{' ' * 74}^", 40)
    assert code[caret.index("^")] == source[74]


def test_long_line_of_source_is_wrapped():
    """A long line of source that nothing points at goes on below, with a deeper indentation."""
    assert lead_lines("    return one(two, three, four)", 24) == ["    return one(two,", "        three, four)"]
    assert max(map(len, lead_lines(f"    x = {'1234567, ' * 30}", 24))) <= 24
