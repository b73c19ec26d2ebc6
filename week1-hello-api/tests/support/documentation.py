"""What /openapi.json says about the app's endpoints."""

import pytest
from classroom import ApiDescription, NoAnswer, expect, ground

from .catalog import CATEGORIES


@pytest.fixture
def description(client):
    """A function that requests the app's own description."""
    return lambda: ApiDescription(client)


@pytest.fixture
def documented(client, items, app):
    """A function that checks that an endpoint works, and has a tag and a description.

    An endpoint that returns nothing from the catalog does not work yet, however well it is documented. While no endpoint
    has a tag, the check is skipped; later, this costs only this endpoint's share. An endpoint that hangs or ends the
    app counts as working here: that mistake costs its own task.
    """
    requests = {
        "/": (1, "/"),
        "/health": (2, "/health"),
        "/items/{item_id}": (3, f"/items/{items.any()['id']}"),
        "/items": (5, "/items"),
        "/items/cheapest": (6, "/items/cheapest"),
        "/categories/{category}": (7, f"/categories/{CATEGORIES[0]}"),
    }

    def check(path):
        task, request = requests[path]
        described = ApiDescription(client)
        try:
            answer = client.get(request)
        except NoAnswer:
            app.restart()
            answer, there = None, True
        else:
            there = 200 <= answer.status < 300 and has_content(answer, task)
        ground(there or described.has_tags(), task=task)
        expect.that(
            there,
            f"GET {path} does not return what task {task} asks for yet; its docs only count once it does.",
            answer,
        )

        operation = described.operation(path, "tags", "description")
        text, tags = operation.get("description"), operation.get("tags")
        tagged = isinstance(tags, list) and any(str(tag).strip() for tag in tags)
        expect.that(tagged, f"In /openapi.json, GET {path} has no tag.", described.answer)
        has_text = isinstance(text, str) and text.strip()
        expect.that(has_text, f"In /openapi.json, GET {path} has no description.", described.answer)

    def has_content(answer, task):
        if task <= 2:
            return answer.body.strip() not in (b"", b"null", b"{}")
        return items.mentioned_in(answer) or (task == 7 and answer.body == b"[]")

    return check
