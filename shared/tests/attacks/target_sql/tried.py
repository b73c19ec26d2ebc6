"""What the attacks on the database share."""

import os

import psycopg2


def tried(statements):
    """Return the statements that the server accepted, each with a mark."""
    done = []
    for sql in statements:
        connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=5)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
            done.append(f"CANARY-accepted00000 {sql}")
        except psycopg2.Error:
            continue
        finally:
            connection.close()
    return done
