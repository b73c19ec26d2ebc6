"""Signals, options and a browser for all tests.

Whatever has started these tests, what they start hears Ctrl-C and the end of a terminal.
"""

import multiprocessing.util
import os
import shutil
import signal
import subprocess

import pytest

BROWSER = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser"))), None
)

# nohup, and a shell that puts something in the background, have a signal ignored by all that is started from there on;
# one that is handled, by doing nothing, is not.
for name in ("SIGINT", "SIGHUP"):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, lambda *_: None)


def pytest_addoption(parser):
    """`--no-processes`, for `make quick`, and `--students`, for `make soak`."""
    parser.addoption("--no-processes", action="store_true", help="skip each test that would start a process")
    parser.addoption("--students", type=int, default=8, metavar="N", help="the size of the class in the test of a term")


@pytest.fixture(scope="session", autouse=True)
def no_processes(pytestconfig):
    """Turn the start of a process into a skipped test, where that is asked for."""
    if pytestconfig.getoption("--no-processes"):
        subprocess.Popen._execute_child = os.fork = multiprocessing.util.spawnv_passfds = _skip


def _skip(*_, **__):
    pytest.skip("starts a process")


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
