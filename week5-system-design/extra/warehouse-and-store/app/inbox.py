"""Receives the messages of a stream, as a member of a consumer group."""

from collections.abc import Callable

CONSUMER = "first"  # the name of this process in its group


def join(stream: str, group: str) -> None:
    """Create the group, which may exist already. Called at the start, and again after an error."""
    # TODO 4: create the group so that it also gets messages that are older than itself.
    raise NotImplementedError("TODO 4: create the group")


def receive(stream: str, group: str) -> list[tuple[str, dict[str, str]]]:
    """Return some messages, each with its number; wait at most for a pause if there are none."""
    # TODO 4: return up to ten messages that the group has not been given yet.
    # TODO 6: before that, take over messages that a consumer received long ago and never acknowledged.
    raise NotImplementedError("TODO 4: read from the stream")


def process(stream: str, group: str, number: str, handle: Callable[[], None]) -> None:
    """Handle a message by calling `handle()`, and acknowledge it."""
    # TODO 4: which comes first?
    raise NotImplementedError("TODO 4: handle the message and acknowledge it")
