"""Run git with hardened settings, limits on time and memory, and errors of one sentence."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Argument = str | os.PathLike[str]

BRANCH = "main"
TIMEOUT_SECONDS = 300
FROM_FOLDER = {"GIT_ALLOW_PROTOCOL": "file"}  # allows a clone from another folder of this machine, and nothing else

# Of every git that reaches no other repository, and so of every one that reads a student's objects.
CPU_SECONDS = 120  # on Linux, as the next one; elsewhere the time limit holds alone
MEMORY_BYTES = 2_000_000_000
# Packs are read piece by piece, so that large ones stay within the memory limit; large files are not held in memory.
FRUGAL_SETTINGS = (
    *("-c", "core.packedGitWindowSize=32m", "-c", "core.packedGitLimit=256m", "-c", "core.bigFileThreshold=32m"),
    *("-c", "pack.threads=1", "-c", "pack.windowMemory=256m"),
)

# For every command: commits are the course's, and neither a hook, a monitor nor a signing program runs.
SETTINGS = (
    *("-c", "user.name=Course", "-c", "user.email=course@example.org"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "log.showSignature=false"),
    *("-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "core.autocrlf=false"),
)
# For a repository that someone else can write to: it may belong to another account, and must reach nothing.
OFFLINE_SETTINGS = ("-c", "safe.directory=*", "-c", "core.sshCommand=false", "-c", "protocol.allow=never")
OFFLINE_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
# Lines that report progress or give advice, and never the reason of a failure.
NOT_REASONS = ("hint:", "To ", "Cloning into ", "Warning: ", "warning: ")


def git(
    *argv: Argument,
    cwd: Argument | None = None,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    network: bool = False,
    timeout: float = TIMEOUT_SECONDS,
) -> str:
    """Run git and return its standard output without surrounding space.

    Args:
        argv: the subcommand and its arguments.
        cwd: the folder to run in; the current one by default.
        stdin: text for its standard input.
        env: variables to add to the environment.
        network: whether git may reach other repositories, with the caller's own credentials and `GIT_*` variables.
        timeout: seconds.

    Raises:
        ClassroomError: git failed; the message holds git's own reason.
        CouldNotCheck: git did not finish in time.
    """
    command, environment = invocation(argv, env, network=network)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
    ) as process:
        out, err = _communicate(process, stdin, timeout)
    if process.returncode:
        raise ClassroomError(_failure(process.returncode, error_line(err or out)))
    return out.strip()


def _communicate(process: subprocess.Popen[str], stdin: str, timeout: float) -> tuple[str, str]:
    """Return both outputs of a git that ends; one that does not is killed."""
    try:
        return process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise CouldNotCheck(f"git did not finish within {timeout:.0f} seconds.") from None
    except BaseException:
        process.kill()
        raise


@contextlib.contextmanager
def git_output(
    *argv: Argument,
    env: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
    stdin: IO[bytes] | None = None,
) -> Iterator[Output]:
    """Run git, which is killed after the `with` or after `timeout` seconds, and yield its standard output while it runs."""
    command, environment = invocation(argv, env)
    process = subprocess.Popen(
        command,
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    deadline = threading.Timer(timeout, process.kill)
    deadline.daemon = True
    deadline.start()
    try:
        yield Output(process)
    finally:
        deadline.cancel()
        process.kill()
        process.communicate()


class Output:
    """The standard output of a git that runs."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self.stream = process.stdout
        self._process = process

    def ensure_complete(self) -> None:
        """Wait for the end of a git whose output has been read to its end.

        Raises:
            ClassroomError: it failed or was killed, so that output is missing.
        """
        if status := self._process.wait():
            raise ClassroomError(_failure(status))


def _failure(status: int, reason: str = "") -> str:
    if status < 0:
        return "git was stopped: it needed too much time or memory."
    return f"git says: {reason}" if reason else f"git failed with exit status {status}."


def limited(argv: list[Argument]) -> list[Argument]:
    """Return a command line whose process has limits from its first moment on, without code between fork and exec."""
    if sys.platform != "linux" or shutil.which("git") is None:
        return argv
    limits = f'ulimit -t {CPU_SECONDS}; ulimit -v {MEMORY_BYTES // 1024}; exec "$0" "$@"'
    return ["/bin/sh", "-c", limits, *argv]


def invocation(
    argv: Sequence[Argument], env: Mapping[str, str] | None = None, *, network: bool = False
) -> tuple[list[Argument], dict[str, str]]:
    """Return the command line and the environment with which `git` runs a command."""
    if network:
        return ["git", *SETTINGS, *argv], {**os.environ, **(env or {})}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return limited(["git", *SETTINGS, *OFFLINE_SETTINGS, *FRUGAL_SETTINGS, *argv]), {
        **inherited,
        **OFFLINE_ENVIRONMENT,
        **(env or {}),
    }


def error_line(output: str) -> str:
    """Return the line of git's output that gives the reason of a failure, or an empty string."""
    lines = (line.strip() for line in output.splitlines())
    return one_line(
        next((line for line in lines if line.removeprefix("remote:") and not line.startswith(NOT_REASONS)), "")
    )
