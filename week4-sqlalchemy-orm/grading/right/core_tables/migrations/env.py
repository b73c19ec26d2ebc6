"""How Alembic reaches the database."""

from alembic import context

from app.database import engine
from app.models import metadata

with engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
