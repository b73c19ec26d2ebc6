"""Tokens that are signed again for the student's own app."""

import base64
import json
import time

from classroom.checks.by_hand.tokens import sign, signed_again, subject

THEIRS, OURS = "secret of the check", "secret of run"
LATER, EARLIER = int(time.time()) + 24 * 3600, int(time.time()) - 600


def claims(token):
    """Return what a token claims."""
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_valid_token_is_signed_with_the_secret_of_run():
    """A token that the check's app accepts becomes one that the student's own app accepts, for longer."""
    text = signed_again(f"Bearer {sign({'sub': 'ann', 'exp': LATER}, THEIRS)}", [THEIRS], OURS)

    token = text.removeprefix("Bearer ")
    assert token == sign(claims(token), OURS)
    assert claims(token)["sub"] == "ann"
    assert claims(token)["exp"] > LATER


def test_expired_token_stays_expired():
    """An expired token is signed again, and is still expired."""
    token = signed_again(sign({"sub": "ann", "exp": EARLIER}, THEIRS), [THEIRS], OURS)

    assert token == sign({"sub": "ann", "exp": EARLIER}, OURS)


def test_algorithm_stays():
    """A token with another algorithm keeps it."""
    token = signed_again(sign({"sub": "ann", "exp": EARLIER}, THEIRS, "HS512"), [THEIRS], OURS)

    assert token == sign({"sub": "ann", "exp": EARLIER}, OURS, "HS512")


def test_forged_token_stays_as_it_is():
    """A token with an unknown secret, one without a signature, and other text are unchanged."""
    for text in (sign({"sub": "ann"}, "guessed"), sign({"sub": "ann"}, "", "none"), "Bearer nobody", "a.b.c"):
        assert signed_again(text, [THEIRS], OURS) == text


def test_subject_is_whom_a_token_is_about():
    """The subject of a token is read without its secret, is empty if the token has none, and other text has none."""
    assert subject(f"Bearer {sign({'sub': 'ann'}, THEIRS)}") == "ann"
    assert subject(f"Bearer {sign({'exp': 1}, THEIRS)}") == ""
    assert [subject(text) for text in ("Bearer nobody", "a.b.c", "Bearer WzFd.WzFd.x")] == [None] * 3
