"""Reads the images beside the requests: one after another, in the order in which they arrived."""

import asyncio

from app.jobs import Job

# TODO 5: at most WAITING jobs may wait here.
waiting: asyncio.Queue[Job] = asyncio.Queue()


# TODO 4: whatever goes wrong with an image, its job fails with a reason, and the next image is read.
# TODO 4: reading an image ends after TIME_LIMIT seconds.
# TODO 6: tell those who wait for a job that it is finished.
async def work():
    """Take one job after another from the queue, and read its image."""
    # TODO 3: read the images beside the requests, without blocking them.
    raise NotImplementedError("TODO 3: read the images of the queue")
