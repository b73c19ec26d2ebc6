import os

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True, pool_size=4, max_overflow=4)
session_factory = sessionmaker(bind=engine, expire_on_commit=False)
