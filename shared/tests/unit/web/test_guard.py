"""Who may send requests to a local site, and the headers that a browser receives."""

import asyncio

import pytest
from classroom.web.guard import Guard

TOKEN = "secret"
HOST = "127.0.0.1:8700"


async def page(scope, receive, send):
    """A site whose page shows the path below the token."""
    path = scope["path"].removeprefix(scope["root_path"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": path.encode()})


def ask(path, *, host=HOST, method="GET", **headers):
    """Send a request through a guard; return status, header fields and body."""
    fields = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in fields.items()]
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(Guard(page, TOKEN, [HOST, "localhost:8700"])(scope, None, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}, sent[1]["body"]


@pytest.mark.parametrize("host", [HOST, "localhost:8700"])
def test_token_and_host_let_a_request_in(host):
    """With the token in its path and one of the site's hosts, a request reaches the site."""
    status, _, body = ask("/secret/week/", host=host)

    assert (status, body) == (200, b"/week/")


@pytest.mark.parametrize(
    "path", ["/", "", "/week/", "/secre/", "/secret2/", "/SECRET/", "/x/secret/", "//secret/", "/ü/"]
)
def test_path_without_the_token_is_refused(path):
    """Without the right token nothing is shown but a sentence that says what to do."""
    status, _, body = ask(path)

    assert status == 403
    assert b"Use the address that the command printed" in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8700", "127.0.0.1", "127.0.0.1:8000", "[::1]:8700", ""])
def test_other_host_is_refused(host):
    """A name that resolves to this computer does not help a page elsewhere (DNS rebinding)."""
    assert ask("/secret/week/", host=host)[0] == 403


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_form_of_another_site_is_refused(site, status):
    """Another page cannot send a form, even if it knows the token."""
    assert ask("/secret/week/", method="POST", sec_fetch_site=site)[0] == status


@pytest.mark.parametrize("path", ["/secret/", "/wrong/"])
def test_every_response_has_the_security_headers(path):
    """The policy allows scripts and styles of the site alone; the address with its token is given to nobody."""
    headers = ask(path)[1]

    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
