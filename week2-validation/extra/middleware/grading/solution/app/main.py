"""The timetable of the town's buses: what happens around every request.

The endpoints are in app/api.py. Start it in this folder with: uvicorn app.main:app --reload
"""

import re
import time
import traceback
from http import HTTPStatus
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app import api

app = FastAPI(title="Timetable")
app.include_router(api.router)


# Inside of the next layer, which passes responses on bit by bit: their size would be unknown.
app.add_middleware(GZipMiddleware, minimum_size=1000)


@app.middleware("http")
async def watch(request: Request, call_next):
    sent = request.headers.get("X-Request-ID", "")
    request_id = sent if re.fullmatch("[A-Za-z0-9-]{1,64}", sent) else uuid4().hex
    began = time.perf_counter()
    try:
        response = await call_next(request)
    except Exception as error:
        # Here, and not in a handler: that one would run outside of every middleware, CORS included.
        traceback.print_exception(error)
        response = problem(500, "The server could not respond to this.")
    milliseconds = f"{1000 * (time.perf_counter() - began):.1f}"
    response.headers["X-Request-ID"] = request_id
    response.headers["Server-Timing"] = f"app;dur={milliseconds}"
    print(request.method, request.url.path, response.status_code, f"{milliseconds} ms", request_id)
    return response


# Added last, it is the outermost: even the response to a request that breaks gets its headers.
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://map.example.org"],
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type", "X-Request-ID"],
    expose_headers=["X-Request-ID"],
)


def problem(status, detail, headers=None, **more):
    content = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, headers, media_type="application/problem+json")


# Starlette's exception: FastAPI's own is a kind of it, and an unknown path raises only this one.
@app.exception_handler(HTTPException)
async def explain_error(request: Request, error: HTTPException):
    return problem(error.status_code, error.detail, error.headers)


@app.exception_handler(RequestValidationError)
async def explain_invalid(request: Request, error: RequestValidationError):
    found = [{"loc": entry["loc"], "msg": entry["msg"]} for entry in error.errors()]
    return problem(422, "The request is not valid.", errors=found)
