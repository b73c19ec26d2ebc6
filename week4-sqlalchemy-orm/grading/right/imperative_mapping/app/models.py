"""Plain classes and tables, tied together by a registry."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table
from sqlalchemy.orm import DeclarativeBase, relationship


class Base(DeclarativeBase):
    pass


mapper_registry = Base.registry


class Plain:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


class Resource(Plain):
    pass


class Referral(Plain):
    pass


resources = Table(
    "resources",
    mapper_registry.metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("category", String(200), nullable=False),
    Column("address", String(200)),
    Column("contact_email", String(200)),
)
referrals = Table(
    "referrals",
    mapper_registry.metadata,
    Column("id", Integer, primary_key=True),
    Column("family_name", String(200), nullable=False),
    Column("resource_id", Integer, ForeignKey("resources.id", ondelete="CASCADE"), nullable=False),
    Column("referral_date", Date, nullable=False),
    Column("notes", String(2000)),
    Index("by_resource", "resource_id"),
)
mapper_registry.map_imperatively(
    Resource,
    resources,
    properties={
        "referrals": relationship(
            "Referral",
            back_populates="resource",
            cascade="all, delete-orphan",
            order_by=(referrals.c.referral_date, referrals.c.id),
        )
    },
)
mapper_registry.map_imperatively(
    Referral,
    referrals,
    properties={"resource": relationship("Resource", back_populates="referrals")},
)
