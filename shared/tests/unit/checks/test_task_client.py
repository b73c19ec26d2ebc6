"""A client for the checks of a task: an earlier task's TODO skips the check."""

from types import SimpleNamespace

import pytest
from classroom import GroundMissing, TaskClient, todo_number
from classroom.apps.client import Client
from classroom.apps.exchange import Answer, Exchange, Headers

TASK = 5


@pytest.fixture
def client(monkeypatch):
    """A client of task 5; `answers(status, text)` sets what its requests return, `asked` holds their limits."""
    found = TaskClient(Client(SimpleNamespace()), TASK, seconds=7)
    found.asked = []

    def answers(status, text):
        def request(_, method, path, **more):
            found.asked.append(more["seconds"])
            return Answer(status, Headers(), text.encode(), Exchange(method, path))

        monkeypatch.setattr(Client, "request", request)

    found.answers = answers
    return found


def test_earlier_todo_is_a_missing_ground(client):
    """A 501 that names an earlier task's TODO skips the check, and names that task."""
    client.answers(501, '{"detail": "TODO 3: list the notes"}')

    with pytest.raises(GroundMissing) as skipped:
        client.post("/notes", json={})

    assert skipped.value.task == 3


@pytest.mark.parametrize(
    ("status", "text", "number"),
    [(501, "TODO 5", 5), (501, "TODO 6", 6), (501, "to do", None), (200, "TODO 3", None), (404, "", None)],
)
def test_any_other_response_is_returned(client, status, text, number):
    """The task's own TODO, a later one and every response that is not a 501 are returned, for the check to judge."""
    client.answers(status, text)

    answer = client.get("/notes")

    assert (answer.status, answer.text, todo_number(answer)) == (status, text, number)


def test_limit_holds_for_each_request_unless_it_names_its_own(client):
    """The client's limit is that of each response, and a request may have another."""
    client.answers(200, "")

    client.get("/notes")
    client.get("/notes", seconds=2)

    assert client.asked == [7, 2]
