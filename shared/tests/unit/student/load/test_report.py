"""The report of a load, as tables and as JSON."""

import json

import pytest
from classroom.student.load import Counts, Figures
from classroom.student.load.report import Report, milliseconds
from rich.console import Console

FIGURES = Figures(13.6, 999, 97.9, 0.0056, 0.123, 3, {"list: 501": 2, "read: no connection": 1}, {"list": 999})
COUNTS = Counts({"a": 500, "b": 499}, 0, 272, 404, 1144, 100, 196, 7)
NOTHING = Counts({"a": 0, "b": 0}, 4, None, None, None, None, 0, 0)


def printed(report, capsys):
    """Return the lines that a report prints, each as its words."""
    report.print(Console(width=80))
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_a_table_has_what_was_seen_and_what_was_counted(capsys):
    """The load is what was asked for; errors are listed by reason, times in milliseconds, and open tasks are explained."""
    lines = printed(Report(100, 10, 0.1, FIGURES, COUNTS), capsys)

    assert lines[0] == "100 requests a second for 10 s, 10% writers"
    assert {"requests 999 97.9 a second", "errors 3", "2 list: 501", "1 read: no connection"} <= set(lines)
    assert {"p50 5.6 ms half the responses came within this time", "p95 123 ms 95 of 100 did"} <= set(lines)
    assert {"instance a 500 requests", "primary 272 statements", "cache 92% hits, of 1244 keys"} <= set(lines)
    assert lines[-1] == "501 is the response from a task that is not done yet."


def test_what_nobody_counted_is_not_zero(capsys):
    """Without counters and responses the table says so; rejected requests have a row."""
    lines = printed(Report(1, 1, 0, Figures(1, 1, 1, None, None, 1), NOTHING, of_run=True), capsys)

    assert lines[0] == "1 requests a second for 1 s, 0% writers, to the site of `run`"
    assert {
        "primary not counted statements",
        "cache - hits, of 0 keys",
        "balancer 4 requests rejected: no instance",
    } <= set(lines)
    assert "p95 - 95 of 100 did" in lines


def test_json_has_all_of_it():
    """JSON has the figures with times in seconds, and the parts with the hit rate."""
    found = json.loads(Report(100, 10, 0.1, FIGURES, COUNTS).as_json())

    assert (found["rate"], found["requests"], found["p95"], found["errors_by"]["list: 501"]) == (100, 999, 0.123, 2)
    assert found["parts"]["requests"] == {"a": 500, "b": 499}
    assert found["parts"]["hit_rate"] == pytest.approx(0.92, abs=0.001)


@pytest.mark.parametrize(("seconds", "text"), [(None, "-"), (0.00012, "0.1 ms"), (0.0999, "99.9 ms"), (5.0, "5000 ms")])
def test_times_are_in_milliseconds(seconds, text):
    """Short times have a tenth."""
    assert milliseconds(seconds) == text
