"""The bodies of requests and responses. A schema is not a table: the models are in models.py."""

from datetime import date

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """The base class of all responses (provided): its fields can be read from the attributes of an object."""

    model_config = ConfigDict(from_attributes=True)


class ResourceIn(BaseModel):
    """A resource as a client sends it (provided)."""

    name: str
    category: str
    address: str | None = None
    contact_email: str | None = None


class ResourceOut(Out):
    """A resource as the app returns it (provided)."""

    id: int
    name: str
    category: str
    address: str | None
    contact_email: str | None


class ResourcePage(Out):
    """One page of a list, and how many resources match in total (provided)."""

    total: int
    items: list[ResourceOut]


class ResourceChange(BaseModel):
    """What a client sends to change a resource."""

    # TODO 5: every field may be left out; a field that is sent follows the rules of ResourceIn.


class ReferralIn(BaseModel):
    """A referral as a client sends it (provided)."""

    family_name: str
    referral_date: date
    notes: str | None = None


class ReferralOut(Out):
    """A referral as the app returns it (provided)."""

    id: int
    family_name: str
    resource_id: int
    referral_date: date
    notes: str | None


class ResourceWithReferrals(ResourceOut):
    """A resource, and the families that were referred to it."""

    # TODO 6: add the list `referrals`.


class ReferralWithResource(ReferralOut):
    """A referral, and the resource it belongs to."""

    # TODO 7: add `resource`, which shows the id and the name of the resource.


class CategoryCount(Out):
    """One line of the report (provided)."""

    category: str
    resources: int
    referrals: int
