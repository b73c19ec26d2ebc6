"""(provided) A store in memory: empty at the start, and empty again after a restart.

Week 3 puts a database in its place.
"""

from copy import deepcopy
from itertools import count


class Store:
    """Rows, each a dict, by their id. Ids start at 1 and are never used twice.

    The store accepts and returns copies: changing a row that you got changes nothing in the store.
    """

    def __init__(self) -> None:
        self._rows: dict[int, dict] = {}
        self._ids = count(1)

    def add(self, values: dict) -> dict:
        """Store a new row, and return it with its new `id`."""
        row_id = next(self._ids)
        self._rows[row_id] = self._row(row_id, values)
        return deepcopy(self._rows[row_id])

    def get(self, row_id: int) -> dict | None:
        """Return the row with this id, or None."""
        return deepcopy(self._rows.get(row_id))

    def all(self) -> list[dict]:
        """Return all rows, in id order."""
        return deepcopy(list(self._rows.values()))

    def replace(self, row_id: int, values: dict) -> dict | None:
        """Replace the values of a row and return it, or return None if there is no such row."""
        if row_id not in self._rows:
            return None
        self._rows[row_id] = self._row(row_id, values)
        return deepcopy(self._rows[row_id])

    def remove(self, row_id: int) -> bool:
        """Delete a row, and return whether there was one."""
        return self._rows.pop(row_id, None) is not None

    @staticmethod
    def _row(row_id: int, values: dict) -> dict:
        # Only the store assigns ids: an id among the values is ignored.
        return {"id": row_id, **{name: deepcopy(value) for name, value in values.items() if name != "id"}}


products = Store()
users = Store()
