"""The tables (provided)."""

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base class of all models."""


post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class PostRow(Base):
    """A post, with its tags and comments."""

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    closed: Mapped[bool] = mapped_column(default=False)

    tags: Mapped[list["TagRow"]] = relationship(secondary=post_tags, order_by="TagRow.name")
    comments: Mapped[list["CommentRow"]] = relationship(order_by="CommentRow.id")


class TagRow(Base):
    """A tag, which many posts may have."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class CommentRow(Base):
    """A comment, with the email address of its author, which is never shown."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    author: Mapped[str]
    email: Mapped[str]
    text: Mapped[str]
