"""Other programs of a submission than its app: one that runs to its end (a migration), and one that keeps running (a worker)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.apps.app import App

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Done:
    """A program that has run.

    Attributes:
        exit_code: None where it did not end in time.
        output: what it printed.
    """

    exit_code: int | None
    output: str


class Command(App):
    """Runs programs of a submission, such as `alembic upgrade head`, where and as its app runs."""

    def run(self, *argv: str, variables: Mapping[str, str | None] | None = None) -> Done:
        """Run a module as `python -m` does, and wait for its end.

        Args:
            argv: the module's name, then its arguments.
            variables: other values for some variables of its environment; None removes one.
        """
        usual, self.environment = self.environment, self.environment.changed(variables or {})
        try:
            exit_code = self._launch(argv).wait(self.start_s).get("exit")
        except TimeoutError:
            exit_code = None
        finally:
            self.environment = usual
        printed = self.output.since(0) if self.output else ""
        self.stop()
        return Done(exit_code, printed)


class BackgroundProgram(App):
    """A program of a submission that runs until it is stopped, such as one that processes jobs."""

    @property
    def running(self) -> bool:
        """Whether it is still running."""
        return self.alive()

    def begin(self, *argv: str) -> None:
        """Start a module as `python -m` does, and do not wait for it."""
        self._launch(argv)

    def kill(self) -> None:
        """End it at once."""
        self.stop()
