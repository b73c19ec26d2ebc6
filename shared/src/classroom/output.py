"""What an app prints, drained as it comes."""

from __future__ import annotations

import os
import select
import threading

from classroom.launcher import FORKS

OUTPUT_KEPT = 64_000


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
        while True:
            if FORKS:
                select.select([self._descriptor], [], [])
            with self._lock:
                if not self._read():
                    os.close(self._descriptor)
                    self._descriptor = -1
                    return

    def _read(self) -> bool:
        """Take what is there now; False at the end."""
        try:
            data = os.read(self._descriptor, 65536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.total += len(data)
        self._kept = (self._kept + data)[-OUTPUT_KEPT:]
        return bool(data)

    def since(self, mark: int) -> str:
        """What was printed after `mark` bytes in all, as far as it is kept."""
        with self._lock:
            while FORKS and self._descriptor >= 0 and select.select([self._descriptor], [], [], 0)[0] and self._read():
                pass
            new = self.total - mark
            return self._kept[-new:].decode("utf-8", "replace") if new > 0 else ""
