"""Which exhibits each visit has seen, in the memory of the app (provided, nothing to do here)."""

SEEN: dict[str, list[int]] = {}


def start(token: str) -> None:
    """Begin a visit, which is found by its token from now on."""
    SEEN[token] = []


def seen(token: str) -> list[int] | None:
    """Return the numbers of the exhibits that a visit has seen; None if the token does not belong to a visit."""
    return SEEN.get(token)


def note(token: str, number: int) -> None:
    """Add an exhibit to a visit, once; a token that does not belong to a visit changes nothing."""
    if token in SEEN and number not in SEEN[token]:
        SEEN[token].append(number)


def end(token: str) -> None:
    """Forget a visit."""
    SEEN.pop(token, None)
