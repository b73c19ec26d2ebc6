from datetime import date
from typing import Optional

from pydantic import BaseModel, Field, field_validator


class ResourceBody(BaseModel):
    name: str = Field(min_length=1)
    category: str = Field(min_length=1)
    address: Optional[str] = None
    contact_email: Optional[str] = None


class ResourcePatch(BaseModel):
    name: Optional[str] = Field(default=None, min_length=1)
    category: Optional[str] = Field(default=None, min_length=1)
    address: Optional[str] = None
    contact_email: Optional[str] = None

    @field_validator("name", "category")
    @classmethod
    def is_not_null(cls, value):
        if value is None:
            raise ValueError("must not be null")
        return value


class ReferralBody(BaseModel):
    family_name: str
    referral_date: date
    notes: Optional[str] = None


def resource_dict(resource):
    return {name: getattr(resource, name) for name in ("id", "name", "category", "address", "contact_email")}


def referral_dict(referral):
    return {name: getattr(referral, name) for name in ("id", "family_name", "resource_id", "referral_date", "notes")}
