"""Whatever has started these tests, what they start hears Ctrl-C and the end of a terminal."""

import os
import signal
import subprocess

import pytest

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
        subprocess.Popen._execute_child = os.fork = _skip


def _skip(*_, **__):
    pytest.skip("starts a process")
