"""Advice about names that are not defined."""

import pytest
from classroom.checks.causes.cause import error_cause

from .conftest import printed

LINES = {
    "fastapi": ("HTTPException", "raise HTTPException(404)", "from fastapi import HTTPException"),
    "its own suggestion": ("Fiel", "x: str = Fiel()", None),
    "type": ("datetime", "at: datetime", "from datetime import datetime"),
    "module": ("asyncio", "await asyncio.sleep(1)", "import asyncio"),
    "function": ("select", "statement = select(Book)", "from sqlalchemy import select"),
    "variable like a module": ("time", "return time", None),
    "variable like a function": ("status", "return [status]", None),
    "another file's": ("ITEMS", "return ITEMS", "from app.catalog import ITEMS"),
    "another file's, whatever a library has": ("Query", "Query()", "from app.queries import Query"),
    "its own, used too early": ("Later", "x = Later()", None),
    "main.py's": ("main", "main()", None),
}


@pytest.mark.parametrize(("name", "source", "line"), LINES.values(), ids=LINES)
def test_missing_import_is_named(submission, name, source, line):
    """A name that another file of the app or a library of the course has is named with the line that imports it."""
    folder = submission(
        "def main():\n    pass\n",
        catalog="ITEMS: dict = {}\n",
        queries="class Query:\n    pass\n",
        use="class Later:\n    pass\n",
    )
    text = printed(f"NameError: name '{name}' is not defined. Did you mean: 'Exception'?", source)

    cause = error_cause(text.replace("app/main.py", "app/use.py"), folder).splitlines()[0]

    expected = f"app/use.py, line 2: NameError: name '{name}' is not defined"
    if line:
        assert cause == f"{expected}: it is not imported. Write `{line}` at the top."
    else:
        assert cause.startswith(expected)
        assert "import" not in cause
