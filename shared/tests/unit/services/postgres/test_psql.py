"""The prompt on a lasting database."""

from __future__ import annotations

import io
import subprocess

import pytest
from classroom.services.postgres import psql
from classroom.services.postgres.script import Outcome


@pytest.fixture
def typed(monkeypatch):
    """A function that says what the person at the keyboard types."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_psql_comes_with_the_server(embedded, monkeypatch):
    """Where the machine has no psql, the one of the wheel is found."""
    monkeypatch.setattr("shutil.which", lambda _: None)

    found = psql.find_psql(embedded.server.programs)

    assert "psql" in subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout


def test_psql_gets_in_without_showing_its_password(embedded_database, monkeypatch, capfd):
    """Psql is connected to the database, and its command line does not tell the password."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    program = psql.find_psql(embedded_database.provisioner.server.programs)
    seen = []
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda command, **how: seen.append(command) or run(command, input=b"SELECT 6 * 7;", **how)
    )

    assert psql.run_psql(program, embedded_database) == 0

    assert "42" in capfd.readouterr().out
    assert embedded_database.app.password not in str(seen)


def test_a_program_that_does_not_work_is_passed_over(tmp_path):
    """A psql that cannot be run is not used."""
    broken = tmp_path / "psql"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)

    assert not psql.works(str(broken))
    assert not psql.works(str(tmp_path / "nothing"))


def test_stand_in_runs_statements(embedded_database, monkeypatch, typed, capsys):
    """Without any psql a small stand-in runs statements over several lines and shows tables and errors."""
    monkeypatch.setattr(psql, "find_psql", lambda _: None)
    typed("CREATE TABLE t (x int);\nSELECT 1 AS a,\n  'it' AS long_name;\nSELECT * FROM nothing;\n")

    assert psql.open_prompt(embedded_database) == 0

    said = capsys.readouterr().out.splitlines()
    assert said == ["OK", "a | long_name", "1 | it       ", "(1 rows)", 'ERROR: relation "nothing" does not exist']


def test_table_without_rows_shows_its_columns():
    """An empty answer shows what it would have held."""
    assert psql.as_table(Outcome(columns=["id", "name"])) == "id | name\n(0 rows)"
