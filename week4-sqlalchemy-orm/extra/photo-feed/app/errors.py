"""Turns an open TODO into a response that names it (provided)."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


def install(app: FastAPI) -> None:
    """Return 501 and the text of the TODO wherever `NotImplementedError` is raised."""

    @app.exception_handler(NotImplementedError)
    async def todo(request: Request, error: NotImplementedError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=501)
