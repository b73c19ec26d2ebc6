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
    """What the instances ask of the primary, the replica and the cache, and ways to hold it up."""

    def tables(self):
        """Return the names of the tables that the app has made."""
        return app_tables(self.system.primary)

    def names(self):
        """Return what a statement names that asks something of the app's own: tables, views, functions."""
        return self.system.primary.names()

    @contextlib.contextmanager
    def replica_alone(self):
        """Check that the requests in the `with` run statements on the replica, and none on the primary."""
        system, names = self.system, self.names()
        ground(self.tables(), task=3)
        with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
            yield
        asked = on_primary.of(naming=names)
        first = asked[0].query[:160] if asked else ""
        expect.that(not asked, f"GETs asked the primary {on_primary.total(naming=names)} times, such as: {first}")
        expect.that(on_replica.total(naming=names), "GETs asked the replica nothing.")

    @contextlib.contextmanager
    def primary_away(self):
        """Let the primary refuse connections in the `with`, and end those that are open.

        Afterwards the instances are restarted: what becomes of connections that were cut is not asked for.
        """
        with self.system.primary.away():
            yield
        for instance in (self.system.a, self.system.b):
            instance.kill()
            instance.start()

    @contextlib.contextmanager
    def slow_commit(self, seconds):
        """Make every change of a table wait this many seconds before it is committed, in the `with`."""
        for table in self.tables():
            self.system.primary.slow_commit(table, seconds)
        try:
            yield
        finally:
            self.system.primary.calm()

    def gate_for_commits(self):
        """Return a gate at which what changes a table waits at its commit."""
        return gate_for_commits(self.system.primary)

    def gate_for_reads(self):
        """Return a gate at which what the replica has found waits on its way back."""
        return gate_for_reads(self.system.primary)

    def gate_for_lookups(self):
        """Return a gate at which reads of the replica wait, also where there is nothing to be found."""
        return gate_for_lookups(self.system.primary, self.system.replica)

    def start_together(self, background):
        """Start both instances so that both have looked for the tables before either can make one."""
        start_together(self.system, background)

    def see_copies(self, video):
        """Check that there is a cache at all: of twenty reads of a video some run no statement."""
        names, system = self.names(), self.system
        ground(self.get(video).status == 200, task=4)
        with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
            for via in (self.a, self.b) * 10:
                expect(self.get(video, via)).ok()
        asked = on_primary.total(naming=names) + on_replica.total(naming=names)
        expect.that(asked < 20, f"Twenty GETs of one video ran {asked} statements: no copies are kept yet.")

    def warm(self, video):
        """Read a video through both instances, so that an app that keeps copies has one."""
        for via in (self.a, self.b):
            self.get(video, via)

    def same_instant(self, videos):
        """Give the rows of these videos times of creation that are equal in pairs, the pairs a microsecond apart."""
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
        """Return a video, and others that share its owner, title, description or time of creation."""
        first, video = self.video(), self.video()
        others = [
            self.video(),
            self.video(who=self.other, title=video["title"]),
            self.video(who=self.other, description=video["description"]),
        ]
        self.same_instant([first, video, *others])
        return video, [first, *others]
