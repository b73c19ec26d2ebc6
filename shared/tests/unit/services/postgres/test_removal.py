"""Removing databases and roles, whatever a submission did to prevent it."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from classroom.services.postgres import provisioner as module


def left(provisioner, name):
    """Return the databases and roles whose names begin so, roles with whether they can log in."""
    sql = (
        "SELECT datname AS name, true AS usable FROM pg_database WHERE starts_with(datname, %s)"
        " UNION ALL SELECT rolname, rolcanlogin FROM pg_roles WHERE starts_with(rolname, %s)"
    )
    return {row["name"]: row["usable"] for row in provisioner.admin.ask(sql, name, name)}


def test_a_template_is_dropped(provisioner):
    """A database that was made a template, which the server refuses to drop, is still dropped."""
    database = provisioner.database()
    provisioner.admin.ask(f"ALTER DATABASE {database.name} IS_TEMPLATE true")

    database.drop()

    assert left(provisioner, database.name) == {}


@pytest.mark.parametrize("object_", ["TABLE t", "SCHEMA public", "DATABASE {name}"])
def test_rights_that_a_neighbor_gave_do_not_keep_a_role(provisioner, object_):
    """A role that another submission has given rights in its own database is dropped."""
    with provisioner.database() as giver:
        database = provisioner.database()
        everybody = f"{database.app.role}, {database.course}, {database.reader().app.role}"
        giver.script(f"CREATE TABLE t (x int); GRANT ALL ON {object_.format(name=giver.name)} TO {everybody}")

        database.drop()

        assert left(provisioner, database.name) == {}
        assert giver.script("SELECT * FROM t").error is None


def test_a_role_that_cannot_be_dropped_now_is_left_for_a_sweep(provisioner, monkeypatch):
    """A role that another submission is just giving rights cannot be used to anybody afterwards, and goes with a later sweep."""
    with provisioner.database() as giver:
        giver.script("CREATE TABLE t (x int)")
        database = provisioner.database()
        with contextlib.closing(psycopg.connect(giver.url)) as session:
            session.execute(f"GRANT SELECT ON t TO {database.app.role}")

            database.drop()

            assert left(provisioner, database.name) == {database.app.role: False}
            session.commit()
        monkeypatch.setattr(provisioner.names, "abandoned", lambda names: [n for n in names if n == database.name])

        provisioner.sweep()

        assert left(provisioner, database.name) == {}


def test_what_cannot_be_removed_does_not_stop_a_sweep(provisioner, monkeypatch):
    """A sweep continues past names that cannot be removed."""
    bad, good = (f"{provisioner.names.prefix}00000000_{number}" for number in ("0", "1"))
    keeper = f"{provisioner.names.prefix}kept_owned"
    member = "" if provisioner.superuser else f"GRANT {bad}_app TO CURRENT_USER; "
    provisioner.admin.ask(f"CREATE ROLE {bad}_app; CREATE ROLE {good}_app; {member}ALTER ROLE {bad}_app CREATEDB")
    provisioner.admin.ask(f"CREATE DATABASE {keeper} OWNER {bad}_app")
    try:
        monkeypatch.setattr(module, "MOST_SWEPT", 1)

        provisioner.sweep()

        assert left(provisioner, f"{provisioner.names.prefix}00000000") == {f"{bad}_app": False}
    finally:
        provisioner.admin.ask(f"ALTER DATABASE {keeper} OWNER TO CURRENT_USER")
        provisioner.admin.ask(f"DROP DATABASE {keeper}")
        provisioner.admin.ask(f"DROP ROLE {bad}_app")


def test_a_refused_removal_is_no_error_of_the_drop(provisioner, monkeypatch):
    """Dropping a database after the checks raises nothing, whatever the server refuses."""
    database = provisioner.database()
    with monkeypatch.context() as patch:
        patch.setattr(provisioner.admin, "attempt", refuse)
        database.drop()
    provisioner.remove(database.name)


def refuse(sql, *parameters):
    """Refuse every statement."""
    from classroom.services.postgres.bounded_query import Refusal

    return [], Refusal("XX000", f"no: {sql} {parameters}")
