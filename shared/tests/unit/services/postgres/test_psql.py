"""The psql prompt on a lasting database."""

from __future__ import annotations

import io
import subprocess

import pytest
from classroom.services.postgres import psql
from classroom.services.postgres.script import Outcome


@pytest.fixture
def typed(monkeypatch):
    """A function that sets what the user types."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_psql_comes_with_the_server(embedded, monkeypatch):
    """If the machine has no psql, the wheel's is found."""
    monkeypatch.setattr("shutil.which", lambda _: None)

    found = psql.find_psql(embedded.server.programs)

    assert "psql" in subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout


def test_psql_gets_in_without_showing_its_password(embedded_database, monkeypatch, tmp_path, capfd):
    """Psql is connected to the database, and its command line does not tell the password."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    program = psql.find_psql(embedded_database.provisioner.server.programs)
    seen = []
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda command, **how: seen.append(command) or run(command, input=b"SELECT 6 * 7;", **how)
    )

    assert psql.run_psql(program, embedded_database, tmp_path) == 0

    assert "42" in capfd.readouterr().out
    assert embedded_database.app.password not in str(seen)


def test_a_program_that_does_not_work_is_passed_over(tmp_path):
    """A psql that cannot be run is not used."""
    broken = tmp_path / "psql"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)

    assert not psql.works(str(broken))
    assert not psql.works(str(tmp_path / "nothing"))


def test_stand_in_runs_statements(embedded_database, monkeypatch, tmp_path, typed, capsys):
    """Without any psql, a small stand-in runs multi-line statements and shows tables and errors."""
    monkeypatch.setattr(psql, "find_psql", lambda _: None)
    typed("CREATE TABLE t (x int);\nSELECT 1 AS a,\n  'it' AS long_name;\nSELECT * FROM nothing;\n")

    assert psql.open_prompt(embedded_database, tmp_path) == 0

    said = capsys.readouterr().out.splitlines()
    assert said == ["OK", "a | long_name", "1 | it       ", "(1 rows)", 'ERROR: relation "nothing" does not exist']


def test_table_without_rows_shows_its_columns():
    """An empty result shows its columns."""
    assert psql.as_table(Outcome(columns=["id", "name"])) == "id | name\n(0 rows)"


def test_stand_in_runs_a_file_of_the_week(embedded_database, monkeypatch, tmp_path, typed, capsys):
    """A file is named as in psql, by its path in the week's folder."""
    monkeypatch.setattr(psql, "find_psql", lambda _: None)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/one.sql").write_text("SELECT 1 AS a;\n")
    typed("\\i queries/one.sql\n\\i queries/none.sql\n")

    assert psql.open_prompt(embedded_database, tmp_path) == 0

    said = capsys.readouterr().out
    assert said.startswith("a\n1\n(1 rows)\n")
    assert "No such file or directory" in said


def test_psql_starts_in_the_weeks_folder(embedded_database, monkeypatch, tmp_path, capfd):
    """Psql finds a file by its path in the week's folder."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    program = psql.find_psql(embedded_database.provisioner.server.programs)
    (tmp_path / "one.sql").write_text("SELECT 6 * 7;\n")
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **how: run(command, input=b"\\i one.sql", **how))

    assert psql.run_psql(program, embedded_database, tmp_path) == 0

    assert "42" in capfd.readouterr().out
