"""Send the example requests of a README to the solution, and compare the responses with those shown."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classroom.apps.app import App, NotStarted
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.apps.exchange import Answer, NoAnswer
from classroom.apps.open import open_launcher
from classroom.core.load import under_load
from classroom.core.scratch import ScratchDir
from classroom.instructor.proof.cases import solution
from classroom.services.manager import Services
from classroom.student.examples import FIRST_PORT, LOCAL_ADDRESSES, OTHER_ADDRESSES, examples

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.student.examples import Example

ANY = "..."  # in a shown response: anything
NO_BODY = "the README shows no body: write `...` or the expected body, after a blank line if the command has -i"
SETTLE_SECONDS, PAUSE_SECONDS = 10, 0.05  # for what one app does after another's response
MAX_SHOWN = 300  # characters of a response
NOT_PLAIN = "only a curl with one address and the options -X, -H, -d, --json, -i, -s and -S can be checked."


def unclear(assignment: Assignment) -> list[str]:
    """Return what is wrong with the examples before any is sent: there are none, or they cannot be sent from here."""
    path = assignment.folder / "README.md"
    found = _requests(path)
    if not any(request for _, request in found):
        return [f"{path} shows no example request in a ```console block."]
    odd = [example for example, request in found if not request and _is_meant(example)]
    return [f"{path}, line {example.line}: {NOT_PLAIN}" for example in odd]


def problems(assignment: Assignment) -> list[str]:
    """Return where a response of the solution differs from the example, each with its line."""
    path = assignment.folder / "README.md"
    if found := unclear(assignment):
        return found
    wanted = [(example, request) for example, request in _requests(path) if request]
    with contextlib.ExitStack() as stack:
        try:
            apps = started(assignment, stack)
        except NotStarted as error:
            return [f"{path}: the solution does not start: {error}"]
        differences = [(example, _difference(apps, example, request)) for example, request in wanted]
        return [f"{path}, line {example.line}: {text}" for example, text in differences if text]


def _requests(path: Path) -> list[tuple[Example, dict[str, Any] | None]]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [(example, example.request()) for example in examples(text)]


def started(assignment: Assignment, stack: contextlib.ExitStack, *, loopback: bool = False) -> list[App]:
    """Return the solution's app, running, or its apps where there are several; the stack ends them.

    Args:
        assignment: what it is a solution of.
        stack: what ends them.
        loopback: whether they listen on ports, for programs other than this one.

    Raises:
        NotStarted: one of them does not start.
    """
    launcher, services = open_launcher(assignment.preload), Services(assignment.services)
    stack.callback(launcher.close)
    stack.callback(services.close)
    folder = stack.enter_context(ScratchDir("readme")) / "solution"
    solution(assignment).materialize(assignment, folder)
    if not (folder / "app").exists() and (assignment.folder / "app").is_dir():
        shutil.copytree(assignment.folder / "app", folder / "app")  # students write something else for the course's app
    urls = {}
    if "cache" in assignment.services:
        cache = stack.enter_context(contextlib.closing(services.cache()))
        cache.start()
        urls["CACHE_URL"] = cache.url
    apps = []
    for module in assignment.modules:
        database = stack.enter_context(services.database()) if "postgres" in assignment.services else None
        own = urls | ({"DATABASE_URL": database.url_for(assignment.database_scheme)} if database else {})
        apps.append(App(folder, launcher, environment=Environment(services=own), module=module, loopback=loopback))
        stack.callback(apps[-1].close)
        apps[-1].start()
    return apps


def _is_meant(example: Example) -> bool:
    """Return whether a command is meant to be a request to the week's app."""
    return example.command.startswith("curl ") and any(
        address in example.command for address in (*LOCAL_ADDRESSES, *OTHER_ADDRESSES)
    )


def _difference(apps: list[App], example: Example, request: dict[str, Any]) -> str | None:
    """Return how a response differs from what a README shows, or None.

    Where several apps work side by side, a GET is repeated for a while: what it shows may depend on another app.
    """
    late = time.monotonic() + under_load(SETTLE_SECONDS)
    again = len(apps) > 1 and request["content"] is None and request["method"] in (None, "GET")
    while (found := _difference_now(apps, example, request)) and again and time.monotonic() < late:
        time.sleep(PAUSE_SECONDS)
    return found


def _difference_now(apps: list[App], example: Example, request: dict[str, Any]) -> str | None:
    url = urlsplit(request["url"])
    number = (url.port or FIRST_PORT) - FIRST_PORT
    if number >= len(apps):
        return f"no app is running at {url.netloc}."
    method = request["method"] or ("GET" if request["content"] is None else "POST")
    try:
        answer = Client(apps[number]).request(
            method,
            url.path + (f"?{url.query}" if url.query else ""),
            headers=request["headers"],
            content=request["content"],
            follow=False,  # as curl does
        )
    except NoAnswer as error:
        return str(error)
    return compare(example.shown, answer, whole=request["whole"])


def compare(lines: list[str], answer: Answer, *, whole: bool) -> str | None:
    """Return how a response differs from what a README shows, or None.

    Args:
        lines: as shown.
        answer: the response.
        whole: whether the lines begin with the status line and the headers, as `curl -i` prints them.
    """
    shown = list(lines)
    if whole:
        if difference := _head(shown, answer):
            return difference
        while shown and shown.pop(0):
            pass
    return _body("\n".join(shown).strip(), answer)


def _head(shown: list[str], answer: Answer) -> str | None:
    """Return how status line or headers differ from those shown, or None."""
    if not shown or not re.match(rf"HTTP/1\.1 {answer.status}\b", shown[0]):
        return f"the status is {answer.status}, the README shows {shown[0] if shown else 'nothing'!r}."
    for line in shown[1:]:
        if not line:
            break
        name, _, value = line.partition(":")
        if not _like(answer.headers.get(name.strip(), ""), value.strip()):
            found = answer.headers.get(name.strip())
            return f"the header {name} is {found!r}, the README shows {value.strip()!r}."
    return None


def _body(shown: str, answer: Answer) -> str | None:
    text = answer.text.strip()
    try:
        same = _like(json.loads(text), json.loads(re.sub(r"(?<=[\[:,{ ])\.\.\.(?=[\],}\s])", f'"{ANY}"', shown)))
    except ValueError:
        same = _like(text, shown)
    said = f"the README shows {shown[:MAX_SHOWN]}" if shown else NO_BODY
    return None if same else f"the response is {text[:MAX_SHOWN]}, {said}"


def _like(found: Any, shown: Any) -> bool:
    """Return whether a value is the one shown, where `...` stands for anything."""
    if shown == ANY:
        return True
    if isinstance(shown, dict) and isinstance(found, dict):
        return list(shown) == list(found) and all(_like(found[key], shown[key]) for key in shown)
    if isinstance(shown, list) and isinstance(found, list):
        return len(shown) == len(found) and all(map(_like, found, shown))
    if isinstance(shown, str) and isinstance(found, str) and ANY in shown:
        return bool(re.fullmatch(".*".join(map(re.escape, shown.split(ANY))), found, re.DOTALL))
    return bool(found == shown)
