"""What is made from files is made once, and again when a file has changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from classroom.instructor.classrooms.memo import Memo, stamps


@pytest.fixture
def made():
    """The values that were made, in order."""
    return []


@pytest.fixture
def make(made):
    """A function that makes a new value."""

    def make_one():
        made.append(len(made))
        return made[-1]

    return make_one


def test_value_is_made_again_only_if_a_file_has_changed(tmp_path, make):
    """A file that is written, removed or made again makes a new value; asking twice does not."""
    memo, file = Memo(10), tmp_path / "file"
    found = [memo.get("key", stamps([file]), make)]
    for text in ("one", "one two"):
        file.write_text(text)
        found += [memo.get("key", stamps([file]), make), memo.get("key", stamps([file]), make)]
    file.unlink()
    found.append(memo.get("key", stamps([file]), make))

    assert found == [0, 1, 1, 2, 2, 3]


def test_one_thread_makes_what_many_ask_for(make, made):
    """Eight pages that ask at once get one value, made once, and another key does not wait for it."""
    memo, began, may_end = Memo(10), threading.Event(), threading.Event()

    def make_slowly():
        began.set()
        assert may_end.wait(30)
        return make()

    with ThreadPoolExecutor(9) as pool:
        asked = [pool.submit(memo.get, "slow", 1, make_slowly) for _ in range(8)]
        assert began.wait(30)
        assert pool.submit(memo.get, "other", 1, lambda: "other").result(30) == "other"
        may_end.set()
        assert [one.result(30) for one in asked] == [0] * 8
    assert made == [0]


def test_failure_is_not_kept(make):
    """What could not be made is tried again."""
    memo = Memo(10)
    with pytest.raises(ZeroDivisionError):
        memo.get("key", 1, lambda: 1 / 0)

    assert memo.get("key", 1, make) == 0


def test_oldest_value_makes_room(make):
    """Of too many values the one that nobody has asked for lately is dropped."""
    memo = Memo(2)
    for key in ("a", "b", "a", "c"):
        memo.get(key, 1, make)

    assert [memo.get("a", 1, make), memo.get("b", 1, make)] == [0, 3]
