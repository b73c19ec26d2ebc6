"""The results of a grading, read back from its folder."""

from __future__ import annotations

import contextlib
import csv
import errno
import hashlib
import http.client
import itertools
import json
import json as jsonlib
import os
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol
from classroom.instructor.grading.deadline import NO_TIME, OWN_CLOCK
from classroom.core.errors import UsageError
from classroom.core.result import GRADED, Result, Verdict
from classroom.core.files import write_atomic
from classroom.instructor.grading.similarity import Pair, Side
from classroom.instructor.grading.statistics import figures
from classroom.core.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence
    from classroom.core.assignment import Assignment


PAIRS, SETTINGS = "similar.json", "grading.json"  # beside the results: what `grade` knows, and they do not tell


def read_results(out: Path) -> list[Result]:
    """Every result in a folder that `grade` has written, by name.

    Raises:
        UsageError: there is none.
    """
    found = []
    for path in sorted((out / "results").glob("*.json")):
        try:
            found.append(Result.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    if not found:
        raise UsageError(f"There are no results in {out}: name a folder that `classroom grade --out` has written.")
    return found
