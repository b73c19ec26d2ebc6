"""The timetable of the town's buses: what happens around every request.

The endpoints are in app/api.py. Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI, Request

from app import api

app = FastAPI(title="Timetable")
app.include_router(api.router)


# TODO 5: compress large responses. This layer belongs inside the next one, so it is added first.
# TODO 2: give each request an id, and each response the header X-Request-ID.
# TODO 3: measure each request, put its time in the header Server-Timing, and print a line about it.
# TODO 7: do both for a request that breaks as well, and respond with 500.
@app.middleware("http")
async def watch(request: Request, call_next):
    return await call_next(request)


# TODO 4: let the pages of https://map.example.org use the API.
# TODO 6: turn every error into application/problem+json.
