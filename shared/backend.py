"""Build the kit with hatchling, after checking the version of Python: pip then shows one sentence to an old one.

Old Pythons must be able to parse this file.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Python 3.11 or newer is needed, this is %d.%d.%d: install one from python.org/downloads, then type: %s"
        % (*sys.version_info[:3], "py -3.13 -m venv .venv" if os.name == "nt" else "python3.13 -m venv --clear .venv")
    )

from hatchling.build import *  # noqa: F403
