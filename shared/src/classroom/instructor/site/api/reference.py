"""The description of the API (OpenAPI) as a page shows it: without a script, and with nothing loaded from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.web.markdown import with_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

JSON = "application/json"
REF = "#/components/schemas/"
PAGE = re.compile(r"Page_(\w+)_")
KINDS = {"date-time": "time"}


@dataclass(frozen=True)
class Field:
    """A parameter of an operation, or a field of an object."""

    name: str
    kind: str
    target: str
    about: Markup


@dataclass(frozen=True)
class Operation:
    """What one can ask for."""

    anchor: str
    method: str
    path: str
    summary: str
    about: Markup
    parameters: tuple[Field, ...]
    returns: Field
    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Schema:
    """An object that is returned; its name is what leads to it."""

    name: str
    title: str
    about: Markup
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Reference:
    """All of it."""

    operations: tuple[Operation, ...]
    schemas: tuple[Schema, ...]


def reference(described: Mapping[str, Any]) -> Reference:
    """Return what a page shows of a description."""
    operations = [
        _operation(method, path, table)
        for path, methods in described["paths"].items()
        for method, table in methods.items()
    ]
    schemas = [_schema(name, table) for name, table in described["components"]["schemas"].items()]
    return Reference(tuple(operations), tuple(schemas))


def _operation(method: str, path: str, table: Mapping[str, Any]) -> Operation:
    parameters = (
        _field(each["name"], each["schema"], each.get("description", "")) for each in table.get("parameters", ())
    )
    errors = ((code, answer["description"]) for code, answer in table["responses"].items() if code >= "400")
    return Operation(
        table["operationId"],
        method.upper(),
        path,
        table["summary"],
        with_code(table.get("description", "")),
        tuple(parameters),
        _field("", table["responses"]["200"]["content"][JSON]["schema"], ""),
        tuple(sorted(errors)),
    )


def _schema(name: str, table: Mapping[str, Any]) -> Schema:
    fields = (
        _field(each, schema, schema.get("description", "")) for each, schema in table.get("properties", {}).items()
    )
    values = f" One of: {', '.join(table['enum'])}." if "enum" in table else ""
    return Schema(name, _title(name), with_code(table.get("description", "") + values), tuple(fields))


def _field(name: str, schema: Mapping[str, Any], about: str) -> Field:
    kind, target = _kind(schema)
    limits = [
        f"{schema[key]} {word}" for key, word in {"minimum": "or more", "maximum": "or less"}.items() if key in schema
    ]
    limits += [f"default {schema['default']}"] if schema.get("default") not in (None, "") else []
    return Field(name, kind, target, with_code("; ".join(filter(None, [about, *limits]))))


def _kind(schema: Mapping[str, Any]) -> tuple[str, str]:
    """Return the type of a value in words, and the name of the object that it is or has."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return _title(name), name
    if "anyOf" in schema:
        kinds = [_kind(each) for each in schema["anyOf"]]
        return " or ".join(kind for kind, _ in kinds), next((target for _, target in kinds if target), "")
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"])), ""
    if schema.get("type") == "array":
        kind, target = _kind(schema["items"])
        return f"list of {kind}", target
    return KINDS.get(schema.get("format", ""), schema.get("const", schema.get("type", "any"))), ""


def _title(name: str) -> str:
    """Return the name of an object for people: `Page_ActItem_` is a page of another one."""
    found = PAGE.fullmatch(name)
    return f"Page of {found[1]}" if found else name
