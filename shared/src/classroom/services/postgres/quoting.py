"""Quote names and texts for SQL: a submission chooses the names of its tables, and may put any character into them.

Written out, because psycopg, which can do this, is not installed for the weeks without a database.
"""

from __future__ import annotations


def identifier(name: str) -> str:
    """Return a name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a string constant."""
    return "'" + text.replace("'", "''") + "'"
