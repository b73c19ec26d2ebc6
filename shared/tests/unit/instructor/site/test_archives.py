"""Downloads of a week as a ZIP."""

from __future__ import annotations

import io
from zipfile import ZipFile

from classroom.instructor.classrooms import zip_archive
from classroom.instructor.classrooms.student_commit import StudentCommit
from classroom.instructor.roster import Student


def archive(response):
    """Return the ZIP in a response."""
    assert response.headers["content-type"] == "application/zip"
    return ZipFile(io.BytesIO(response.content))


def test_week_as_handed_out(made_room, joined):
    """Somebody without git downloads the whole week, in a folder of its name."""
    response = joined("ada").get("/weeks/week1-tiny/handout.zip")

    assert 'filename="week1-tiny.zip"' in response.headers["content-disposition"]
    with archive(response) as found:
        assert found.read("week1-tiny/app/main.py") == (made_room.parent / "week1-tiny/app/main.py").read_bytes()
        assert not [name for name in found.namelist() if "grading" in name]


def test_own_work_comes_back(room, joined):
    """What was handed in last can be downloaded and handed in again; it is the student's own, with nothing left out."""
    files = {"app/main.py": b"app = 1\n", "app/.gitattributes": b"*.py export-ignore export-subst\n"}
    StudentCommit(Student("ada"), "One", files).push(room.repository("week1-tiny", "ada"), room.state_dir)
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    response = ada.get("/weeks/week1-tiny/work.zip")

    with archive(response) as found:
        assert found.read("week1-tiny-ada/app/main.py") == b"app = 1\n"
    again = ada.submit_files("/weeks/week1-tiny/hand-in", ("work.zip", response.content)).text
    assert "Nothing has changed" in again
    assert "Left out" not in again
    with archive(joined("bob").get("/weeks/week1-tiny/work.zip")) as found:
        assert b"app = 1" not in found.read("week1-tiny-bob/app/main.py")


def test_large_repository_is_to_be_cloned(joined, monkeypatch):
    """A repository above the limit is not packed; the page says to clone it."""
    monkeypatch.setattr(zip_archive, "MAX_MEGABYTES", 0)
    response = joined("ada").get("/weeks/week1-tiny/work.zip")

    assert (response.status_code, "clone it with git" in response.text) == (409, True)


def test_missing_week_and_repository_are_404(room, joined):
    """There is nothing to download of a week that is not open, or that the student does not have yet."""
    ada = joined("ada")
    room.repository("week1-tiny", "ada").path.rename(room.folder / "elsewhere")

    assert [ada.get(f"/weeks/{path}.zip").status_code for path in ("nothing/handout", "week1-tiny/work")] == [404, 404]
