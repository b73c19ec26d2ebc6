"""Sends the messages that wait in the outbox of this service."""

from app.database import writing


def send_waiting(stream: str) -> None:
    """Send every message that waits to a stream, the oldest first. Called again and again."""
    with writing() as session:  # noqa: F841 - until you use it
        # TODO 3: add the fields of each message to the stream, and delete its row.
        raise NotImplementedError("TODO 3: send the messages in the outbox")
