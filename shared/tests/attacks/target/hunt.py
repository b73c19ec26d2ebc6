"""What the reading attacks have in common: a search for the marks that the tests put into every secret."""

import os
import re
import time

MARK = re.compile(rb"CANARY-[0-9a-f]{12}")


def hunt(*tops, seconds=1.0):
    """Return every mark in the files below these paths."""
    found, until = set(), time.monotonic() + seconds
    for top in tops:
        for folder, below, names in os.walk(top):
            below[:] = [
                name for name in below if name not in ("usr", "sys", "proc", "lib", "site-packages", "v", ".git")
            ]
            for name in names:
                if time.monotonic() > until:
                    return sorted(found)
                found |= look(f"{folder}/{name}")
    return sorted(found)


def look(path):
    """Return every mark in one file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return set()
    try:
        return marks(os.read(descriptor, 100_000))
    except OSError:
        return set()
    finally:
        os.close(descriptor)


def marks(text):
    """Return every mark in a text."""
    text = text if isinstance(text, bytes) else str(text).encode()
    return {mark.decode() for mark in MARK.findall(text)}
