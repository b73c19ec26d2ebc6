"""Commands of an account that may not use a classroom: one sentence, with the account that may."""

import os
import tempfile

import pytest
from classroom.cli.main import main
from classroom.core.result import Result

FORBIDDEN = {
    "progress": (os.R_OK, "read"),
    "serve --once --sandbox none": (os.W_OK, "change"),
    "adjust ada 1 excuse": (os.W_OK, "change"),
    "feedback --grades grades": (os.W_OK, "change"),
}


@pytest.mark.parametrize("words", FORBIDDEN)
def test_account_without_the_rights_is_told_whose_classroom_it_is(tmp_path, assignment, monkeypatch, capsys, words):
    """What a command may not read or change is said before it does anything, with what to type."""
    forbidden, verb = FORBIDDEN[words]
    (tmp_path / ".classroom/inbox").mkdir(parents=True)
    (tmp_path / "roster.csv").write_text("username\nada\n")
    monkeypatch.setattr(os, "access", lambda _, mode: mode != forbidden)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    command, *more = words.replace(" 1 ", f" {assignment.folder} ").split()

    status = main([command, str(tmp_path), *more])

    owner = tmp_path.owner()
    told = (
        f"You may not {verb} the classroom {tmp_path}. Run the same command as {owner}: sudo -u {owner} classroom ...\n"
    )
    assert (status, capsys.readouterr().err) == (2, told)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".classroom", "course", "roster.csv"]


def test_file_in_a_folder_of_another_account_is_named_with_it(tmp_path, monkeypatch, capsys):
    """What the system forbids is one sentence: what was to be written, and whose folder it is."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results/ada.json").write_text(Result("week1-tiny", "ada", "missing", 0, 100).to_json())

    def denied(**_):
        raise PermissionError(13, "Permission denied", "a temporary name")

    monkeypatch.setattr(tempfile, "mkstemp", denied)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    status = main(["report", str(tmp_path)])

    page, whose = tmp_path / "report.html", f"{tmp_path} belongs to the account {tmp_path.owner()}"
    told = f"Permission denied: {page}. {whose}: use that account, or another folder.\n"
    assert (status, capsys.readouterr().err) == (2, told)
