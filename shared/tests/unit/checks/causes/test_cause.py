"""Causes of failures, and the known mistakes among errors."""

import pytest
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.causes.cause import error_cause, request_cause
from classroom.checks.causes.start_failure import start_cause
from classroom.core.result import CheckResult, Verdict

from .conftest import printed


def test_cause_is_place_error_and_source(submission):
    """The cause names file, line and error, and shows the line of source."""
    cause = error_cause(printed("NameError: name 'ITEM' is not defined", "return ITEM"), submission())

    assert cause == "app/main.py, line 2: NameError: name 'ITEM' is not defined\n    return ITEM"


@pytest.mark.parametrize(
    "error",
    [
        'psycopg2.errors.UndefinedColumn: column "categry" does not exist\nLINE 1: SELECT\n        ^',
        'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedColumn) column "categry" does not exist',
    ],
)
def test_database_error_is_the_servers_sentence(submission, error):
    """A database error is shown without class names."""
    cause = error_cause(printed(error), submission())

    assert cause.splitlines()[0] == 'app/main.py, line 2: column "categry" does not exist'


def test_hint_of_the_server_is_told(submission):
    """The server's hint is part of the cause."""
    error = 'psycopg2.errors.UndefinedColumn: column "nam" does not exist\nHINT:  Perhaps you meant "resources.name".'

    assert 'does not exist. Perhaps you meant "resources.name".' in error_cause(printed(error), submission())


NOT_JSON = "ValueError: [{0}, TypeError('vars() argument must have __dict__ attribute')]"
KNOWN = {
    "view": (NOT_JSON.format("TypeError('x')"), "return ITEMS.values()", ".values() is a view of a dict"),
    "object": (NOT_JSON.format("TypeError(\"'Item' object is not iterable\")"), "return item", "of type Item cannot"),
    "coroutine": (
        NOT_JSON.format("TypeError(\"'coroutine' object is not iterable\")"),
        "return f()",
        "`await` is missing",
    ),
    "await": ("TypeError: 'coroutine' object is not subscriptable", "return f()[0]", "`await` is missing"),
    "lost file": (
        "RuntimeError: File at path /tmp/photos/5b23 does not exist.",
        "def download_photo(photo_id: int):",
        "check path.is_file() first",
    ),
    "await length": ("TypeError: object of type 'coroutine' has no len()", "n += len(x)", "`await` is missing"),
    "await bytes": (
        "TypeError: a bytes-like object is required, not 'coroutine'",
        "out.write(x)",
        "`await` is missing",
    ),
    "depends": (
        "FastAPIError: Invalid args for response field! Hint: check that typing.Annotated[Order, <function Depends at 0x7f>]",
        '@app.get("/machines")',
        "write Depends(...), with parentheses",
    ),
    "no await": ("TypeError: object dict can't be used in 'await' expression", "await f()", "remove the `await`"),
    "tuple": (
        "TypeError: not all arguments converted during string formatting",
        'cursor.execute("SELECT 1 WHERE x = %s", (name))',
        "must be a tuple: `(name,)`",
    ),
    "call as a parameter": (
        "TypeError: not all arguments converted during string formatting",
        'cursor.execute("SELECT 1 WHERE x = %s", str(number))',
        "must be a tuple: `(str(number),)`",
    ),
    "dict of parameters": (
        "TypeError: dict is not a sequence",
        'cursor.execute("SELECT 1 WHERE x = %s", item.model_dump())',
        "needs named placeholders",
    ),
    "percent operator": (
        'psycopg2.errors.UndefinedColumn: column "food" does not exist',
        'cursor.execute("SELECT 1 WHERE x = %s" % category)',
        "the value is part of the SQL text",
    ),
    "question mark": (
        "TypeError: not all arguments converted during string formatting",
        'cursor.execute("SELECT 1 WHERE x = ?", (name,))',
        "placeholder is `%s`, not `?`",
    ),
    "colon": (
        'psycopg2.errors.SyntaxError: syntax error at or near ":"\nLINE 1: SELECT 1 WHERE x = :id',
        "cursor.execute(sql, {})",
        "`:name` is not a placeholder",
    ),
    "none": (
        'psycopg2.errors.UndefinedColumn: column "none" does not exist',
        "cursor.execute(sql)",
        "None was written into the SQL text",
    ),
    "percent": (
        "ValueError: unsupported format character ''' (0x27) at index 50",
        "cursor.execute(sql, (q,))",
        "write a percent sign as `%%`",
    ),
    "number": (
        "ValueError: unsupported format character 'd' (0x64) at index 31",
        'cursor.execute("SELECT 1 WHERE id = %d", (id,))',
        "placeholder is `%s` for every type, not `%d`",
    ),
    "f-string": (
        'psycopg2.errors.SyntaxError: syntax error at or near "Hara"',
        "cursor.execute(f\"SELECT 1 WHERE x = '{q}'\")",
        "part of the SQL text",
    ),
    "double quotes": (
        "psycopg2.errors.UndefinedColumn: column \"'Food'\" does not exist",
        "cursor.execute('SELECT 1 WHERE a = \"%s\"', (category,))",
        "no quotes around %s, the driver adds them",
    ),
    "row": ("TypeError: tuple indices must be integers or slices, not str", 'row["id"]', "a row is a tuple"),
    "comma": ("TypeError: 'tuple' object is not callable", "x = [(1, 2) (3, 4)]", "is a comma missing"),
    "dict": (
        "TypeError: 'dict' object is not callable",
        "return ITEMS(item_id)",
        "read a value from it, ITEMS[item_id]",
    ),
    "method": (
        "AttributeError: 'function' object has no attribute 'items'",
        "products.add(product.model_dump)",
        "are the parentheses of a call missing?",
    ),
    "method of a library": (
        NOT_JSON.format("TypeError(\"'builtin_function_or_method' object is not iterable\")"),
        "return cursor.fetchall",
        "a function was returned instead of its result",
    ),
    "min": (
        "UnboundLocalError: cannot access local variable 'min' where it is not associated with a value",
        "min = min(prices)",
        "the variable min hides Python's own min()",
    ),
    "null": ("NameError: name 'null' is not defined", "return null", "in Python, write None"),
    "closed": ("psycopg2.InterfaceError: cursor already closed", "cursor.fetchall()", "outside the `with`"),
    "gather": (
        "TypeError: unhashable type: 'list'",
        "answers = await asyncio.gather([ask(town) for town in TOWNS])",
        "put a * before the list",
    ),
    "future": (
        "RuntimeError: await wasn't used with future",
        "return dict(zip(TOWNS, x))",
        "`await` is missing before",
    ),
    "package": ("ModuleNotFoundError: No module named 'pandas'", "import pandas", "does not have this package"),
    "code in quotes": (
        "fastapi.exceptions.HTTPException: 404: Item not found",
        'raise HTTPException(status_code="404", detail="Item not found")',
        "the status code 404 is a string here: write it without quotes.",
    ),
    "no braces": ("SyntaxError: invalid syntax", 'return "status": "ok"', "a dict is written in braces: return {...}."),
    "name of a package": ("ModuleNotFoundError: No module named 'pyjwt'", "import pyjwt", "write `import jwt`."),
    "case of a package": (
        "ModuleNotFoundError: No module named 'FastAPI'",
        "from FastAPI import FastAPI",
        "write `from fastapi import FastAPI`.",
    ),
    "todo": ("NotImplementedError", "raise NotImplementedError", "still raises NotImplementedError"),
}


MODEL = "fastapi.exceptions.ResponseValidationError: 1 validation error:\n  {{'type': 't', 'loc': ('response', {0}), 'msg': '{1}', 'input': {2}}}"
KNOWN |= {
    "model of one": (
        MODEL.format("", "Input should be a valid dictionary or object to extract fields from", "[{'id': 1}]"),
        "return rows",
        "read() returned a list, but its response_model is a single object: write response_model=list[...]",
    ),
    "function among dependencies": (
        "AttributeError: 'function' object has no attribute 'dependency'",
        '@app.get("/users", dependencies=[editor])',
        "needs Depends around it, as in dependencies=[Depends(name)]",
    ),
    "none": (MODEL.format("", "Input should be a valid dict", "None"), "return x", "read() returned None: is a return"),
    "exception": (
        MODEL.format("", "Input should be a valid dict", "HTTPException(status_code=404, detail='x')"),
        "return x",
        "returned an HTTPException: it must be raised",
    ),
    "rows": (
        MODEL.format("'items', 0", "Input", "(<app.Model object at 0x1>,)"),
        "return x",
        "(use scalars()): items.0 is",
    ),
    "field": (
        MODEL.format("0, 'name'", "Field required", "('Food', 1)"),
        "return x",
        "without `0.name` (Field required)",
    ),
    "type": (
        MODEL.format("'id'", "Input should be a valid integer", "None"),
        "return x",
        "returned None as `id`: Input",
    ),
    "detached": (MODEL.format("'id'", "DetachedInstanceError: x", "<Model>"), "return x", "whose session is closed"),
    "dependency": ("RuntimeError: Response not awaited. There is", "return x", "did not re-raise it"),
    "returning": ("psycopg2.ProgrammingError: no results to fetch", "cursor.fetchone()", "only with RETURNING"),
    "commit": (
        "sqlalchemy.exc.InvalidRequestError: Can't operate on closed transaction inside context manager.",
        "session.refresh(video)",
        "a commit() above this line has ended the transaction",
    ),
    "schema": (
        "AttributeError: 'NoteIn' object has no attribute '_sa_instance_state'",
        "book.notes.append(new)",
        "NoteIn is a schema, not a table class: make a row from its values first.",
    ),
    "id of a row": (
        "AttributeError: 'int' object has no attribute '_sa_instance_state'",
        "Note(book=book_id)",
        "a relationship takes a row, not its id or its values.",
    ),
    "rolled back": ("sqlalchemy.exc.PendingRollbackError: This", "session.commit()", "was never rolled back"),
}


@pytest.mark.parametrize(("error", "source", "told"), KNOWN.values(), ids=KNOWN)
def test_known_mistake_is_named(submission, error, source, told):
    """A common mistake that the error's own words do not name is named, with its line."""
    folder = submission(f"\n{source}\n", schemas="class NoteIn(BaseModel):\n    text: str\n")
    cause = error_cause(printed(error, source), folder)

    assert cause.startswith("app/main.py, line 2: ")
    assert told in cause.splitlines()[0]


def test_list_that_is_typed_as_a_dict(submission):
    """Where the type after the arrow is that of one object, the arrow is named, and not a model that nobody wrote."""
    error = MODEL.format("", "Input should be a valid dictionary", "[{'id': 1}]")
    folder = submission("def read() -> dict:\n    return rows\n")

    cause = error_cause(printed(error, "return rows"), folder)

    assert "read() returned a list, but its type is `-> dict`: write `-> list` or `-> list[...]`." in cause


def test_context_manager_without_its_with(submission):
    """What a context manager returns is opened with `with`, under the name that the line uses."""
    folder = submission("connection = get_connection()\ncursor = connection.cursor()\n")
    error = "AttributeError: '_GeneratorContextManager' object has no attribute 'cursor'"

    cause = error_cause(printed(error, "cursor = connection.cursor()"), folder)

    assert "open it with `with get_connection() as connection:`, and indent what uses it." in cause


@pytest.mark.parametrize(
    ("error", "source"),
    [
        ("TypeError: 'ItemIn' object is not subscriptable", 'cursor.execute("INSERT ... (%s)", (item["name"],))'),
        ("TypeError: 'str' object is not callable", "return user.email()"),
        ("TypeError: 'int' object is not callable", "return item.id()"),
    ],
)
def test_error_that_resembles_a_known_mistake(submission, error, source):
    """An error that only resembles a known mistake is shown in its own words."""
    cause = error_cause(printed(error, source), submission(f"\n{source}\n"))

    assert cause.splitlines()[0] == f"app/main.py, line 2: {error}"


ROW = """class Resource(Base):\n    __tablename__ = "resources"\n\n    id: Mapped[int]\n"""
SCHEMA = "class Order:\n    amount: int\n"
SERVICE = "class Order:\n    def __init__(self, by: str = 'id'):\n        self.by = by\n"


@pytest.mark.parametrize(
    ("name", "classes", "endpoint", "told"),
    [
        (
            "Resource",
            ROW,
            "def read() -> Resource:",
            "a table class, not a schema: write a class that inherits from BaseModel (",
        ),
        ("Resource", ROW, "def read(user: Resource):", "inherits from BaseModel, or is Depends(...) missing?"),
        ("Order", SCHEMA, "def create(order: Order):", "Order is not a schema: write `class Order(BaseModel):`."),
        (
            "Order",
            SERVICE,
            "def read(order: Order):",
            "Order cannot be the type of a parameter or response: is Depends",
        ),
        ("Session", "", "def read(session: Session):", "is Depends(...) missing?"),
    ],
)
def test_class_that_is_no_type_of_a_field(submission, name, classes, endpoint, told):
    """A class that FastAPI does not accept is a table, a schema without its base class, or a dependency."""
    error = (
        f"fastapi.exceptions.FastAPIError: Invalid args for response field! Hint: check that <class 'app.x.{name}'> is"
    )
    folder = submission(f'\n@app.get("/x")\n{endpoint}\n    pass\n', models=classes)

    assert told in error_cause(printed(error, '@app.get("/x")'), folder).splitlines()[0]


def test_import_of_a_file_next_to_it(submission):
    """An import without the package is shown as it has to be written."""
    folder = submission("", catalog="ITEMS = {}")

    cause = error_cause(printed("ModuleNotFoundError: No module named 'catalog'", "from catalog import ITEMS"), folder)

    assert "write `from app.catalog import ITEMS`" in cause


def test_package_of_the_requirements_that_is_not_installed(submission, monkeypatch):
    """An import of a package that the requirements name says how to install it."""
    folder = submission("")
    (folder / "requirements.txt").write_text("pwdlib[argon2]==0.3.1\n")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    cause = error_cause(printed("ModuleNotFoundError: No module named 'pwdlib'", "from pwdlib import x"), folder)

    assert "the package pwdlib is not installed. Type: python -m pip install -r requirements.txt" in cause


def test_terminal_codes_of_an_app_are_escaped(submission):
    """What a hostile app prints cannot act on the terminal."""
    assert "\x1b" not in error_cause(printed("ValueError: \x1b[2J"), submission())


def cause_of(folder, status, body=b"", error="", task=5, message="GET /items returned 500, expected 200."):
    """Return the cause of a failed GET /items."""
    exchange = Exchange("GET", "/items")
    exchange.answer = Answer(status, Headers(), body, exchange)
    result = CheckResult(
        "c", hidden=False, weight=1, verdict=Verdict.FAIL, message=message, answer=str(exchange.answer)
    )
    return request_cause(result, task, exchange, error, folder)


def test_stub_of_a_later_task_does_not_hide_the_error(submission):
    """An error that ends in a later task's TODO is the cause; the task's own TODO has no cause."""
    body, error = b'{"detail": "TODO 10: a database that failed"}', printed("KeyError: 'x'")

    assert cause_of(submission(), 501, body, error).startswith("app/main.py, line 2: KeyError")
    assert cause_of(submission(), 501, body, error, task=10) is None


def test_error_that_a_check_has_caused_is_not_the_cause(submission):
    """If a check made the database reject a statement on purpose, the rejection is not the cause."""
    error = printed("psycopg2.errors.RaiseException: kept for later")

    assert cause_of(submission(), 500, b"", error, message="The response shows `kept for later`.") is None
    assert "kept for later" in cause_of(submission(), 500, b"", error)


def test_success_has_no_error(submission):
    """What an app prints along with a response below 500 is not taken for its cause."""
    assert cause_of(submission(), 200, b"[]", printed("ValueError: handled")) is None


@pytest.mark.parametrize(
    ("reason", "notes", "told"),
    [
        ("ModuleNotFoundError: No module named 'app.main'", (), "There is no app/main.py."),
        (
            "ModuleNotFoundError: No module named 'app.main'",
            ("main.py is in the wrong folder: move it to app/main.py",),
            "There is no app/main.py: main.py is in the wrong folder: move it to app/main.py",
        ),
        (
            "SyntaxError: source code string cannot contain null bytes",
            ("app/main.py is encoded in UTF-16: save it as UTF-8",),
            "app/main.py is encoded in UTF-16: save it as UTF-8",
        ),
        ("AttributeError: app/main.py has no `app`: it needs a line", (), "app/main.py has no `app`: it needs a line"),
    ],
)
def test_app_that_does_not_start_for_its_files(submission, reason, notes, told):
    """A file that is missing or unreadable is the cause of an app that does not start."""
    assert start_cause(reason, submission(), notes) == told


def test_server_started_at_import_is_named(submission):
    """An app that starts a server while it is imported is never ready; the line is named."""
    folder = submission("import uvicorn\napp = 1\nuvicorn.run(app)\n")

    cause = start_cause("It was not ready within 10 s: something runs.", folder, ())

    assert cause.startswith("app/main.py, line 3: uvicorn.run(...) starts a server")


def test_syntax_error_is_told_with_its_caret(submission):
    """An app that cannot be parsed begins with the place, and shows the caret."""
    reason = "  File \"app/main.py\", line 2\n    def f()\n           ^\nSyntaxError: expected ':'"

    assert start_cause(reason, submission(), ()) == (
        "app/main.py, line 2: SyntaxError: expected ':'\n    def f()\n           ^"
    )


CALLED = """Traceback (your own lines):
  File "app/main.py", line 2, in <module>
    def read_me(member: Annotated[dict, Depends({call})]):
{inner}{error}
"""
INNER = '  File "app/dependencies.py", line 1, in member\n    raise HTTPException(401)\n'
CALLS = {
    "raises": ("member()", INNER, "fastapi.exceptions.HTTPException: 401: Show your badge", True),
    "module": ("dependencies.member()", INNER, "NotImplementedError: TODO 2: return the member", True),
    "argument": ("member()", "", "TypeError: member() missing 1 required positional argument: 'machine_id'", True),
    "result": ("member()", "", "TypeError: {'id': 1} is not a callable object", True),
    "factory": (
        "needs('staff')",
        INNER.replace("in member", "in needs"),
        "fastapi.exceptions.HTTPException: 401",
        False,
    ),
    "name": ("member()", "", "NameError: name 'member' is not defined", False),
}


@pytest.mark.parametrize(("call", "inner", "error", "is_said"), CALLS.values(), ids=CALLS)
def test_dependency_that_is_called_in_depends(submission, call, inner, error, is_said):
    """The cause is the line with the call, and not the line that it has reached."""
    folder = submission("\n\n", dependencies="\n")

    cause = error_cause(CALLED.format(call=call, inner=inner, error=error), folder)

    expected = "app/main.py, line 2: Depends(member()) calls member before there is a request: write Depends(member)"
    assert cause.startswith(expected) is is_said


def test_use_of_a_returned_exception(submission):
    """An error about an HTTPException that was used as a value names the line that returned it."""
    folder = submission("return member['name']\n", people="def member():\n    return HTTPException(401)\n")
    error = (
        "Traceback (your own lines):\n  File \"app/main.py\", line 1, in read\n    return member['name']\n"
        "TypeError: 'HTTPException' object is not subscriptable\n"
    )

    assert error_cause(error, folder).startswith(
        "app/main.py, line 1: this is an HTTPException, which app/people.py, line 2, returns instead of raising it "
        "(TypeError: 'HTTPException' object is not subscriptable).\n"
    )


def test_line_in_a_provided_file_is_the_callers(submission):
    """An error in a file that the course provides is at the line that called it."""
    folder = submission("x = 1\n", store='"""A store (provided)."""\n\nx = 1\n')
    error = (
        'Traceback (your own lines):\n  File "app/main.py", line 1, in add\n    store.add(1)\n'
        '  File "app/store.py", line 3, in add\n    x\nTypeError: no\n'
    )

    assert error_cause(error, folder) == "app/main.py, line 1: TypeError: no\n    store.add(1)"


def test_reason_of_a_validation_error_is_told(submission):
    """A Pydantic validation error is shown with its field and reason."""
    error = "pydantic_core.ValidationError: 1 validation error for Item\nprice\n  Input should be a number [type=x]"

    assert "ValidationError: price: Input should be a number" in error_cause(printed(error), submission())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("store.ask()", "StoreAway, which app/store.py raises, is not caught here"),
        ("raise StoreAway('gone')", "StoreAway: gone"),
    ],
)
def test_error_of_another_file_has_to_be_caught(submission, source, said):
    """An error whose class another file of the app defines is described as not caught, unless this line raises it."""
    cause = error_cause(printed("app.store.StoreAway: gone", source), submission(store="x = 1\n"))

    assert said in cause.splitlines()[0]


def test_class_instead_of_an_app(submission):
    """The line without parentheses is named, not the one that fails because of it."""
    error = "TypeError: FastAPI.exception_handler() missing 1 required positional argument: 'exc_class_or_status_code'"

    cause = error_cause(printed(error, "errors.install(app)", 3), submission("app = FastAPI\n\nerrors.install(app)\n"))

    assert cause == "app/main.py, line 1: the parentheses are missing: write app = FastAPI().\n    app = FastAPI"


def test_exception_of_another_module(submission):
    """The import of an HTTPException that is not FastAPI's is named."""
    folder = submission("from http.client import HTTPException\n")

    assert "line 1: this HTTPException is not FastAPI's" in error_cause(
        printed("http.client.HTTPException: (404, 'not found')"), folder
    )


def test_handler_of_another_exception(submission):
    """A handler that is registered for HTTPException has no list of errors."""
    text = "@app.exception_handler(HTTPException)\nasync def invalid(request, error):\n    return error.errors()\n"
    error = "AttributeError: 'HTTPException' object has no attribute 'errors'"

    cause = error_cause(printed(error, "return error.errors()", 3), submission(text))

    assert "registered for HTTPException: write @app.exception_handler(RequestValidationError)" in cause


def test_exception_that_no_line_returns(submission):
    """An HTTPException that nothing returns is not called a returned one."""
    error = "AttributeError: 'HTTPException' object has no attribute 'errors'"

    assert "returns" not in error_cause(printed(error), submission())


def test_exception_that_a_model_was_made_of(submission):
    """The helper that returned an HTTPException is named where a model refuses it."""
    error = (
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for VideoOut\n"
        "id\n  Field required [type=missing, input_value=HTTPException(status_code=404), input_type=HTTPException]"
    )
    folder = submission("def owned():\n    return HTTPException(404)\n")

    assert "which app/main.py, line 2, returns instead of raising it" in error_cause(printed(error), folder)


def test_row_of_the_check_is_not_shown(submission):
    """The values of the row that a database refuses explain nothing."""
    error = (
        'psycopg.errors.NotNullViolation: null value in column "name" violates not-null constraint\n'
        "DETAIL:  Failing row contains (1, null)."
    )

    assert "Failing row" not in error_cause(printed(error), submission())


def test_insert_without_columns(submission):
    """The first value is for the id where no columns are named."""
    error = 'psycopg.errors.InvalidTextRepresentation: invalid input syntax for type integer: "Elm"'
    text = 'cursor.execute(\n    "INSERT INTO resources"\n    " VALUES (%s, %s)",\n    values,\n)\n'

    assert "without a list of columns" in error_cause(printed(error, "cursor.execute(", 1), submission(text))
