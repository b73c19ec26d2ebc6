"""Counters read from the parts of a system."""

import socket
from types import SimpleNamespace

from classroom.services.cache import Cache
from classroom.services.manager import Services
from classroom.services.postgres.connect import WITH_PUBLIC, connect
from classroom.student.load import Counts, Parts
from classroom.student.load.parts import Growing, Lines
from classroom.student.load.statements import Statements
from classroom.student.records import Counters, Records


def test_lines_are_counted_as_they_come(tmp_path):
    """Each reading continues where the last one ended; half a line counts when it is whole; a new file starts again."""
    path = tmp_path / "log"
    lines = Lines(path)
    found = [lines.count()]
    for text in ("a\nb\n", "a\nb\nc", "a\nb\nc\n", "x\n"):
        path.write_text(text)
        found.append(lines.count())

    assert found == [0, 2, 2, 3, 4]


def test_only_some_lines_count(tmp_path):
    """Lines that begin otherwise do not count, nor do those from before."""
    path = tmp_path / "log"
    path.write_text("end 1\n")
    lines = Lines(path, b"end ", skip=True)
    with path.open("a") as file:
        file.write("begin 2\nend 2\nbegin 3\n")

    assert lines.count() == 1


def test_a_cache_that_starts_again_goes_on_from_its_count():
    """Counters that fall back to zero are added to those of before; while the cache is down the last ones stay."""
    readings = iter([None, (5, 2), (9, 4), None, (0, 1), (3, 1)])
    growing = Growing(SimpleNamespace(read=lambda: next(readings)))

    assert [growing.read() for _ in range(6)] == [None, (5, 2), (9, 4), (9, 4), (9, 5), (12, 5)]


def test_statements_on_tables_are_counted_by_role():
    """What each role runs on the app's tables is counted; transactions and other statements are not."""
    services = Services(["postgres"])
    with services.database() as database:
        reader = database.reader()
        primary, replica = Statements(database, others=(reader.app.role,)), Statements(reader)
        with connect(database.access(), path=WITH_PUBLIC) as connection:
            connection.execute("CREATE TABLE videos (id int)")
            before = primary.count()
            for number in range(3):
                connection.execute("INSERT INTO videos VALUES (%s)", [number])
            connection.execute("SELECT 1")
            with connection.transaction():
                connection.execute("SELECT count(*) FROM videos")
        with connect(reader.access(), path=WITH_PUBLIC) as connection:
            connection.execute("SELECT * FROM videos")
            connection.execute("SELECT * FROM videos")
        after = primary.count(), replica.count()
    services.close()

    assert (after[0] - before, after[1]) == (4, 2)


def test_parts_that_are_down_do_not_stop_the_count(tmp_path):
    """Without a database, with a cache that is away and files that are missing, the rest is counted."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        records = Records(tmp_path)
        system = SimpleNamespace(
            database=None,
            records=records,
            cache_url=f"redis://127.0.0.1:{place.getsockname()[1]}/0",
            transcode_log=tmp_path / "transcode.log",
        )
        parts = Parts(system)
        nothing = parts.count()
        Counters(records.balancer, 3).increase(1)
        records.storage.write_text("{}\n")

        some = parts.count()

    assert nothing == Counts({"a": 0, "b": 0}, 0, None, None, None, None, 0, 0)
    assert some.since(nothing) == Counts({"a": 0, "b": 1}, 0, None, None, None, None, 1, 0)


def test_the_cache_counts_hits_and_misses(tmp_path):
    """Hits and misses are the cache's own, also from before; the rate is their share."""
    import redis

    cache = Cache()
    cache.start()
    try:
        client = redis.Redis.from_url(cache.url)
        client.set("a", 1)
        client.mget("a", "b")
        client.get("a")
        client.get("a")
        client.close()
        counts = Parts(
            SimpleNamespace(
                database=None, records=Records(tmp_path), cache_url=cache.url, transcode_log=tmp_path / "none"
            )
        ).count()
    finally:
        cache.close()

    assert (counts.hits, counts.misses, counts.hit_rate) == (3, 1, 0.75)
