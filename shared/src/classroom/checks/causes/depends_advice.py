"""Advice about a missing Depends: an argument that a dependency gives is looked for in the query or the body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.parameter_advice import DEPENDS, FROM_REQUEST, REJECTED, functions_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from classroom.checks.causes.parameter_advice import Function
    from classroom.checks.causes.unexpected import Unexpected

SCHEME = re.compile(r"^(\w{1,40})\s*=\s*(?:OAuth2PasswordBearer|HTTPBearer|APIKeyHeader|APIKeyCookie)\(", re.MULTILINE)
PLAIN = re.compile(r"(\w+)(?:\s*:\s*([\w.]+(?:\[[\w., \[\]]*\])?))?")
OF_SCHEMES = ("token", "credentials")  # names of parameters that such a scheme gives
SOURCES = ("query", "body")


def depends_forgotten(response: Unexpected) -> str | None:
    """Recognize an argument without Depends, by the 422 for a request that has no such value."""
    missing = _missing(response.json)
    if not missing or REJECTED.search(response.message) is None:
        return None
    texts = response.routes.texts
    functions = list(functions_of(texts))
    needed = {name for text in texts.values() for name in DEPENDS.findall(text)}
    called = needed | ({response.handler.function} if response.handler else set())
    endpoints = {route.function for route in response.routes.found}
    dependencies = [one.name for one in functions if one.name not in endpoints and _asks(one, needed)]
    for function in functions:
        for position, text in function.parameters if function.name in called else ():
            found = PLAIN.fullmatch(text)
            source = missing.get(found[1], missing.get("")) if found else None
            if found and source and (giver := _giver(found[1], dependencies, texts)):
                line = texts[function.file].count("\n", 0, position) + 1
                return (
                    f"{function.file}, line {line}: {found[1]} is expected in the {source}: `Depends` is missing, "
                    f"as in `{found[1]}: Annotated[{found[2] or 'dict'}, Depends({giver})]`."
                )
    return None


def _missing(body: object) -> dict[str, str]:
    """Return what a 422 misses, by name, each with where it was expected; the only argument from a body has no name."""
    details = body.get("detail") if isinstance(body, dict) else None
    entries = [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []
    places = [one["loc"] for one in entries if one.get("type") == "missing" and isinstance(one.get("loc"), list)]
    return {str(place[1]) if place[1:] else "": place[0] for place in places if place and place[0] in SOURCES}


def _asks(function: Function, needed: Collection[str]) -> bool:
    """Return whether a function is a dependency: somebody depends on it, or it depends on something itself."""
    return function.name in needed or any(FROM_REQUEST.search(text) for _, text in function.parameters)


def _giver(name: str, dependencies: Collection[str], texts: Mapping[str, str]) -> str | None:
    """Return the dependency that gives an argument, such as current_user for user; `...` if there are several."""
    givers = {one for one in dependencies if one.endswith(f"_{name}")}
    if name in OF_SCHEMES:
        givers = {one for text in texts.values() for one in SCHEME.findall(text)}
    return None if not givers else givers.pop() if len(givers) == 1 else "..."
