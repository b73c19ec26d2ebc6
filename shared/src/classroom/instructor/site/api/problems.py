"""Errors of the API, as RFC 9457 describes them: `application/problem+json`."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from classroom.core.errors import ClassroomError
from classroom.core.text import one_line
from classroom.services.postgres.connect import first_line

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

MEDIA_TYPE = "application/problem+json"
TROUBLE = "Something went wrong on the classroom's side. Try again in a minute; if the problem persists, tell your instructor."
# What Starlette says in a word or two.
SENTENCES = {
    HTTPStatus.NOT_FOUND.phrase: "There is nothing at this address. All addresses are listed at /api/docs.",
    HTTPStatus.METHOD_NOT_ALLOWED.phrase: "The API is read-only: send a GET request.",
}
log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong."""

    type: str = Field(description="always about:blank: the status says what kind of problem it is")
    title: str = Field(description="the status in words")
    status: int = Field(description="the status code of the response")
    detail: str = Field(description="one sentence: what is wrong, and what to do")
    errors: list[dict[str, Any]] | None = Field(None, description="for a 422: each invalid parameter")


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return what the description says about these status codes."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {code: {"description": HTTPStatus(code).phrase, "content": content} for code in codes}


def add_handlers(app: FastAPI) -> None:
    """Let every error of an app be a problem."""
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _reject)
    app.add_exception_handler(ClassroomError, _show_trouble)
    for outage in (OperationalError, PoolTimeout, OSError):
        app.add_exception_handler(outage, _show_trouble)


def problem(status: int, detail: str, headers: Any = None, errors: list[dict[str, Any]] | None = None) -> JSONResponse:
    """Return a problem as a response."""
    found = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    content = found.model_dump(exclude=None if errors else {"errors"})
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def _refuse(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, SENTENCES.get(error.detail, error.detail), error.headers)


def _reject(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"in": each["loc"][0], "name": str(each["loc"][-1]), "detail": each["msg"]} for each in error.errors()]
    names = ", ".join(each["name"] for each in errors)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"Invalid: {names}.", errors=errors)


def _show_trouble(_: Request, error: Exception) -> JSONResponse:
    """Say that something of ours failed; why, with paths and lines of the roster, is in the log alone."""
    reason = first_line(error) if isinstance(error, SQLAlchemyError) else str(error)
    log.error("A request to the API failed: %s", one_line(reason))
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, TROUBLE, {"Retry-After": "60"})
