"""Events that start workflows, made from GitHub's own description of them and held against it."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

DOCUMENT = json.loads(Path(__file__).with_name("events.json").read_text(encoding="utf-8"))
EMPTY = {"string": "x", "integer": 0, "number": 0, "boolean": False, "array": []}


def issue_opened(repository, number, login, account, body, kind="User"):
    """Return the event of an issue that somebody has opened; `account` is the account's number."""
    owner, _, name = repository.partition("/")
    user = {"login": login, "id": account, "type": kind}
    return event(
        "issues-opened",
        issue={"number": number, "body": body, "user": user, "title": "My repository"},
        repository={"name": name, "full_name": repository, "owner": {"login": owner}},
        sender=user,
    )


def event(name, **known):
    """Return an event with its required properties, empty unless they are given.

    Raises:
        jsonschema.ValidationError: GitHub does not describe such an event.
    """
    schema = DOCUMENT["events"][name]
    made = merged(sample(schema), known)
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(made)
    return made


def sample(schema):
    """Return a value that fits a schema."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema and "properties" not in schema:
            return sample(schema[key][0])
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kinds = schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type", "object")]
    if "null" in kinds and "object" not in kinds:
        return None
    if "object" in kinds:
        return {key: sample(schema["properties"][key]) for key in schema.get("required", [])}
    formats = {"date-time": "2026-11-01T10:00:00Z", "uri": "https://github.com", "uri-template": "https://github.com"}
    return formats.get(schema.get("format"), EMPTY[kinds[0]])


def merged(value, known):
    """Return a value in which what is known takes the place of what is empty."""
    if not isinstance(value, dict) or not isinstance(known, dict):
        return known
    return value | {key: merged(value.get(key), item) for key, item in known.items()}
