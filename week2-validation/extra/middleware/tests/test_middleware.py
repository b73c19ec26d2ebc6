"""The visible checks. The stops and departures are different in each run: see support/timetable.py."""

import gzip
import json

from classroom import expect, ground, task
from support.headers import (
    ID,
    MAP,
    OTHER,
    allows,
    expect_line,
    expect_printed,
    id_of,
    listed,
    milliseconds_of,
    preflight,
)
from support.problems import expect_errors, expect_problem


@task(1)
def test_root_says_what_this_is(client):
    """GET / returns {"service": "Timetable"}."""
    expect(client.get("/")).ok({"service": "Timetable"})


@task(2, weight=2)
def test_every_response_has_an_id_of_its_own(client, timetable):
    """Each response, including 404 and 422, has an X-Request-ID header, and no two have the same id."""
    stop = timetable.any_stop()
    answers = [
        expect(client.get(f"/stops/{stop['code']}")).ok(stop).answer,
        expect(client.get("/stops")).ok(timetable.stops).answer,
        expect(client.get(timetable.unknown())).refused(404).answer,
        expect(client.post("/alerts", json={"stop": stop["code"]})).refused(422).answer,
    ]

    ids = [id_of(answer) for answer in answers]
    expect.that(len(set(ids)) == len(ids), f"Two responses have the same X-Request-ID: {', '.join(ids)}")


@task(2, weight=2)
def test_id_that_was_sent_is_kept(client, timetable, draw):
    """A request with a valid X-Request-ID gets the same id back."""
    for sent in (f"call-{draw.word()}-{draw.randint(1, 99)}", draw.word(1), draw.word(64).upper()):
        answer = expect(client.get("/stops", headers={"X-Request-ID": sent})).ok(timetable.stops).answer

        expect.that(id_of(answer) == sent, f"X-Request-ID {sent} was sent, and {id_of(answer)} came back.", answer)


@task(2, weight=2)
def test_id_that_is_not_valid_is_replaced(client, timetable, draw):
    """An X-Request-ID that has invalid characters or is 65 characters long is replaced with a new id."""
    word = draw.word()
    kept = client.get("/stops", headers={"X-Request-ID": word})
    expect(kept).ok(timetable.stops)
    expect.that(id_of(kept) == word, f"X-Request-ID {word} was sent, and {id_of(kept)} came back.", kept)

    for sent in (f"{word} GET /admin 200", f"{word};{word}", f"{word}_", draw.word(65)):
        id_of(expect(client.get("/stops", headers={"X-Request-ID": sent})).ok().answer)


@task(3, weight=2)
def test_time_is_in_a_header(client, timetable):
    """The Server-Timing header says how many milliseconds a request took: at least 200 for GET /departures/live."""
    slow, fast = client.get("/departures/live"), client.get("/stops")
    expect(slow).ok({"on time": len(timetable.departures)})
    expect(fast).ok(timetable.stops)

    found = milliseconds_of(slow)
    expect.that(found >= 195, f"GET /departures/live takes at least 200 milliseconds, the header says {found:g}.", slow)
    milliseconds_of(fast)


@task(3, weight=2)
def test_line_is_printed(client, timetable):
    """A line with the method, path, status and id is printed for each request."""
    for answer, status in ((client.get("/stops"), 200), (client.get(timetable.unknown()), 404)):
        expect(answer).status(status)
        expect_line(answer)
    created = expect(client.post("/alerts", json=timetable.alert())).created().answer
    expect_line(created)


@task(4, weight=2)
def test_map_may_read(client, timetable):
    """A response to a page from https://map.example.org names that origin in Access-Control-Allow-Origin."""
    answer = client.get("/stops", headers={"Origin": MAP})
    expect(answer).ok(timetable.stops)

    expect.that(allows(answer), f"The response does not let a page of {MAP} read it.", answer)


@task(4, weight=2)
def test_other_origins_may_not(client, timetable):
    """A response to a page from any other origin does not let that page read it."""
    permitted = client.get("/stops", headers={"Origin": MAP})
    expect(permitted).ok(timetable.stops)
    expect.that(allows(permitted), f"The response does not let a page of {MAP} read it.", permitted)

    for origin in (
        OTHER,
        "https://map.example.org.example.com",
        "https://map.example",
        "http://map.example.org",
        "null",
    ):
        answer = client.get("/stops", headers={"Origin": origin})
        expect.that(not allows(answer, origin), f"The response lets a page of {origin} read it.", answer)


@task(4, weight=2)
def test_map_may_send_alerts(client):
    """A preflight for POST /alerts with Content-Type and X-Request-ID is accepted for https://map.example.org."""
    answer = preflight(client, "/alerts", MAP, "POST", "content-type,x-request-id")

    expect(answer).status(200, 204)
    expect.that(allows(answer), f"The preflight does not let a page of {MAP} send the request.", answer)
    methods, headers = (listed(answer, f"access-control-allow-{name}") for name in ("methods", "headers"))
    expect.that({"post", "*"} & methods, "The preflight does not allow POST.", answer)
    for header in ("Content-Type", "X-Request-ID"):
        expect.that({header.lower(), "*"} & headers, f"The preflight does not allow the header {header}.", answer)


@task(4)
def test_map_may_read_the_id(client, timetable):
    """A page from https://map.example.org may read X-Request-ID: it is listed in Access-Control-Expose-Headers."""
    answer = client.get("/stops", headers={"Origin": MAP})
    expect(answer).ok(timetable.stops)
    expect.that(allows(answer), f"The response does not let a page of {MAP} read it.", answer)

    exposed = listed(answer, "access-control-expose-headers")
    expect.that({ID, "*"} & exposed, "X-Request-ID is not in Access-Control-Expose-Headers.", answer)


@task(5, weight=2)
def test_large_response_is_compressed(client, timetable):
    """GET /departures returns a gzip-compressed response to clients that accept gzip, and to no others."""
    packed = client.get("/departures", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/departures")

    expect(packed).status(200).header("content-encoding", "gzip")
    try:
        found = json.loads(gzip.decompress(packed.body))
    except (OSError, EOFError, ValueError):
        found = None
    expect.that(found == timetable.departures, "The body is not the list of departures, compressed with gzip.", packed)
    expect(plain).ok(timetable.departures)
    expect.that("content-encoding" not in plain.headers, "A client that did not ask for gzip got it.", plain)


@task(5)
def test_small_response_is_not_compressed(client, timetable):
    """A response smaller than 1000 bytes, such as the one to GET /stops, is not compressed."""
    expect(client.get("/departures", headers={"Accept-Encoding": "gzip"})).status(200).header(
        "content-encoding", "gzip"
    )

    for path, expected in (("/stops", timetable.stops), ("/", {"service": "Timetable"})):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        small = "content-encoding" not in answer.headers
        expect.that(small, f"GET {path} has less than 1000 bytes, and was compressed.", answer)
        expect(answer).ok(expected)


@task(6, weight=2)
def test_missing_things_are_problems(client, timetable):
    """The 404s for an unknown stop and an unknown path are application/problem+json with title, status and detail."""
    stop = timetable.any_stop()
    expect(client.get(f"/stops/{stop['code']}")).ok(stop)
    unknown = timetable.unknown()

    problem = expect_problem(client.get(unknown), 404)
    expected = f"There is no stop {unknown.rpartition('/')[2]}"
    expect.that(problem["detail"] == expected, f"The detail is {problem['detail']!r}, expected {expected!r}.")
    expect_problem(client.get(f"/{timetable.draw.word()}"), 404)


@task(6)
def test_wrong_method_is_a_problem(client, timetable):
    """A 405 is also application/problem+json, and keeps its Allow header."""
    expect(client.get("/stops")).ok(timetable.stops)
    answer = client.delete("/stops")

    expect_problem(answer, 405)
    expect(answer).header("allow")


@task(6, weight=2)
def test_invalid_request_is_a_problem(client, timetable):
    """A 422 is application/problem+json with an `errors` list, whose entries have `loc` and `msg`."""
    alert = timetable.alert()
    expect(client.post("/alerts", json=alert)).created(alert)

    expect_errors(client.post("/alerts", json={"stop": alert["stop"]}), "text")
    expect_errors(client.post("/alerts", json={**alert, "text": "x"}), "text")


@task(7, weight=2)
def test_request_that_breaks_has_an_id_and_a_line(client, timetable, draw):
    """The 500 from GET /vehicles/{number} is a problem and has the id that was sent; a line about it is printed."""
    sent = {"X-Request-ID": f"call-{draw.word()}"}
    before = client.get("/stops", headers=sent).headers.get(ID)
    ground(before, task=2)
    expect_ground(client.get(timetable.unknown()))

    answer = client.get(timetable.vehicle(), headers=sent)

    expect_problem(answer, 500)
    if before == sent["X-Request-ID"]:
        expect.that(id_of(answer) == before, f"X-Request-ID {before} was sent, and {id_of(answer)} came back.", answer)
    expect_line(answer)


@task(7)
def test_request_that_breaks_shows_nothing_inside(client, timetable):
    """The body of the 500 reveals nothing about the error; the error is printed, and the next request works."""
    expect_ground(client.get(timetable.unknown()))

    answer = client.get(timetable.vehicle())

    expect_problem(answer, 500)
    for inside in (timetable.tracker, "RuntimeError", "Traceback"):
        expect.that(inside not in answer.text, f"The body of the 500 shows {inside}.", answer)
    expect_printed(answer, timetable.tracker)
    expect(client.get("/stops")).ok(timetable.stops)


@task(7)
def test_map_may_read_that_it_broke(client, timetable):
    """A page from https://map.example.org may also read the 500."""
    before = client.get("/stops", headers={"Origin": MAP})
    ground(allows(before), task=4)
    expect_ground(client.get(timetable.unknown()))

    answer = client.get(timetable.vehicle(), headers={"Origin": MAP})

    expect_problem(answer, 500)
    expect.that(allows(answer), f"The 500 does not let a page of {MAP} read it.", answer)


def expect_ground(answer):
    """Skip a task 7 check unless errors are returned as problems."""
    ground("problem" in (answer.headers.get("content-type") or ""), task=6)
