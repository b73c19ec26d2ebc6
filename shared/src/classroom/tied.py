"""How a process is started so that it hears no Ctrl-C of its own, and ends with the one that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any


def _tied() -> dict[str, Any]:
    if os.name != "posix":
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if not sys.platform.startswith("linux"):
        return {"start_new_session": True}
    import ctypes

    set_option = ctypes.CDLL(None).prctl  # looked up here: between fork and exec nothing may be imported

    def die_with_parent() -> None:
        set_option(1, signal.SIGKILL, 0, 0, 0)

    return {"start_new_session": True, "preexec_fn": die_with_parent}


TIED = _tied()  # for subprocess.Popen; only Linux ends the process when this one is killed
