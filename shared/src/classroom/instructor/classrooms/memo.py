"""Values that are made from files: each is kept until one of its files has changed, and made once for all who ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from classroom.core.files import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from pathlib import Path

V = TypeVar("V")


class _Entry(Generic[V]):
    """A value, and what its files looked like before it was made."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: object = None
        self.value: V


def _always(_: object) -> bool:
    return True


class Memo(Generic[V]):
    """Values by key; may be used in any thread.

    Args:
        most: how many are kept; of more, the one that was asked for least recently is made again.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._entries: OrderedDict[Hashable, _Entry[V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, seen: object, make: Callable[[], V], keep: Callable[[V], bool] = _always) -> V:
        """Return the value of a key; one thread makes it, and the others wait for that.

        Args:
            key: of the value.
            seen: what the value depends on, such as `stamps` of files; if it differs, the value is made again.
            make: makes it. If it raises, nothing is kept.
            keep: returns whether a value may be kept; one that may not is made again for the next who asks.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > self.most:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.seen is None or entry.seen != seen:
                entry.value = make()
                entry.seen = seen if keep(entry.value) else None
            return entry.value


def stamps(paths: Iterable[Path]) -> tuple[object, ...]:
    """Return what differs once one of these files was written again, made or removed."""
    return tuple(stamp(path) for path in paths)
