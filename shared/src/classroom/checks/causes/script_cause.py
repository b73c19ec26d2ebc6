"""The cause of an SQL file's failure: its line, what the server says, and a caret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.core.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.services.postgres.script import ScriptFailure

MAX_LINE = 120  # characters of a line that is shown
MAX_CAUSE = 900
CURLY = "\u2018\u2019\u201c\u201d"
STATEMENT = re.compile(r"(?:CREATE|INSERT|SELECT|UPDATE|DELETE|DROP)\b", re.IGNORECASE)
CLAUSE = re.compile(r"(FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|(?:LEFT|RIGHT|INNER)?\s*JOIN|ON)\b", re.IGNORECASE)
ORDER = ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT")  # of the clauses of a query
WORDS = {"GROUP": "GROUP BY", "ORDER": "ORDER BY"}
JOIN = re.compile(r".*(?<!CROSS )(?<!NATURAL )\bJOIN\b(.*)", re.IGNORECASE | re.DOTALL)  # the last one


def script_cause(message: str, failures: Sequence[ScriptFailure]) -> str | None:
    """Return the cause of the failed SQL file that a message is about, or None.

    Args:
        message: what a check says; it contains the server's sentence.
        failures: of SQL files of the submission, the latest last.
    """
    about = [failure for failure in failures if (failure.outcome.error or "") in message]
    named = [failure for failure in about if failure.file.path in message]
    return describe((named or about)[-1]) if about else None


def describe(failure: ScriptFailure) -> str:
    """Return file and line of a failure, the server's sentence, and the line with a caret."""
    outcome, path = failure.outcome, failure.file.path
    first, more, _ = (outcome.error or "").partition("\n")  # a quote that is not closed reaches to the end of the file
    error = first[:MAX_CAUSE] + ('…"' if more else "")
    offset = outcome.position - 1 if outcome.position else _offset_of_name(failure.file, error)
    if offset is None or offset > len(failure.file):
        return sanitize(f"{path}: {error}" + (f". {outcome.more}" if outcome.more else ""), MAX_CAUSE)
    before, sentence = failure.file[:offset], _with_advice(error, failure.file, offset)
    if sentence == error and outcome.more:
        sentence = f"{error}. {outcome.more}"
    line = failure.file.splitlines()[before.count("\n")] if offset < len(failure.file) else ""
    column = len(before) - before.rfind("\n") - 1
    shown = [f"    {line}", " " * (4 + column) + "^"] if line and len(line) <= MAX_LINE else []
    return sanitize("\n".join([f"{path}, line {before.count(chr(10)) + 1}: {sentence}", *shown]), MAX_CAUSE)


def _offset_of_name(text: str, error: str) -> int | None:
    """Return where the name that an error quotes is first written outside a comment, or None."""
    quoted = re.search(r'"([^"]{1,60})"', error)
    if quoted is None:
        return None
    code = re.sub(r"--[^\n]*", lambda comment: " " * len(comment[0]), text)
    found = re.search(rf"(?<!\w){re.escape(quoted[1])}(?!\w)", code)
    return found.start() if found else None


def _with_advice(error: str, text: str, offset: int) -> str:
    """Return the error with the mistake that probably led to it, or with what the server adds."""
    quoted = re.search(r'column "([^"]{1,60})" does not exist', error)
    if quoted and quoted[1].casefold() == "none":
        return f"{error}: in SQL, write NULL, not None"
    if quoted and quoted[1][0] in CURLY:
        return f"{error}: write straight quotes, as in 'Food', not curly ones"
    if "operator does not exist" in error and text[offset : offset + 2] == "==":
        return f"{error}: SQL compares with a single ="
    if quoted and text[offset : offset + 1] == '"':
        return f"{error}: write text in single quotes, '{quoted[1]}'"
    if "syntax error" not in error:
        return error
    return error + _syntax_advice(re.sub(r"--[^\n]*", "", text[:offset]), text[offset : offset + 80])


def _syntax_advice(before: str, here: str) -> str:
    """Return what is probably wrong where a syntax error was found, as the end of a sentence; often nothing.

    Args:
        before: the file up to there, without comments.
        here: what follows.
    """
    code = before.rstrip()
    if here.startswith(("#", "//")):
        return ": a comment in SQL begins with --"
    if code.endswith(",") and here.startswith((")", ";")):
        return ": there is an extra comma before it"
    if STATEMENT.match(here) and code and code[-1] not in ";(":
        return ": is a semicolon missing before it?"
    if here.startswith("(") and code.endswith(")"):
        return ": is a comma missing before it?"
    if here.startswith("'") and re.search(r"\bAS$", code, re.IGNORECASE):
        return ": a name is written without single quotes"
    if clause := CLAUSE.match(here):
        return _clause_advice(clause[1].upper(), code)
    if before.endswith("'") and here[:1].isalpha():
        return ": is a closing quote missing before it? An apostrophe in a string is written twice: ''"
    if "\n" in before[len(code) :] and code and code[-1] not in ",(;" and re.match(r"\w+[ \t]+\w+", here):
        above = code.rpartition("\n")[2]
        return f": is a comma missing after `{above.strip()[-40:]}`?"
    return ""


def _clause_advice(clause: str, code: str) -> str:
    """Return what is wrong before a clause, as the end of a sentence: a comma, a join without a condition, or its place."""
    query = code.rpartition(";")[2]
    if query.endswith(","):
        return ": there is an extra comma before it"
    before = [word for word in ORDER if re.search(rf"\b{word}\b", query, re.IGNORECASE)]
    if later := [word for word in before if clause in ORDER and ORDER.index(word) > ORDER.index(clause)]:
        return f": {WORDS.get(clause, clause)} belongs above {WORDS.get(later[0], later[0])}"
    join = JOIN.search(query)
    if join and not re.search(r"\b(?:ON|USING)\b", join[1], re.IGNORECASE):
        return f": is the condition of the JOIN missing, as in `JOIN {' '.join(join[1].split())[:40]} ON ...`?"
    return ""
