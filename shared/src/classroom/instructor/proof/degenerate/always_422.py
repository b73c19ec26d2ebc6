"""An app that responds to every request with 422."""

BODY = b'{"detail":[]}'


async def app(scope, receive, send):
    """Respond."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 422, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": BODY})
