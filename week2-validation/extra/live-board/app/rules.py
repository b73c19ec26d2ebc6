"""The rules of the board (provided, read-only: the checks use other numbers)."""

LIMIT = 8  # messages that may wait for one client
LONGEST = 200  # characters of a note
