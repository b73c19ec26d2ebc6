import os

import psycopg2
from psycopg2.extras import DictCursor


class Repository:
    def __init__(self, connection):
        self.connection = connection

    def all(self, sql, *values):
        with self.connection, self.connection.cursor(cursor_factory=DictCursor) as cursor:
            cursor.execute(sql, values)
            return [dict(row) for row in cursor.fetchall()]

    def first(self, sql, *values):
        rows = self.all(sql, *values)
        return rows[0] if rows else None


def repository():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        yield Repository(connection)
    finally:
        connection.close()
