"""Advice about names that are not defined."""

import pytest
from classroom.checks.causes.cause import error_cause

from .conftest import printed

LINES = {
    "fastapi": ("HTTPException", "raise HTTPException(404)", "from fastapi import HTTPException"),
    "except": ("HTTPException", "except HTTPException:", "from fastapi import HTTPException"),
    "base class": ("BaseModel", "class Book(BaseModel):", "from pydantic import BaseModel"),
    "type": ("datetime", "at: datetime", "from datetime import datetime"),
    "type in brackets": ("date", "on: Mapped[date] = mapped_column()", "from datetime import date"),
    "type of a parameter": ("Any", "def store(item: dict[str, Any]):", "from typing import Any"),
    "method of a type": ("datetime", "now = datetime.utcnow()", "from datetime import datetime"),
    "module": ("asyncio", "await asyncio.sleep(1)", "import asyncio"),
    "module with the name of a type": ("datetime", "now = datetime.datetime.now()", "import datetime"),
    "module and type in one line": ("datetime", "datetime.now(datetime.timezone.utc)", None),
    "function": ("select", "statement = select(Book)", "from sqlalchemy import select"),
    "variable like a module": ("time", "return time", None),
    "variable like a module with methods": ("secrets", "secrets.get(name)", None),
    "variable like a type": ("date", 'return {"date": date, "day": date.day}', None),
    "value of a dict": ("date", "return {column: date}", None),
    "lambda": ("date", "sort(key=lambda row: date)", None),
    "word in SQL": ("date", 'cursor.execute("WHERE date(made_at) = %s", [date])', None),
    "variable like a function": ("status", "return status.lower()", None),
    "variable with a capital": ("Query", "cursor.execute(Query)", None),
    "call of a module": ("time", "return time()", None),
    "call of a type": ("Any", "return Any(items)", None),
    "type of a column": ("UUID", "id = mapped_column(UUID(as_uuid=True))", None),
    "SQL's word": ("true", "ready = mapped_column(server_default=true())", None),
    "another file's": ("ITEMS", "return ITEMS", "from app.catalog import ITEMS"),
    "another file's, whatever a library has": ("Form", "Form()", "from app.queries import Form"),
    "another file's function": ("store", "store(item)", "from app.catalog import store"),
    "another file's function as a dependency": ("store", "x = Depends(store)", "from app.catalog import store"),
    "variable like another file's function": ("store", "store.add(item)", None),
    "variable like another file's": ("client", "client.head()", None),
    "file that imports this one": ("Loop", "return Loop()", None),
    "file whose name is no word": ("Copied", "return Copied()", None),
    "module of the app": ("catalog", "return catalog.ITEMS", "from app import catalog"),
    "variable like a module of the app": ("catalog", "return catalog.first", None),
    "this module": ("use", "return use.Later", None),
    "two files'": ("Both", "return Both()", None),
    "each file's own": ("router", "@router.get('/')", None),
    "its own, used too early": ("Later", "x = Later()", None),
    "main.py's": ("main", "main()", None),
    "endpoint of another file": ("delete", "session.execute(delete(Book))", None),
    "method of a dict": ("catalog", "return catalog.get(3)", None),
    "attribute that the module lacks": ("uuid", "return uuid.hex", None),
    "values of a dict": ("date", "{id: 1, title: title, on: date}", None),
    "class not written yet": ("Session", "Session(token=token)", None),
    "session": ("Session", "with Session(engine) as session:", "from sqlalchemy.orm import Session"),
    "module that imports this one": ("loop", "return loop.Loop", None),
    "parameter": ("Header", "def read(name: Annotated[str, Header()]):", "from fastapi import Header"),
    "class named like a parameter": ("Cookie", "cookie = Cookie(id=1)", None),
    "list of a class": ("Response", "def read() -> list[Response]:", None),
    "request": ("Request", "def read(request: Request):", "from fastapi import Request"),
    "class as an argument": (
        "HTMLResponse",
        "response_class=HTMLResponse)",
        "from fastapi.responses import HTMLResponse",
    ),
    "another file's class as an argument": ("Book", "db.get(Book, number)", "from app.models import Book"),
    "name inside of a class": ("INSIDE", "if count < INSIDE:", None),
    "time of day": ("time", "return time.strftime('%H')", None),
    "dependency with a cache": ("settings", "x = Depends(settings)", "from app.models import settings"),
    "class like an old type": ("Set", "sets: list[Set]", None),
    "unknown": ("nobody", "nobody()", None),
}


@pytest.mark.parametrize(("name", "source", "line"), LINES.values(), ids=LINES)
def test_missing_import_is_named(submission, name, source, line):
    """A name that another file of the app or a library of the course has is named with the line that imports it."""
    folder = submission(
        "def main():\n    pass\n",
        catalog="ITEMS: dict = {}\nclient = 1\ndef get(number):\n    pass\n@ITEMS.delete\ndef delete(number):\n    pass\ndef store(item):\n    pass\nclass Both:\n    pass\n",
        queries="class Form:\n    pass\nclass Both:\n    pass\nrouter = 1\nnobody()\n",
        loop="from app.use import Later\nclass Loop:\n    pass\n",
        **{"a copy": "class Copied:\n    pass\n"},
        use="class Later:\n    INSIDE = 1\n",
        models="INSIDE = 2\nclass Book:\n    pass\n@lru_cache\ndef settings():\n    pass\n",
    )
    text = printed(f"NameError: name '{name}' is not defined", source)

    cause = error_cause(text.replace("app/main.py", "app/use.py"), folder).splitlines()[0]

    expected = f"app/use.py, line 2: NameError: name '{name}' is not defined"
    if line:
        assert cause == f"{expected}: it is not imported. Write `{line}` at the top."
    else:
        assert cause.startswith(expected)
        assert "import" not in cause


def test_suggestion_of_python_stays(submission):
    """If Python suggests another name for a variable, the card says that instead of an import."""
    text = printed("NameError: name 'date' is not defined. Did you mean: 'data'?", "date.today()")

    assert "Did you mean: 'data'?" in error_cause(text, submission())


def test_suggestion_of_python_does_not_hide_an_import(submission):
    """If Python suggests another class for one whose import is missing, the card says the import."""
    text = printed(
        "NameError: name 'HTTPException' is not defined. Did you mean: 'Exception'?", "raise HTTPException()"
    )

    assert "Write `from fastapi import HTTPException` at the top." in error_cause(text, submission())


def test_capitalized_type_of_typing_is_written_in_lower_case(submission):
    """A type that older code imports from typing is named as Python has it today."""
    text = printed("NameError: name 'List' is not defined", "names: List[str]")

    assert error_cause(text, submission()).startswith(
        "app/main.py, line 2: NameError: name 'List' is not defined: in Python, write list."
    )


@pytest.mark.parametrize("other", ["def broken(:\n", "x = '" + "long " * 20_000 + "'\n"])
def test_nothing_is_said_of_an_app_that_cannot_be_read_whole(submission, other):
    """If a file has a syntax error or is too long, the name may be defined there, and no import is advised."""
    text = printed("NameError: name 'HTTPException' is not defined", "raise HTTPException(404)")

    assert "import" not in error_cause(text, submission(other=other))
