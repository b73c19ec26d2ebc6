"""What an app prints, drained as it comes."""

from __future__ import annotations

import os
import select
import threading
import time

from classroom.apps.open import FORKS

OUTPUT_KEPT = 64_000
PIPE = 1 << 16  # what one look takes from the pipe, and about as much as lies in it
MOMENT = 0.05  # in which the thread reads what has been printed, where a pipe cannot be asked


class Output:
    """What an app prints: drained as it comes, only the end of it kept."""

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
        """Wait for something, and take it; False at the end. Nobody is kept from what is there already meanwhile."""
        if FORKS:
            select.select([self._descriptor], [], [])
            with self._lock:
                return self._read()
        try:
            data = os.read(self._descriptor, PIPE)
        except OSError:
            return False
        with self._lock:
            self._take(data)
        return bool(data)

    def _read(self) -> bool:
        """Take what is there now; False at the end."""
        try:
            data = os.read(self._descriptor, PIPE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._take(data)
        return bool(data)

    def _take(self, data: bytes) -> None:
        self.total += len(data)
        self._kept = (self._kept + data)[-OUTPUT_KEPT:]

    def since(self, mark: int) -> str:
        """What was printed after `mark` bytes in all, as far as it is kept."""
        if not FORKS:
            time.sleep(MOMENT)
        with self._lock:
            most = self.total + OUTPUT_KEPT + PIPE  # who prints without end must not be listened to without end
            while (
                FORKS
                and self.total < most
                and self._descriptor >= 0
                and select.select([self._descriptor], [], [], 0)[0]
            ):
                if not self._read():
                    break
            new = self.total - mark
            return self._kept[-new:].decode("utf-8", "replace") if new > 0 else ""
