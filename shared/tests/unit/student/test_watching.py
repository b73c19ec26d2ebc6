"""What counts as a save."""

import shutil
import threading
from types import SimpleNamespace

import pytest
import watchfiles
from classroom.student import watching

SECONDS = 30


@pytest.fixture
def saves(assignment, week):
    """What a check of the small week waits for: `seen()` returns whether another save is seen in time."""
    stop = threading.Event()
    found = watching._saves(assignment, stop)

    def seen():
        timer = threading.Timer(SECONDS, stop.set)
        timer.start()
        try:
            return next(found, "nothing") is None
        finally:
            timer.cancel()

    assert seen()  # the first check
    yield SimpleNamespace(seen=seen, main=week / "app" / "main.py")
    found.close()


def save(path):
    """Save a file with one more line."""
    path.write_text(path.read_text() + "#\n")


def test_save_in_the_middle_of_a_check_is_checked_after_it(saves):
    """A save is seen while the first check runs, and while any other does."""
    for _ in range(2):
        save(saves.main)
        assert saves.seen()


def test_save_ends_a_check_that_hangs(assignment, week, monkeypatch):
    """While an app hangs, the task is known, and a save is checked at once instead of after the end of the check."""
    solved = (week / "grading" / "solution" / "app" / "main.py").read_text()
    hanging = solved.replace('    return {"double"', '    import time\n    time.sleep(1000)\n    return {"double"')
    main, stop, tasks, results = week / "app" / "main.py", threading.Event(), set(), []
    main.write_text(hanging)
    monkeypatch.setattr(watching, "PATIENCE_SECONDS", 0)

    def reached(task):
        tasks.add(task)
        if task > 1 and main.read_text() == hanging:
            main.write_text(solved)

    def show(result, _):
        results.append(result)
        stop.set()

    watching.watch(assignment, show, reached=reached, stop=stop)

    assert 2 in tasks
    assert [result.score for result in results] == [100]


def test_saved_template_is_a_save(saves):
    """A page that the app fills in is a file of the student's, too."""
    saves.main.with_name("page.html").write_text("<p>")

    assert saves.seen()


def test_editor_that_saves_by_renaming(saves):
    """Some editors write a new file and rename it, which is a save of the old one."""
    new = saves.main.with_name(".main.py.swp")
    new.write_text(saves.main.read_text())
    new.rename(saves.main)

    assert saves.seen()


def test_system_that_watches_no_more_files(saves, monkeypatch):
    """Where the system cannot watch another file, saves are seen all the same."""

    def refuse(*_, **__):
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", refuse)

    save(saves.main)

    assert saves.seen()


def test_folder_that_was_away_is_watched_again(saves):
    """Saves are seen in a folder that has been moved away and is back; so are the two moves."""
    app = saves.main.parent
    away = app.with_name("away")

    for change in (lambda: app.rename(away), lambda: away.rename(app), lambda: save(saves.main)):
        change()
        assert saves.seen()


def test_folder_that_was_made_again_is_watched(saves):
    """Saves are seen in a new folder of the same name, even if the system gives it the inode number of the old one."""
    app, text = saves.main.parent, saves.main.read_text()

    shutil.rmtree(app)
    app.mkdir()
    saves.main.write_text(text)
    assert saves.seen()

    for _ in range(2):
        save(saves.main)
        assert saves.seen()
