import hashlib
import secrets
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, EmailStr, Field, SecretStr

from app.store import users


class QuietRoute(APIRoute):
    def get_route_handler(self) -> Callable:
        original = super().get_route_handler()

        async def quiet(request: Request) -> Response:
            try:
                return await original(request)
            except RequestValidationError as error:
                places = sorted({"/".join(map(str, entry["loc"])) for entry in error.errors()})
                raise HTTPException(422, {"wrong": places}) from None

        return quiet


class Registration(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    email: EmailStr
    age: int = Field(ge=1, le=120)
    password: SecretStr = Field(min_length=8, max_length=128)


class Public(BaseModel):
    id: int
    name: str
    email: EmailStr
    age: int


router = APIRouter(prefix="/users", route_class=QuietRoute)


@router.post("", status_code=201, response_model=Public)
def register(person: Registration):
    if person.email.lower() in (user["email"].lower() for user in users.all()):
        raise HTTPException(409, "Taken")
    salt = secrets.token_hex(8)
    digest = hashlib.sha256((salt + person.password.get_secret_value()).encode()).hexdigest()
    return users.add({**person.model_dump(exclude={"password"}), "salt": salt, "digest": digest})


@router.get("", response_model=list[Public])
def everybody():
    return users.all()


@router.get("/{user_id}", response_model=Public)
def somebody(user_id: int):
    return users.get(user_id) or not_found()


def not_found():
    raise HTTPException(404)
