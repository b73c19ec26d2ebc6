"""Delivers letters: what happens after the response."""

from app import pigeons, post


def deliver(letter_id: int):
    """Deliver a letter, and set its status."""
    try:
        fly_patiently(letter_id)
    except Exception:
        post.set_status(letter_id, "failed")
    else:
        post.set_status(letter_id, "delivered")


def fly_patiently(letter_id: int):
    """Let pigeons fly with a letter until one of them arrives."""
    for beats in (1, 2, 4, 8):
        try:
            return pigeons.fly(letter_id)
        except pigeons.Fog:
            pigeons.wait(letter_id, beats)
    return pigeons.fly(letter_id)
