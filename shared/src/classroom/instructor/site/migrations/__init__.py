"""The tables of the classroom on the web, step by step: Alembic brings a database of any version up to date."""
