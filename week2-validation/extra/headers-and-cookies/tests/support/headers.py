"""What the headers of a response say: its language, its tag, its cookie."""

import re
from http.cookies import CookieError, SimpleCookie

from classroom import expect, ground

TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
DAY = 86400
LEAST = 32  # characters of a token


def words_of(answer, name):
    """Return the words of a header in lowercase, without anything after a semicolon."""
    return {word.partition(";")[0].strip().lower() for word in (answer.headers.get(name) or "").split(",")}


def tag_of(answer):
    """Return the ETag of a response, which must have one."""
    found = answer.headers.get("etag")
    expect.that(found, f"The response to {answer.exchange} ({answer.status}) has no ETag header.", answer)
    expect.that(TAG.fullmatch(found), f"The ETag is not one text in quotation marks: {found}", answer)
    return found


def known_tag(answer, task=3):
    """Return the ETag of a response, or skip the check if there is none yet."""
    expect(answer).ground(task=task)
    ground(answer.headers.get("etag"), task=task)
    return answer.headers["etag"]


def cookie_of(answer):
    """Return the `visit` cookie that a response must set, with its attributes."""
    text = answer.headers.get("set-cookie")
    expect.that(text, f"The response to {answer.exchange} sets no cookie.", answer)
    try:
        found = SimpleCookie(text)
    except CookieError:
        found = {}
    expect.that("visit" in found, f"The response to {answer.exchange} sets another cookie than visit: {text}", answer)
    return found["visit"]


def visit_of(client):
    """Start a visit, and return the header that a client sends from then on; skip the check if there is none yet."""
    answer = client.post("/visits")
    expect(answer).ground(task=5)
    ground("visit=" in (answer.headers.get("set-cookie") or ""), task=5)
    return {"Cookie": f"visit={cookie_of(answer).value}"}
