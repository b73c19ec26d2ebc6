"""Models as they were written for SQLAlchemy 1."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()


class Resource(Base):
    __tablename__ = "resources"

    id = Column(Integer, primary_key=True, index=True)
    name = Column(String, nullable=False)
    category = Column(String, nullable=False, index=True)
    address = Column(String)
    contact_email = Column(String)


class Referral(Base):
    __tablename__ = "referrals"

    id = Column(Integer, primary_key=True, index=True)
    family_name = Column(String, nullable=False)
    resource_id = Column(Integer, ForeignKey("resources.id"), nullable=False, index=True)
    referral_date = Column(Date, nullable=False)
    notes = Column(String)

    resource = relationship(
        "Resource",
        backref=backref("referrals", cascade="all, delete", order_by="[Referral.referral_date, Referral.id]"),
    )
