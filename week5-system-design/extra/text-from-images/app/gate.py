"""The gate in front of the reader (provided). While it is closed, no image is read: try it out with PUT /gate/closed.

It makes visible what goes on at the same time. A reader is another process, so the gate is a file.
"""

import os
import time

from fastapi import APIRouter

from app.jobs import FOLDER

router = APIRouter(tags=["gate"])
GATE = FOLDER / "gate"
GATE.mkdir()
CLOSED, NEW, LOG = GATE / "closed", GATE / "new", GATE / "log"


@router.get("/gate")
async def read_gate():
    """Show what has happened at the gate, and which files of images there are."""
    is_closed = CLOSED.exists() and time.time() < CLOSED.stat().st_mtime
    log = LOG.read_text().splitlines() if LOG.exists() else []
    files = sorted(file.name for file in FOLDER.iterdir() if file != GATE)
    return {"open": not is_closed, "log": log, "files": files}


@router.put("/gate/closed")
async def close_gate(seconds: float = 4):
    """Close the gate; it opens by itself after some seconds."""
    NEW.touch()
    opens = time.time() + seconds
    os.utime(NEW, (opens, opens))
    NEW.replace(CLOSED)
    return {"open": False}


@router.put("/gate/open")
async def open_gate():
    """Open the gate."""
    CLOSED.unlink(missing_ok=True)
    return {"open": True}
