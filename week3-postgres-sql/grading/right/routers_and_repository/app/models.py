from datetime import date
from typing import Optional

from pydantic import BaseModel, Field


class Resource(BaseModel):
    name: str = Field(..., pattern=r"\S")
    category: str = Field(..., pattern=r"\S")
    address: Optional[str] = None
    contact_email: Optional[str] = None


class ResourceOut(Resource):
    id: int


class Referral(BaseModel):
    family_name: str
    referral_date: date
    notes: Optional[str] = None


class ReferralOut(Referral):
    id: int
    resource_id: int


class ReferralWithName(ReferralOut):
    resource_name: str
