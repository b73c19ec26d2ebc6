"""Triggers of the course's own, which make a database slow to commit, or refuse changes.

The table belongs to the submission's role, the function to the provisioner's, in a schema that no role of the submission
may use, nor the course's, as which the submission's triggers run. No role needs a right to fire the trigger, and none can
change or drop the function. As the owner of the table the submission can still disable or drop the trigger: it would have
to look for it, since nothing announces it, and would gain a check that is about waiting, not its points.
"""

from __future__ import annotations

from classroom.services.postgres.quoting import identifier, literal

SCHEMA = "classroom"
EVENTS = "INSERT OR UPDATE OR DELETE"
SLEPT = "classroom.slept"
# The function runs in the session of the submission, which may put a pg_sleep of its own first.
PATH = "SET search_path = pg_catalog, pg_temp"


def prepare() -> str:
    """Return the statements that make the course's own schema."""
    return f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC"


def slow_commit(table: str, seconds: float) -> str:
    """Return the statements that make each transaction that changed *table* wait *seconds* at its commit."""
    # Once in a transaction, however many rows it changed. Assignments and not PERFORM: at the commit a statement
    # of a trigger is counted like one that the client sent.
    body = (
        f"IF coalesce(current_setting('{SLEPT}', true), '') <> pg_current_xact_id()::text THEN"
        f" ignored := set_config('{SLEPT}', pg_current_xact_id()::text, true); ignored := pg_sleep({seconds:.3f}); END IF"
    )
    return _trigger("slow", table, body, deferred=True)


def refuse(table: str, message: str, when: str, code: str) -> str:
    """Return the statements that make each change of *table* fail, at the commit or at the statement."""
    body = f"RAISE EXCEPTION USING MESSAGE = {literal(message)}, ERRCODE = {literal(code)}"
    return _trigger("refuse", table, body, deferred=when == "commit")


def calm() -> str:
    """Return the statement that drops all of them, with their functions."""
    return f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"


def _trigger(name: str, table: str, body: str, *, deferred: bool) -> str:
    function = f"{SCHEMA}.{identifier(f'{name}_{table}')}"
    on = f"public.{identifier(table)}"
    kind, timing = ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED") if deferred else ("TRIGGER", "")
    code = f"$body$ DECLARE ignored text; BEGIN {body}; RETURN NULL; END $body$"
    return "; ".join(
        (
            prepare(),
            f"DROP FUNCTION IF EXISTS {function}() CASCADE",
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql {PATH} AS {code}",
            f"CREATE {kind} classroom_{name} AFTER {EVENTS} ON {on} {timing} FOR EACH ROW EXECUTE FUNCTION {function}()",
        )
    )
