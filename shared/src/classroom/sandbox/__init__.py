"""The walls of official grading: everything of a submission that runs, runs behind them.

launcher      starts apps behind walls
walled        one bubblewrap with a nursery behind it
room          where one app's files lie
bubblewrap    the outer walls, and why they may not be had
walls         the inner walls around each app; runs inside
relay         what leads from behind the walls to a service
watch         memory and processes of an app and its children together
"""

from __future__ import annotations

from classroom.sandbox.bubblewrap import available
from classroom.sandbox.launcher import WalledLauncher

__all__ = ["WalledLauncher", "available"]
