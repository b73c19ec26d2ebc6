"""What can go wrong with a submission's database."""

from __future__ import annotations


class DatabaseError(AssertionError):
    """The database did not do what a check asked of it: a failed check, since its tables are the submission's."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
