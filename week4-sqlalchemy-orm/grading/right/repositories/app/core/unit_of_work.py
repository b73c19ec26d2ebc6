from app.core.database import session_factory
from app.repositories import ReferralRepository, ResourceRepository


class UnitOfWork:
    """One transaction, and the repositories in it."""

    def __enter__(self):
        self.session = session_factory()
        self.resources = ResourceRepository(self.session)
        self.referrals = ReferralRepository(self.session)
        return self

    def commit(self):
        self.session.commit()

    def __exit__(self, *_):
        self.session.rollback()
        self.session.close()


def unit_of_work():
    with UnitOfWork() as unit:
        yield unit
