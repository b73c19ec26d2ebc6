"""Receives the messages of a stream, as a member of a consumer group."""

from collections.abc import Callable

from redis import ResponseError

from app.pace import CLAIM_AFTER, PAUSE
from app.streams import client

CONSUMER = "first"  # the name of this process in its group


def join(stream: str, group: str) -> None:
    """Create the group, which may exist already. Called at the start, and again after an error."""
    try:
        client.xgroup_create(stream, group, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def receive(stream: str, group: str) -> list[tuple[str, dict[str, str]]]:
    """Return some messages, each with its number; wait at most for a pause if there are none."""
    _, overdue, _ = client.xautoclaim(stream, group, CONSUMER, min_idle_time=int(CLAIM_AFTER * 1000), count=10)
    if overdue:
        return overdue
    found = client.xreadgroup(group, CONSUMER, {stream: ">"}, count=10, block=int(PAUSE * 1000))
    return found[0][1] if found else []


def process(stream: str, group: str, number: str, handle: Callable[[], None]) -> None:
    """Handle a message by calling `handle()`, and acknowledge it."""
    handle()
    client.xack(stream, group, number)
