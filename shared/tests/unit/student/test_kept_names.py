"""The names of the databases that `run` keeps."""

import shutil
from types import SimpleNamespace

import pytest
from classroom.student import kept_names as module
from classroom.student.kept_names import kept_names


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Makes a copy of an assignment, with one app or several."""
    monkeypatch.setattr(module, "provisioners_folder", lambda: tmp_path / "provisioners")
    (tmp_path / "provisioners").mkdir()

    def make(place, *apps):
        folder = tmp_path / place
        folder.mkdir(exist_ok=True)
        (folder / "assignment.toml").touch()
        return SimpleNamespace(folder=folder, name="blog", apps=dict.fromkeys(apps))

    return make


def test_each_copy_has_its_own_database(copy):
    """The first copy has the assignment's name, each further one a name of its own, and each keeps it."""
    copies = [copy(place) for place in ("mine", "other", "third")]

    names = [kept_names(one)["app"] for one in copies]

    assert names[0] == "blog"
    assert len(set(names)) == len(copies)
    assert [kept_names(one)["app"] for one in copies] == names


def test_apps_of_a_copy_have_databases_of_their_own(copy):
    """Where several apps run side by side, no app of one copy shares a database with one of another copy."""
    first, second = copy("mine", "shop", "bank"), copy("other", "shop", "bank")

    assert kept_names(first) == {"shop": "shop-blog", "bank": "bank-blog"}
    assert not {*kept_names(first).values()} & {*kept_names(second).values()}


def test_moved_folder_keeps_its_database(copy, tmp_path):
    """A folder that was moved keeps its database, and a new one at its old place has another."""
    kept_names(copy("mine")), kept_names(copy("other"))
    (tmp_path / "mine").rename(tmp_path / "moved")

    assert kept_names(copy("moved")) == {"app": "blog"}
    assert kept_names(copy("mine"))["app"] not in ("blog", kept_names(copy("other"))["app"])


def test_copies_that_come_and_go_share_a_database(copy, tmp_path):
    """The database of a copy that was deleted is that of the next copy; no other copy gets another one by that."""
    mine, other = copy("mine"), copy("other")
    names = [kept_names(one) for one in (mine, other)]
    shutil.rmtree(tmp_path / "mine")

    assert kept_names(other) == names[1]
    assert kept_names(copy("new")) == names[0]
