"""Which database a command uses: that of its option, or that of the environment."""

import argparse
import os

import pytest
from classroom.cli.instructor.database_option import VARIABLE, database_of
from classroom.cli.main import main

HERE, THERE = "postgresql://a@here/x", "postgresql://a:secret@there/x"


@pytest.mark.parametrize(("option", "found"), [("", THERE), (HERE, HERE)])
def test_option_comes_before_the_environment(monkeypatch, option, found):
    """Without the option the variable counts, and the processes that are started do not inherit it in any case."""
    monkeypatch.setenv(VARIABLE, THERE)

    assert database_of(argparse.Namespace(database=option)) == found
    assert VARIABLE not in os.environ


def test_worker_needs_a_database(monkeypatch, capsys):
    """A worker without the URL of a database says how to give it one."""
    monkeypatch.delenv(VARIABLE, raising=False)

    assert main(["work"]) == 2
    assert f"Add --database URL, or set {VARIABLE}." in capsys.readouterr().err
