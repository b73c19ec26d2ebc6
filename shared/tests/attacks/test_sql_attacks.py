"""No attack through SQL gains a privilege, sees another submission's data, or blocks the shared server."""

from pathlib import Path

import pytest
from classroom.core.result import GRADED

SPARE_SECONDS = 8


def test_attack_earns_no_more_than_its_honest_score(sql_attack, walled_sql):
    """An attack earns exactly the points for its correct responses; one that exhausts resources may earn less."""
    result = walled_sql.results[sql_attack.name]

    assert result.status == GRADED, f"{sql_attack.name} bought itself {result.status}: {result.reason}"
    earned = max(result.score, sql_attack.honest) if sql_attack.kind == "exhausting" else result.score
    assert earned == sql_attack.honest, f"{sql_attack.name} tries: {sql_attack.tries}"


def test_attack_sees_no_secret_and_gains_no_right(sql_attack, walled_sql, world):
    """No mark of a secret, and no statement that should have been rejected, appears in what an attack reports."""
    assert world.mark not in walled_sql.told(sql_attack), (
        f"{sql_attack.name} saw what it must not: {sql_attack.must_not}"
    )
    assert "CANARY-" not in walled_sql.looted(sql_attack), walled_sql.looted(sql_attack)


def test_attack_that_reports_has_really_run(sql_looter, walled_sql):
    """An attack that reports its loot runs to the end: if it had crashed, its silence would prove nothing."""
    assert "LOOT" in walled_sql.looted(sql_looter), walled_sql.told(sql_looter)[:3000]


def test_attack_holds_the_grader_no_longer_than_its_limits_allow(sql_attack, walled_sql, world):
    """Every grading ends within the time limit for the whole run."""
    limits = world.assignment_sql.limits

    assert walled_sql.results[sql_attack.name].duration_s <= (limits.total_s + SPARE_SECONDS) * walled_sql.slowdown


def test_neighbors_keep_their_points(walled_sql):
    """Honest submissions that are graded next to the attacks keep every point."""
    assert [result.score for result in walled_sql.neighbors] == [100] * len(walled_sql.neighbors)


def test_nobody_has_gained_a_right(walled_sql):
    """After the attacks no role has a privilege that it did not have before."""
    assert walled_sql.gained == []


def test_nothing_stays_behind(walled_sql):
    """No program run by the server has written a file."""
    assert walled_sql.results
    assert [str(path) for top in ("/tmp", "/var/tmp") for path in Path(top).glob("outlived-*")] == []


@pytest.mark.long
def test_channel_is_heard_without_walls(unwalled_channel, bank):
    """Without a sandbox, each submission's marks reach the other: their absence in the sandbox proves something."""
    assert "CANARY-" in unwalled_channel.looted(bank["sql_channel_2_reads"])
