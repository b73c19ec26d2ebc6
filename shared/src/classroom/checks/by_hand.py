"""What to type to see what a check saw: its requests as commands for the app that `run` starts.

An id or an address that an earlier response contained is taken from the response that the student's own app returns.
"""

from __future__ import annotations

import json
import re
import shlex
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus, urlsplit

from classroom.checks.tokens import signed_again
from classroom.checks.trail import Act
from classroom.services.storage import LOCAL_AUTH_SECRET

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange
    from classroom.checks.run import Run
    from classroom.checks.trail import Trail

READS = ("GET", "HEAD")
MOST, RECENT = 6, 2  # requests that are shown; of more, the last before the one in question
SHORT, LONG = 8, 60  # characters of a text that is looked for in later requests, of one that is not shown whole
ID = re.compile(r"""["']id["']:\s*(\d+)""")
ANY_FILE, REPLY = "README.md", "reply"
OWN_ID, NO_ID = "With an id of your own {file}:", "With an id that your own {file} does not have:"
NEW_START = "Stop the app and start it again here, then:"
CHANGED = "The check changes a signed address; change one of your own app's in the same way, in the place of this one:"
MANY = "Before these the check sends {count} others, which are left out here."


class Variable(NamedTuple):
    """A value of an earlier response, by the name of its field."""

    name: str
    value: str


def by_hand(run: Run, exchange: Exchange) -> str:
    """Return what to type to repeat a request, or a sentence that says why it cannot be repeated."""
    trail = getattr(run, "trail", None)
    try:
        return exchange.curl() if trail is None else _steps(run, trail, exchange)
    except Exception:  # noqa: BLE001 - what is shown must never change a verdict
        return exchange.curl()


def _steps(run: Run, trail: Trail, exchange: Exchange) -> str:
    sent = _until(trail.requests, exchange)
    if reason := _why_not(trail.acts, sent):
        return reason
    lines = [Act.ROWS.value] if Act.ROWS in trail.acts else []
    return "\n".join([*lines, *_commands(run, _needed(sent))])


def _until(requests: list[Exchange], exchange: Exchange) -> list[Exchange]:
    """Return the requests up to this one, or it alone if it was not recorded."""
    for index, other in enumerate(requests):
        if other is exchange:
            return requests[: index + 1]
    return [exchange]


def _why_not(acts: list[Act], sent: list[Exchange]) -> str | None:
    """Return why these requests cannot be repeated by hand, if so."""
    if any(request.thread != threading.get_ident() for request in sent):
        return Act.TOGETHER.value
    return next((act.value for act in acts if act is not Act.ROWS), None)


def _needed(sent: list[Exchange]) -> list[Exchange]:
    """Return the last request and those before it that change something or return what it needs."""
    needed = [sent[-1]]
    for index, request in reversed([*enumerate(sent[:-1])]):
        if request.method not in READS:
            needed.insert(0, request)
            continue
        if _new(request, needed, sent[:index]):
            needed.insert(0, request)
    return needed


def _new(request: Exchange, later: list[Exchange], earlier: list[Exchange]) -> bool:
    """Return whether a response is the first with a value that a later request needs."""
    known = {value for other in earlier for _, value in _gives(other, later)}
    return any(value not in known for _, value in _gives(request, later))


def _gives(request: Exchange, later: list[Exchange]) -> list[Variable]:
    """Return the values in a response that a later request's path contains."""
    variables = []
    for name, value in _fields(request):
        text = str(value)
        if text.encode() in (request.content or b"") and not isinstance(value, int):
            continue  # chosen by the client, so it is the same in another run
        if any(_position(other, value) is not None for other in later):
            variables.append(Variable(name, text))
    return variables


def _fields(request: Exchange) -> list[tuple[str, Any]]:
    """Return the fields of a response that is an object whose values may occur in a later path."""
    if request.answer is None or not request.answer.body.startswith(b"{"):
        return []
    try:
        found = json.loads(request.answer.body)
    except (ValueError, RecursionError):
        return []
    return [(name, value) for name, value in found.items() if name.isidentifier() and _looked_for(name, value)]


def _looked_for(name: str, value: Any) -> bool:
    return (type(value) is int and name.endswith("id")) or (isinstance(value, str) and len(value) >= SHORT)


def _position(request: Exchange, value: Any) -> tuple[int, int] | None:
    """Return where a value is in a request's path, or that it is the whole address of the request."""
    text = str(value)
    if text.startswith("http"):
        return (0, len(request.path)) if request.signed and _same_file(text, request.path) else None
    before = "/" if isinstance(value, int) or text.isdecimal() else "[/=]"
    found = re.search(rf"(?<={before}){re.escape(quote_plus(text))}(?=[/?&]|$)", request.path)
    return found.span() if found else None


def _same_file(url: str, path: str) -> bool:
    """Return whether an address leads to the same file of the storage as a request's path."""
    return urlsplit(url).path == path.partition("?")[0]


def _commands(run: Run, requests: list[Exchange]) -> list[str]:
    """Return the lines to type; of many requests the first and those that the last one needs."""
    shown = requests
    if len(requests) > MOST:
        *before, last = requests
        recent = before[-RECENT:]
        later = [*recent, last]
        shown = [one for index, one in enumerate(before[:-RECENT]) if _new(one, later, before[:index])] + later
    left_out = len(requests) - len(shown)
    lines = [MANY.format(count=left_out)] if left_out else []
    known: list[Variable] = []
    for index, request in enumerate(shown):
        previous = shown[index - 1] if index else request
        if request.port == previous.port and request.start != previous.start:
            lines.append(NEW_START)
        own, note = _own_id(run, request)
        lines += [note] if note else []
        lines += [CHANGED] if request.signed is False else []
        values = {variable.value for variable in known}
        gives = [variable for variable in _gives(request, shown[index + 1 :]) if variable.value not in values]
        variables = _named(gives, known)
        lines += _command(run, request, own, known, variables)
        known += variables
    return lines


def _named(variables: list[Variable], known: list[Variable]) -> list[Variable]:
    """Return variables with names that are not taken yet: id, id2, id3."""
    named: list[Variable] = []
    for variable in variables:
        taken = sum(re.sub(r"\d+$", "", other.name) == variable.name for other in [*known, *named])
        named.append(Variable(f"{variable.name}{taken + 1}" if taken else variable.name, variable.value))
    return named


def _own_id(run: Run, request: Exchange) -> tuple[str, str | None]:
    """Return a request's path with an id of the submission's own file, and a note, if the check replaced that file."""
    for file, text in request.given.items():
        theirs = [int(number) for number in ID.findall(text)]
        ours = [int(number) for number in ID.findall(_own_text(run, file))]
        found = re.search(r"(?<=/)\d+(?=/|\?|$)", request.path)
        if not found or not theirs or not ours:
            continue
        number = int(found[0])
        if number in theirs:
            own = ours[theirs.index(number) % len(ours)]
        else:
            own = max(ours) + 1 if number in ours else number
        if own != number:
            note = (OWN_ID if number in theirs else NO_ID).format(file=file)
            return request.path[: found.start()] + str(own) + request.path[found.end() :], note
    return request.path, None


def _own_text(run: Run, file: str) -> str:
    assert run.job is not None
    try:
        return Path(run.job.folder, file).read_text(encoding="utf-8", errors="replace")[:100_000]
    except OSError:
        return ""


def _command(run: Run, request: Exchange, path: str, known: list[Variable], gives: list[Variable]) -> list[str]:
    """Return a request as a command line, and what stores the variables that its response gives."""
    words = ["curl", "-s" if gives else "-i"]
    if request.method == "HEAD":
        words[1] = "-I"
    elif request.method != "GET" and not (request.method == "POST" and request.content is not None):
        words += ["-X", request.method]
    words.append(_address(request, path, known))
    for name, value in request.headers.items():
        own = signed_again(value, run.trail.secrets, LOCAL_AUTH_SECRET)
        words += ["-H", shlex.quote(f"{name}: {own}")]
    if request.content is not None:
        words += _body(request.content)
    line = " ".join(words)
    if not gives:
        return [line]
    if len(gives) == 1:
        return [_stored(gives[0], line)]
    return [f"{REPLY}=$({line})", *(_stored(variable, f'echo "${REPLY}"') for variable in gives)]


def _stored(variable: Variable, source: str) -> str:
    """Return a command line that takes a variable from the JSON that `source` prints, and shows it."""
    field = re.sub(r"\d+$", "", variable.name)
    pattern = f'.*"{field}": *"\\{{0,1\\}}\\([^",}}]*\\).*'
    return f"{variable.name}=$({source} | sed 's/{pattern}/\\1/'); echo {variable.name} is ${variable.name}"


def _address(request: Exchange, path: str, known: list[Variable]) -> str:
    """Return the quoted address of a request, with a variable where an earlier response has the value."""
    base = f"http://127.0.0.1:{request.port}"
    spans = [(span, variable) for variable in known if (span := _position(request, variable.value))]
    for _, variable in spans:
        if variable.value.startswith("http"):
            return f'"${variable.name}"'
    for (begin, end), variable in sorted(spans, reverse=True):
        path = f"{path[:begin]}${variable.name}{path[end:]}"
    return f'"{base}{path}"' if spans else shlex.quote(base + path)


def _body(content: bytes) -> list[str]:
    """Return the words of a command that send a body; a file or a long text of no meaning is not shown whole."""
    try:
        text = content.decode("utf-8")
        data = json.loads(text)
    except (ValueError, RecursionError):
        if len(content) <= LONG and content.isascii():
            return ["-d", shlex.quote(content.decode())]
        return ["--data-binary", f"@{ANY_FILE}"]
    pieces = [text]
    for value in _texts(data):
        if len(value) > LONG and value.isalnum() and value in pieces[-1]:
            head, _, tail = pieces.pop().partition(value)
            pieces += [head, f'"$(printf %0{len(value)}d 0)"', tail]
    return ["-d", "".join(piece if index % 2 else shlex.quote(piece) for index, piece in enumerate(pieces))]


def _texts(data: Any) -> list[str]:
    if isinstance(data, dict | list):
        return [text for inner in (data.values() if isinstance(data, dict) else data) for text in _texts(inner)]
    return [data] if isinstance(data, str) else []
