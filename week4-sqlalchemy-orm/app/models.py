"""The tables as classes: a class for each table, an object for each row."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base class of all models (provided). `Base.metadata` collects their tables."""


class Resource:
    """A place that helps families."""

    # TODO 2: make this class the model of the table `resources`, with its five columns.
    # TODO 6: give a resource its referrals, ordered by date, then by id.
    # TODO 8: when a resource is deleted, its referrals are deleted with it.


class Referral:
    """A family that was referred to a resource."""

    # TODO 2: make this class the model of the table `referrals`, with its five columns, its keys and its index.
    # TODO 7: give a referral its resource.
