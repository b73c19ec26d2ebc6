"""Why this instance is not ready."""

from app.database import DatabaseAway


def why_not_ready(database, stopping):
    """Return a sentence, or an empty text."""
    if stopping.is_set():
        return "The app stops."
    try:
        database.ping()
    except DatabaseAway as error:
        return str(error)
    return ""
