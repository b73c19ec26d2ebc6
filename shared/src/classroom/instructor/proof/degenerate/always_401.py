"""An app that responds to every request with 401."""

BODY = b'{"detail":"Who are you?"}'


async def app(scope, receive, send):
    """Respond."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": BODY})
