"""What the headers of a response say: id, time, permission for another origin. And what the app has printed."""

import re

from classroom import expect, ground, wait_until

ID = "x-request-id"
VALID_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
DURATION = re.compile(r"(?:^|,)\s*app\s*;\s*dur\s*=\s*(\d+(?:\.\d*)?)")
PRINTED_SECONDS = 2
MAP, OTHER = "https://map.example.org", "https://shop.example.org"


def id_of(answer):
    """Return a request's id, which must be in a header of its response."""
    found = answer.headers.get(ID)
    expect.that(found, f"The response to {answer.exchange} ({answer.status}) has no X-Request-ID header.", answer)
    sentence = f"The X-Request-ID of {answer.exchange} is {found!r}: it may have 1 to 64 letters, digits and hyphens."
    expect.that(VALID_ID.fullmatch(found), sentence, answer)
    return found


def milliseconds_of(answer):
    """Return how long a request took, according to its response header."""
    found = answer.headers.get("server-timing")
    expect.that(found, f"The response to {answer.exchange} ({answer.status}) has no Server-Timing header.", answer)
    match = DURATION.search(found)
    expect.that(
        match, f"The Server-Timing of {answer.exchange} is {found!r}, expected something like app;dur=12.3", answer
    )
    return float(match[1])


def expect_line(answer):
    """Expect the app to have printed one line about a request, with its method, path, status and id."""
    ground(answer.headers.get(ID), task=2)
    request_id = answer.headers[ID]

    def lines():
        """Return the complete lines that contain the id."""
        whole = answer.exchange.printed().rpartition("\n")[0]
        return [line for line in whole.splitlines() if request_id in line]

    words = (answer.exchange.method, answer.exchange.path.partition("?")[0], str(answer.status))
    if wait_until(lambda: any(set(words) <= set(line.split()) for line in lines()), PRINTED_SECONDS):
        return
    where = f"{answer.exchange} ({answer.status})"
    expect.that(lines(), f"The app has printed no line with the id of {where}.", answer)
    line = lines()[-1]
    missing = next((word for word in words if word not in line.split()), "")
    expect.that(not missing, f"The line about {where} does not have the word {missing}: {line}", answer)


def expect_printed(answer, text):
    """Expect the app to have printed this text since a request was sent."""
    there = wait_until(lambda: text in answer.exchange.printed(), PRINTED_SECONDS)
    expect.that(there, f"The traceback of {answer.exchange} is not in the terminal.", answer)


def preflight(client, path, origin, method, header="content-type"):
    """Send a preflight, as a browser does, to ask whether a page may send a request."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
    return client.request("OPTIONS", path, headers=asked)


def allows(answer, origin=MAP):
    """Return whether a browser lets a page from this origin read a response."""
    return answer.headers.get("access-control-allow-origin") in (origin, "*")


def listed(answer, name):
    """Return the comma-separated values of a header in lowercase."""
    return {word.strip().lower() for word in (answer.headers.get(name) or "").split(",") if word.strip()}
