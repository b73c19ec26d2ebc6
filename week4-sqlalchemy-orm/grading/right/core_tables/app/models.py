"""Tables, without classes."""

from sqlalchemy import Column, Date, ForeignKey, Identity, Index, Integer, MetaData, Table, Text

metadata = MetaData()
resources = Table(
    "resources",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("address", Text),
    Column("contact_email", Text),
)
referrals = Table(
    "referrals",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("family_name", Text, nullable=False),
    Column("resource_id", ForeignKey(resources.c.id, ondelete="CASCADE"), nullable=False),
    Column("referral_date", Date, nullable=False),
    Column("notes", Text),
)
Index("referrals_by_resource", referrals.c.resource_id, referrals.c.referral_date, referrals.c.id)
