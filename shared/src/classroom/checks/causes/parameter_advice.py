"""Advice about parameters: where FastAPI takes a value from, and who calls a function that has parameters."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from classroom.checks.by_hand.multipart import FORM_DATA, parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from classroom.apps.exchange import Exchange
    from classroom.checks.causes.unexpected import Unexpected

FORM = "application/x-www-form-urlencoded"
REJECTED = re.compile(r"returned 4\d\d, expected 2\d\d")
DEF = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w{1,80})[ \t]*\(", re.MULTILINE)
MAX_FUNCTIONS = 200
OK = 200
MAX_SIGNATURE = 1000  # characters
# A parameter that FastAPI takes from the query unless its name is in the path.
FROM_QUERY = re.compile(
    r"""\w+(?:\s*:[\s|]*(?:(?:str|int|None|Optional\[str\])[\s|]*){1,3})?(?:\s*=\s*(?:None|["']{2}))?"""
)
FROM_REQUEST = re.compile(r"\b(?:Header|Cookie|Query|Depends|Security)\(")
DEPENDS = re.compile(r"\bDepends\(\s*(?:\w+\.)?(\w+)")
CALL = re.compile(r"(?<![\w.])(?:\w+\.)?(\w+)\(\)")
# What FastAPI itself gives a parameter of this type, by the usual name of such a parameter.
PROVIDED = {
    "request": "Request",
    "response": "Response",
    "background_tasks": "BackgroundTasks",
    "tasks": "BackgroundTasks",
}


class Function(NamedTuple):
    """A function with its parameters, each with its position in the file."""

    file: str
    name: str
    parameters: tuple[tuple[int, str], ...]


def missing_in_query(name: str, exchange: Exchange, *, typed: bool) -> str | None:
    """Return what is wrong with a parameter that is expected in the query; None if it is not known.

    Args:
        name: of the parameter.
        exchange: the request, which has no such parameter in its query.
        typed: whether the function gives it a type.
    """
    if not typed and name in PROVIDED:
        return f"{name} has no type, so it is expected in the query: write `{name}: {PROVIDED[name]}`."
    if exchange.content is None:
        return None
    kind = next((value for key, value in exchange.headers.items() if key.lower() == "content-type"), "")
    expected = f"{name} is expected in the query, but was sent in"
    files = {part.name: part.file for part in parts_of(exchange.headers, exchange.content) or ()}
    if files.get(name) is not None:
        return f"{expected} a form, as a file: write `{name}: UploadFile`."
    if kind.startswith((FORM, FORM_DATA)):
        return f"{expected} a form: `Form()` is missing, as in `{name}: Annotated[str, Form()]`."
    if typed and name not in _fields(exchange.content):
        return None
    return f"{expected} the body: declare a Pydantic model as the parameter."


def _fields(content: bytes) -> Collection[str]:
    """Return the names of the fields in a body of JSON."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    return found if isinstance(found, dict) else ()


def several_models(response: Unexpected) -> str | None:
    """Recognize two models in a signature: then each is expected under its own name in the body."""
    details = response.json.get("detail") if isinstance(response.json, dict) else None
    if REJECTED.search(response.message) is None or response.handler is None or not isinstance(details, list):
        return None
    missing = [one["loc"][1] for one in details if isinstance(one, dict) and _is_missing_model(one)]
    own = [name for name in missing if name in arguments_of(response.handler.body)]
    if len(own) < 2 or len(own) < len(details):  # noqa: PLR2004 - models
        return None
    line, names = response.handler.body[0][0], " and ".join(own)
    return f"{response.handler.file}, line {line}: {names} are two models, so the body must have both names: keep only one."


def _is_missing_model(detail: Mapping[str, object]) -> bool:
    """Return whether a validation error says that a whole argument from the body is missing."""
    place = detail.get("loc")
    return detail.get("type") == "missing" and isinstance(place, list) and place[:1] == ["body"] and len(place) == 2  # noqa: PLR2004


def list_in_list(response: Unexpected) -> str | None:
    """Recognize a list of parameters that is looked for as if it were one of them, as in `tag in product["tags"]`."""
    if response.handler is None or response.answer.status != OK:
        return None
    lists = [name for name, text in arguments_of(response.handler.body).items() if re.search(r":.*\blist\[", text)]
    code = [(number, line.partition("#")[0]) for number, line in response.handler.body]
    for name in lists:
        if any(re.search(rf"\bfor {name} in\b|^\s*{name}\s*=[^=]", line) for _, line in code):
            continue
        for number, line in code:
            if found := re.search(rf"\b(?:if|and|not) {name} (?:not )?in ([\w.]+(?:\[[\"']\w+[\"']\])?)", line):
                return (
                    f"{response.handler.file}, line {number}: {name} is a list here, and `in` looks for all of it "
                    f"as one entry of {found[1]}: compare its entries one by one."
                )
    return None


def header_forgotten(response: Unexpected) -> str | None:
    """Recognize a parameter with the name of a header that was sent, which is read from the query."""
    if REJECTED.search(response.message) is None:
        return None
    routes, texts = response.routes.found, response.routes.texts
    sent = {name.lower().replace("-", "_") for name in response.exchange.headers}
    sent -= {name for route in routes for name in route.parameters}
    called = {route.function for route in routes} | {name for text in texts.values() for name in DEPENDS.findall(text)}
    for function in functions_of(texts):
        for position, text in function.parameters if function.name in called else ():
            name = re.split(r"[\s:=]", text, maxsplit=1)[0]
            if name in sent and FROM_QUERY.fullmatch(text):
                line = texts[function.file].count("\n", 0, position) + 1
                return (
                    f"{function.file}, line {line}: {name} is read from the query: `Header()` is missing, "
                    f"as in `{name}: Annotated[str | None, Header()]`."
                )
    return None


def dependency_called(response: Unexpected) -> str | None:
    """Recognize an endpoint that calls a dependency itself, without anything from the request."""
    if REJECTED.search(response.message) is None or response.handler is None:
        return None
    needy = {
        function.name
        for function in functions_of(response.routes.texts)
        if any(FROM_REQUEST.search(text) for _, text in function.parameters)
    }
    for number, line in response.handler.body[1:]:
        for name in CALL.findall(line.partition("#")[0]):
            if name in needy:
                return (
                    f"{response.handler.file}, line {number}: {name}() is called here with nothing from the request: "
                    f"let FastAPI call it, with Depends({name}) in a parameter of the endpoint."
                )
    return None


def functions_of(texts: Mapping[str, str]) -> Iterator[Function]:
    """Yield the functions of an app that have parameters, up to a limit."""
    found = ((file, text, match) for file, text in texts.items() for match in DEF.finditer(text))
    for file, text, match in islice(found, MAX_FUNCTIONS):
        yield Function(file, match[1], tuple(parameters(text, match.end())))


def arguments_of(lines: Iterable[tuple[int, str]]) -> dict[str, str]:
    """Return the parameters of a function by name, from its lines with their numbers."""
    text = "\n".join(line for _, line in lines)
    head = DEF.match(text)
    found = parameters(text, head.end()) if head else ()
    return {re.split(r"[\s:=]", parameter, maxsplit=1)[0]: parameter for _, parameter in found}


def parameters(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield the parameters of a signature, or the arguments of a call, each with its position; `start` is behind the opening parenthesis."""
    depth, begin = 0, start
    for position in range(start, min(start + MAX_SIGNATURE, len(text))):
        character = text[position]
        if character in ",)" and not depth:
            parameter = text[begin:position]
            if parameter.strip():
                yield position - len(parameter.lstrip()), parameter.strip()
            begin = position + 1
            if character == ")":
                return
        depth += (character in "([{") - (character in ")]}")
