"""Which commands of a README are requests to the app, and which requests these are."""

import pytest
from classroom.student.examples import Example, in_block

APP = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("command", "method", "content"),
    [
        (f"curl {APP}/items", None, None),
        (f"curl -iX POST {APP}/items", "POST", None),
        (f"curl -sS -XDELETE {APP}/items/1", "DELETE", None),
        (f"curl '{APP}/items?q=a&b=c;d'", None, None),
        (f'curl -i -X PUT {APP}/items --json \'{{"a": "x|y"}}\'', "PUT", b'{"a": "x|y"}'),
        (f"curl {APP}/items -d 'a > b'", None, b"a > b"),
    ],
)
def test_request_is_what_curl_sends(command, method, content):
    """Options of curl may be written in one word, and quotes keep what a shell would read."""
    request = Example(1, command).request()

    assert (request["method"], request["content"]) == (method, content)
    assert request["url"].startswith(f"{APP}/items")


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ("-d a=b", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("--json 1", {"Content-Type": "application/json"}),
        ("-d 1 -H 'content-type: text/plain'", {"content-type": "text/plain"}),
        ("-X POST", {}),
    ],
)
def test_body_has_the_type_that_curl_gives_it(options, kind):
    """A body is a form or JSON, as its option says, unless a header names another type."""
    assert Example(1, f"curl {APP}/items {options}").request()["headers"] == kind


@pytest.mark.parametrize(
    "command",
    [
        f"curl -F a=b {APP}/items",
        f"curl -u a:b {APP}/items",
        f"curl -L {APP}/items",
        f"curl -T file {APP}/items",
        f"curl {APP}/items {APP}/other",
        f"curl {APP}/items && curl {APP}/other",
        f"curl {APP}/items;curl {APP}/other",
        f"curl {APP}/items | head",
        f"curl {APP}/items > file",
        f"curl {APP}/items?a=1&b=2",
        f"curl {APP}/items?a[]=1",
        f"curl {APP}/items -d a -d b",
        f"curl {APP}/items -d @file",
        f"curl {APP}/items -H Accept:",
        f"curl {APP}/items -H 'A: 1' -H 'A: 2'",
        f"curl {APP}/items -H",
        f"curl '{APP}/items",
        f"echo {APP}/items",
        "curl",
        "",
    ],
)
def test_command_that_does_more_is_no_request(command):
    """A command is no request if an option, a second address or the shell changes what is sent or shown."""
    assert Example(1, command).request() is None


def test_command_in_two_lines_is_one_command():
    """A command that goes on in the next line is shown without the indentation there."""
    (example,) = in_block("$ curl -X PO\\\nST \\\n     -d 'a  b' x\nshown \\\n")

    assert (example.command, example.shown) == ("curl -X POST -d 'a  b' x", ["shown \\"])
