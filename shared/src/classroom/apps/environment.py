"""The environment of an app, in the three kinds of variables that a sandbox treats differently."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """

    plain: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    logs: Mapping[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Return all of them."""
        return {**self.plain, **self.services, **self.logs}
