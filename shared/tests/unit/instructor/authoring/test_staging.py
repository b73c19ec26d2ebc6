"""Files that are written together: all of them or none."""

import re

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.authoring import staging
from classroom.instructor.authoring.staging import alone, write_together

FILES = {"week6/README.md": "new\n", "week6/app/main.py": "pass\n", "README.md": "row\n"}


def contents(top):
    """Return the text of each file outside the folder of the commands."""
    found = {path.relative_to(top).as_posix(): path for path in sorted(top.rglob("*")) if path.is_file()}
    return {name: path.read_text() for name, path in found.items() if not name.startswith(".classroom/")}


@pytest.fixture
def top(tmp_path):
    """A course with a README."""
    (tmp_path / "README.md").write_text("old\n")
    return tmp_path


@pytest.mark.parametrize("step", ["write_text", "rename"])
def test_killed_before_the_end_changes_nothing(top, monkeypatch, step):
    """A command that is killed while it prepares the files changes nothing, and the next one clears what it left."""
    with monkeypatch.context() as patch:
        patch.setattr(staging.shutil, "rmtree", lambda *_, **__: None)  # a kill lets nobody tidy up
        patch.setattr(f"pathlib.Path.{step}", lambda *_, **__: exec("raise SystemExit"))
        with pytest.raises(SystemExit), alone(top):
            write_together(top, FILES)
    assert contents(top) == {"README.md": "old\n"}
    assert (top / ".classroom/new.part").is_dir()

    with alone(top):
        assert not (top / ".classroom/new.part").exists()
    assert contents(top) == {"README.md": "old\n"}


@pytest.mark.parametrize("moved", range(3))
def test_killed_while_moving_is_finished_by_the_next(top, monkeypatch, moved):
    """A command that is killed between two files is finished by the next one."""
    left = iter(range(moved))
    real = staging._move

    def move(source, target):
        if not target.is_dir():
            next(left)
        real(source, target)

    (top / "week6").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(staging, "_move", move)
        with pytest.raises((StopIteration, RuntimeError)), alone(top):
            write_together(top, FILES)
    assert contents(top) != FILES

    with alone(top):
        assert contents(top) == FILES
    assert [path.name for path in (top / ".classroom").iterdir()] == ["new.lock"]


def interrupted(top, monkeypatch):
    """Write the files with a command that is killed before it has moved one of them."""

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(staging, "_move", killed)
        with pytest.raises(SystemExit), alone(top):
            write_together(top, FILES)


def test_newer_work_is_not_overwritten(top, monkeypatch):
    """If an author has changed a file since the kill, the next command moves nothing and says where both versions are."""
    interrupted(top, monkeypatch)
    (top / "README.md").write_text("my own\n")

    said = rf"{re.escape(str(top / 'README.md'))} has changed .* then remove .*new\."
    with pytest.raises(UsageError, match=said), alone(top):
        pass

    assert contents(top) == {"README.md": "my own\n"}
    assert (top / ".classroom/new/files/README.md").read_text() == "row\n"


def test_file_in_the_way_is_named_and_the_next_command_goes_on(top, monkeypatch):
    """A folder that cannot be made is named in one sentence, and once it can, the next command writes all files."""
    (top / "week6").write_text("in the way\n")

    said = r"Not every file of .* is in place: .*week6.* Fix this and run the command"
    with pytest.raises(UsageError, match=said), alone(top):
        write_together(top, FILES)

    (top / "week6").unlink()
    with alone(top):
        assert contents(top) == FILES


def test_ctrl_c_while_moving_writes_all_files(top, monkeypatch):
    """Ctrl-C between two files ends the command once all of them are in place."""
    real, calls = staging._move, []

    def move(source, target):
        calls.append(source)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(staging, "_move", move)
    with pytest.raises(KeyboardInterrupt), alone(top):
        write_together(top, FILES)

    assert contents(top) == FILES


def test_two_commands_take_turns(top, monkeypatch):
    """While one command writes, another one waits, and finally says so."""
    monkeypatch.setattr(staging, "LOCK_SECONDS", 0)

    with alone(top), pytest.raises(Exception, match="Another process has held"), alone(top):
        pass
