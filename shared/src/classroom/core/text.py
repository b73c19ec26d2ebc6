"""Sanitize text from a submission before it is shown."""

from __future__ import annotations

import os
import re
import unicodedata

# Control characters, including terminal codes; and what is invisible: Unicode's categories Cf, Zl and Zp, its ignorable
# code points, the Hangul fillers and the empty Braille pattern. Written out, because a look at each code point is slow.
ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
MAX_SEARCHED_FOR_ZEROS = 8_000  # bytes, as git does to tell text from other files
# Alphabets with letters that look like Latin ones.
LOOK_ALIKE = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "FULLWIDTH", "MATHEMATICAL")


def is_text(data: bytes) -> bool:
    """Return whether the content of a file is text, as git tells it: without a zero byte near the beginning."""
    return b"\0" not in data[:MAX_SEARCHED_FOR_ZEROS]


def folded(text: str) -> str:
    """Return text as names are compared: without differences in letter case and in how accents are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def sanitize(text: str, limit: int = 4000) -> str:
    """Return the text with every active character escaped, cut at `limit` characters."""
    safe = ACTIVE.sub(lambda match: _escaped(match[0]), text.replace("\r\n", "\n"))
    safe = safe.encode("utf-8", "backslashreplace").decode("utf-8")
    if os.environ.get("GITHUB_ACTIONS"):
        # GitHub Actions reads commands from the log: ::error::, and ##[error] anywhere in a line.
        safe = safe.replace("::", ": :").replace("##[", "## [")
    return safe if len(safe) <= limit else safe[:limit] + " …"


def one_line(text: str) -> str:
    """Return text from a submission, such as a file name, on one line with line breaks and tabs escaped."""
    return sanitize(text).replace("\n", "\\n").replace("\t", "\\t")


def display_name(name: str, limit: int = 4000) -> str:
    """Return a submission's name on one line, so that two names that differ look different.

    Escaped are unusual spaces, and in a word with Latin letters those of other alphabets that look like them.
    """
    words = (_distinct(word) for word in re.split("( )", name))
    safe = re.sub("^ | $|(?<= ) ", r"\\x20", one_line("".join(words)))
    return safe if len(safe) <= limit else safe[:limit] + " …"


def _distinct(word: str) -> str:
    if word.isascii():
        return word
    mixed = re.search("[A-Za-z]", word) is not None
    return "".join(_escaped(letter) if _misleads(letter, mixed=mixed) else letter for letter in word)


def _misleads(letter: str, *, mixed: bool) -> bool:
    """Return whether a letter can be mistaken for a plain one; `mixed` is whether Latin letters are next to it."""
    if unicodedata.category(letter) == "Zs" and letter != " ":
        return True
    return mixed and unicodedata.name(letter, "").startswith(LOOK_ALIKE)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def first_line(text: str, limit: int = 100) -> str:
    """Return the first line, cut at `limit` characters."""
    line = sanitize(text).strip().split("\n", 1)[0]
    return line if len(line) <= limit else line[: limit - 1] + "…"
