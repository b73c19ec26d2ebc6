"""The database of a classroom's site as its owner sees it, whether the site is being served or not."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from classroom.core.errors import CouldNotCheck
from classroom.instructor.site.database import FOLDER, parse_address, url_of
from classroom.services.postgres.connect import first_line
from classroom.services.postgres.servers.kept_access import kept_access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.instructor.classrooms.classroom import Classroom


@contextlib.contextmanager
def owned_database(classroom: Classroom, address: str = "") -> Iterator[Session | None]:
    """Yield a transaction, which is committed at the end; None if the classroom has had no site yet.

    Args:
        classroom: the classroom.
        address: the URL of its database, if that is on another server.

    Raises:
        CouldNotCheck: the database cannot be used.
    """
    with contextlib.ExitStack() as opened:
        folder = classroom.state_dir / FOLDER
        if address:
            url = parse_address(address)
        elif (folder / "data" / "PG_VERSION").is_file():
            url = url_of(opened.enter_context(kept_access(folder)))
        else:
            yield None
            return
        engine = create_engine(url, poolclass=NullPool)
        try:
            with Session(engine) as db, db.begin():
                yield db
        except DBAPIError as error:
            reason = first_line(error.orig or error)
            raise CouldNotCheck(
                f"The classroom's database cannot be used ({reason}). If it is from an earlier version, run `classroom serve` once."
            ) from None
