"""The town archive: it accepts images of index cards, and reads what is written on them.

Start it in this folder with: uvicorn app.main:app --reload
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from PIL import Image

from app import errors, gate, jobs, recognition, worker
from app.rules import LIMIT, PIXELS

app = FastAPI(title="Town archive", lifespan=worker.running(recognition.work))
errors.install(app)
app.include_router(gate.router)


# Task 1 is already done.
@app.get("/")
async def read_root():
    return {"archive": "Town archive"}


@app.get("/images", response_model=list[jobs.JobOut])
async def list_images():
    """List all images. (provided)"""
    return jobs.everything()


@app.post("/images", response_model=jobs.JobOut, status_code=202)
async def upload_image(request: Request, response: Response):
    """Accept an image, and put it in the queue."""
    with jobs.new_file() as path:
        await receive(request, path)
        check(path)
        job = jobs.Job(path)
        try:
            recognition.waiting.put_nowait(job)
        except asyncio.QueueFull:
            raise HTTPException(503, "Too many images are waiting", headers={"Retry-After": "5"}) from None
    jobs.keep(job)
    response.headers["Location"] = f"/images/{job.id}"
    return job


async def receive(request: Request, path: Path):
    """Write the body of a request to a file in pieces; as soon as it is too large, end the request with 413."""
    size = 0
    with path.open("wb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > LIMIT:
                raise HTTPException(413, "The image has too many bytes")
            file.write(piece)


def check(path: Path):
    """End the request with 415 if a file is neither PNG nor JPEG, and with 413 if it has too many pixels."""
    try:
        with Image.open(path, formats=["PNG", "JPEG"]) as image:
            pixels = image.width * image.height
    except Image.DecompressionBombError:
        raise HTTPException(413, "The image has too many pixels") from None
    except OSError:
        raise HTTPException(415, "Only PNG and JPEG images are accepted") from None
    if pixels > PIXELS:
        raise HTTPException(413, "The image has too many pixels")


@app.get("/images/{image_id}", response_model=jobs.JobOut)
async def show_image(image_id: int, response: Response, wait: Annotated[int, Query(ge=0, le=30)] = 0):
    """Return the state of an image, and its text once it is done."""
    job = jobs.find(image_id)
    if job is None:
        raise HTTPException(404, "There is no such image")
    with suppress(TimeoutError):
        await asyncio.wait_for(job.finished.wait(), wait)
    if job.state in ("queued", "running"):
        response.headers["Retry-After"] = "1"
    return job
