"""The environment of an app, in the three kinds of variables that a sandbox treats differently."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Environment:
    """The variables of an app's environment, in addition to what its launcher gives every app.

    Attributes:
        plain: variables that are the same everywhere.
        services: the URL of a service; a sandbox leads to it, and puts its own address into the URL.
        logs: the path of a file that the app may write; a sandbox shows the file at a path of its own.
        removed: variables that the app does not get, although its launcher would pass them on.
    """

    plain: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    logs: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()

    def variables(self) -> dict[str, str]:
        """Return all of them."""
        return {**self.plain, **self.services, **self.logs}

    def applied_to(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of a process whose launcher passes on these variables."""
        return {name: value for name, value in inherited.items() if name not in self.removed} | self.variables()

    def changed(self, variables: Mapping[str, str | None]) -> Environment:
        """Return the same environment with other values for some variables; None removes one."""
        kept = {
            kind: {name: value for name, value in getattr(self, kind).items() if name not in variables}
            for kind in ("plain", "services", "logs")
        }
        kept["plain"] |= {name: value for name, value in variables.items() if value is not None}
        removed = self.removed | {name for name, value in variables.items() if value is None}
        return replace(self, **kept, removed=removed)
