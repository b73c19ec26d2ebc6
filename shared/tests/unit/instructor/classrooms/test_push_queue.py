"""Where a push is: what its student is told while it waits and is checked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from classroom.instructor.classrooms import push_queue
from classroom.instructor.classrooms.inbox import PushNotice
from classroom.instructor.classrooms.push_queue import Place, PushQueue


@pytest.fixture
def queue(monkeypatch):
    """A queue that looks at each call, and writes down what it tells."""
    monkeypatch.setattr(push_queue, "LOOK_SECONDS", 0)
    told = []
    queue = PushQueue(lambda _, name: told.append(f"{name} arrived"), lambda _, name: told.append(f"{name} moved"))
    queue.told = told
    return queue


def waiting(*names):
    """Return a function that returns a push of each student."""
    return lambda: [PushNotice(name, "week1", name, "0" * 40) for name in names]


def test_places_are_told_as_they_change(queue):
    """Each student learns of the own place when the push arrives, and when one ahead is gone."""
    queue.look(waiting("ada", "bob"), ())
    assert [queue.place("week1", name) for name in ("ada", "bob", "eve")] == [Place(0), Place(1), Place()]
    queue.look(waiting("bob"), [("week1", "ada")])

    assert queue.place("week1", "bob") == Place(0)
    assert queue.told == ["ada arrived", "bob arrived", "bob moved"]


def test_task_is_told_until_the_push_is_graded(queue, tmp_path):
    """While a push is checked its place is the task, also if another push of the student waits."""
    key = "week1", "ada"
    (tmp_path / queue.begin(key, tmp_path)).write_text("4")
    queue.look(waiting("ada"), [key])
    assert queue.place(*key) == Place(task=4)
    queue.look(waiting(), [key])
    assert queue.told == ["ada arrived", "ada moved", "ada arrived"]

    queue.look(waiting(), [])
    assert queue.place(*key) == Place()
    assert list(tmp_path.iterdir()) == []


def test_unfinished_number_is_no_task(queue, tmp_path):
    """A file that is empty, because it is being written, changes nothing."""
    key = "week1", "ada"
    (tmp_path / queue.begin(key, tmp_path)).write_text("")
    queue.look(waiting(), [key])

    assert (queue.place(*key), queue.told) == (Place(), ["ada arrived"])


def test_push_that_waited_moves_when_its_grading_begins(queue, tmp_path):
    """A push that was told to wait has only moved when its grading begins, and is no longer ahead of any other."""
    queue.look(waiting("ada"), ())
    queue.begin(("week1", "ada"), tmp_path)

    assert (queue.place("week1", "ada"), queue.told) == (Place(), ["ada arrived", "ada moved"])


def test_long_queue_is_not_told_at_each_step(queue):
    """Of 200 steps, the last in the queue is told of a few, all along the way; the place itself is exact."""
    names = [f"s{number}" for number in range(200)]
    steps = []
    for ahead in reversed(range(200)):
        queue.look(waiting(*names[199 - ahead :]), ())
        assert queue.place("week1", "s199") == Place(ahead)
        steps += [ahead] if any(line.startswith("s199 ") for line in queue.told) else []
        queue.told.clear()

    assert len(steps) < 30
    assert all(after >= before // 2 for before, after in pairwise(steps))
    assert steps[-5:] == [4, 3, 2, 1, 0]


def test_few_are_told_at_once(queue):
    """If a hundred students come further at the same moment, their pages do not all ask at once, and each is told."""
    names = [f"s{number}" for number in range(150)]
    queue.look(waiting(*names), ())
    queue.told.clear()
    told = []
    for _ in range(20):
        queue.look(waiting(*names[50:]), ())
        told.append([line.split()[0] for line in queue.told])
        queue.told.clear()

    assert max(map(len, told)) == push_queue.MOST_TOLD
    assert sorted(name for look in told for name in look) == sorted(names[50:])
