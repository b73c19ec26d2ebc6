"""What a parcel costs (provided, read-only)."""

CLASSES = ((1000, 450), (5000, 700), (20000, 1200))  # up to this many grams, the price in cents
EXPRESS = 300


def price(grams: int, *, express: bool) -> int:
    """Return the price of a parcel in cents."""
    cents = next(cents for most, cents in CLASSES if grams <= most)
    return cents + EXPRESS if express else cents
