"""What endpoints need before they can do their work."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Header, HTTPException

from app import workshop
from app.inventory import LOST_BADGES


def current_member(x_badge: Annotated[str | None, Header()] = None):
    """Return the member who wears the badge in the header X-Badge."""
    member = workshop.find_member(x_badge)
    if member is None:
        raise HTTPException(401, "Show your badge")
    return member


def machine_in_path(machine_id: int):
    """Return the machine whose id is in the path."""
    machine = workshop.find_machine(machine_id)
    if machine is None:
        raise HTTPException(404, "There is no such machine")
    return machine


def usable_machine(
    member: Annotated[dict, Depends(current_member)],
    machine: Annotated[dict, Depends(machine_in_path)],
):
    """Return the machine in the path, if the member is trained for it."""
    if machine["id"] not in member["trained"]:
        raise HTTPException(403, "You are not trained for this machine")
    return machine


class Order:
    """How a list is sorted."""

    def __init__(self, sort: Literal["id", "name"] = "id", descending: bool = False):
        self.sort = sort
        self.descending = descending

    def apply(self, rows: list[dict[str, Any]]):
        """Return the rows in this order."""
        return sorted(rows, key=lambda row: row[self.sort], reverse=self.descending)


def key_of_machine(machine: Annotated[dict, Depends(usable_machine)]):
    """Lend the key of the machine to the endpoint, and hang it on the board afterwards."""
    key = workshop.board.take(machine)
    try:
        yield key
    finally:
        workshop.board.give_back(key)


def staff_only(member: Annotated[dict, Depends(current_member)]):
    """End the request with 403 if the member does not belong to the staff."""
    if not member["staff"]:
        raise HTTPException(403, "Only the staff may see this")


def no_lost_badge(x_badge: Annotated[str | None, Header()] = None):
    """End the request with 403 if it has a badge that was reported as lost."""
    if x_badge in LOST_BADGES:
        raise HTTPException(403, "This badge was reported as lost")
