"""What counts as a save."""

import threading
import time

import pytest
from classroom.student import watching

SECONDS = 30


@pytest.fixture
def saves(assignment):
    """The saves that are seen, as a function that waits until there are more than before."""
    stop, seen = threading.Event(), []

    thread = threading.Thread(target=lambda: seen.extend(watching._saves(assignment, stop)))
    thread.start()

    def more_after(change):
        """Make a change, again and again until it is seen: the system may not be watching yet."""
        before, late = len(seen), time.monotonic() + SECONDS
        while len(seen) == before:
            assert time.monotonic() < late, "the change was not seen"
            change()
            time.sleep(0.05)

    yield more_after
    stop.set()
    thread.join(SECONDS)


def test_folder_that_was_away_is_watched_again(saves, week):
    """A save is seen, and so is `app` when it goes away and is back; saves in the new one are seen, too."""
    main, app, away = week / "app" / "main.py", week / "app", week / "away"

    saves(lambda: main.write_text(main.read_text() + "#\n"))
    saves(lambda: app.rename(away) if app.exists() else None)
    saves(lambda: away.rename(app) if away.exists() else None)
    saves(lambda: main.write_text(main.read_text() + "#\n"))
