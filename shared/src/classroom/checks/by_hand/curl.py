"""Requests as command lines for a shell, quoted so that nothing in them is run."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from classroom.checks.by_hand.body_file import body_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from classroom.apps.exchange import Exchange
    from classroom.checks.by_hand.multipart import Part

LONG = 60  # characters of a text that is not shown whole
MAX_TEXT = 400  # characters of an argument
REPLY = "reply"
RUN = re.compile(rf"[A-Za-z0-9]{{{LONG + 1},}}")
NAME = re.compile(r"[a-z_]{0,20}(?:id|url|cursor)")  # of a field that a shell variable may be called after
TOKEN = re.compile(r"Bearer ([\w.-]{40,})")


class Variable(NamedTuple):
    """A value of an earlier response, by the name of its field.

    Attributes:
        kinds: of a small number in a field `id`, the words of the path that returned it: `/me` returns the id of
            a user, which is not that of a recipe, even if both are 5. None for any other value.
    """

    name: str
    value: str
    kinds: frozenset[str] | None = None

    @property
    def key(self) -> tuple[str, frozenset[str] | None]:
        """Return what makes it a variable of its own, under whatever name."""
        return self.value, self.kinds


class Place(NamedTuple):
    """The position of a variable's value in a path."""

    begin: int
    end: int
    variable: Variable


def environment(variables: Mapping[str, str | None]) -> str:
    """Return the sentence about the environment that the app was started in."""
    lines = [
        f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}" for name, value in variables.items()
    ]
    return f"Stop the app, type `{'; '.join(lines)}`, and start it again in the same terminal, then:"


def command(
    request: Exchange,
    address: str,
    headers: Iterable[str],
    gives: Sequence[Variable],
    form: Sequence[Part] | None = None,
    size: int | None = None,
) -> list[str]:
    """Return a request as a command line, with the lines that make its files and store variables from its response.

    Args:
        request: the request.
        address: where it is sent, quoted.
        headers: its header fields, quoted.
        gives: the variables.
        form: the parts of its body, if it is a form with files.
        size: how many bytes to send, if the student's own app has another limit than the check's.
    """
    words = ["curl", "-s" if gives else "-i"]
    if request.method == "HEAD":
        words[1] = "-I"
    elif request.method != "GET" and not (request.method == "POST" and request.content is not None):
        words += ["-X", request.method]
    words.append(address)
    for field in headers:
        words += ["-H", field]
    files = [line for part in form or () for line in part.made()]
    if form:
        words += [word for part in form for word in part.option()]
    elif request.content is not None:
        text = _text(request.content)
        path, made = body_file(request.content, size or len(request.content))
        words += ["-d", text] if text is not None else ["--data-binary", f"@{path}"]
        files = made if text is None else files
    line = " ".join(words)
    if not gives:
        return [*files, line]
    if len(gives) == 1:
        return [*files, _stored(gives[0], line)]
    # Not echo, which turns a \n in the JSON into a line break in zsh, the shell of macOS.
    return [*files, f"{REPLY}=$({line})", *(_stored(variable, f'printf %s "${REPLY}"') for variable in gives)]


def address(port: int, path: str, places: Sequence[Place]) -> str:
    """Return the quoted address of a path, with variables in their places."""
    base, pieces, end = f"http://127.0.0.1:{port}", [], 0
    if not places:
        return shlex.quote(base + path)
    for place in sorted(places):
        if place.begin >= end:
            pieces += [in_double_quotes(path[end : place.begin]), f"${place.variable.name}"]
            end = place.end
    return f'"{base}{"".join(pieces)}{in_double_quotes(path[end:])}"'


def in_double_quotes(text: str) -> str:
    """Escape text so that a shell expands nothing in it within double quotes."""
    return re.sub(r'([\\\\"$`])', r"\\\1", text).replace("!", "%21")


def repeated_tokens(headers: Iterable[str]) -> dict[str, str]:
    """Return a variable's name for each token that several header fields contain."""
    counted = Counter(match[1] for text in headers for match in TOKEN.finditer(text))
    several = [token for token, count in counted.items() if count > 1]
    return {token: "token" if not index else f"token{index + 1}" for index, token in enumerate(several)}


def header(name: str, value: str, tokens: dict[str, str]) -> str:
    """Return a quoted header field, with each token replaced by its variable if it has one."""
    found = TOKEN.fullmatch(value)
    if found and found[1] in tokens:
        return f'"{name}: Bearer ${tokens[found[1]]}"'
    return shlex.quote(f"{name}: {value}")


def _stored(variable: Variable, source: str) -> str:
    """Return a command line that takes a variable from the JSON that `source` prints, and shows it."""
    field = re.sub(r"\d+$", "", variable.name)
    pattern = f'.*"{field}": *"\\{{0,1\\}}\\([^",}}]*\\).*'
    return f"{variable.name}=$({source} | sed 's/{pattern}/\\1/'); echo {variable.name} is ${variable.name}"


def _text(content: bytes) -> str | None:
    """Return the argument that sends a body as text, with long meaningless text abbreviated; None for other bytes."""
    try:
        text = content.decode("utf-8")
    except ValueError:
        return None
    try:
        return _abbreviated(text, _texts(json.loads(text)))
    except (ValueError, RecursionError):
        argument = _abbreviated(text, RUN.findall(text))
        short = content.isascii() and (len(text) <= LONG or (text.isprintable() and len(argument) <= MAX_TEXT))
        return argument if short else None


def _abbreviated(text: str, values: Iterable[str]) -> str:
    """Return quoted text in which a shell makes those of these values that are long and meaningless."""
    pieces = [text]
    for value in values:
        if len(value) > LONG and value.isalnum() and value in pieces[-1]:
            head, _, tail = pieces.pop().partition(value)
            pieces += [head, f'"$(printf %0{len(value)}d 0)"', tail]
    quoted = (piece if index % 2 else shlex.quote(piece) for index, piece in enumerate(pieces) if piece)
    return "".join(quoted) or shlex.quote("")


def _texts(data: Any) -> list[str]:
    if isinstance(data, dict | list):
        return [text for inner in (data.values() if isinstance(data, dict) else data) for text in _texts(inner)]
    return [data] if isinstance(data, str) else []
