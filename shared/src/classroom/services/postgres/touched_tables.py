"""Which statements touch a submission's tables: by the names in them, as PostgreSQL reads them, not by words in their text.

A statement may touch a table without naming it: through a view or a function, which are names of the submission's own,
or through code that the server is given as text. Names that belong to nothing known, such as a temporary view that was
dropped again, are taken for the submission's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from classroom.services.postgres.sql_lexer import Kind, Token, tokens
from classroom.services.postgres.sql_words import (
    CODE,
    CONTROL,
    CURSORS,
    FROM_IS_AN_ARGUMENT,
    GRAMMAR,
    JUMPS,
    QUERIES,
    RUNS_TEXT,
    RUNS_TEXT_PREFIXES,
    TABLE_FOLLOWS,
    TABLE_LIST_FOLLOWS,
    TABLES_END,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Names of the submission's own; views, functions and types stand for the tables behind them. What an extension brought
# along touches no table by itself.
OWN_NAMES = (
    "WITH own AS (SELECT oid FROM pg_catalog.pg_namespace WHERE (nspname !~ '^pg_' OR nspname ~ '^pg_temp_')"
    " AND nspname NOT IN ('information_schema', 'classroom')),"
    " brought AS (SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e')"
    " SELECT relname AS name FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
    " AND relnamespace IN (SELECT oid FROM own) AND ('pg_class'::regclass, oid) NOT IN (SELECT classid, objid FROM brought)"
    " UNION SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM own)"
    " AND ('pg_proc'::regclass, oid) NOT IN (SELECT classid, objid FROM brought)"
    " UNION SELECT typname FROM pg_catalog.pg_type WHERE typtype IN ('d', 'e', 'c', 'r') AND typnamespace IN (SELECT oid FROM own)"
    " AND ('pg_type'::regclass, oid) NOT IN (SELECT classid, objid FROM brought)"
    " UNION SELECT oprname FROM pg_catalog.pg_operator WHERE oprnamespace IN (SELECT oid FROM own)"
    " AND ('pg_operator'::regclass, oid) NOT IN (SELECT classid, objid FROM brought)"
)
TABLES = "SELECT relname AS name FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND relpersistence <> 't'"
SYSTEM_NAMES = (
    "WITH system AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))"
    " SELECT relname AS name, true AS is_table FROM pg_catalog.pg_class"
    " WHERE relnamespace IN (SELECT oid FROM system) AND relkind IN ('r', 'v')"
    " UNION SELECT proname, false FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM system)"
    " UNION SELECT typname, false FROM pg_catalog.pg_type WHERE typnamespace IN (SELECT oid FROM system)"
)
SYSTEM_SCHEMAS = ("pg_catalog", "information_schema")
LONGEST = 20_000  # characters of a statement that is read; a longer one may touch anything


@dataclass(frozen=True)
class SystemNames:
    """What the server itself brings along."""

    tables: frozenset[str]
    functions: frozenset[str]  # and types


@dataclass(frozen=True)
class Names:
    """The names in a statement.

    Attributes:
        all: every name in it, keywords and operators among them.
        tables: those in the place of a table, without those that are said to be the system's.
        functions: the same of functions and types.
        system: whether it names one of the system's schemas before a table.
        runs_code: it runs code that its names do not show.
    """

    all: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    system: bool = False
    runs_code: bool = True


@lru_cache(1024)
def read_names(query: str | None) -> Names:
    """Return the names in a statement; one that is unknown or too long to be read may run any code."""
    if query is None or len(query) > LONGEST:
        return Names()
    readings = [tokens(query)]
    if "\\'" in query:
        # Where the string ends depends on a setting of the session.
        readings.append(tokens(query, backslashes=True))
    found = [_References(reading) for reading in readings]
    references = {reference for each in found for reference in each.run()}
    return Names(
        frozenset(name for reading in readings for name in _all(reading)),
        frozenset(name for name, is_table in references if is_table),
        frozenset(name for name, is_table in references if not is_table),
        any(each.system for each in found),
        any(_runs_code(reading) for reading in readings),
    )


def _all(reading: Sequence[Token]) -> Iterator[str]:
    for token in reading:
        if token.is_name:
            yield token.text
        elif token.kind is Kind.OPERATOR:
            yield token.text
            yield token.text.rstrip("+-")  # `a =-1` is an `=`


def _first_word(reading: Sequence[Token]) -> str:
    return next((token.text for token in reading if token.kind is Kind.WORD), "")


def _runs_code(reading: Sequence[Token]) -> bool:
    first = _first_word(reading)
    if first in CODE:
        return True
    if first in CURSORS:
        return any(token.text in JUMPS or token == Token(Kind.OPERATOR, "-") for token in reading)
    return any(
        token.text in RUNS_TEXT or token.text.startswith(RUNS_TEXT_PREFIXES) or token == Token(Kind.WORD, "execute")
        for token in reading
        if token.is_name
    )


@dataclass
class _Level:
    """What is known within one pair of brackets."""

    function: str = ""  # whose arguments they hold
    in_list: bool = False  # a comma is followed by another table
    expects: bool = False  # a table comes next
    in_with: bool = False  # a WITH defines names here
    recursive: bool = False
    defines: str | None = None  # the name that is being defined
    defined: set[str] = field(default_factory=set)


class _References:
    """Finds the names that are in the place of a table, a function or a type."""

    def __init__(self, reading: Sequence[Token]) -> None:
        self.reading = reading
        self.levels = [_Level()]
        self.system = False

    def run(self) -> Iterator[tuple[str, bool]]:
        """Yield each name, and whether it is that of a table."""
        if _first_word(self.reading) in CONTROL:
            return
        index = 0
        while index < len(self.reading):
            if not self.reading[index].is_name:
                self.pass_sign(index)
            elif not self.pass_with(index):
                end = self.end(index)
                found = self.look(index, end)
                if found is not None and not self.is_known(index, end):
                    yield self.reading[end].text, found
                elif found:
                    self.system = self.system or end > index
                index = end
            index += 1

    def is_known(self, index: int, end: int) -> bool:
        """Whether a name is said to be the system's, or was defined by a WITH around it."""
        first = self.reading[index].text
        return first in SYSTEM_SCHEMAS if end > index else any(first in level.defined for level in self.levels)

    def pass_with(self, index: int) -> bool:
        """Follow the definitions of a WITH: a name is known after its query, in a recursive one within it, too."""
        level, word = self.levels[-1], self.word(index)
        if word == "with" and (index == 0 or self.is_sign(index - 1, "(")):
            level.in_with = True
        elif word in QUERIES:
            level.in_with = False
        elif level.in_with and word == "recursive":
            level.recursive = True
        elif level.in_with and word not in ("as", "not", "materialized"):
            level.defines = self.reading[index].text
            if level.recursive:
                level.defined.add(level.defines)
        return level.in_with

    def end(self, index: int) -> int:
        """Return where a qualified name that begins here ends."""
        while self.is_sign(index + 1, ".") and index + 2 < len(self.reading) and self.reading[index + 2].is_name:
            index += 2
        return index

    def is_sign(self, index: int, sign: str) -> bool:
        return 0 <= index < len(self.reading) and self.reading[index] == Token(Kind.SIGN, sign)

    def word(self, index: int) -> str:
        inside = 0 <= index < len(self.reading)
        return self.reading[index].text if inside and self.reading[index].kind is Kind.WORD else ""

    def pass_sign(self, index: int) -> None:
        level = self.levels[-1]
        if self.is_sign(index, "("):
            function = self.word(index - 1)
            self.levels.append(_Level(function, in_list=level.expects, expects=level.expects))
            level.expects = False
        elif self.is_sign(index, ")") and len(self.levels) > 1:
            self.levels.pop()
            outer = self.levels[-1]
            if outer.in_with and outer.defines and not self.is_columns(index):
                outer.defined.add(outer.defines)
        elif self.is_sign(index, ","):
            level.expects = level.in_list

    def look(self, index: int, end: int) -> bool | None:
        """Say whether a name refers to a table (True), a function or a type (False), or neither (None)."""
        level, word = self.levels[-1], self.word(index) if index == end else ""
        called = self.is_sign(end + 1, "(")
        if word in TABLE_FOLLOWS:
            self.follow(level, word, index)
        elif word in TABLES_END or (word == "values" and self.is_sign(index - 1, "(")):
            level.in_list = level.expects = False
        elif word in ("only", "lateral", "as") or (word == "rows" and self.word(index + 1) == "from"):
            return None
        elif level.expects:
            level.expects = False
            return not called
        elif (self.is_type(index, end) or called) and not (word in GRAMMAR or self.is_alias(index)):
            return False
        return None

    def is_columns(self, index: int) -> bool:
        """Whether a bracket of a WITH closes the names of columns, not a query."""
        return self.word(index + 1) == "as"

    def is_alias(self, index: int) -> bool:
        return self.word(index - 1) == "as" and self.levels[-1].function != "cast"

    def is_type(self, index: int, end: int) -> bool:
        """Whether the name is in the place of a type: x::name, CAST(x AS name), name 'x'."""
        following = self.reading[end + 1].kind if end + 1 < len(self.reading) else None
        return (
            (self.is_sign(index - 1, ":") and self.is_sign(index - 2, ":"))
            or (self.word(index - 1) == "as" and self.levels[-1].function == "cast")
            or following in (Kind.STRING, Kind.PARAMETER)
        )

    def follow(self, level: _Level, word: str, index: int) -> None:
        if word == "from" and (self.word(index - 1) == "distinct" or level.function in FROM_IS_AN_ARGUMENT):
            return
        level.expects = True
        level.in_list = level.in_list or word in TABLE_LIST_FOLLOWS
