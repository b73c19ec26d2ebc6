"""An app that responds to every request with 500."""

BODY = b'{"detail":"Oops"}'


async def app(scope, receive, send):
    """Respond."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": BODY})
