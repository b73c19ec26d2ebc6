"""The rules of the visible checks, for other paths, methods and values."""

import gzip
import json

from classroom import expect, ground, task
from support.headers import ID, MAP, OTHER, allows, expect_line, id_of, milliseconds_of, preflight
from support.problems import expect_errors, expect_problem


@task(2)
def test_ids_stay_different(client, timetable, draw):
    """Thirty responses have thirty different ids, and an id sent by the client is returned even in an error response."""
    ids = {id_of(expect(client.get("/stops")).ok(timetable.stops).answer) for _ in range(30)}
    expect.that(len(ids) == 30, f"Thirty requests got {len(ids)} different ids.")

    sent = draw.word(64)
    answer = client.get(timetable.unknown(), headers={"X-Request-ID": sent})
    expect.that(id_of(answer) == sent, f"X-Request-ID {sent} was sent, and {id_of(answer)} came back.", answer)


@task(3)
def test_every_request_is_told(client, timetable):
    """Each request gets its own time and its own printed line, whether the response is 200, 201, 404 or 422."""
    alert = timetable.alert()
    answers = [
        client.get(f"/stops/{timetable.any_stop()['code']}"),
        client.post("/alerts", json=alert),
        client.get(timetable.unknown()),
        client.post("/alerts", json={"stop": alert["stop"]}),
    ]

    for answer, status in zip(answers, (200, 201, 404, 422), strict=True):
        expect(answer).status(status)
        milliseconds_of(answer)
        expect_line(answer)
    slow = client.get("/departures/live")
    expect.that(milliseconds_of(slow) >= 195, "GET /departures/live takes at least 200 milliseconds.", slow)


@task(4)
def test_origins_of_every_kind(client, timetable):
    """A map page may read a 404, and its preflight for X-Request-ID is allowed; another origin's preflight is not."""
    missing = client.get(timetable.unknown(), headers={"Origin": MAP})
    expect(missing).refused(404)
    expect.that(allows(missing), f"The 404 does not let a page of {MAP} read it.", missing)

    for method in ("GET", "POST"):
        asked = preflight(client, "/alerts", MAP, method, "x-request-id,content-type")
        expect(asked).status(200, 204)
        expect.that(allows(asked), f"The preflight does not let a page of {MAP} send {method}.", asked)
        other = preflight(client, "/alerts", OTHER, method)
        expect.that(not allows(other, OTHER), f"The preflight lets a page of {OTHER} send {method}.", other)


@task(5)
def test_compressed_response_has_its_id(client, timetable):
    """A compressed response for a client that accepts several encodings has the same content each time."""
    for _ in range(2):
        answer = client.get("/departures", headers={"Accept-Encoding": "br, gzip;q=0.8"})
        expect(answer).status(200).header("content-encoding", "gzip")
        try:
            found = json.loads(gzip.decompress(answer.body))
        except (OSError, EOFError, ValueError):
            found = None
        expect.that(found == timetable.departures, "The body is not the list of departures.", answer)
    expect(client.get("/departures", headers={"Accept-Encoding": "identity"})).ok(timetable.departures)


@task(6)
def test_every_error_is_a_problem(client, timetable):
    """Every error is application/problem+json: unknown paths and methods, malformed values, broken JSON."""
    expect(client.get("/stops")).ok(timetable.stops)

    expect_problem(client.get(f"/{timetable.draw.word()}/{timetable.draw.word()}"), 404)
    expect_problem(client.post(f"/stops/{timetable.any_stop()['code']}", json={}), 405)
    expect_errors(client.get(f"/vehicles/{timetable.draw.word()}"), "number")
    expect_errors(client.post("/alerts", json={"text": "The bus is late"}), "stop")
    broken = client.post("/alerts", content=b'{"stop": ', headers={"Content-Type": "application/json"})
    expect.that(isinstance(expect_problem(broken, 422).get("errors"), list), "The 422 has no list `errors`.", broken)


@task(7)
def test_breaking_again_and_again(client, timetable, draw):
    """Each of several requests that crash has its own id, and other requests work as before."""
    ground(client.get("/stops").headers.get(ID), task=2)
    ground("problem" in (client.get(timetable.unknown()).headers.get("content-type") or ""), task=6)

    ids = []
    for _ in range(3):
        answer = client.get(timetable.vehicle())
        expect_problem(answer, 500)
        ids.append(id_of(answer))
        milliseconds_of(answer)
        expect(client.get("/stops")).ok(timetable.stops)
    expect.that(len(set(ids)) == 3, f"Two responses have the same X-Request-ID: {', '.join(ids)}")
