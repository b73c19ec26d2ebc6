"""What a machine grades with, as far as results depend on it, and how two machines differ."""

from __future__ import annotations

import functools
import hashlib
import sys
from typing import TYPE_CHECKING

from classroom.instructor.grading.basis import kit_digest, packages

if TYPE_CHECKING:
    from collections.abc import Mapping

KIT, PYTHON, SANDBOX = "the kit's files", "Python", "--sandbox"
# They install packages and take no part in grading.
INSTALLERS = ("pip", "setuptools", "wheel")
MAX_NAMED = 3


@functools.cache
def describe_kit(sandbox: str) -> dict[str, str]:
    """Return each thing that a result depends on, with its version."""
    found = dict(package.split("==") for package in packages())
    for name in INSTALLERS:
        found.pop(name, None)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    files = hashlib.sha256(kit_digest()).hexdigest()[:12]
    return {PYTHON: python, SANDBOX: sandbox, **found, KIT: files}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Return how this machine differs from the server, for a sentence; empty if it does not."""
    names = [name for name in {**there, **here} if here.get(name) != there.get(name)]
    found = [f"{name} ({here.get(name, 'missing')}, {there.get(name, 'missing')})" for name in names]
    more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    return ", ".join(found[:MAX_NAMED]) + more
