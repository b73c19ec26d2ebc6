"""What an app says about itself in /openapi.json, read as the OpenAPI specification defines it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from classroom.checks.expect import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.apps.client import Client

LEFT_OUT = "…"


class ApiDescription:
    """The OpenAPI document of an app, requested when this object is created.

    Attributes:
        answer: the response, for the sentences of failed checks.
        document: the decoded document; its `paths` is an object.

    Raises:
        Failure: there is no such document.
    """

    def __init__(self, client: Client) -> None:
        self.answer = client.get("/openapi.json")
        expect(self.answer).ok({"paths": dict})
        self.document: dict[str, Any] = self.answer.json

    def operation(self, path: str, *keys: str) -> dict[str, Any]:
        """Return the operation GET on a path, and the parameters that the path declares for all of its operations.

        Args:
            path: as documented, such as `/items/{item_id}`; the names of its parameters and a slash at its end are free.
            keys: the entries that the check is about: if it fails, the card shows the operation, beginning with them.

        Raises:
            Failure: the document has no such operation.
        """
        for written, methods in self.document["paths"].items():
            if _shape(written) == _shape(path) and isinstance(methods, dict) and isinstance(methods.get("get"), dict):
                self.look_at(f"the entry for GET {written}", methods["get"], *keys)
                return {"parameters of the path": methods.get("parameters"), **methods["get"]}
        self.look_at("paths", self.document["paths"])
        expect.that(False, f"/openapi.json has no entry for GET {path}.", self.answer)
        raise AssertionError

    def look_at(self, name: str, part: Any, *keys: str) -> None:
        """Let the card of a check that fails show this part of the document in place of the document's beginning.

        Args:
            name: what the part is, such as `GET /items`.
            part: the part. In a dict, what is nested deeper is left out.
            keys: the entries of a dict that the check is about: they come first, and are shown whole.
        """
        if isinstance(part, dict):
            first = {key: _json(part[key]) for key in keys if key in part}
            entries = first | {key: _json(_leaf(value)) for key, value in part.items() if key not in first}
            text = f"{{{', '.join(f'{_json(key)}: {value}' for key, value in entries.items())}}}"
        else:
            text = _json(part)
        self.answer.part = f"{name}: {text}".replace(f'"{LEFT_OUT}"', LEFT_OUT)

    def has_tags(self) -> bool:
        """Return whether any GET has a tag."""
        methods = [methods for methods in self.document["paths"].values() if isinstance(methods, dict)]
        return any(isinstance(each.get("get"), dict) and each["get"].get("tags") for each in methods)

    def choices(self, path: str) -> set[str]:
        """Return every word that GET on a path names in an enum, a constant or a pattern, references followed."""
        return set(self._choices(self.operation(path, "parameters"), set()))

    def _choices(self, part: Any, seen: set[str]) -> Iterator[str]:
        if isinstance(part, list):
            for item in part:
                yield from self._choices(item, seen)
        if not isinstance(part, dict):
            return
        named = part["enum"] if isinstance(part.get("enum"), list) else []
        yield from (value for value in [*named, part.get("const")] if isinstance(value, str))
        if isinstance(part.get("pattern"), str):
            yield from re.findall("[a-z]+", re.sub(r"\\.", " ", part["pattern"]))
        reference = part.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            yield from self._choices(self._resolve(reference), seen)
        for value in part.values():
            yield from self._choices(value, seen)

    def _resolve(self, reference: str) -> Any:
        part: Any = self.document
        for name in reference.removeprefix("#/").split("/"):
            part = part.get(name) if isinstance(part, dict) else None
        return part


def _json(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False)


def _leaf(value: Any) -> Any:
    """Return a value, or an ellipsis if others are nested in it."""
    if isinstance(value, list):
        return LEFT_OUT if any(isinstance(item, dict | list) for item in value) else value
    return LEFT_OUT if isinstance(value, dict) and value else value


def _shape(path: str) -> str:
    """Return a path without the names of its parameters and without a slash at its end."""
    return re.sub(r"\{[^{}]*\}", "{}", path).rstrip("/")
