"""What the parts of a site have counted, in all since they began."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Counters that only grow; None where a part does not count.

    Attributes:
        requests: how many requests the balancer has sent to each instance, by its name.
        refused: how many it has rejected with 503, because no instance accepted them.
        primary: statements on the app's tables that came through the primary's role.
        replica: those through the replica's role.
        hits: keys that the cache was asked for and had.
        misses: keys that it was asked for and did not have.
        storage: requests that the storage server has answered.
        jobs: videos that the workers have transcoded.
    """

    requests: dict[str, int]
    refused: int
    primary: int | None
    replica: int | None
    hits: int | None
    misses: int | None
    storage: int
    jobs: int

    @property
    def hit_rate(self) -> float | None:
        """Return the share of keys that the cache had, or None if it was asked for none."""
        if self.hits is None or self.misses is None or self.hits + self.misses == 0:
            return None
        return self.hits / (self.hits + self.misses)

    def since(self, before: Counts) -> Counts:
        """Return what was counted since an earlier moment."""
        return Counts(
            requests={name: number - before.requests.get(name, 0) for name, number in self.requests.items()},
            refused=self.refused - before.refused,
            primary=_less(self.primary, before.primary),
            replica=_less(self.replica, before.replica),
            hits=_less(self.hits, before.hits),
            misses=_less(self.misses, before.misses),
            storage=self.storage - before.storage,
            jobs=self.jobs - before.jobs,
        )


def _less(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before
