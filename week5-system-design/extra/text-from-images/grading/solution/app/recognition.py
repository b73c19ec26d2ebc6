"""Reads the images beside the requests: one after another, in the order in which they arrived."""

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

from app.jobs import Job
from app.rules import TIME_LIMIT, WAITING

waiting: asyncio.Queue[Job] = asyncio.Queue(maxsize=WAITING)


async def work():
    """Take one job after another from the queue, and read its image."""
    while True:
        job = await waiting.get()
        job.state = "running"
        await finish(job)
        job.finished.set()


async def finish(job: Job):
    """Read the image of a job, and set what came of it."""
    try:
        job.text = await asyncio.to_thread(read, job.path)
        job.state = "done"
    except subprocess.TimeoutExpired:
        job.reason = "Reading the image took too long"
        job.state = "failed"
    except Exception:
        logging.exception("Image %s", job.id)
        job.reason = "The image could not be read"
        job.state = "failed"


def read(path: Path):
    """Return the text of an image; the process that reads it is ended after TIME_LIMIT seconds."""
    command = [sys.executable, "-m", "app.reader", path]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", timeout=TIME_LIMIT, check=True)
    return done.stdout.strip()
