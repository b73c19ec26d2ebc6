"""Turns an unfinished TODO into a response that says so (provided, nothing to do here)."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


def install(app: FastAPI) -> None:
    """Let a stub return 501 with the text of its TODO, instead of a long traceback."""

    @app.exception_handler(NotImplementedError)
    async def not_done_yet(request: Request, error: NotImplementedError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=501)
