"""Programs of a submission that are no app: one that runs to its end, such as a migration, and one that goes on, such as a worker."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.apps.app import App


@dataclass(frozen=True)
class Done:
    """A program of the submission's that has run; `exit_code` is None when it did not end in time."""

    exit_code: int | None
    output: str


class Command(App):
    """Runs programs of a submission, such as `alembic upgrade head`, where and as its app runs."""

    def run(self, *words: str) -> Done:
        """Run a module as `python -m` does, and wait for its end.

        Args:
            words: the module's name, then its arguments.
        """
        try:
            exit_code = self._launch(words).wait(self.start_s).get("exit")
        except TimeoutError:
            exit_code = None
        printed = self.output.since(0) if self.output else ""
        self._kill()
        return Done(exit_code, printed)


class BackgroundProgram(App):
    """A program of the submission's that goes on until it is stopped, such as one that takes jobs."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.alive()

    def begin(self, *words: str) -> None:
        """Start `python -m WORDS`, and do not wait for it."""
        self._launch(words)

    def kill(self) -> None:
        """End it at once."""
        self.stop()
