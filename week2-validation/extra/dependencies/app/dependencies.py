"""What endpoints need before they can do their work."""

from typing import Any


def current_member():
    """Return the member who wears the badge in the header X-Badge."""
    # TODO 2: read the header, and return the member, or end the request with 401.
    raise NotImplementedError("TODO 2: return the member who wears the badge")


def machine_in_path(machine_id: int):
    """Return the machine whose id is in the path."""
    # TODO 3: return the machine, or end the request with 404.
    raise NotImplementedError("TODO 3: return the machine")


def usable_machine():
    """Return the machine in the path, if the member is trained for it."""
    # TODO 3: depend on the two functions above, and end the request with 403 if the member is not trained.
    raise NotImplementedError("TODO 3: return the machine if the member is trained for it")


class Order:
    """How a list is sorted."""

    def __init__(self):
        # TODO 4: accept sort and descending, and keep them.
        raise NotImplementedError("TODO 4: accept sort and descending")

    def apply(self, rows: list[dict[str, Any]]):
        """Return the rows in this order."""
        # TODO 4: return the rows in this order.
        raise NotImplementedError("TODO 4: return the rows in this order")


def key_of_machine():
    """Lend the key of the machine to the endpoint, and hang it on the board afterwards."""
    # TODO 5: take the key of the usable machine, lend it, and give it back no matter what.
    raise NotImplementedError("TODO 5: lend the key of the machine")


def staff_only():
    """End the request with 403 if the member does not belong to the staff."""
    # TODO 6: depend on the member, and let only the staff pass.
    raise NotImplementedError("TODO 6: let only the staff pass")


def no_lost_badge():
    """End the request with 403 if it has a badge that was reported as lost."""
    # TODO 7: read the header, and compare it with the lost badges.
    raise NotImplementedError("TODO 7: reject lost badges")
