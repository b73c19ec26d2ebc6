"""GitHub's own description of its API: what a request may be, and what a response may be."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

DOCUMENT = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
# An error that GitHub documents for all endpoints has this form, whether or not the endpoint lists its status.
ANY_ERROR = {"$ref": "#/components/schemas/basic-error"}
PATHLIKE = {"sha": r"[0-9a-f]{40}", "invitation_id": r"\d+"}


class NotDescribedError(AssertionError):
    """A request or a response is not what GitHub describes."""


def _json_schema(node):
    """Return a schema of OpenAPI 3.0 as JSON schema: there `nullable` is a keyword."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


PLAIN = _json_schema(DOCUMENT)
REGISTRY = Registry().with_resource("urn:github", DRAFT202012.create_resource(PLAIN))
_validators, _right = {}, set()


def _problems(schema, value):
    """Return what is wrong with a value; of a long list each item is looked at once, however often it is sent."""
    if schema.get("type") == "array" and isinstance(value, list):
        return [problem for item in value for problem in _problems(schema["items"], item)]
    key = json.dumps([schema, value], sort_keys=True)
    if key in _right:
        return []
    if found := _found(schema, value):
        return found
    _right.add(key)
    return []


def _found(schema, value):
    text = re.sub(r'"#/', '"urn:github#/', json.dumps(schema, sort_keys=True))
    validator = _validators.setdefault(text, Draft202012Validator(json.loads(text), registry=REGISTRY))
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(value)]


def resolved(node):
    """Return a part of the description, followed to where it is written."""
    while "$ref" in node:
        kind, name = node["$ref"].removeprefix("#/components/").split("/")
        node = PLAIN["components"][kind][name]
    return node


class Operation:
    """One method of one endpoint."""

    def __init__(self, method, template, spec):
        self.method, self.template = method, template
        self.id = spec["operationId"]
        self.parameters = [resolved(parameter) for parameter in spec.get("parameters", [])]
        self.body = spec.get("requestBody")
        self.responses = {status: resolved(response) for status, response in spec["responses"].items()}
        self.pattern = re.compile(
            re.sub(
                r"\\{(\w+)\\}", lambda match: f"(?P<{match[1]}>{PATHLIKE.get(match[1], '[^/]+')})", re.escape(template)
            )
        )

    def check_request(self, query, body):
        """Raise NotDescribedError if the description does not allow the query parameters or the body."""
        known = {item["name"]: item for item in self.parameters if item["in"] == "query"}
        for name, value in query.items():
            if name not in known:
                raise NotDescribedError(f"{self.id} has no query parameter {name}")
            if problems := _problems(known[name]["schema"], _typed(value, known[name]["schema"])):
                raise NotDescribedError(f"{self.id}, {name}={value}: {problems}")
        if self.body is None:
            if body is not None:
                raise NotDescribedError(f"{self.id} has no body: {body}")
            return
        if body is None:
            if self.body.get("required"):
                raise NotDescribedError(f"{self.id} needs a body")
            return
        schema = resolved(self.body["content"]["application/json"]["schema"])
        problems = _problems(schema, body)
        fields = {name for part in schema.get("anyOf", [schema]) for name in part.get("properties", {})}
        problems += [f"no field {name}" for name in body if name not in fields]
        if problems:
            raise NotDescribedError(f"{self.id}: {problems}")

    def check_response(self, status, body):
        """Raise NotDescribedError if the description does not allow a response."""
        response = self.responses.get(str(status))
        if response is None and status < 400:
            raise NotDescribedError(f"{self.id} has no response {status}")
        content = (response or {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if response is None or (schema is None and status >= 400):
            schema = ANY_ERROR
        if schema is None:
            if body is not None:
                raise NotDescribedError(f"{self.id}: {status} has no body")
        elif problems := _problems(schema, body):
            raise NotDescribedError(f"{self.id}, {status}: {problems}")


def _typed(value, schema):
    if schema.get("type") == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    return {"true": True, "false": False}.get(value, value) if schema.get("type") == "boolean" else value


OPERATIONS = [
    Operation(method, template, spec)
    for template, methods in PLAIN["paths"].items()
    for method, spec in methods.items()
]


def operation(method, path):
    """Return the operation of a request, and the values in its path."""
    for found in OPERATIONS:
        if found.method == method.lower() and (match := found.pattern.fullmatch(path)):
            return found, {name: unquote(value) for name, value in match.groupdict().items()}
    raise NotDescribedError(f"GitHub describes no {method} {path}")


def sample(name, /, **known):
    """Return an object of a schema: its required properties, empty unless they are given."""
    return _sample({"$ref": f"#/components/schemas/{name}"}) | known


def _sample(schema):
    schema = resolved(schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            options = schema[key]
            return None if {"type": "null"} in options else _sample(options[0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object" or "properties" in schema:
        return {key: _sample(schema["properties"][key]) for key in schema.get("required", [])}
    if schema.get("format") == "date-time":
        return "2026-11-01T10:00:00Z"
    return {"string": "x", "integer": 0, "number": 0, "boolean": False, "array": []}[schema["type"]]
