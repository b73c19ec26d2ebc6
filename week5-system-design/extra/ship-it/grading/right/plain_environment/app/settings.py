"""What differs from one place to another."""

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings of the app."""

    database_url: str
    question: str
    drain_seconds: float


def load_settings() -> Settings:
    """Return the settings."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgresql://"):
        sys.exit("DATABASE_URL must be the address of a PostgreSQL, such as postgresql://user:password@host/name.")
    seconds = os.environ.get("DRAIN_SECONDS", "0")
    try:
        number = float(seconds)
    except ValueError:
        number = -1
    if number < 0:
        print(f"DRAIN_SECONDS is {seconds!r}, expected a number of seconds, 0 or more.", file=sys.stderr)
        sys.exit(3)
    return Settings(url, os.environ.get("QUESTION", "What should the new ferry be called?"), number)
