"""An app that can be sent SIGTERM, as a container's runtime does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.apps.app import App

if TYPE_CHECKING:
    from classroom.apps.inside.messages import Report


class TerminableApp(App):
    """An app that is asked to shut down, and says how it ended."""

    terminable = True

    def terminate(self) -> None:
        """Send the app SIGTERM, and do not wait for its end."""
        if self._instance is not None:
            self._instance.terminate()

    def ended(self, seconds: float) -> Report:
        """Wait for the end of an app that was sent SIGTERM, and return its report: `exit`, or `failed`, or nothing.

        Raises:
            TimeoutError: it is still running.
        """
        assert self._instance is not None
        report = self._instance.wait(seconds)
        self.stop()
        return report
