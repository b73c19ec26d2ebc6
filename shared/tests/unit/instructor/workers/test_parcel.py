"""Parcels of a week, as they arrive at a worker."""

import io
import random
import tarfile

import pytest
from classroom.core.errors import ClassroomError
from classroom.instructor.workers.parcel import pack_week, unpack


def test_week_arrives_as_it_is(tmp_path):
    """Files, folders and executable bits are the same, on every version of Python."""
    week = tmp_path / "week"
    (week / "app/empty").mkdir(parents=True)
    (week / ".git").mkdir()
    (week / "app/main.py").write_text("app = 1\n")
    (week / "run").write_text("#!/bin/sh\n")
    (week / "run").chmod(0o755)

    unpack(pack_week(week), tmp_path / "there")

    found = {path.relative_to(tmp_path / "there").as_posix() for path in (tmp_path / "there").rglob("*")}
    assert found == {"app", "app/empty", "app/main.py", "run"}
    assert (tmp_path / "there/app/main.py").read_text() == "app = 1\n"
    assert (tmp_path / "there/run").stat().st_mode & 0o111


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../out", tarfile.REGTYPE), ("/out", tarfile.REGTYPE), ("link", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE)],
)
def test_nothing_is_written_elsewhere(tmp_path, name, kind):
    """A parcel with a path that leads out, a link or a pipe is refused."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc"
        archive.addfile(entry)

    with pytest.raises(ClassroomError, match="cannot be unpacked: it contains"):
        unpack(data.getvalue(), tmp_path / "there")

    assert not (tmp_path / "out").exists()
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.parametrize(
    "damage", [lambda _: b"something else", lambda parcel: parcel[:60] + b"x" * (len(parcel) - 60)]
)
def test_what_is_no_parcel(tmp_path, damage):
    """Bytes of something else, and a damaged parcel, are one sentence."""
    (tmp_path / "week").mkdir()
    (tmp_path / "week/data").write_bytes(random.Random(1).randbytes(5000))

    with pytest.raises(ClassroomError, match="A job from the classroom cannot be unpacked"):
        unpack(damage(pack_week(tmp_path / "week")), tmp_path / "there")
