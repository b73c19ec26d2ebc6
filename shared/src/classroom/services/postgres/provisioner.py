"""The provisioner hands out databases with their own role, and takes them back."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import hmac
import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.locks import load_or_create_secret, owned
from classroom.services.postgres import roles, watchdog
from classroom.services.postgres.admin import DISK_FULL, PRIVATE, Admin, full_server
from classroom.services.postgres.database import Database
from classroom.services.postgres.names import ROLES, Names, provisioners_folder
from classroom.services.postgres.removal import Removal
from classroom.services.postgres.roles import Login
from classroom.services.postgres.servers import ramdisk

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from classroom.core.errors import DiskFull
    from classroom.services.postgres.access import Server
    from classroom.services.postgres.bounded_query import Refusal
    from classroom.services.postgres.errors import DatabaseError

SELF = (
    "SELECT rolname AS name, rolsuper AS superuser, rolsuper OR rolcreatedb AS createdb,"
    " rolsuper OR rolcreaterole AS createrole, current_setting('fsync') = 'off' AS unsafe,"
    " current_setting('server_version_num')::int AS version,"
    " EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pg_use_reserved_connections') AS reserved,"
    " (SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = %s) AS memory"
    " FROM pg_roles WHERE rolname = current_user"
)
OURS = (
    "SELECT datname AS name, 1 AS is_database FROM pg_database WHERE starts_with(datname, %s)"
    " UNION ALL SELECT rolname, 0 FROM pg_roles WHERE starts_with(rolname, %s)"
)
KEPT = "SELECT datdba = current_user::regrole AS ours FROM pg_database WHERE datname = %s AND datallowconn"
PUBLIC_BELONGS_TO_THE_OWNER = 150000  # of the database; before this version, to the server's first superuser
KEPT_SECONDS = 60
SESSION_SECONDS = 2  # to end
MOST_SWEPT, SWEEP_SECONDS = 20, 10  # at a time: opening a provisioner is to be quick


class Provisioner:
    """The course's own access to a server. Close it when done, or use it in a `with`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.admin = Admin(server)
        self.names = Names()
        self._process = os.getpid()
        self._given: dict[str, Database] = {}
        self._lasting: dict[str, Database] = {}
        self.superuser = self.reserved = self.unsafe = False
        self.version = 0
        self.tablespace: str | None = None  # for what nobody keeps
        atexit.register(self.close)
        try:
            self._look_round()
            self.sweep()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def database(self, template: Database | None = None, *, connections: int = roles.CONNECTIONS) -> Database:
        """Make a new database with its own role: empty, or with all that *template* holds.

        Each of its roles may have this number of *connections*.

        A template is closed to everyone from its first use on.
        """
        if template is not None:
            template.freeze()
        name = self.names.new()
        database = self._describe(name, lambda _: roles.new_password())
        database.most_connections = connections
        self._given[name] = database
        self._make(database, template, self.tablespace)
        return database

    def kept(self, name: str) -> Database:
        """Return the lasting database of this name, with the same address each time; it is created if it does not exist."""
        full = self.names.kept(name)
        if full not in self._lasting:
            self._lasting[full] = self._find_or_make(full)
        return self._lasting[full]

    def reset(self, name: str) -> None:
        """Empty the lasting database of this name."""
        full = self.names.kept(name)
        if full in self._lasting:
            self._lasting.pop(full).close_connections()
        self.remove(full)
        self.kept(name)

    def remove(self, name: str) -> list[Refusal]:
        """Drop a database and its roles, even while a submission is connected; return why something is left.

        On a private server they are left: it ends with the submission.
        """
        if self.server.way == PRIVATE:
            self._given.pop(name, None)
            return []
        refused = Removal(self.admin, name, [f"{name}_{kind}" for kind in ROLES]).run()
        self._given.pop(name, None)
        self._lasting.pop(name, None)
        return refused

    def sweep(self) -> None:
        """Drop what crashed provisioners have left behind.

        One that cannot be removed does not block the others: each sweep starts at a random one.
        """
        names = {
            row["name"] if row["is_database"] else row["name"].rpartition("_")[0]
            for row in self.admin.ask(OURS, self.names.prefix, self.names.prefix)
        }
        abandoned = self.names.abandoned(sorted(names))
        random.shuffle(abandoned)
        removed, end = 0, time.monotonic() + under_load(SWEEP_SECONDS)
        for name in abandoned:
            if removed == MOST_SWEPT or time.monotonic() > end:
                break
            with contextlib.suppress(CouldNotCheck):  # another one may be sweeping too
                removed += not self.remove(name)

    def oversee(self, seconds: float = watchdog.SECONDS, megabytes: int = watchdog.MEGABYTES) -> list[str]:
        """End what runs too long and shut what has grown too large, of all databases of this account's provisioners."""
        return watchdog.oversee(
            self.admin, self.names.prefix, self.names.kept(""), seconds, megabytes, superuser=self.superuser
        )

    @property
    def owns_public(self) -> bool:
        """Whether the provisioner may give the schema public of a database to another role.

        On PostgreSQL 14 an ordinary role may not: public stays with the server's superuser, where every role can create
        tables. The app lacks nothing then, but it cannot drop the schema, and the reader can create tables in it.
        """
        return self.superuser or self.version >= PUBLIC_BELONGS_TO_THE_OWNER

    def places(self) -> list[Path]:
        """Return the folders that hold the databases, if the server is ours."""
        return [*self.server.places, *([ramdisk.PLACE] if self.tablespace else [])]

    def full(self, error: DatabaseError) -> DiskFull | None:
        """Return a DiskFull error if that is why a check could not query its database, else None."""
        return full_server(str(error), self.server) if error.code == DISK_FULL else None

    def held(self) -> int:
        """Return the size in bytes of the databases in use."""
        size = (
            "SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint AS bytes FROM pg_database WHERE datname = ANY(%s)"
        )
        return int(self.admin.ask(size, list(self._given))[0]["bytes"])

    def end_sessions(self, role: str) -> None:
        """End every session of a role."""
        # Asked to wait, the server looks only every tenth of a second, for one session after the other.
        late = time.monotonic() + under_load(SESSION_SECONDS)
        while self.admin.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", role):
            if time.monotonic() > late:
                return
            time.sleep(0.003)

    def close(self) -> None:
        """Drop the databases that were given out, and give the server up."""
        atexit.unregister(self.close)
        if self._process == os.getpid():
            for name in list(self._given):
                with contextlib.suppress(CouldNotCheck):
                    self._given[name].drop()
            for database in self._lasting.values():
                database.close_connections()
            self.names.close()
        self.admin.close()
        self.server.close()

    def _describe(self, name: str, password: Callable[[str], str]) -> Database:
        app, course, reader = (f"{name}_{kind}" for kind in ROLES)
        return Database(self, name, Login(app, password(app)), course, Login(reader, password(reader)))

    def _make(self, database: Database, template: Database | None, tablespace: str | None) -> None:
        name, app = database.name, database.app
        made = roles.make_roles(
            app,
            database.course,
            superuser=self.superuser,
            reserved=self.reserved,
            connections=database.most_connections,
        )
        self.admin.ask(made)
        original = template.name if template else "template0"
        quick = roles.make_database(name, original, by_files=True, tablespace=tablespace)
        if not self.unsafe or self.admin.attempt(quick)[1]:
            self.admin.ask(roles.make_database(name, original, by_files=False))
        self.admin.ask(roles.open_database(name, app.role))
        database.set_up(template.app if template else None)

    def _find_or_make(self, full: str) -> Database:
        kept = self._describe(full, self._lasting_password)
        with owned(provisioners_folder() / "kept.lock", KEPT_SECONDS):
            if not (found := self.admin.ask(KEPT, full)):
                self.remove(full)  # what a crash may have left half made
                self._make(kept, None, None)
            elif not found[0]["ours"]:
                # An earlier version of the kit gave the database to the submission's role.
                self.admin.ask(
                    f"ALTER DATABASE {full} OWNER TO CURRENT_USER; {roles.open_database(full, kept.app.role)}"
                )
                kept.set_up()
        return kept

    def _look_round(self) -> None:
        """Find out what the provisioner may do here, and what the server is like."""
        found = self.admin.ask(SELF, ramdisk.NAME)[0]
        missing = [right for right in ("CREATEDB", "CREATEROLE") if not found[right.lower()]]
        if missing:
            raise CouldNotCheck(
                f"The role {found['name']} in DATABASE_URL may not create what each check needs: grant the right with "
                f"`ALTER ROLE {found['name']} {' '.join(missing)}`, or unset DATABASE_URL."
            )
        self.superuser, self.reserved, self.unsafe = found["superuser"], found["reserved"], found["unsafe"]
        self.version = found["version"]
        if found["memory"] and ramdisk.has_room(Path(found["memory"])):
            self.tablespace = ramdisk.NAME

    def _lasting_password(self, role: str) -> str:
        secret = load_or_create_secret(provisioners_folder() / "secret", 32)
        return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()[:32]
