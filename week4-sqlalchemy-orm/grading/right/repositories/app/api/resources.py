from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response, status

from app.core.unit_of_work import UnitOfWork, unit_of_work
from app.dto import ReferralBody, ResourceBody, ResourcePatch, referral_dict, resource_dict

router = APIRouter(prefix="/resources", tags=["resources"])
Unit = Annotated[UnitOfWork, Depends(unit_of_work)]


class Service:
    def __init__(self, unit: Unit):
        self.unit = unit

    def required(self, resource_id):
        resource = self.unit.resources.get(resource_id)
        if resource is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "No such resource")
        return resource


Services = Annotated[Service, Depends(Service)]


@router.post("", status_code=status.HTTP_201_CREATED)
def create(body: ResourceBody, unit: Unit):
    resource = unit.resources.add(**body.model_dump())
    unit.commit()
    return resource_dict(resource)


@router.get("")
def page(
    unit: Unit,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
    category: str | None = None,
    q: str | None = None,
):
    total, items = unit.resources.page(category, q, limit, offset)
    return {"total": total, "items": [resource_dict(item) for item in items]}


@router.get("/{resource_id}")
def read(resource_id: int, service: Services):
    resource = service.required(resource_id)
    return resource_dict(resource) | {"referrals": [referral_dict(each) for each in resource.referrals]}


@router.patch("/{resource_id}")
def change(resource_id: int, body: ResourcePatch, service: Services):
    resource = service.required(resource_id)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(resource, name, value)
    service.unit.commit()
    return resource_dict(resource)


@router.delete("/{resource_id}")
def remove(resource_id: int, service: Services):
    service.unit.resources.remove(service.required(resource_id))
    service.unit.commit()
    return Response(status_code=204)


@router.post("/{resource_id}/referrals", status_code=201)
def refer(resource_id: int, body: ReferralBody, service: Services):
    service.required(resource_id)
    referral = service.unit.referrals.add(resource_id=resource_id, **body.model_dump())
    service.unit.commit()
    return referral_dict(referral)
