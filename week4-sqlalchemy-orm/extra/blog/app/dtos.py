"""What travels between the layers, and to clients (provided). None of it knows a database."""

from pydantic import BaseModel, Field


class NewPost(BaseModel):
    """A post as a client sends it."""

    title: str = Field(min_length=1, max_length=100)
    body: str = Field(min_length=1, max_length=10000)
    tags: list[str] = []


class Post(BaseModel):
    """A post as the app returns it; tags are names in alphabetical order."""

    id: int
    title: str
    body: str
    tags: list[str]
    closed: bool


class NewComment(BaseModel):
    """A comment as a client sends it."""

    author: str = Field(min_length=1, max_length=50)
    email: str = Field(min_length=3, max_length=100)
    text: str = Field(min_length=1, max_length=1000)


class Comment(BaseModel):
    """A comment as the app returns it: without the email address."""

    id: int
    author: str
    text: str


class Summary(BaseModel):
    """One line of a list of posts; comments is how many there are."""

    id: int
    title: str
    tags: list[str]
    comments: int


class Page(BaseModel):
    """One page of a list, and where the next one begins, if there is one."""

    items: list[Summary]
    next: int | None
