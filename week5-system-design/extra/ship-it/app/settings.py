"""What differs from one place to another."""

import os
from dataclasses import dataclass


# TODO 2: a class of pydantic-settings can take the place of this one, if you like.
@dataclass(frozen=True)
class Settings:
    """The settings of the app. In the environment, their names are in capitals: DATABASE_URL and so on."""

    database_url: str
    question: str
    drain_seconds: float


# TODO 2: read all three from the environment. If one is missing or wrong, end the start with one sentence that names it.
def load_settings() -> Settings:
    """Return the settings."""
    return Settings(
        database_url=os.environ.get("DATABASE_URL", "postgresql://postgres:secret@localhost:5432/postgres"),
        question="What should the new ferry be called?",
        drain_seconds=0,
    )
