"""(provided) A store in memory: empty at the start, and empty again after a restart.

Week 3 puts a database in its place.
"""

from copy import deepcopy
from itertools import count


class Store:
    """Rows, each a dict, by their id. Ids start at 1 and are never given twice.

    It takes and hands out copies: changing a row that you got changes nothing in here.
    """

    def __init__(self) -> None:
        self._rows: dict[int, dict] = {}
        self._ids = count(1)

    def add(self, values: dict) -> dict:
        """Keep a new row, and answer it with its new `id`."""
        row_id = next(self._ids)
        self._rows[row_id] = self._row(row_id, values)
        return deepcopy(self._rows[row_id])

    def get(self, row_id: int) -> dict | None:
        """The row with this id, or None."""
        return deepcopy(self._rows.get(row_id))

    def all(self) -> list[dict]:
        """Every row, in id order."""
        return deepcopy(list(self._rows.values()))

    def replace(self, row_id: int, values: dict) -> dict | None:
        """Put other values in the place of a row and answer it, or None where there is no such row."""
        if row_id not in self._rows:
            return None
        self._rows[row_id] = self._row(row_id, values)
        return deepcopy(self._rows[row_id])

    def remove(self, row_id: int) -> bool:
        """Take a row away. False where there is no such row."""
        return self._rows.pop(row_id, None) is not None

    @staticmethod
    def _row(row_id: int, values: dict) -> dict:
        # The store alone gives ids: one among the values is passed over.
        return {"id": row_id, **{name: deepcopy(value) for name, value in values.items() if name != "id"}}


products = Store()
users = Store()
