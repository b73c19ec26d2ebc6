"""Seeds that nobody can derive without the folder of the results."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from classroom.core.locks import load_or_create_secret

if TYPE_CHECKING:
    from pathlib import Path

# In the results folder; students get nothing from it but their feedback.
SECRET = ".seed-secret"  # noqa: S105 - the name of a file
SECRET_BYTES, SEED_BYTES = 32, 8


def secret_seed(out: Path, name: str, fingerprint: str) -> int:
    """Return the seed of a submission's checks: the same for the same name and fingerprint in this folder of results."""
    secret = load_or_create_secret(out / SECRET, SECRET_BYTES)
    text = f"{name}\0{fingerprint}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.digest(secret.encode(), text, "sha256")[:SEED_BYTES])
