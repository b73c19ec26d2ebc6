"""Counts the statements on an app's tables, by the role that ran them, while they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.statement_counts import Scope, StatementCounter
from classroom.services.postgres.touched_tables import read_names

if TYPE_CHECKING:
    from classroom.services.postgres.database import Database


class Statements:
    """The statements of one role in one database; BEGIN, COMMIT and look-ups in the catalogs are not among them.

    Args:
        database: as the role sees it.
        others: roles whose statements are counted elsewhere.
    """

    def __init__(self, database: Database, *, others: tuple[str, ...] = ()) -> None:
        role = database.app.role
        scope = (
            Scope(database.name, role, others=(database.course, *others))
            if others
            else Scope(database.name, role, only=role)
        )
        self.database = database
        self._counter = StatementCounter(
            database.provisioner.admin, scope, superuser=database.provisioner.superuser, tables=lambda: ()
        )
        self._touches: dict[tuple[int, int | None], bool] = {}

    def count(self) -> int | None:
        """Return how many have run so far; None if the server does not count them."""
        try:
            calls = {key: statement.calls for key, statement in self._counter.so_far().items()}
        except CouldNotCheck:
            return None
        if new := [key for key in calls if key not in self._touches]:
            names, texts = frozenset(self.database.names()), self._counter.texts(new)
            # A text that is not there yet is looked for again.
            self._touches |= {key: bool(names & read_names(text).all) for key in new if (text := texts.get(key))}
        return sum(number for key, number in calls.items() if self._touches.get(key))
