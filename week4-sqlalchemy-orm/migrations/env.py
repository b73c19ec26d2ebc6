"""How Alembic reaches the database (provided): the address comes from the environment, the models from the app."""

import os

from alembic import context
from sqlalchemy import create_engine

from app.models import Base

DATABASE_URL = os.environ.get("DATABASE_URL", "")
if not DATABASE_URL:
    raise SystemExit("DATABASE_URL is not set: Alembic has to know which database to change.")

with create_engine(DATABASE_URL).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
