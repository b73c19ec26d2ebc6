"""Explaining a failure costs no more than a moment, however large a submission makes its files and responses.

The grader itself does this, outside the submission's limits: if it is slow, the grading is slow.
"""

import json
import threading
from types import SimpleNamespace

import pytest
from classroom.checks.by_hand import variables
from classroom.checks.by_hand.requests import MAX_REQUESTS, by_hand
from classroom.checks.by_hand.variables import MAX_BODY
from classroom.checks.causes.app_files import MAX_CHARACTERS, MAX_FILES, read_app_files
from classroom.checks.causes.app_files import MAX_LINE as MAX_APP_LINE
from classroom.checks.causes.printed_error import Frame, PrintedError
from classroom.checks.causes.routes import MAX_ROUTES, Routes
from classroom.checks.causes.scene import CALL_LINES, LINES_ABOVE, MAX_LINE, Scene
from classroom.checks.matchers import SHOWN, show

ENDPOINT = "@app.get('/a')\ndef a():\n    pass\n"


def app(folder, **files):
    """Write the files of an app."""
    (folder / "app").mkdir()
    for name, text in files.items():
        (folder / "app" / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_files_are_read_up_to_a_limit_of_all_together(tmp_path):
    """Of many large files only some are searched for routes, main.py before the others."""
    files = dict.fromkeys(("a", "b", "c", "main", "z"), "#\n" * (MAX_CHARACTERS // 5))

    found = read_app_files(app(tmp_path, **files))

    assert sum(map(len, found.texts.values())) <= MAX_CHARACTERS
    assert next(iter(found.texts)) == "app/main.py"
    assert not found.complete


def test_main_is_read_whatever_the_number_of_files(tmp_path):
    """Of many files main.py is read, and it is known that others were not."""
    found = read_app_files(app(tmp_path, **dict.fromkeys(["main", *(f"a{n}" for n in range(MAX_FILES))], "#\n")))

    assert (next(iter(found.texts)), len(found.texts), found.complete) == ("app/main.py", MAX_FILES, False)


def test_long_lines_are_searched_at_their_beginning(tmp_path):
    """A line is read up to the usual length of program lines, not as far as a submission makes it."""
    texts = read_app_files(app(tmp_path, main="#" * 10_000 + "\n" + ENDPOINT)).texts

    assert max(map(len, texts["app/main.py"].splitlines())) == MAX_APP_LINE


def test_routes_are_counted_to_a_limit(tmp_path):
    """No more routes are compared with a request than a large app has."""
    assert len(Routes(app(tmp_path, main=ENDPOINT * (MAX_ROUTES + 50))).found) == MAX_ROUTES


def test_source_around_an_error_is_short(tmp_path):
    """The rules of advice search only a few lines, none of them long."""
    app(tmp_path, main=("x" * 10_000 + "\n") * 15)
    error = PrintedError("ValueError", "x", frames=(Frame("app/main.py", 10),))

    scene = Scene.of(error, tmp_path)

    assert len(scene.statement) + len(scene.above) <= (CALL_LINES + LINES_ABOVE) * (MAX_LINE + 1)


def test_value_is_written_no_further_than_it_is_shown():
    """Of a large value the part that a sentence shows is turned into JSON, and nothing after it."""
    written = []

    class Item:
        def __repr__(self):
            written.append(self)
            return "item"

    text = show([Item() for _ in range(10_000)])

    assert text.endswith("…")
    assert len(written) < SHOWN
    assert len(show("x" * 10_000_000)) == SHOWN + 1


@pytest.mark.parametrize("value", [["x" * 1000], {"name": "x" * 1000}, {"x" * 1000: 1}], ids=["list", "value", "name"])
def test_long_text_in_a_list_or_an_object_is_cut_before_it_is_written(monkeypatch, value):
    """A long string one level down is not turned into JSON as a whole for the part that a sentence shows."""
    write, written = json.encoder.encode_basestring, []
    monkeypatch.setattr(json.encoder, "encode_basestring", lambda text: written.append(text) or write(text))

    assert show(value).endswith("…")
    assert max(map(len, written)) == SHOWN + 1


def request(number, body):
    """A request for an item, and its response."""
    return SimpleNamespace(
        method="GET",
        path=f"/items/{number}",
        port=8000,
        content=None,
        answer=SimpleNamespace(body=body, status=200),
        thread=threading.get_ident(),
        headers={},
        given={},
        variables={},
        signed=None,
        start=1,
    )


def test_only_small_responses_give_values_to_later_requests(tmp_path):
    """An id is taken from a response of usual size; a large one is not parsed again for every later request."""

    def steps(padding):
        first = request(1, json.dumps({"next_id": 7, "padding": "x" * padding}).encode())
        run = SimpleNamespace(
            trail=SimpleNamespace(requests=[first, request(7, b"{}")], acts=[], secrets=set()),
            job=SimpleNamespace(folder=str(tmp_path)),
        )
        return by_hand(run, run.trail.requests[-1])

    assert "next_id=" in steps(10)
    assert "next_id=" not in steps(MAX_BODY)


def test_older_requests_of_many_are_looked_at_once(tmp_path, monkeypatch):
    """Of a check that sends hundreds of requests, each one before the last hundred costs the same, however many there are."""
    read, calls = variables._fields, []
    monkeypatch.setattr(variables, "_fields", lambda one: calls.append(one) or read(one))

    def cost(older):
        calls.clear()
        sent = [request(number, b'{"next_id": 777}') for number in range(older + MAX_REQUESTS)]
        trail = SimpleNamespace(requests=[*sent, request(777, b"{}")], acts=[], secrets=set())
        run = SimpleNamespace(trail=trail, job=SimpleNamespace(folder=str(tmp_path)))
        assert "next_id=" in by_hand(run, trail.requests[-1])
        return len(calls)

    assert cost(200) - cost(100) == 100
