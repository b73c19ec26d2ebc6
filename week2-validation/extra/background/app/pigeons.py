"""The pigeons, and the weather (provided: call these functions, there is nothing to do here)."""

import time

from app import post
from app.gate import gate
from app.towns import BEAT, TOWNS


class Fog(Exception):
    """There is fog on the way; the pigeon came back with the letter."""


def fly(letter_id: int) -> None:
    """Let a pigeon deliver a letter, which takes a while; raise Fog if it has to turn back, and other errors as they come."""
    letter = post.find(letter_id)
    gate.pass_through(f"letter {letter_id}")
    if letter["town"] not in TOWNS:
        letter["log"].append("no such town")
        raise LookupError(f"No pigeon knows {letter['town']}")
    if letter["log"].count("fog") < TOWNS[letter["town"]]:
        letter["log"].append("fog")
        raise Fog
    letter["log"].append("delivered")


def wait(letter_id: int, beats: int) -> None:
    """Wait this many beats before the next pigeon takes the letter."""
    post.find(letter_id)["log"].append(f"waited {beats}")
    time.sleep(beats * BEAT)


def count() -> int:
    """Count the pigeons, which takes a while, and blocks the thread."""
    gate.pass_through("count")
    return 12


async def ask_for_weather(town: str) -> str:
    """Ask a town for its weather, and return "clear" or "fog", which takes a while."""
    await gate.pass_through_async(f"weather of {town}")
    return "fog" if TOWNS[town] else "clear"
