"""The parcels at the desk, kept in memory (provided, read-only)."""

import secrets
from itertools import count
from typing import Any

from app.prices import price

Parcel = dict[str, Any]


class Desk:
    """Keeps the parcels, and the code of each."""

    def __init__(self) -> None:
        self.parcels: dict[int, Parcel] = {}
        self.codes: dict[int, str] = {}
        self.numbers = count(1)

    def accept(self, recipient: str, grams: int, *, express: bool) -> Parcel:
        """Store a new parcel, and return it."""
        number = next(self.numbers)
        self.codes[number] = f"{secrets.randbelow(1_000_000):06}"
        self.parcels[number] = {
            "id": number,
            "recipient": recipient,
            "grams": grams,
            "express": express,
            "cents": price(grams, express=express),
            "status": "waiting",
        }
        return self.parcels[number]

    def find(self, number: int) -> Parcel | None:
        """Return the parcel with this id, or None."""
        return self.parcels.get(number)

    def with_status(self, status: str | None) -> list[Parcel]:
        """Return the parcels with this status, or all of them."""
        return [parcel for parcel in self.parcels.values() if status in (None, parcel["status"])]

    def hand_out(self, number: int) -> None:
        """Note that a parcel was picked up."""
        self.parcels[number]["status"] = "picked-up"
