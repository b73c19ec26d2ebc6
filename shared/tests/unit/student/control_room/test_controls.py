"""The controls of the control room: idempotent, safe from two tabs, and undone at the end."""

import threading
import time

import pytest
from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.student.control_room import controls as module
from classroom.student.control_room.controls import State


def test_instance_is_killed_once(controls, said):
    """Pressed twice, an instance is killed once, and what that means for the site is said once."""
    controls.kill("a")
    controls.kill("a")

    assert controls.state("a") is State.STOPPED
    assert said == ["instance a killed"]


def test_last_instance_may_be_killed(controls, said):
    """The last instance may be killed as well."""
    controls.kill("a")
    controls.kill("b")

    assert said == ["instance a killed", "instance b killed"]


def test_instance_is_started_once_from_two_tabs(controls, system, said):
    """While an instance is starting, it is shown as starting, and a second press does nothing."""
    controls.kill("a")
    system.may_start.clear()
    first = threading.Thread(target=controls.start, args=("a",))
    first.start()
    late = time.monotonic() + 30
    while controls.state("a") is not State.STARTING and time.monotonic() < late:
        time.sleep(0.001)

    controls.start("a")
    shown = controls.state("a")
    system.may_start.set()
    first.join()

    assert (shown, controls.state("a")) == (State.STARTING, State.RUNNING)
    assert system.starts == ["a"]
    assert said[1:] == ["instance a started"]


def test_instance_that_runs_is_not_started(controls, system, said):
    """Start does nothing while the instance runs."""
    controls.start("a")

    assert (system.starts, said) == ([], [])


def test_cache_is_cut_and_restored(controls, said):
    """The cache is cut off with all that it holds, and started again empty."""
    controls.kill("cache")
    controls.start("cache")

    assert said == ["cache cut off", "cache restored, empty"]


def test_cache_is_flushed_while_it_is_there(controls, system, said, monkeypatch):
    """Flush empties the cache; while it is cut off there is nothing to empty."""
    monkeypatch.setattr(module, "listens", lambda _: True)
    controls.flush_cache()
    controls.kill("cache")
    controls.flush_cache()

    assert system.cache.flushed == 1
    assert said[0] == "cache flushed"


def test_cache_that_is_cut_off_in_another_tab_is_not_flushed(controls, system, said, monkeypatch):
    """A cache that goes away while it is being emptied is empty anyway."""

    def flush():
        raise ConnectionResetError

    monkeypatch.setattr(module, "listens", lambda _: True)
    system.cache.flush = flush

    controls.flush_cache()

    assert said == []


@pytest.mark.parametrize("action", ["kill", "start"])
def test_cache_of_somebody_else_is_left_alone(controls, system, action):
    """The cache of CACHE_URL may be used by others: it is neither cut nor flushed."""
    system.cache.given = "redis://elsewhere"

    with pytest.raises(ClassroomError, match="CACHE_URL"):
        getattr(controls, action)("cache")
    with pytest.raises(ClassroomError, match="CACHE_URL"):
        controls.flush_cache()

    assert system.cache.flushed == 0


def test_primary_is_taken_away_and_brought_back_once(controls, system, said):
    """Pressed twice, the primary is taken away once, and brought back once."""
    for _ in range(2):
        controls.take_primary()
    for _ in range(2):
        controls.return_primary()

    assert system.database.calls == ["keep_out", "let_in"]
    assert said == ["primary taken away", "primary brought back"]


def test_end_brings_the_primary_back(controls, system):
    """At the end the primary is there again, and nothing takes it away anymore."""
    controls.take_primary()

    controls.close()
    controls.take_primary()

    assert not system.database.away


def test_primary_that_could_not_be_taken_is_brought_back(controls, system):
    """If taking it away fails halfway, it counts as away, so that the end brings it back."""
    system.database.trouble = CouldNotCheck("The server does not respond.")
    with pytest.raises(CouldNotCheck):
        controls.take_primary()
    system.database.trouble = None

    controls.close()

    assert not system.database.away


def test_problem_that_comes_again_is_told_again(system, said):
    """If the same button fails twice in the same way, the pages are told both times, because one may show neither."""
    told = []
    controls = module.Controls(system, said.append, lambda: told.append(controls.problem))
    controls.take_primary()
    system.database.trouble = CouldNotCheck("The server does not respond.")

    controls.press(controls.return_primary)
    controls.press(controls.return_primary)

    assert told[-2:] == ["The server does not respond."] * 2


def test_end_survives_a_database_that_is_gone(controls, system):
    """A database that has ended first does not keep the command from ending."""
    controls.take_primary()
    system.database.trouble = CouldNotCheck("The server does not respond.")

    controls.close()

    assert system.database.calls == ["keep_out", "let_in"]


def test_load_is_sent_changed_and_stopped(controls, loads, said):
    """Load is sent once; another rate changes it, the same one does nothing, and stop ends it once."""
    controls.send_load(50, 10)
    controls.send_load(50, 10)
    controls.send_load(200, 30)
    controls.stop_load()
    controls.stop_load()

    (load,) = loads.sent
    assert load.calls.count("stop") == 1
    assert (load.rate, load.writers) == (200, 0.3)
    assert said == [
        "load of 50 requests a second, 10 % of them write",
        "load of 200 requests a second, 30 % of them write",
        "load stopped",
    ]


def test_end_stops_the_load_and_deletes_its_videos(controls, loads):
    """At the end no more requests are sent, and nothing starts them again."""
    controls.send_load(50, 10)

    controls.close()
    controls.send_load(60, 10)

    (load,) = loads.sent
    assert not load.running
    assert load.calls[-2:] == ["stop", "clear"]


def test_replica_lags_as_long_as_the_slider_says(controls, system, said):
    """The lag is set once for each value."""
    for seconds in (2.5, 2.5, 0):
        controls.set_lag(seconds)

    assert system.lags == [2.5, 0]
    assert said == ["replica 2.5 s behind", "replica is up to date"]


def test_workers_are_killed_one_by_one_and_started_together(controls, system, said):
    """Kill ends one worker at a time; start brings back all that have stopped."""
    for name in ("worker1", "worker2"):
        system.add(name)

    for _ in range(3):
        controls.kill_worker()
    gone = controls.running_workers
    controls.start_workers()

    assert (gone, controls.running_workers) == ([], ["worker1", "worker2"])
    assert said == ["worker1 killed", "worker2 killed", "worker1 started", "worker2 started"]


def test_instance_that_does_not_start_says_where_the_reason_is(controls, system):
    """Code that was changed and does not start anymore is one sentence; the reason is in the terminal."""
    controls.kill("a")
    system.gone.clear()
    system.parts["a"].breaks, system.parts["a"].how_it_ended = True, "(exit status 1)"

    with pytest.raises(ClassroomError, match=r"instance a did not start \(exit status 1\): what it printed"):
        controls.start("a")

    assert controls.state("a") is State.STOPPED


def test_instance_may_be_killed_while_it_starts(controls, system, said):
    """Killed in one tab while another one waits for its start: both see it stopped, and nothing is wrong."""
    controls.kill("a")
    system.parts["a"].breaks = True

    controls.start("a")

    assert controls.state("a") is State.STOPPED
    assert said == ["instance a killed"]
