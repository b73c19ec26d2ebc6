"""The storage of one submission, in the sandbox: what is uploaded counts, and never reaches the machine's disk."""

import hashlib
import hmac
import time
from pathlib import Path

import pytest
from classroom.apps.open import open_launcher
from classroom.apps.sandbox.bubblewrap import why_unavailable
from classroom.services.storage import LIBRARIES, Storage

WEEK = next(Path(__file__).resolve().parents[4].glob("week5-*"))
MEGABYTES = 7
LIMIT = 64  # as in SECURITY.md


@pytest.fixture
def storage(starts_processes):
    """The storage of week 5 in a sandbox."""
    if trouble := why_unavailable():
        pytest.skip(trouble)
    launcher = open_launcher(LIBRARIES, "bubblewrap")
    storage = Storage(WEEK, launcher)
    yield storage
    storage.close()
    launcher.close()


def signed(storage, method, key):
    """Return a URL that allows this method on this key for a minute."""
    expires = f"{time.time() + 60:.0f}"
    text = f"{method}\n/{key}\n{expires}".encode()
    signature = hmac.new(storage.secret.encode(), text, hashlib.sha256).hexdigest()
    return f"{storage.public_url}/{key}?expires={expires}&signature={signature}"


def test_uploads_without_end_stay_in_the_sandbox(storage):
    """When the storage is full an upload fails, what was stored before is still there, and nothing is on the disk."""
    data = bytes(MEGABYTES << 20)
    stored = []
    for number in range(2 * LIMIT // MEGABYTES):
        if storage.client.request("PUT", signed(storage, "PUT", f"v/{number}"), content=data).status >= 400:
            break
        stored.append(number)

    assert len(stored) in range(1, LIMIT // MEGABYTES + 1)
    assert storage.client.request("GET", signed(storage, "GET", "v/0")).body == data
    assert storage.held() == 0
