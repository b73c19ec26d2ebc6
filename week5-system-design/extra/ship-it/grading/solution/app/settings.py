"""What differs from one place to another."""

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings

EXPECTED = {
    "DATABASE_URL": "the address of the database, such as postgresql://user:password@host:5432/name",
    "DRAIN_SECONDS": "a number of seconds, 0 or more",
}


class Settings(BaseSettings):
    """The settings of the app. In the environment, their names are in capitals: DATABASE_URL and so on."""

    database_url: str = Field(pattern="^postgresql://")
    question: str = "What should the new ferry be called?"
    drain_seconds: float = Field(default=0, ge=0)


def load_settings() -> Settings:
    """Return the settings."""
    try:
        return Settings()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise SystemExit(f"The environment variable {name} is missing or wrong: set it to {EXPECTED[name]}.") from None
