"""The lexical rules of PostgreSQL, as far as it takes to find the names in a statement.

Source: https://www.postgresql.org/docs/18/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_NAME = 63  # bytes; the server cuts longer ones
FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
SPACE = re.compile(r"[ \t\n\r\f\v]+|--[^\n\r]*")
WORD = re.compile(r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*")
DOLLAR = re.compile(r"\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$")
PARAMETER = re.compile(r"\$\d+")
NUMBER = re.compile(r"(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?")
OPERATOR = re.compile(r"(?:(?!--|/\*)[-+*/<>=~!@#%^&|`?])+")
COMMENT_EDGE = re.compile(r"/\*|\*/")
PLAIN_STRING, ESCAPED_STRING = re.compile(r"'((?:[^']|'')*)('|$)"), re.compile(r"'((?:[^'\\]|''|\\.)*)('|$)", re.DOTALL)
QUOTED = re.compile(r'"((?:[^"]|"")*)("|$)')
UESCAPE = re.compile(r"uescape(?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'(.)'", re.IGNORECASE)


class Kind(Enum):
    """What a token is."""

    WORD = auto()  # a keyword or a name without quotes, in lower case
    NAME = auto()  # a name in quotes, as the server reads it
    STRING = auto()
    NUMBER = auto()
    PARAMETER = auto()
    OPERATOR = auto()
    SIGN = auto()  # a bracket, a comma, a period, a colon, a semicolon


PLAIN = ((Kind.PARAMETER, PARAMETER), (Kind.WORD, WORD), (Kind.NUMBER, NUMBER), (Kind.OPERATOR, OPERATOR))


class Token(NamedTuple):
    """A token and its text: that of a name without its quotes, of a string nothing."""

    kind: Kind
    text: str

    @property
    def is_name(self) -> bool:
        """Whether it may name something."""
        return self.kind in (Kind.WORD, Kind.NAME)


def tokens(text: str, *, backslashes: bool = False) -> list[Token]:
    """Return the tokens of a statement, without comments.

    Args:
        text: the statement.
        backslashes: whether a backslash escapes in plain strings, too (standard_conforming_strings is off).
    """
    return list(_Lexer(text, backslashes=backslashes).run())


class _Lexer:
    def __init__(self, text: str, *, backslashes: bool) -> None:
        self.text = text
        self.offset = 0
        self.string = ESCAPED_STRING if backslashes else PLAIN_STRING

    def run(self) -> Iterator[Token]:
        while self.offset < len(self.text):
            if not self.skip():
                yield self.next()

    def skip(self) -> bool:
        """Skip white space or a comment, if there is one."""
        if self.text.startswith("/*", self.offset):
            self.skip_comment()
            return True
        return self.take(SPACE) is not None

    def skip_comment(self) -> None:
        depth = 0
        for edge in COMMENT_EDGE.finditer(self.text, self.offset):
            depth += 1 if edge[0] == "/*" else -1
            if depth == 0:
                self.offset = edge.end()
                return
        self.offset = len(self.text)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.offset)
        if found:
            self.offset = found.end()
        return found

    def next(self) -> Token:
        """Return the token that begins here."""
        return self.take_prefixed() or self.take_dollar_quoted() or self.take_plain()

    def take_prefixed(self) -> Token | None:
        """Return what is in quotes, with or without a letter before them."""
        character, prefix = self.text[self.offset], self.text[self.offset : self.offset + 3].lower()
        if character in "'\"":
            return self.take_string(self.string) if character == "'" else self.take_quoted()
        if prefix[:2] in ("e'", "b'", "x'", "n'"):
            self.offset += 1
            return self.take_string(ESCAPED_STRING if character in "eE" else self.string)
        if prefix in ("u&'", 'u&"'):
            self.offset += 2
            return self.take_string(PLAIN_STRING) if prefix[2] == "'" else self.take_unicode_name()
        return None

    def take_dollar_quoted(self) -> Token | None:
        found = self.take(DOLLAR)
        if found is None:
            return None
        end = self.text.find(found[0], self.offset)
        self.offset = len(self.text) if end < 0 else end + len(found[0])
        return Token(Kind.STRING, "")

    def take_plain(self) -> Token:
        for kind, pattern in PLAIN:
            if found := self.take(pattern):
                return Token(kind, _cut(found[0].translate(FOLDED)) if kind is Kind.WORD else found[0])
        self.offset += 1
        return Token(Kind.SIGN, self.text[self.offset - 1])

    def take_string(self, pattern: re.Pattern[str]) -> Token:
        self.take(pattern)
        return Token(Kind.STRING, "")

    def take_quoted(self) -> Token:
        found = self.take(QUOTED)
        assert found is not None
        return Token(Kind.NAME, _cut(found[1].replace('""', '"')))

    def take_unicode_name(self) -> Token:
        found = self.take(QUOTED)
        assert found is not None
        before = self.offset
        while self.offset < len(self.text) and self.skip():
            pass
        given = self.take(UESCAPE)
        if given is None:
            self.offset = before
        return Token(Kind.NAME, _cut(_decoded(found[1].replace('""', '"'), given[1] if given else "\\")))


def _decoded(name: str, escape: str) -> str:
    """Return a name with its Unicode escapes read."""
    sign = re.escape(escape)
    pattern = re.compile(rf"{sign}{sign}|{sign}([0-9A-Fa-f]{{4}})|{sign}\+([0-9A-Fa-f]{{6}})")

    def character(found: re.Match[str]) -> str:
        digits = found[1] or found[2]
        return chr(min(int(digits, 16), 0x10FFFF)) if digits else escape

    decoded = pattern.sub(character, name)
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(name: str) -> str:
    return name.encode("utf-8", "surrogatepass")[:LONGEST_NAME].decode("utf-8", "ignore")
