"""Running a README: a shell runs its lines next to the solution's whole system."""

from __future__ import annotations

from pathlib import Path

import pytest
from classroom.cli.instructor.proof_report import ProofReport
from classroom.core.assignment import Assignment
from classroom.instructor.proof import readme_shell
from classroom.instructor.proof.verify import Proof

WEEK5 = Path(__file__).resolve().parents[4] / "week5-system-design"
NOT_HERE = readme_shell.skip_reason(Assignment.load(WEEK5))
needs_tools = pytest.mark.skipif(NOT_HERE is not None, reason=str(NOT_HERE))


def test_walk_that_is_left_out_is_told(monkeypatch, tmp_path, week5, capsys):
    """Without bash or curl `verify` says in one line that the README was not run, and what to do."""
    tool = tmp_path / "bash"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    week = Assignment.load(week5)
    proofs = ProofReport(verbose=False)
    proofs.begin(week)

    proofs.end(Proof(week, left_out=[readme_shell.skip_reason(week)]))

    assert capsys.readouterr().out.splitlines()[1:] == [
        f"  {week5}/README.md was not run: install curl, and verify again."
    ]
    assert readme_shell.problems(week, "```console\n$ false\n```\n") == []
    assert proofs.close() == 0


def test_week_without_a_walk_has_none_to_leave_out(monkeypatch, week5):
    """For a week whose README needs only its app, no line is skipped."""
    monkeypatch.setenv("PATH", "/nowhere")

    assert readme_shell.skip_reason(Assignment.load(week5.parent / "week1-hello-api")) is None


@needs_tools
def test_the_walk_of_week_5_is_true_line_by_line(week5):
    """Create, upload with `curl -T`, complete, play, change as somebody else: every line prints what is shown."""
    text = (week5 / "README.md").read_text(encoding="utf-8")

    assert readme_shell.problems(Assignment.load(week5), text) == []
    for shown in ("curl -i -T ducks.mp4", "/complete", "PLAYBACK_URL", "HTTP/1.1 403 Forbidden"):
        assert shown in text


@pytest.mark.long
@needs_tools
def test_a_line_that_is_not_true_is_named(week5):
    """A status, a body and a printed word that differ from the solution's are reported with their lines."""
    text = (
        "```console\n"
        "$ NAME=health\n"
        '$ curl -i "http://127.0.0.1:8000/$NAME"\n'
        "HTTP/1.1 404 Not Found\n"
        "\n"
        '{"status":"ok"}\n'
        "$ curl http://127.0.0.1:8000/$NAME\n"
        '{"status":"..."}\n'
        "$ curl http://127.0.0.1:8000/$NAME\n"
        '{"status":"ill"}\n'
        "$ python -c 'print(1)'\n"
        "2\n"
        "$ false\n"
        "```\n"
    )

    found = readme_shell.problems(Assignment.load(week5), text)

    assert [told.partition("line ")[2].partition(":")[0] for told in found] == ["3", "9", "11", "13"]
