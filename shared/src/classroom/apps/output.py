"""What an app prints, read as it comes."""

from __future__ import annotations

import os
import select
import threading
import time

from classroom.apps.open import FORKS

OUTPUT_KEPT = 64_000
CHUNK = 1 << 16  # bytes of one read, about as many as a pipe holds
MOMENT = 0.05  # seconds in which the thread has read what was printed, where a pipe cannot be polled


class Output:
    """What an app prints: read as it comes by a thread, and only its end kept.

    Args:
        descriptor: to read from; it is closed at the end of the output.

    Attributes:
        total: how many bytes were printed so far.
    """

    def __init__(self, descriptor: int) -> None:
        self.total = 0
        self._kept = b""
        self._lock = threading.Lock()
        self._descriptor = descriptor
        if FORKS:
            os.set_blocking(descriptor, False)
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while self._wait():
            pass
        with self._lock:
            os.close(self._descriptor)
            self._descriptor = -1

    def _wait(self) -> bool:
        """Wait for output and read it; return False at its end. Without the lock, so that `since` need not wait, too."""
        if FORKS:
            select.select([self._descriptor], [], [])
            with self._lock:
                return self._read()
        try:
            data = os.read(self._descriptor, CHUNK)
        except OSError:
            return False
        with self._lock:
            self._append(data)
        return bool(data)

    def _read(self) -> bool:
        """Read what is there now; return False at the end of the output."""
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._append(data)
        return bool(data)

    def _append(self, data: bytes) -> None:
        self.total += len(data)
        self._kept = (self._kept + data)[-OUTPUT_KEPT:]

    def since(self, offset: int) -> str:
        """Return what was printed after the first `offset` bytes, as far as it is kept."""
        if not FORKS:
            time.sleep(MOMENT)
        with self._lock:
            most = self.total + OUTPUT_KEPT + CHUNK  # an app that prints without end must not be read without end
            while (
                FORKS
                and self.total < most
                and self._descriptor >= 0
                and select.select([self._descriptor], [], [], 0)[0]
            ):
                if not self._read():
                    break
            new = self.total - offset
            return self._kept[-new:].decode("utf-8", "replace") if new > 0 else ""
