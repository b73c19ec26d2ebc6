"""What can be wrong with a request, in words that have nothing to do with HTTP, and how HTTP says it."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


class Problem(Exception):
    """Something that the service does not do, and why (provided)."""


class NotFound(Problem):
    """There is no such thing (provided)."""


class Refused(Problem):
    """A rule of the blog forbids it (provided)."""


def status_of(problem: Problem) -> int:
    """Return the status code for a problem."""
    return 404 if isinstance(problem, NotFound) else 409


def install(app: FastAPI) -> None:
    """Turn every problem into a response (provided)."""

    @app.exception_handler(Problem)
    async def respond(request: Request, problem: Problem) -> JSONResponse:
        try:
            return JSONResponse({"detail": str(problem)}, status_code=status_of(problem))
        except NotImplementedError as todo:
            return JSONResponse({"detail": str(todo)}, status_code=501)
