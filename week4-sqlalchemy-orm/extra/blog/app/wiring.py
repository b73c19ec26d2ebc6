"""Which repository the service works with (provided, read-only). The checks try another one."""

from typing import Annotated

from fastapi import Depends

from app.database import SessionDep
from app.repository import BlogRepository
from app.service import BlogService


def blog_service(session: SessionDep) -> BlogService:
    """Return a service for one request."""
    return BlogService(BlogRepository(session))


ServiceDep = Annotated[BlogService, Depends(blog_service)]
