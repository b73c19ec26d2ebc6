"""Entry point of the processes next to a student's code: `python -P FOLDER/__main__.py CONTROL LIBRARY ...`.

CONTROL is the descriptor of a fork server's socket, or `single` to start one app in this process;
`services CONTROL` starts the services of a submission instead. The folder is
handed into the sandbox by itself, without the kit around it. Its modules are imported as a package under a name that no
submission's module has, and the folder is not on `sys.path`: an app's own `messages` is never mistaken for the one here.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PACKAGE = "_classroom_inside"
ENTRY, SERVICES = "fork_server.py", "service_host.py"


def main() -> None:
    """Import the folder as a package, and run its fork server or its service host."""
    # A debugger starts this file without -P, which puts the folder on the path.
    sys.path[:] = [path for path in sys.path if path != str(FOLDER)]
    spec = importlib.util.spec_from_file_location(PACKAGE, FOLDER / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    entry = SERVICES if sys.argv[1] == "services" else ENTRY
    importlib.import_module(f"{PACKAGE}.{Path(entry).stem}").main()


if __name__ == "__main__":
    main()
