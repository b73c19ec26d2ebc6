"""The two tables, and what a production schema adds."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Identity, Index, MetaData, Text, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ix": "ix_%(column_0_label)s", "fk": "fk_%(table_name)s", "pk": "pk_%(table_name)s"})
    type_annotation_map = {str: Text, int: BigInteger}

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=10)


class Resource(Base):
    __tablename__ = "resources"
    __table_args__ = (CheckConstraint("name <> ''", "named"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    category: Mapped[str] = mapped_column(index=True)
    address: Mapped[str | None]
    contact_email: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default="true")

    referrals: Mapped[list["Referral"]] = relationship(
        order_by=lambda: (Referral.referral_date, Referral.id), back_populates="resource", passive_deletes="all"
    )


class Referral(Base):
    __tablename__ = "referrals"
    __table_args__ = (
        ForeignKeyConstraint(["resource_id"], ["resources.id"], ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        Index(None, "resource_id", "referral_date"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    family_name: Mapped[str]
    resource_id: Mapped[int]
    referral_date: Mapped[date]
    notes: Mapped[str | None]

    resource: Mapped[Resource] = relationship(back_populates="referrals")
