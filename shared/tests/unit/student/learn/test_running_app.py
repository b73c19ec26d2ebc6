"""The log of the student's own app, and the requests that are sent to it."""

import http.server
import threading
from types import SimpleNamespace

import pytest
from classroom.student.examples import Example
from classroom.student.learn.running_app import LINE_LENGTH, RunningApp, State
from classroom.student.learn.sending import send


class Printed:
    """What an app prints, which can only be read in parts of a limited length."""

    def __init__(self, *parts):
        self.parts = list(parts)

    def readline(self, limit):
        """Return the next part."""
        part = self.parts.pop(0) if self.parts else ""
        assert len(part) <= limit
        return part

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Close nothing."""


def test_line_without_an_end_is_one_line_of_the_log(assignment):
    """A line is never read whole: its beginning is shown, and the rest still says that the app is up."""
    app = RunningApp(assignment, lambda _: None)
    endless = ["x" * (LINE_LENGTH + 1)] * 3
    process = SimpleNamespace(stdout=Printed(*endless, "INFO: Application startup complete.\n", "next\n"), wait=int)

    app._listen(process)

    assert [line.text for line in app.lines] == ["x" * LINE_LENGTH + " …", "next"]
    assert app.state is State.RUNNING


def test_line_of_the_log_changes_the_log_alone(assignment):
    """An app that prints much does not renew its buttons: only a change of its state does."""
    changed = []
    app = RunningApp(assignment, changed.append)

    app._take("INFO: Application startup complete.")
    app._take("one more")
    app._take("INFO: Application startup complete.")

    assert changed == ["log", "app", "log", "log"]


@pytest.fixture
def redirecting():
    """The port of an app that redirects every request to /there."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(307 if self.path == "/here" else 200)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Print nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_redirect_is_shown_and_not_followed(redirecting, week):
    """An example shows what curl shows: the redirect itself."""
    outcome = send(Example(1, "curl -i http://127.0.0.1:8000/here"), redirecting, week)

    assert (outcome.status, dict(outcome.headers)["location"]) == (307, "/there")
