"""An app that responds to every request with 404."""

BODY = b'{"detail":"Not found"}'


async def app(scope, receive, send):
    """Respond."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": BODY})
