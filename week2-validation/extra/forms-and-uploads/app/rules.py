"""The rules of the office (provided, read-only: the checks replace it with another limit and other leaflets)."""

LIMIT = 200_000  # the most bytes that a photo may have
PIECE = 16_384  # the most bytes that may be in memory at once

LEAFLETS = {
    "hours.txt": "We are open from 9 to 5.\n",
    "en/fees.txt": "Collecting an umbrella costs nothing.\n",
}
SECRET = "The safe opens with 3-1-4-1-5.\n"
