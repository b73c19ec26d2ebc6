"""What an app says about itself in /openapi.json, read as the OpenAPI specification defines it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from classroom.checks.expect import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.apps.client import Client


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

    def operation(self, path: str) -> dict[str, Any]:
        """Return the operation GET on a path, and the parameters that the path declares for all of its operations.

        Args:
            path: as documented, such as `/items/{item_id}`; the names of its parameters and a slash at its end are free.

        Raises:
            Failure: the document has no such operation.
        """
        for written, methods in self.document["paths"].items():
            if _shape(written) == _shape(path) and isinstance(methods, dict) and isinstance(methods.get("get"), dict):
                return {"parameters of the path": methods.get("parameters"), **methods["get"]}
        expect.that(False, f"/openapi.json has no entry for GET {path}.", self.answer)
        raise AssertionError

    def has_tags(self) -> bool:
        """Return whether any GET has a tag."""
        methods = [methods for methods in self.document["paths"].values() if isinstance(methods, dict)]
        return any(isinstance(each.get("get"), dict) and each["get"].get("tags") for each in methods)

    def choices(self, path: str) -> set[str]:
        """Return every word that GET on a path names in an enum, a constant or a pattern, references followed."""
        return set(self._choices(self.operation(path), set()))

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


def _shape(path: str) -> str:
    """Return a path without the names of its parameters and without a slash at its end."""
    return re.sub(r"\{[^{}]*\}", "{}", path).rstrip("/")
