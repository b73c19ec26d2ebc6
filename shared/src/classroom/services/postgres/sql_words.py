"""Words of SQL, by what they say of a statement and of the names in it."""

from __future__ import annotations

# These begin a statement that runs code given as a string or stored elsewhere, or that creates something containing code.
CODE = frozenset(("do", "call", "create", "alter", "drop"))
CURSORS = frozenset(("fetch", "move"))
# These begin a statement about the transaction, the session or a cursor.
CONTROL = frozenset(
    (
        *("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"),
        *("set", "reset", "show", "discard", "deallocate", "listen", "unlisten", "notify", "close", *CURSORS),
    )
)
# Looks a row up; a FETCH without one of these goes on reading what the cursor was declared for.
JUMPS = frozenset(("absolute", "relative", "first", "last", "prior", "backward"))
# Functions that run a text, or keep data outside of tables.
XML = (
    f"{what}_to_xml{how}"
    for what in ("query", "cursor", "table", "schema", "database")
    for how in ("", "schema", "_and_xmlschema")
)
RUNS_TEXT = frozenset((*XML, "ts_stat", "ts_rewrite", "connectby", "loread", "lowrite", "xpath_table"))
RUNS_TEXT_PREFIXES = ("dblink", "lo_", "crosstab")
TABLE_FOLLOWS = frozenset(("from", "join", "update", "into", "table", "using"))
TABLE_LIST_FOLLOWS = frozenset(("from", "using"))
TABLES_END = frozenset(
    ("select", "where", "group", "having", "order", "limit", "offset", "union", "intersect", "except")
)
QUERIES = frozenset(("select", "insert", "update", "delete", "merge", "values", "table"))  # what a WITH is followed by
FROM_IS_AN_ARGUMENT = frozenset(("extract", "substring", "trim", "overlay", "position"))
# Words of the language that a bracket or a value may follow, so that they are neither functions nor types.
GRAMMAR = frozenset(
    (
        *TABLE_FOLLOWS,
        *TABLES_END,
        *FROM_IS_AN_ARGUMENT,
        "all",
        "and",
        "any",
        "array",
        "as",
        "between",
        "by",
        "case",
        "cast",
        "coalesce",
        "distinct",
        "else",
        "exists",
        "filter",
        "greatest",
        "grouping",
        "ilike",
        "in",
        "interval",
        "is",
        "lateral",
        "least",
        "like",
        "materialized",
        "not",
        "nullif",
        "on",
        "only",
        "or",
        "over",
        "returning",
        "row",
        "set",
        "similar",
        "some",
        "then",
        "to",
        "uescape",
        "values",
        "when",
        "with",
        "within",
        "zone",
    )
)
