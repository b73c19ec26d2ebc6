"""What a response with an unexpected status says."""

import pytest
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.content import content_of

ENTRY = '{"detail":[{"loc":%s,"msg":"Field required","type":"missing"},{"loc":["body","x"],"msg":"other"}]}'


@pytest.mark.parametrize(
    ("status", "body", "content"),
    [
        (422, ENTRY % '["query","self"]', ": query `self`: Field required"),
        (422, ENTRY % '["body","tags",0]', ": `tags.0`: Field required"),
        (422, ENTRY % '["body"]', ": body: Field required"),
        (422, '{"detail":"blank"}', ""),
        (422, "[" * 100_000, ""),
        (422, '{"detail":[{"loc":{},"msg":1}]}', ""),
        (200, "null", ": null"),
        (200, '{"detail":"Item not found"}', ': {"detail":"Item not found"}'),
        (200, "x" * 101, ""),
        (204, "", ""),
        (404, '{"detail":"Item not found"}', ""),
    ],
)
def test_content(status, body, content):
    """The first reason of a 422 and a short success are shown, other bodies are not."""
    assert content_of(Answer(status, Headers(), body.encode(), Exchange("GET", "/items"))) == content
