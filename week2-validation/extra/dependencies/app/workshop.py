"""Finds members and machines, and runs a machine (provided: call these functions, there is nothing to do here)."""

from threading import Lock
from typing import Any

from fastapi import HTTPException

from app.inventory import MACHINES, MEMBERS

Row = dict[str, Any]


def find_member(badge: str | None) -> Row | None:
    """Return the member who wears this badge, or None if nobody does."""
    return MEMBERS.get(badge) if badge else None


def find_machine(machine_id: int) -> Row | None:
    """Return the machine with this id, or None if there is none."""
    return next((machine for machine in MACHINES if machine["id"] == machine_id), None)


def machines_of(member: Row) -> list[Row]:
    """Return the machines that a member is trained for."""
    return [machine for machine in MACHINES if machine["id"] in member["trained"]]


class Board:
    """The board on which the keys of the machines hang, one for each machine."""

    def __init__(self) -> None:
        self._out: set[str] = set()
        self._lock = Lock()

    def take(self, machine: Row) -> str:
        """Take the key of a machine off the board; if somebody else has it, end the request with 409."""
        key = f"key-{machine['id']}"
        with self._lock:
            if key in self._out:
                raise HTTPException(409, f"Somebody has {key}")
            self._out.add(key)
        return key

    def give_back(self, key: str) -> None:
        """Hang a key on the board."""
        self._out.discard(key)

    def out(self) -> list[str]:
        """Return the keys that are not on the board."""
        return sorted(self._out)


board = Board()


def run(machine: Row, key: str, minutes: int) -> Row:
    """Run a machine, which needs its key in the meantime; if it runs too long, it jams, and the request ends with 503."""
    if key not in board.out():
        raise RuntimeError(f"The machine needs {key}, and it hangs on the board")
    if minutes > machine["longest"]:
        raise HTTPException(503, f"The machine jammed after {machine['longest']} minutes")
    return {"machine": machine["name"], "key": key, "minutes": minutes}
