"""The tables of the store, in its own database (provided)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.database import Base


class Account(Base):
    """What a customer has paid in and not spent yet."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(primary_key=True)
    credit: Mapped[int]


def lock_account(session: Session, name: str) -> Account | None:
    """Return the account of a customer, which nothing else can change until the session ends; None if there is none."""
    return session.get(Account, name, with_for_update=True)


class Order(Base):
    """An order, which is pending until the warehouse has replied; then it is shipped or refunded."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(ForeignKey("accounts.name"))
    product: Mapped[str]
    quantity: Mapped[int]
    price: Mapped[int]
    status: Mapped[str] = mapped_column(default="pending")
