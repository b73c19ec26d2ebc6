"""CommunityBridge."""


from typing import List, Optional

from fastapi import Depends, FastAPI, HTTPException, Query, status
from sqlalchemy import case, func, text
from sqlalchemy.orm import Session, joinedload

from app import models, schemas
from app.database import engine, get_db

models.Base.metadata.create_all(bind=engine)
app = FastAPI()


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


@app.post("/resources/", response_model=schemas.ResourceOut, status_code=status.HTTP_201_CREATED)
def create_resource(resource: schemas.ResourceIn, db: Session = Depends(get_db)):
    db_resource = models.Resource(**resource.model_dump())
    db.add(db_resource)
    db.commit()
    db.refresh(db_resource)
    return db_resource


@app.get("/resources/", response_model=schemas.ResourcePage)
def list_resources(
    category: Optional[str] = None,
    q: Optional[str] = None,
    limit: int = Query(20, ge=1, le=100),
    offset: int = Query(0, ge=0),
    db: Session = Depends(get_db),
):
    query = db.query(models.Resource)
    if category:
        query = query.filter(models.Resource.category == category)
    if q:
        pattern = "%" + q.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        query = query.filter(models.Resource.name.ilike(pattern, escape="!"))
    return {"total": query.count(), "items": query.order_by(models.Resource.id).offset(offset).limit(limit).all()}


@app.get("/resources/{id}", response_model=schemas.ResourceWithReferrals)
def read_resource(id: int, db: Session = Depends(get_db)):
    resource = db.query(models.Resource).filter(models.Resource.id == id).first()
    if not resource:
        raise HTTPException(status_code=404, detail="Not found")
    return resource


@app.patch("/resources/{id}", response_model=schemas.ResourceOut)
def update_resource(id: int, change: schemas.ResourceChange, db: Session = Depends(get_db)):
    query = db.query(models.Resource).filter(models.Resource.id == id)
    if not query.first():
        raise HTTPException(status_code=404, detail="Not found")
    values = change.model_dump(exclude_unset=True)
    if values:
        query.update(values)
        db.commit()
    return query.first()


@app.delete("/resources/{id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_resource(id: int, db: Session = Depends(get_db)):
    resource = db.query(models.Resource).get(id)
    if not resource:
        raise HTTPException(status_code=404, detail="Not found")
    db.delete(resource)
    db.commit()


@app.post("/resources/{id}/referrals/", response_model=schemas.ReferralOut, status_code=201)
def create_referral(id: int, referral: schemas.ReferralIn, db: Session = Depends(get_db)):
    resource = db.query(models.Resource).filter_by(id=id).one_or_none()
    if resource is None:
        raise HTTPException(status_code=404, detail="Not found")
    db_referral = models.Referral(**referral.model_dump())
    resource.referrals.append(db_referral)
    db.commit()
    db.refresh(db_referral)
    return db_referral


@app.get("/referrals/", response_model=List[schemas.ReferralWithResource])
def list_referrals(db: Session = Depends(get_db)):
    return db.query(models.Referral).options(joinedload(models.Referral.resource)).order_by(models.Referral.id).all()


@app.get("/reports/categories", response_model=List[schemas.CategoryCount])
def report(db: Session = Depends(get_db)):
    return (
        db.query(
            models.Resource.category,
            func.count(func.distinct(models.Resource.id)).label("resources"),
            func.sum(case((models.Referral.id.is_not(None), 1), else_=0)).label("referrals"),
        )
        .outerjoin(models.Referral, models.Referral.resource_id == models.Resource.id)
        .group_by(models.Resource.category)
        .order_by(models.Resource.category.asc())
        .all()
    )
