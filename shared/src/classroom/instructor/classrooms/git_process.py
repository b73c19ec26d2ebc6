"""A git that is started next to an event loop, which goes on in the meantime.

`asyncio.create_subprocess_exec` forks in the loop's own thread, and with uvloop it waits until the child has become
another program: in a server of some hundred megabytes each start stops every page for a tenth of a second. A thread
starts it without copying anything (vfork), and few threads mean few starts at once.

It stays in the server's session, with a lower priority: Linux divides CPU time among sessions first, and a dozen pushes
with sessions of their own would leave the pages next to nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STARTS_AT_ONCE = 4
NICE, LOWEST = 10, 19  # a page that somebody waits for goes first

_threads = ThreadPoolExecutor(STARTS_AT_ONCE, "git")


class GitProcess:
    """A process in its own group, with one socket for its input and output.

    Attributes:
        stdout: what it writes.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader
    ) -> None:
        self._process, self._stdin, self.stdout = process, stdin, stdout
        self._is_fed = False

    @classmethod
    async def start(cls, argv: Sequence[str | os.PathLike[str]], env: Mapping[str, str]) -> GitProcess:
        """Start a command."""
        ours, its = socket.socketpair()
        stdout, stdin = await asyncio.open_unix_connection(sock=ours)
        starting = asyncio.get_running_loop().run_in_executor(_threads, _started, argv, env, its)
        try:
            return cls(await asyncio.shield(starting), stdin, stdout)
        except BaseException:
            # The client has left, perhaps while it is being started: it then reads and writes nothing.
            stdin.close()
            raise

    async def feed(self, data: bytes, *, last: bool) -> None:
        """Write its input; what it does not read, because it has ended or has read the last, is dropped."""
        if self._is_fed or self._stdin.is_closing():  # uvloop raises RuntimeError then
            return
        self._is_fed = last
        with contextlib.suppress(OSError):
            self._stdin.write(data)
            await self._stdin.drain()
            if last:
                self._stdin.write_eof()

    async def end(self) -> None:
        """End it with all that it has started, if it still runs."""
        self._stdin.close()
        await asyncio.get_running_loop().run_in_executor(_threads, _end, self._process)


def _started(
    argv: Sequence[str | os.PathLike[str]], env: Mapping[str, str], its: socket.socket
) -> subprocess.Popen[bytes]:
    with its:
        end, silent = its.fileno(), subprocess.DEVNULL
        process = subprocess.Popen(argv, stdin=end, stdout=end, stderr=silent, env=env, process_group=0)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PGRP, process.pid, min(os.getpriority(os.PRIO_PROCESS, 0) + NICE, LOWEST))
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
