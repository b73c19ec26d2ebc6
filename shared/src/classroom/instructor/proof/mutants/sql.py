"""Mutations of SQL, in a .sql file or in the strings of a Python file."""

from __future__ import annotations

import io
import itertools
import re
import tokenize
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from classroom.instructor.proof.mutants.source import Change, Source

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

BEGINS = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER|DROP|WHERE|AND|OR|ORDER BY|LIMIT|SET|RETURNING)\s"
)
CLAUSES = {"WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "RETURNING", "ON CONFLICT"}
STARTS = CLAUSES | {"SELECT", "FROM", "JOIN", "LEFT JOIN", "VALUES", "SET", "UNION", "UNION ALL", ";"}
OTHERS = {
    word: tuple(others.split("|"))
    for word, others in (
        *(("=", "<>"), ("<>", "="), (">", ">=|<="), (">=", ">|<"), ("<", "<=|>="), ("<=", "<|>")),
        *(("LIKE", "ILIKE"), ("ILIKE", "LIKE"), ("AND", "OR"), ("OR", "AND"), ("JOIN", "LEFT JOIN")),
        *(("LEFT JOIN", "JOIN"), ("MAX", "min"), ("MIN", "max"), ("LOWER", "upper"), ("UPPER", "lower")),
        *(("DESC", ""), ("ASC", "DESC"), ("DISTINCT", ""), ("TRUE", "false"), ("NULL", "''")),
        *(("NOT NULL", ""), ("PRIMARY KEY", ""), ("UNIQUE", ""), ("IF NOT EXISTS", "")),
        *(("TEXT", "VARCHAR(20)"), ("DATE", "TEXT"), ("SERIAL", "INTEGER"), ("INTEGER", "TEXT")),
    )
}


@dataclass(frozen=True)
class Token:
    """A token of SQL, and its offset in the file."""

    kind: str
    word: str
    start: int

    @property
    def end(self) -> int:
        """The offset at which it ends."""
        return self.start + len(self.word)

    @property
    def name(self) -> str:
        """The token in upper case, with single spaces."""
        return " ".join(self.word.upper().split())


def is_sql(text: str) -> bool:
    """Return whether a string is a statement, or a part of one."""
    return BEGINS.match(text) is not None


def changes(source: Source) -> Iterator[Change]:
    """Yield every mutation of a .sql file."""
    yield from _changes(list(_tokens(source.text, 0)))


def changes_in_python(source: Source, node: ast.Constant) -> Iterator[Change]:
    """Yield every mutation of the SQL in a Python string, which may have several implicitly joined parts."""
    tokens: list[Token] = []
    start, lines = source.start(node), (source.piece(node)).splitlines(keepends=True)
    for found in tokenize.generate_tokens(io.StringIO("(" + source.piece(node) + ")").readline):
        if found.type == tokenize.STRING:
            row, column = found.start
            offset = start + sum(map(len, lines[: row - 1])) + column - (row == 1)
            quote = re.match(r"""\w*("{3}|'{3}|"|')""", found.string)
            assert quote is not None
            inner = found.string[quote.end() : -len(quote.group(1))]
            tokens += _tokens(inner, offset + quote.end())
    yield from _changes(tokens)


def _tokens(text: str, offset: int) -> Iterator[Token]:
    from sqlparse import lexer

    for kind, word in lexer.tokenize(text):  # type: ignore[no-untyped-call]
        if word.strip() and "Comment" not in str(kind):
            yield Token(str(kind).removeprefix("Token."), word, offset)
        offset += len(word)


def _changes(tokens: Sequence[Token]) -> Iterator[Change]:
    for position, token in enumerate(tokens):
        for other in OTHERS.get(token.name, ()):
            yield Change(token.start, token.end, other)
        if token.kind.startswith("Literal") and _in_later_row(tokens, position):
            continue
        if token.kind.startswith("Literal.Number"):
            number = Decimal(token.word)
            step = Decimal((0, (1,), int(number.as_tuple().exponent)))  # of the last place
            yield from (Change(token.start, token.end, str(other)) for other in (number + step, number - step))
        elif token.kind == "Literal.String.Single":
            yield from _text(token)
        elif token.name in CLAUSES:
            yield Change(token.start, tokens[_clause_end(tokens, position) - 1].end, "")
        elif token.name == "REFERENCES":
            yield Change(token.start, tokens[_item_end(tokens, position) - 1].end, "")
        elif token.name == "(" and position:
            yield from _parenthesis(tokens, position)
        if token.name in {"SELECT", "RETURNING", "SET", "VALUES"}:
            yield from _without(_listed(tokens, position + 1), tokens)
        if token.name == "ORDER BY":
            yield from _reversed(_listed(tokens, position + 1), tokens)
        if token.name in {"WHERE", "AND"}:
            yield from _condition(tokens, position)
    yield from _statements(tokens)


def _in_later_row(tokens: Sequence[Token], position: int) -> bool:
    """Return whether a value is in a later row of VALUES; only the first row is mutated."""
    last = max((at for at in range(position) if tokens[at].name in STARTS), default=0)
    return tokens[last].name == "VALUES" and any(token.word == ")" for token in tokens[last:position])


def _text(token: Token) -> Iterator[Change]:
    """Yield the string with another end, or without a wildcard at one."""
    inner = token.word[1:-1]
    if inner.startswith("%"):
        yield Change(token.start + 1, token.start + 2, "")
    if inner.endswith("%"):
        yield Change(token.end - 2, token.end - 1, "")
    else:
        yield Change(token.end - 1, token.end - 1, "x")


def _parenthesis(tokens: Sequence[Token], position: int) -> Iterator[Change]:
    """Yield the argument without its function, `count(*)` for `count(x)`, or CREATE TABLE without a column."""
    before, end = tokens[position - 1], _closing(tokens, position)
    words = {token.name for token in tokens[:position] if token.name in {"TABLE", "INSERT", "SELECT", ";"}}
    if before.name == "COUNT":
        yield Change(tokens[position].end, tokens[end].start, "*")
    elif before.name in {"LOWER", "UPPER"}:
        yield Change(before.start, tokens[end].end, _between(tokens[position + 1], tokens[end - 1], tokens))
    elif "TABLE" in words and end - position > 4:  # noqa: PLR2004 - more than the column of a key
        yield from _without(_listed(tokens, position + 1), tokens)


def _between(first: Token, last: Token, tokens: Sequence[Token]) -> str:
    """Return the text from one token to another, with single spaces."""
    inner = [token for token in tokens if first.start <= token.start <= last.start]
    parts = [inner[0].word]
    for before, token in itertools.pairwise(inner):
        parts.append((" " if token.start > before.end else "") + token.word)
    return "".join(parts)


def _listed(tokens: Sequence[Token], position: int) -> list[tuple[int, int]]:
    """Return first and last token of each item of the list that begins here."""
    items, first = [], position
    while position < len(tokens):
        end = _item_end(tokens, position)
        items.append((first, end - 1))
        if end >= len(tokens) or tokens[end].word != ",":
            break
        first = position = end + 1
    return [(low, high) for low, high in items if low <= high]


def _without(items: Sequence[tuple[int, int]], tokens: Sequence[Token]) -> Iterator[Change]:
    """Yield the removal of each item of a list."""
    if len(items) < 2:  # noqa: PLR2004 - a list of one would be empty
        return
    yield Change(tokens[items[0][0]].start, tokens[items[1][0]].start, "")
    for (_, before), (_, last) in itertools.pairwise(items):
        yield Change(tokens[before].end, tokens[last].end, "")


def _reversed(items: Sequence[tuple[int, int]], tokens: Sequence[Token]) -> Iterator[Change]:
    for _, last in items:
        if tokens[last].name not in {"ASC", "DESC"}:
            yield Change(tokens[last].end, tokens[last].end, " DESC")


def _condition(tokens: Sequence[Token], position: int) -> Iterator[Change]:
    """Yield the removal of one of several conditions."""
    end = _clause_end(tokens, position)
    nearest = next((at for at in range(position + 1, end) if tokens[at].name in {"AND", "OR"}), end)
    if tokens[position].name == "AND":
        yield Change(tokens[position].start, tokens[nearest - 1].end, "")
    elif nearest < end:
        yield Change(tokens[position + 1].start, tokens[nearest + 1].start, "")


def _statements(tokens: Sequence[Token]) -> Iterator[Change]:
    first = 0
    for position, token in enumerate(tokens):
        if token.word == ";":
            yield Change(tokens[first].start, token.end, "")
            first = position + 1


def _clause_end(tokens: Sequence[Token], position: int) -> int:
    """Return the position after a clause: of the next clause at this depth, of a closing parenthesis, or the end."""
    return _until(tokens, position + 1, STARTS)


def _item_end(tokens: Sequence[Token], position: int) -> int:
    return _until(tokens, position, STARTS | {","})


def _until(tokens: Sequence[Token], position: int, words: set[str]) -> int:
    while position < len(tokens) and tokens[position].name not in words and tokens[position].word != ")":
        position = _closing(tokens, position) + 1 if tokens[position].word == "(" else position + 1
    return position


def _closing(tokens: Sequence[Token], position: int) -> int:
    depth = 0
    for at in range(position, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at].word, 0)
        if depth == 0:
            return at
    return len(tokens) - 1
