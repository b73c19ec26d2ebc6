"""Names of databases and roles: all begin with `classroom_`, and say whose they are.

    classroom_PLACE_KEEPER_SERIAL    made by a provisioner, of no use to anybody when that provisioner has gone
    classroom_PLACE_kept_NAME        lasts until it is reset

PLACE is this account on this machine, so that two that share one server leave each other's in peace. A provisioner holds
the lock on a file of its own for as long as it lives: that is how others see whether it has crashed.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from typing import TYPE_CHECKING

from classroom.core.folders import cache_folder, make_folder
from classroom.core.locks import Lock, load_or_create_secret

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "classroom"
KEPT = "kept"
PARTS = 4
ROLES = ("app", "course", "reader")


class Names:
    """The names one provisioner gives, and the sign that it is alive."""

    def __init__(self) -> None:
        self._folder = provisioners_folder()
        self.place = load_or_create_secret(self._folder / "place", 3)
        self.provisioner = secrets.token_hex(4)
        self._alive = Lock(self._file(self.provisioner))
        self._alive.attempt()

    def new(self) -> str:
        """Return the name of a database that nobody has yet."""
        return f"{self.prefix}{self.provisioner}_{secrets.token_hex(4)}"

    def kept(self, name: str) -> str:
        """Return the name of a lasting database."""
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30]
        return f"{self.prefix}{KEPT}_{plain}"

    @property
    def prefix(self) -> str:
        """Return how the names of all that belongs to this place begin."""
        return f"{PREFIX}_{self.place}_"

    def abandoned(self, names: list[str]) -> list[str]:
        """Return those databases and roles whose provisioner has gone."""
        gone: dict[str, bool] = {}
        return [name for name in names if self._is_gone(name, gone)]

    def close(self) -> None:
        """Say that this provisioner lives no more."""
        with contextlib.suppress(OSError):
            self._file(self.provisioner).unlink(missing_ok=True)
        self._alive.close()

    def _is_gone(self, name: str, known: dict[str, bool]) -> bool:
        parts = name.split("_")
        if parts[:2] != [PREFIX, self.place] or len(parts) < PARTS or parts[2] in (KEPT, self.provisioner):
            return False
        provisioner = parts[2]
        if provisioner not in known:
            known[provisioner] = self._is_free(provisioner)
        return known[provisioner]

    def _is_free(self, provisioner: str) -> bool:
        file = self._file(provisioner)
        if not file.exists():
            return True
        lock = Lock(file)
        try:
            if free := lock.attempt():
                file.unlink(missing_ok=True)
            return free
        finally:
            lock.close()

    def _file(self, provisioner: str) -> Path:
        return self._folder / f"{provisioner}.lock"


def provisioners_folder() -> Path:
    """Return the folder in which provisioners show that they live."""
    return make_folder(make_folder(cache_folder(), 0o755) / "keepers")
