from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.models import Referral, Resource


class Repository:
    model = None

    def __init__(self, session: Session):
        self.session = session

    def get(self, key):
        return self.session.get(self.model, key)

    def add(self, **values):
        entity = self.model(**values)
        self.session.add(entity)
        return entity

    def remove(self, entity):
        self.session.delete(entity)


class ResourceRepository(Repository):
    model = Resource

    def page(self, category, q, limit, offset):
        conditions = []
        if category is not None:
            conditions.append(Resource.category == category)
        if q is not None:
            conditions.append(Resource.name.icontains(q, autoescape=True))
        total = self.session.scalar(select(func.count()).select_from(Resource).where(*conditions))
        found = self.session.scalars(select(Resource).where(*conditions).order_by(Resource.id).slice(offset, offset + limit))
        return total, found.all()

    def counts(self):
        totals = (
            select(Resource.category, func.count(Resource.id).label("resources"))
            .group_by(Resource.category)
            .cte("totals")
        )
        sent = (
            select(Resource.category, func.count(Referral.id).label("referrals"))
            .join(Referral)
            .group_by(Resource.category)
            .cte("sent")
        )
        return self.session.execute(
            select(totals.c.category, totals.c.resources, func.coalesce(sent.c.referrals, 0).label("referrals"))
            .outerjoin(sent, sent.c.category == totals.c.category)
            .order_by(totals.c.category)
        ).mappings()


class ReferralRepository(Repository):
    model = Referral

    def all(self):
        return self.session.scalars(select(Referral).options(selectinload(Referral.resource)).order_by(Referral.id)).all()
