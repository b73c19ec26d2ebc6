"""Delivers letters: what happens after the response."""

from app import pigeons


# TODO 5: if there was fog five times, the status is "failed".
# TODO 6: the same if delivery fails for any other reason.
def deliver(letter_id: int):
    """Deliver a letter, and set its status."""
    # TODO 2: call fly_patiently, and set the status to "delivered".
    raise NotImplementedError("TODO 2: deliver the letter")


def fly_patiently(letter_id: int):
    """Let pigeons fly with a letter until one of them arrives."""
    # TODO 5: if there is fog, wait and try again, five times at most.
    pigeons.fly(letter_id)
