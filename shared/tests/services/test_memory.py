"""Databases that nobody keeps lie in memory, where the system offers a place with room; those that last do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from classroom.services import memory
from classroom.services.embedded import Embedded
from classroom.services.keeper import Keeper

WHERE = (
    "SELECT spcname AS tablespace, pg_tablespace_location(pg_tablespace.oid) AS place FROM pg_database"
    " JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE datname = %s"
)
ROOMY = pytest.mark.skipif(not memory.has_room(memory.PLACE), reason=f"{memory.PLACE} has no room of 2 GB here")


def place_of(keeper, database):
    """The tablespace of a database, and its folder."""
    return tuple(keeper.admin.ask(WHERE, database.name)[0].values())


@ROOMY
def test_database_that_nobody_keeps_lies_in_memory(fresh_cache):
    """A new database and a clone of it both lie in memory."""
    with Keeper(Embedded()) as keeper:
        first = keeper.database()
        second = keeper.database(first)

        tablespace, place = place_of(keeper, first)
        assert tablespace == memory.NAME
        assert Path(place).is_relative_to(memory.PLACE)
        assert place_of(keeper, second) == (tablespace, place)


@ROOMY
def test_database_that_lasts_lies_on_the_disk(fresh_cache):
    """A kept database outlives a restart of the machine: it lies where the server's own files are."""
    with Keeper(Embedded()) as keeper:
        assert place_of(keeper, keeper.kept("week3"))[0] == "pg_default"


@ROOMY
def test_restart_of_the_machine_loses_what_nobody_keeps(fresh_cache, guard_has_gone):
    """A server whose place in memory was emptied meanwhile starts, forgets what lay there, and takes a new place."""
    keeper = Keeper(Embedded())
    lost = keeper.database().name
    _, place = place_of(keeper, keeper.database())
    kept = keeper.kept("week3")
    kept.run("CREATE TABLE notes (word text)")
    keeper._given.clear()  # as after a crash: nobody drops them
    keeper.close()
    guard_has_gone(fresh_cache)
    shutil.rmtree(place)

    with Keeper(Embedded()) as keeper:
        assert not keeper.admin.ask("SELECT 1 FROM pg_database WHERE datname = %s", lost)
        assert place_of(keeper, keeper.database())[1] != place
        assert keeper.kept("week3").rows("SELECT * FROM notes") == []


def test_without_room_in_memory_everything_lies_on_the_disk(fresh_cache, monkeypatch):
    """Where memory has less room than a few databases may need, none is laid there."""
    monkeypatch.setattr(memory, "LEAST_FREE", 2**60)

    with Keeper(Embedded()) as keeper:
        assert place_of(keeper, keeper.database())[0] == "pg_default"


def test_folder_that_is_not_there_has_no_room(tmp_path):
    """A system without such a place is one without room."""
    assert not memory.has_room(tmp_path / "nowhere")
