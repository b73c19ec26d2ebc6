"""The files in which the parts of a local system keep count."""

from classroom.student.records import Counters, Records, read_counters


def test_counters_are_read_while_they_grow(tmp_path):
    """Another reader sees each increase at once, and a second writer continues."""
    path = tmp_path / "counters"
    counters = Counters(path, 3)
    counters.increase(2)
    counters.increase(2)
    before = read_counters(path)
    Counters(path, 3).increase(0)

    assert (before, read_counters(path)) == ([0, 0, 2], [1, 0, 2])


def test_a_missing_file_has_no_counters(tmp_path):
    """Without a file, or with a broken one, there are no counters."""
    (tmp_path / "broken").write_bytes(b"123")

    assert read_counters(tmp_path / "none") == read_counters(tmp_path / "broken") == []


def test_the_lag_is_written_for_the_instances(tmp_path):
    """The file that the environment names has the seconds, and nothing else is left."""
    records = Records(tmp_path)
    records.write_lag(2.5)
    records.write_lag(0)

    assert records.environment()["REPLICA_LAG_FILE"] == str(records.lag)
    assert [(path, path.read_text()) for path in tmp_path.iterdir()] == [(records.lag, "0")]
