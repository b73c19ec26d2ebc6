"""A course of one small week, created for each test, and the ways to grade in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom.core.assignment import Assignment

collect_ignore = ["course"]
COURSE = Path(__file__).with_name("course")
KIT = COURSE.parents[2] / "src"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)


@pytest.fixture
def course(tmp_path):
    """A folder with `week1-tiny`, a copy of the fixture course."""
    shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__", ".classroom"))
    return tmp_path / "course"


@pytest.fixture
def week(course):
    """The folder of the small week."""
    return course / "week1-tiny"


@pytest.fixture
def assignment(week):
    """The small week, loaded."""
    return Assignment.load(week)


@pytest.fixture
def classroom(course):
    """A function that runs the command in the course's folder, and returns exit status, output and errors."""

    def run(*words, cwd=course, **more):
        done = subprocess.run(
            [sys.executable, "-m", "classroom", *map(str, words)],
            cwd=cwd,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            **more,
        )
        return SimpleNamespace(status=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def handed_in(tmp_path, week):
    """Makes submissions: `handed_in("alice", app=...)` writes the text as alice's app/main.py."""
    folder = tmp_path / "handed in"
    folder.mkdir()

    def make(name, app=None, base=week / "grading" / "solution"):
        place = folder / name
        shutil.copytree(base, place, dirs_exist_ok=True)
        if app is not None:
            (place / "app").mkdir(exist_ok=True)
            (place / "app" / "main.py").write_text(app, encoding="utf-8")
        return place

    make.folder = folder
    return make


@pytest.fixture(scope="session")
def starts_processes(pytestconfig):
    """Skip the test where no process may be started."""
    if pytestconfig.getoption("--no-processes"):
        pytest.skip("starts a process")


@pytest.fixture(scope="module")
def browser(starts_processes):
    """A browser, where there is one."""
    if BROWSER is None:
        pytest.skip("There is no browser here: sudo make system-packages ALL=1 installs one.")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright, which drives the browser, is not there.")
    root = hasattr(os, "getuid") and os.getuid() == 0
    with sync_api.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"] if root else [])
        except sync_api.Error as error:
            pytest.skip(f"{BROWSER} does not start here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def browse(browser):
    """A function that opens a page; an error in the browser, or a request for what is not `own`, fails the test."""
    contexts, wrong = [], []

    def look(url, *, own, seconds=30, **more):
        context = browser.new_context(**more)
        context.set_default_timeout(seconds * 1000)
        contexts.append(context)
        page = context.new_page()
        # A warning may be the browser's own, on a busy machine; what the page's policy forbids is an error.
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: None if asked.url.startswith((own, "data:")) else wrong.append(asked.url))
        page.goto(url)
        return page

    look.allowed = ()  # parts of the messages that a test expects
    yield look
    for context in contexts:
        context.close()
    assert [text for text in wrong if not any(part in text for part in look.allowed)] == []


@pytest.fixture
def violations():
    """A function that returns what axe-core finds serious or critical on a page: the rule and the first element."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed: make setup.")

    def look(page):
        found = axe.Axe().run(page).response
        assert found["passes"]
        serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
        return [(each["id"], each["nodes"][0]["html"]) for each in serious]

    return look
