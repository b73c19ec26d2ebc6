"""What clients send, and what the app returns (provided)."""

from datetime import datetime

from pydantic import BaseModel, Field


class NewUser(BaseModel):
    """Somebody who signs up."""

    name: str = Field(pattern="^[a-z][a-z0-9]{1,19}$")


class Profile(BaseModel):
    """A user, how many people follow this user, and how many this user follows."""

    name: str
    followers: int
    following: int


class PhotoView(BaseModel):
    """A photo as the app returns it: the author is the name of a user, likes is how many there are."""

    id: int
    author: str
    caption: str
    posted_at: datetime
    likes: int


class Page(BaseModel):
    """One page of a feed, and the cursor of the next one, if there is one."""

    photos: list[PhotoView]
    next: str | None
