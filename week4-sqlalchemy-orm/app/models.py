"""The tables as classes: one class for a table, one object for a row."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """What every model inherits from (provided). `Base.metadata` knows the tables of all of them."""


class Resource:
    """A place that helps families."""

    # TODO 2: make this class the model of the table `resources`, with its five columns.
    # TODO 6: a resource knows its referrals, in date order, then id.
    # TODO 8: the referrals of a resource go when it goes.


class Referral:
    """A family that was sent to a resource."""

    # TODO 2: make this class the model of the table `referrals`, with its five columns, its keys and its index.
    # TODO 7: a referral knows its resource.
