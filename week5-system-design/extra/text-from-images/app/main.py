"""The town archive: it accepts images of index cards, and reads what is written on them.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI, Request, Response

from app import errors, gate, jobs, recognition, worker

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


@app.post("/images", response_model=jobs.JobOut)
async def upload_image(request: Request, response: Response):
    """Accept an image, and put it in the queue."""
    # TODO 2: write the body to a new file, check it, put a job in the queue, keep it, and return it with 202.
    # TODO 5: if too many images are waiting, return 503.
    raise NotImplementedError("TODO 2: accept the image")


@app.get("/images/{image_id}", response_model=jobs.JobOut)
async def show_image(image_id: int, response: Response):
    """Return the state of an image, and its text once it is done."""
    # TODO 3: return the job with a Retry-After while it is not finished, or return 404.
    # TODO 6: with ?wait=20, wait up to 20 seconds until the job is finished.
    raise NotImplementedError("TODO 3: show the image")
