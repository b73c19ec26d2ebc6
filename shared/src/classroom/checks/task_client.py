"""A client for the checks of a task, which turns an earlier task's TODO into a missing ground."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from classroom.apps.client import Client
from classroom.checks.expect import expect

if TYPE_CHECKING:
    from classroom.apps.exchange import Answer

NOT_IMPLEMENTED = 501


def todo_number(answer: Answer) -> int | None:
    """Return the number of the TODO that a 501 response names, or None."""
    found = re.search(r"TODO (\d{1,3})(?!\d)", answer.text) if answer.status == NOT_IMPLEMENTED else None
    return int(found[1]) if found else None


class TaskClient(Client):
    """Sends requests as another client does; a check that meets the TODO of an earlier task is skipped.

    Args:
        client: the client whose target and connections this one shares.
        task: the number of the task that the check belongs to.
        seconds: for each response; the week's limit if it is None.
    """

    def __init__(self, client: Client, task: int, seconds: float | None = None) -> None:
        super().__init__(client.target)
        self.connections = client.connections
        self.task = task
        self.seconds = seconds

    def request(self, method: str, path: str, **more: Any) -> Answer:
        """Send a request and return the response, as `Client.request` does.

        Raises:
            GroundMissing: the response names the TODO of an earlier task.
            NoAnswer: none came, or not within the limits.
        """
        answer = super().request(method, path, **{"seconds": self.seconds, **more})
        number = todo_number(answer)
        if number is not None and number < self.task:
            expect(answer).ground(task=number)
        return answer
