"""Names of databases and roles: all begin with `classroom_`, and say whose they are.

    classroom_PLACE_PROVISIONER_SERIAL    made by a provisioner, and useless once that provisioner is gone
    classroom_PLACE_kept_NAME             lasts until it is reset

PLACE is this account on this machine, so that two accounts on one server leave each other's databases alone. A provisioner
locks a file of its own while it runs, which is how others see that it has crashed.
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
    """The names that one provisioner gives, and the lock that shows that it is running."""

    def __init__(self) -> None:
        self._folder = provisioners_folder()
        self.place = load_or_create_secret(self._folder / "place", 3)
        self.provisioner = secrets.token_hex(4)
        self._alive = Lock(self._file(self.provisioner))
        self._alive.attempt()

    def new(self) -> str:
        """Return a new name for a database."""
        return f"{self.prefix}{self.provisioner}_{secrets.token_hex(4)}"

    def kept(self, name: str) -> str:
        """Return the name of a lasting database."""
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30]
        return f"{self.prefix}{KEPT}_{plain}"

    @property
    def prefix(self) -> str:
        """Return the prefix of every name that belongs to this place."""
        return f"{PREFIX}_{self.place}_"

    def abandoned(self, names: list[str]) -> list[str]:
        """Return the databases and roles whose provisioner is gone."""
        gone: dict[str, bool] = {}
        return [name for name in names if self._is_gone(name, gone)]

    def close(self) -> None:
        """Release the lock: this provisioner has ended."""
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
    """Return the folder of the provisioners' locks; it has the name that earlier versions gave it."""
    return make_folder(make_folder(cache_folder(), 0o755) / "keepers")
