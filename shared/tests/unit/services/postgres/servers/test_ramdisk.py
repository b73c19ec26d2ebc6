"""Temporary databases are in memory, if the system has a place with enough room; lasting ones are not."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import psutil
import pytest
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.provisioner import Provisioner
from classroom.services.postgres.servers import ramdisk
from classroom.services.postgres.servers.embedded import Embedded, Engine

WHERE = (
    "SELECT spcname AS tablespace, pg_tablespace_location(pg_tablespace.oid) AS place FROM pg_database"
    " JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE datname = %s"
)
ROOMY = pytest.mark.skipif(not ramdisk.has_room(ramdisk.PLACE), reason=f"{ramdisk.PLACE} has no room of 2 GB here")


def place_of(provisioner, database):
    """The tablespace of a database, and its folder."""
    return tuple(provisioner.admin.ask(WHERE, database.name)[0].values())


@ROOMY
def test_database_that_nobody_keeps_lies_in_memory(fresh_cache):
    """A new database and a clone of it are both in memory."""
    with Provisioner(Embedded()) as provisioner:
        first = provisioner.database()
        second = provisioner.database(first)

        tablespace, place = place_of(provisioner, first)
        assert tablespace == ramdisk.NAME
        assert Path(place).is_relative_to(ramdisk.PLACE)
        assert place_of(provisioner, second) == (tablespace, place)


@ROOMY
def test_database_that_lasts_lies_on_the_disk(fresh_cache):
    """A lasting database survives a restart of the machine: it is stored with the server's own files."""
    with Provisioner(Embedded()) as provisioner:
        assert place_of(provisioner, provisioner.kept("week3"))[0] == "pg_default"


@ROOMY
@pytest.mark.long
def test_restart_of_the_machine_loses_what_nobody_keeps(fresh_cache, guard_has_gone):
    """A server whose folder in memory was emptied starts, forgets what was there, and creates the folder again."""
    provisioner = Provisioner(Embedded())
    lost = provisioner.database().name
    _, place = place_of(provisioner, provisioner.database())
    kept = provisioner.kept("week3")
    kept.run("CREATE TABLE notes (word text)")
    provisioner._given.clear()  # as after a crash: nobody drops them
    provisioner.close()
    guard_has_gone(fresh_cache)
    shutil.rmtree(place)

    with Provisioner(Embedded()) as provisioner:
        assert not provisioner.admin.ask("SELECT 1 FROM pg_database WHERE datname = %s", lost)
        assert place_of(provisioner, provisioner.database()) == (ramdisk.NAME, place)
        assert provisioner.kept("week3").rows("SELECT * FROM notes") == []


@pytest.fixture
def place(monkeypatch):
    """Another folder for tablespaces, which the server's account can reach: pytest's own folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="test-of-classroom-"))
    folder.chmod(0o755)
    monkeypatch.setattr(ramdisk, "PLACE", folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)  # the server may still be leaving


@ROOMY
def test_what_a_server_that_is_gone_has_left_is_cleared(fresh_cache, place):
    """The folder in memory of a server whose own folder was removed is deleted when the next server starts there."""
    left = place / f"{ramdisk.prefix(Engine().home)}left"
    (left / "PG_18").mkdir(parents=True)
    (left / ramdisk.HELD).touch()

    with Provisioner(Embedded()) as provisioner:
        lies = place_of(provisioner, provisioner.database())
        found = list(place.iterdir())

    assert lies == (ramdisk.NAME, str(found[0]))
    assert found != [left]
    assert len(found) == 1


@ROOMY
@pytest.mark.long
def test_two_containers_that_share_the_memory_keep_apart(cache_named, monkeypatch):
    """Of two servers whose folders have the same name in two containers neither takes the other's place in memory."""
    monkeypatch.setattr(ramdisk, "prefix", lambda home: f"classroom-test-{os.getpid()}-")
    with cache_named("one"), Provisioner(Embedded()) as one:
        mine = one.database()
        mine.run("CREATE TABLE notes (word text); INSERT INTO notes VALUES ('mine')")
        one.admin.ask("CHECKPOINT")
        first = place_of(one, mine)
        with cache_named("two"), Provisioner(Embedded()) as two:
            second = place_of(two, two.database())

        assert second != first
        # Its files are copied, so they are all there.
        assert place_of(one, one.database(mine)) == first


@ROOMY
@pytest.mark.long
def test_server_of_an_earlier_version_keeps_its_place(fresh_cache, guard_has_gone):
    """A server whose folder in memory was created by an earlier version, without a file to lock, keeps using it."""
    with Provisioner(Embedded()) as provisioner:
        before = Path(place_of(provisioner, provisioner.database())[1])
    guard_has_gone(fresh_cache)
    earlier = before.rename(before.with_name(before.name.rpartition("-")[0]))
    (earlier / ramdisk.HELD).unlink()
    (link,) = (Engine().data / "pg_tblspc").iterdir()
    link.unlink()
    link.symlink_to(earlier)

    with Provisioner(Embedded()) as provisioner:
        assert place_of(provisioner, provisioner.database()) == (ramdisk.NAME, str(earlier))


@pytest.mark.long
def test_without_a_folder_in_memory_everything_lies_on_the_disk(fresh_cache, monkeypatch, tmp_path):
    """If no folder can be created in memory, the server still starts."""
    monkeypatch.setattr(ramdisk, "PLACE", tmp_path / "file")
    monkeypatch.setattr(ramdisk, "LEAST_FREE", 0)
    (tmp_path / "file").touch()

    with Provisioner(Embedded()) as provisioner:
        assert place_of(provisioner, provisioner.database())[0] == "pg_default"


def test_without_room_in_memory_everything_lies_on_the_disk(fresh_cache, monkeypatch):
    """If memory has less room than a few databases may need, none is created there."""
    monkeypatch.setattr(ramdisk, "LEAST_FREE", 2**60)

    with Provisioner(Embedded()) as provisioner:
        assert place_of(provisioner, provisioner.database())[0] == "pg_default"


def test_folder_that_is_not_there_has_no_room(tmp_path):
    """A system without such a place counts as one without room."""
    assert not ramdisk.has_room(tmp_path / "nowhere")


@ROOMY
def test_power_cut_loses_what_nobody_keeps_and_nothing_else(fresh_cache, guard_has_gone):
    """A server that was killed, and whose folder in memory is gone, still starts."""
    provisioner = Provisioner(Embedded())
    kept = provisioner.kept("week3")
    kept.run("CREATE TABLE notes (word text)")
    template = provisioner.database()
    template.run(
        "CREATE TABLE lost (word text); INSERT INTO lost SELECT repeat('x', 100) FROM generate_series(1, 10000)"
    )
    provisioner.database(template).script("CREATE TABLE mine (word text PRIMARY KEY); INSERT INTO mine VALUES ('a')")
    _, place = place_of(provisioner, template)
    kept.run("INSERT INTO notes VALUES ('kept')")
    postmaster = psutil.Process(int((Engine().data / "postmaster.pid").read_text().splitlines()[0]))
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    shutil.rmtree(place)
    provisioner._given.clear()
    with contextlib.suppress(CouldNotCheck):
        provisioner.close()
    guard_has_gone(fresh_cache)

    with Provisioner(Embedded()) as provisioner:
        assert place_of(provisioner, provisioner.database()) == (ramdisk.NAME, place)
        assert provisioner.kept("week3").rows("SELECT * FROM notes") == [{"word": "kept"}]
