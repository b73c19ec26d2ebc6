"""The tables of the warehouse, in its own database (provided)."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Item(Base):
    """How many pieces of a product are in stock."""

    __tablename__ = "stock"
    __table_args__ = (CheckConstraint("quantity >= 0"),)

    product: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]


class Handled(Base):
    """The number of an order that was handled."""

    __tablename__ = "handled"

    order: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
