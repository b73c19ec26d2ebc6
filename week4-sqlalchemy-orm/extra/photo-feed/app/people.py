"""People: signing up, finding them, and who is asking (provided).

Here, the header X-User says who is asking, and nobody checks whether it is true. The extra `accounts` shows how a real
app finds out.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.database import SessionDep
from app.models import User
from app.schemas import NewUser

router = APIRouter()


@router.post("/users", status_code=201)
def sign_up(new: NewUser, session: SessionDep) -> NewUser:
    """Create a user."""
    try:
        session.add(User(name=new.name))
        session.commit()
    except IntegrityError:
        raise HTTPException(409, "Somebody else has this name") from None
    return new


def find_user(session: Session, name: str) -> User:
    """Return the user with this name, or end the request with 404."""
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise HTTPException(404, "There is no user with this name")
    return user


def current_user(session: SessionDep, x_user: Annotated[str | None, Header()] = None) -> User:
    """Return the user that the header X-User names, or end the request with 401."""
    user = session.scalar(select(User).where(User.name == x_user))
    if user is None:
        raise HTTPException(401, "Send the header X-User with the name of a user")
    return user


UserDep = Annotated[User, Depends(current_user)]
