"""The example requests of a week's README, asked of the solution: what a lesson shows has to be true."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classroom.apps.app import App, NotStarted
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.apps.exchange import Answer, NoAnswer
from classroom.apps.open import open_launcher
from classroom.core.scratch import ScratchDir
from classroom.instructor.proof.cases import solution
from classroom.services.manager import Services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.assignment import Assignment

BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
HERE = ("127.0.0.1:8000", "localhost:8000")
ANY = "..."


@dataclass
class Example:
    """A curl line and what the README shows below it."""

    line: int
    command: str
    shown: list[str] = field(default_factory=list)

    def request(self) -> dict[str, Any] | None:
        """The request, or None where the command asks something else than the week's app."""
        words = shlex.split(self.command)
        if not words or words[0] != "curl":
            return None
        found: dict[str, Any] = {"method": None, "headers": {}, "content": None, "url": "", "whole": False}
        rest = iter(words[1:])
        for word in rest:
            if word in ("-X", "--request"):
                found["method"] = next(rest)
            elif word in ("-H", "--header"):
                name, _, value = next(rest).partition(":")
                found["headers"][name.strip()] = value.strip()
            elif word in ("-d", "--data", "--json"):
                found["content"] = next(rest).encode()
                if word == "--json":
                    found["headers"]["Content-Type"] = "application/json"
            elif word in ("-i", "--include"):
                found["whole"] = True
            elif not word.startswith("-"):
                found["url"] = word
        return found if urlsplit(found["url"]).netloc in HERE else None


def examples(text: str) -> Iterator[Example]:
    """Every curl line in a README's console blocks, in order."""
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1)) + 1
        current: Example | None = None
        for number, content in enumerate(block[1].splitlines(), line):
            if current and current.command.endswith("\\") and not current.shown:
                current.command = current.command[:-1] + content
            elif content.startswith("$ "):
                if current:
                    yield current
                current = Example(number, content[2:])
            elif current:
                current.shown.append(content)
        if current:
            yield current


def problems(assignment: Assignment) -> list[str]:
    """Examples that are not true of the solution, each with its line."""
    path = assignment.folder / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    wanted = [(one, request) for one in examples(text) if (request := one.request())]
    if not wanted:
        return [f"{path} shows no example request in a ```console block."]
    with contextlib.ExitStack() as ending:
        launcher, backing = open_launcher(assignment.preload), Services(assignment.services)
        ending.callback(launcher.close)
        ending.callback(backing.close)
        folder = ending.enter_context(ScratchDir("readme")) / "solution"
        solution(assignment).lay_out(assignment, folder)
        database = ending.enter_context(backing.database()) if "postgres" in assignment.services else None
        services = {"DATABASE_URL": database.url_for(assignment.database_scheme)} if database else {}
        app = App(folder, launcher, environment=Environment(services=services))
        ending.callback(app.close)
        try:
            app.start()
        except NotStarted as error:
            return [f"{path}: the solution does not start: {error}"]
        return [f"{path}, line {one.line}: {told}" for one, asked in wanted if (told := _untrue(app, one, asked))]


def _untrue(app: App, example: Example, asked: dict[str, Any]) -> str | None:
    url = urlsplit(asked["url"])
    method = asked["method"] or ("GET" if asked["content"] is None else "POST")
    try:
        answer = Client(app).request(
            method,
            url.path + (f"?{url.query}" if url.query else ""),
            headers=asked["headers"],
            content=asked["content"],
        )
    except NoAnswer as error:
        return str(error)
    return compare(example.shown, answer, whole=asked["whole"])


def compare(lines: list[str], answer: Answer, *, whole: bool) -> str | None:
    """Why an answer is not what these lines of a README show, or None.

    Args:
        lines: as shown.
        answer: as it came.
        whole: whether they begin with the status and header fields, as `curl -i` prints them.
    """
    shown = list(lines)
    if whole:
        if told := _head(shown, answer):
            return told
        while shown and shown.pop(0):
            pass
    return _body("\n".join(shown).strip(), answer)


def _head(shown: list[str], answer: Answer) -> str | None:
    """Whether the status line and the header lines shown are those of the answer."""
    if not shown or not re.match(rf"HTTP/1\.1 {answer.status}\b", shown[0]):
        return f"the status is {answer.status}, shown is {shown[0] if shown else 'nothing'!r}."
    for line in shown[1:]:
        if not line:
            break
        name, _, value = line.partition(":")
        if not _like(answer.headers.get(name.strip(), ""), value.strip()):
            return f"the header {name} is {answer.headers.get(name.strip())!r}."
    return None


def _body(shown: str, answer: Answer) -> str | None:
    text = answer.text.strip()
    try:
        same = _like(json.loads(text), json.loads(re.sub(r"(?<=[\[:,{ ])\.\.\.(?=[\],}\s])", f'"{ANY}"', shown)))
    except ValueError:
        same = _like(text, shown)
    return None if same else f"the answer is {text[:300]}"


def _like(found: Any, shown: Any) -> bool:
    """Whether they are the same, where `...` stands for anything."""
    if shown == ANY:
        return True
    if isinstance(shown, dict) and isinstance(found, dict):
        return list(shown) == list(found) and all(_like(found[key], shown[key]) for key in shown)
    if isinstance(shown, list) and isinstance(found, list):
        return len(shown) == len(found) and all(map(_like, found, shown))
    if isinstance(shown, str) and isinstance(found, str) and ANY in shown:
        return bool(re.fullmatch(".*".join(map(re.escape, shown.split(ANY))), found, re.DOTALL))
    return bool(found == shown)
