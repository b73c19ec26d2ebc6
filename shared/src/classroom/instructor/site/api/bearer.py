"""Who asks: the owner of the token in the header `Authorization`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from classroom.instructor.site import tokens
from classroom.instructor.site.access import TOO_MANY, address_of, context_of
from classroom.instructor.site.attempts import SECONDS
from classroom.instructor.site.models import API, ASSISTANT, INSTRUCTOR, STUDENT, Person

MISSING = "Send a token in a header: Authorization: Bearer TOKEN. You can create one on the /tokens/ page."
INVALID = "This token is invalid or has been revoked. You can create another one on the /tokens/ page."
NOT_YOURS = "This is for someone else."
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="classroom"'}
WRONG_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="classroom", error="invalid_token"'}
USERNAME = r"^[A-Za-z0-9._-]{1,200}$"
scheme = HTTPBearer(auto_error=False, description="a token for scripts, created on the /tokens/ page")


def owner(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]) -> Person:
    """Return who asks.

    Raises:
        HTTPException: nobody who is known, or too many wrong tokens came from the same address.
    """
    if sent is None:
        raise HTTPException(HTTPStatus.UNAUTHORIZED, MISSING, CHALLENGE)
    context, key = context_of(request), ("api", address_of(request))
    with context.session() as db:
        person = tokens.owner(db, API, sent.credentials, use=True)
        db.flush()
    if person is None:
        if context.attempts.are_used_up(key):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY, {"Retry-After": str(SECONDS)})
        context.attempts.count(key)
        raise HTTPException(HTTPStatus.UNAUTHORIZED, INVALID, WRONG_CHALLENGE)
    return person


def _with_role(*roles: str) -> Any:
    def ensure(person: Annotated[Person, Depends(owner)]) -> Person:
        if person.role not in roles:
            raise HTTPException(HTTPStatus.FORBIDDEN, NOT_YOURS)
        return person

    return Depends(ensure)


def _student_of_whom(
    person: Annotated[Person, Depends(owner)],
    username: Annotated[str, Path(pattern=USERNAME, description="a student; your own username if you are one")],
) -> str:
    """Return the student that is asked about: a student may ask about nobody else."""
    if person.role == STUDENT and person.username != username:
        raise HTTPException(HTTPStatus.FORBIDDEN, NOT_YOURS)
    return username


AnyRole = Annotated[Person, Depends(owner)]
Staff = Annotated[Person, _with_role(INSTRUCTOR, ASSISTANT)]
Instructor = Annotated[Person, _with_role(INSTRUCTOR)]
OneStudent = Annotated[str, Depends(_student_of_whom)]
