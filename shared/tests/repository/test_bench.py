"""What `make bench` compares: the usual way runs the same checks, and passes them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.mark.long
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_plain_pytest_passes_a_solved_week(number, tmp_path, monkeypatch):
    """The imported app of a solved week passes its checks, so that the time plain pytest takes means something."""
    monkeypatch.syspath_prepend(BENCH)
    usual = importlib.import_module("usual")
    week = usual.solved(number, tmp_path / "week")

    assert usual.plain(week, "tests") > 0
