from fastapi import APIRouter, HTTPException

from ..schemas import UserIn, UserOut
from ..store import users

router = APIRouter()


@router.post("/", status_code=201)
async def create(body: UserIn) -> UserOut:
    email = body.email.lower()
    if email in {user["email"] for user in users.all()}:
        raise HTTPException(status_code=409, detail="Email already registered")
    return UserOut(**users.add({"name": body.name, "email": email, "age": body.age}))


@router.get("/")
async def everybody() -> list[UserOut]:
    return [UserOut(**user) for user in users.all()]


@router.get("/{user_id}")
async def one(user_id: int) -> UserOut:
    user = users.get(user_id)
    if not user:
        raise HTTPException(404)
    return UserOut(**user)
