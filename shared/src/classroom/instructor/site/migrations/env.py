"""Called by Alembic: runs the steps on the connection that `database.py` hands over."""

from alembic import context

from classroom.instructor.site.models import Base
from classroom.instructor.workers import models as _  # noqa: F401 - registers its tables

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
