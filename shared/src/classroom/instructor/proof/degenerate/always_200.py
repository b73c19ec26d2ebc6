"""An app that responds to every request with 200."""

BODY = b"{}"


async def app(scope, receive, send):
    """Respond."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": BODY})
