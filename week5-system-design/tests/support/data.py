"""The databases and the cache behind the site."""

import contextlib

from classroom import (
    app_tables,
    expect,
    gate_for_commits,
    gate_for_lookups,
    gate_for_reads,
    ground,
    start_together,
)

from .videos import Videos

MOMENTS = (
    "SELECT table_name AS table, column_name AS column FROM information_schema.columns"
    " WHERE table_schema = 'public' AND data_type LIKE 'timestamp%%' AND table_name = %s"
)


class Data(Videos):
    """The instances' requests to the primary, the replica and the cache, and ways to delay them."""

    def tables(self):
        """Return the names of the tables that the app has created."""
        return app_tables(self.system.primary)

    def names(self):
        """Return the names of everything that the app has created in the database: tables, views, functions."""
        return self.system.primary.names()

    @contextlib.contextmanager
    def replica_alone(self):
        """Check that the requests in the `with` block run statements on the replica, and none on the primary."""
        system, names = self.system, self.names()
        ground(self.tables(), task=3)
        with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
            yield
        asked = on_primary.of(naming=names)
        first = " ".join(asked[0].query.split())[:160] if asked else ""
        expect.that(not asked, f"A GET read from the primary, not through DATABASE_REPLICA_URL: {first}")
        expect.that(on_replica.total(naming=names), "The GETs ran no statement on the replica.")

    @contextlib.contextmanager
    def primary_away(self):
        """Make the primary reject connections in the `with` block, and close those that are open.

        Afterwards the instances are restarted: what happens to connections that were cut is not part of the task.
        """
        with self.system.primary.away():
            yield
        for instance in (self.system.a, self.system.b):
            instance.kill()
            instance.start()

    @contextlib.contextmanager
    def slow_commit(self, seconds):
        """Make every change to a table in the `with` block wait this many seconds before it is committed."""
        for table in self.tables():
            self.system.primary.slow_commit(table, seconds)
        try:
            yield
        finally:
            self.system.primary.calm()

    def gate_for_commits(self):
        """Return a gate at which each transaction that changes a table waits before its commit."""
        return gate_for_commits(self.system.primary)

    def gate_for_reads(self):
        """Return a gate at which a read waits after the replica has found its rows."""
        return gate_for_reads(self.system.primary)

    def gate_for_lookups(self):
        """Return a gate at which each read from the replica waits, even one that finds nothing."""
        return gate_for_lookups(self.system.primary, self.system.replica)

    def start_together(self, background):
        """Start both instances so that both have checked which tables exist before either can create one."""
        start_together(self.system, background)

    def see_copies(self, video):
        """Check that there is a cache at all: of twenty reads of a video, at least some run no statements."""
        names, system = self.names(), self.system
        ground(self.get(video).status == 200, task=4)
        with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
            for via in (self.a, self.b) * 10:
                expect(self.get(video, via)).ok()
        asked = on_primary.total(naming=names) + on_replica.total(naming=names)
        why = "nothing is kept in the cache. Does an except hide a RedisError?"
        expect.that(asked < 20, f"Twenty GETs of one video ran {asked} statements: {why}")

    def warm(self, video):
        """Read a video through both instances, so that an app with a cache has a copy of it."""
        for via in (self.a, self.b):
            self.get(video, via)

    def same_instant(self, videos):
        """Set the created_at of these videos in pairs: equal within a pair, a microsecond apart between pairs."""
        primary = self.system.primary
        ids = [video["id"] for video in videos]
        for table in self.tables():
            for row in primary.rows(MOMENTS, table):
                column, of_ours = row["column"], "lower(t::text) LIKE ANY (%s)"
                primary.run(
                    f'UPDATE "{table}" AS u SET "{column}" = s.first + (s.rank / 2) * interval \'1 microsecond\' FROM'
                    f' (SELECT t.ctid AS position, min(t."{column}") OVER () AS first,'
                    f'  (row_number() OVER (ORDER BY t."{column}"))::int AS rank FROM "{table}" t WHERE {of_ours}'
                    f'  AND t."{column}" IS NOT NULL) s WHERE u.ctid = s.position',
                    [f"%{video_id}%" for video_id in ids],
                )

    def among_neighbors(self):
        """Return a video, and others that share its owner, title, description or creation time."""
        first, video = self.video(), self.video()
        others = [
            self.video(),
            self.video(who=self.other, title=video["title"]),
            self.video(who=self.other, description=video["description"]),
        ]
        self.same_instant([first, video, *others])
        return video, [first, *others]
