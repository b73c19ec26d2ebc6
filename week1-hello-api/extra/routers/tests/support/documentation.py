"""What /openapi.json says about the app's endpoints."""

import pytest
from classroom import ApiDescription, expect

FIELDS = {"id": int, "title": str, "author": str, "year": int}


class Documentation:
    """The entries of /openapi.json, and sentences that say what is missing from one."""

    def __init__(self, client):
        self.description = ApiDescription(client)

    def has_tag(self, path, tag):
        """Expect that the entry for GET on a path has this tag."""
        tags = self.description.operation(path, "tags").get("tags") or []
        self._expect(
            tag in tags, f"GET {path} has the tags {tags}, expected {tag}." if tags else f"GET {path} has no tag."
        )

    def is_deprecated(self, path, expected):
        """Expect that the entry for GET on a path is, or is not, marked as deprecated."""
        found = self.description.operation(path, "deprecated").get("deprecated") is True
        self._expect(found == expected, f"GET {path} is {'not ' if expected else ''}marked as deprecated.")

    def parameter(self, path, name):
        """Return the entry for a query parameter of GET on a path."""
        operation = self.description.operation(path, "parameters")
        entries = [*(operation.get("parameters") or []), *(operation["parameters of the path"] or [])]
        named = {entry.get("name"): entry for entry in entries if entry.get("in") == "query"}
        known = ", ".join(map(str, named)) or "none"
        self._expect(name in named, f"GET {path} has no query parameter {name}; it has: {known}.")
        self.description.look_at(f"the parameter {name}", named[name], "name", "description", "deprecated", "schema")
        return named[name]

    def describes(self, path, name):
        """Expect that a query parameter has a description."""
        text = self.parameter(path, name).get("description")
        self._expect(isinstance(text, str) and text.strip(), f"the parameter {name} of GET {path} has no description.")

    def is_titled(self, path, name, title):
        """Expect that a query parameter has this title, and not the one that FastAPI makes from its name."""
        found = (self.parameter(path, name).get("schema") or {}).get("title")
        self._expect(
            found == title, f"the title of the parameter {name} of GET {path} is {found!r}, expected {title!r}."
        )

    def parameter_is_deprecated(self, path, name, expected):
        """Expect that a query parameter is, or is not, marked as deprecated."""
        found = self.parameter(path, name).get("deprecated") is True
        sentence = f"the parameter {name} of GET {path} is {'not ' if expected else ''}marked as deprecated."
        self._expect(found == expected, sentence)

    def has_response(self, path, code):
        """Expect that the entry for GET on a path names a status code and says what it means."""
        responses = self.description.operation(path).get("responses") or {}
        self.description.look_at(f"the responses of GET {path}", responses)
        known = ", ".join(sorted(responses)) or "none"
        self._expect(str(code) in responses, f"GET {path} does not name the response {code}; it names: {known}.")
        text = responses[str(code)].get("description")
        self._expect(isinstance(text, str) and text.strip(), f"the response {code} of GET {path} has no description.")

    def has_example_of_a_book(self, path):
        """Expect that the 200 response of GET on a path has an example with the fields of a book."""
        response = (self.description.operation(path).get("responses") or {}).get("200") or {}
        media = (response.get("content") or {}).get("application/json") or {}
        self.description.look_at(
            f"the response 200 of GET {path}, application/json", media, "example", "examples", "schema"
        )
        found = [*self._examples(media), *self._examples_of_schema(media.get("schema"))]
        self._expect(found, f"the response 200 of GET {path} has no example.")
        sentence = f"the example of GET {path} is not a book with id, title, author and year: {found[0]}."
        self._expect(any(map(is_book, found)), sentence)

    def _examples(self, media):
        yield from [media["example"]] if "example" in media else []
        named = media.get("examples")
        for entry in named.values() if isinstance(named, dict) else []:
            yield self._resolved(entry).get("value")

    def _examples_of_schema(self, schema):
        """Yield a schema's examples, and the one that its properties' examples form together."""
        schema = self._resolved(schema)
        for part in [schema, *map(self._resolved, schema.get("allOf") or [])]:
            yield from [part["example"]] if "example" in part else []
            yield from part.get("examples") or []
            single = {
                name: next(self._examples_of_schema(entry), None)
                for name, entry in (part.get("properties") or {}).items()
            }
            if single and None not in single.values():
                yield single

    def _resolved(self, part):
        part = part if isinstance(part, dict) else {}
        if "$ref" not in part:
            return part
        found = self.description.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found.get(name, {}) if isinstance(found, dict) else {}
        return found

    def _expect(self, condition, sentence):
        expect.that(condition, f"In /openapi.json, {sentence}", self.description.answer)


def is_book(value):
    """Return whether a value has the fields of a book, with values of the right types."""
    return isinstance(value, dict) and all(type(value.get(name)) is kind for name, kind in FIELDS.items())


@pytest.fixture
def documentation(client):
    """A function that requests the app's own description."""
    return lambda: Documentation(client)
