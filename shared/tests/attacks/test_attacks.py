"""No attack gains a point, sees what it must not see, leaves anything behind, or changes another submission."""

import csv
import io
import re
from pathlib import Path

import psutil
import pytest
from classroom.core.result import GRADED
from rich.console import Console

GRADER_MEMORY = 400_000_000
SPARE_SECONDS = 8
CURL = {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_attack_earns_no_more_than_its_honest_score(attack, walled):
    """An attack is graded, and earns at most the points for its correct responses."""
    result = walled.results[attack.name]

    assert result.status == GRADED, f"{attack.name} bought itself {result.status}: {result.reason}"
    assert result.score <= attack.honest, f"{attack.name} tries: {attack.tries}"
    assert result.sandbox == "bubblewrap"


def test_attack_sees_no_secret(attack, walled, world):
    """No mark of a secret appears in any output of an attack."""
    assert world.mark not in walled.told(attack), f"{attack.name} saw what it must not: {attack.must_not}"
    assert "CANARY-" not in walled.looted(attack), f"{attack.name} did what it must not: {attack.must_not}"


def test_attack_that_reports_has_really_run(looter, walled):
    """An attack that reports its loot runs to the end: if it had crashed, its silence would prove nothing."""
    assert "LOOT" in walled.looted(looter), walled.told(looter)[:3000]


def test_attack_holds_the_grader_no_longer_than_its_limits_allow(attack, walled, world):
    """Every grading ends within the time limit for the whole run."""
    assert walled.results[attack.name].duration_s <= (world.assignment.limits.total_s + SPARE_SECONDS) * walled.slowdown


@pytest.mark.long
def test_walls_of_one_app_alone_hold_too(breaker, alone, world):
    """If sandboxes cannot be nested, one built for a single app rejects the same attacks."""
    result = alone.results[breaker.name]

    assert result.status == GRADED
    assert result.score <= breaker.honest
    assert world.mark not in alone.told(breaker)
    assert "CANARY-" not in alone.looted(breaker), alone.looted(breaker)
    assert [one.score for one in alone.neighbors] == [100]


def test_neighbors_keep_their_points(walled):
    """Honest submissions that are graded next to the attacks keep every point."""
    assert [result.score for result in walled.neighbors] == [100] * len(walled.neighbors)


def test_grader_stays_small(walled):
    """No process of the grader grows with what an attack returns or prints."""
    assert 0 < walled.largest < GRADER_MEMORY


def test_nothing_stays_behind(walled, world):
    """After the grading no process or file of an attack is left, and no folder of the grader."""
    mine = [process for process in psutil.Process().children(recursive=True) if "bwrap" in process.name()]
    running = [
        process.info
        for process in psutil.process_iter(["cmdline"])
        if str(world.folder) in str(process.info["cmdline"])
    ]
    written = [str(path) for top in ("/tmp", "/var/tmp", "/dev/shm") for path in Path(top).glob("outlived-*")]

    assert mine == []
    assert [info for info in running if "pytest" not in str(info)] == []
    assert written == []
    assert list((world.folder / "tmp").rglob("*")) == []


def test_nobody_outside_was_met(walled, world):
    """No attack has reached a server on the grader's machine."""
    reached = list(world.met)

    assert reached == []


def test_requests_tell_nothing(walled, bank):
    """A request contains what curl sends, and nothing that distinguishes grading from ordinary use."""
    seen = re.search(r"REQUESTS \[(.*?)\]", walled.looted(bank["only_when_graded"])).group(1)
    names = set(re.findall(r"'([a-z-]+)=", seen)) - {"client"}

    assert "user-agent=curl" in seen
    assert names <= CURL


@pytest.mark.long
def test_forger_gets_full_marks_elsewhere(forger, naive):
    """The same submission gets full marks if pytest imports it and the exit status is the grade."""
    done = naive(forger)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-500:]


def test_spy_succeeds_without_walls(spy, walled, unwalled, world):
    """Without a sandbox, the same submission sees the secret."""
    assert world.mark not in walled.told(spy)
    assert world.mark in unwalled.looted(spy), unwalled.told(spy)[:3000]


@pytest.mark.parametrize(
    "name", ["terminal_codes", "workflow_commands", "name_with_html", "file_names", "markdown", "html"]
)
def test_terminal_shows_text_only(name, walled, world, monkeypatch):
    """The scorecard on a terminal or in a job's log contains no control character and no workflow command."""
    from classroom.student.scorecard import Scorecard

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    told = io.StringIO()

    Scorecard(world.assignment, walled.results[name], Console(file=told, width=120), hidden=True).print()

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told.getvalue())
    # GitHub's runner takes `::` after blanks too, and `##[` anywhere in a line.
    assert not re.search("^\\s*::|##\\[", told.getvalue(), re.MULTILINE)


@pytest.mark.parametrize("name", ["formula_as_a_name", "name_with_html", "file_names", "terminal_codes"])
def test_gradebook_holds_no_formula(name, walled, world, tmp_path):
    """No cell of the gradebook begins like a formula or contains a control character."""
    from classroom.instructor.grading.gradebook import Row, write_gradebook
    from classroom.instructor.roster import Student

    result = walled.results[name]

    student = Student(result.submission, identifier=result.submission)
    write_gradebook(tmp_path / "gradebook.csv", world.assignment, [Row(student, result)])

    with (tmp_path / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert not [cell for cell in cells if re.search("[\x00-\x1f\x7f-\x9f]", cell)]


@pytest.mark.parametrize(
    "name", ["markdown", "html", "workflow_commands", "terminal_codes", "name_with_html", "file_names"]
)
def test_feedback_renders_nothing_of_an_attack(name, walled):
    """In the Markdown that a student reads, text from an attack is code, whatever it contains."""
    from classroom.student.feedback import feedback
    from markdown_it import MarkdownIt

    text = feedback(walled.results[name])
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)

    assert not re.search("<(script|img|svg|a |details|b>)", page)
    assert page.count("<h1>") == 1
    assert page.count("<table>") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


@pytest.mark.parametrize("name", ["html", "markdown", "name_with_html", "formula_as_a_name", "file_names"])
def test_report_page_holds_no_markup_of_an_attack(name, walled, tmp_path):
    """No tag from an attack appears in the page's own markup."""
    from classroom.instructor.grading.page_data import WeekPage
    from classroom.instructor.grading.report import write_page

    write_page(tmp_path / "report.html", [WeekPage("Target", "target", [walled.results[name]])])

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search("<script>(fetch|alert)|<img src=x|<svg/onload", page)


def test_bank_is_large_and_tells_what_it_is_about(bank):
    """The bank has at least forty attacks, of every kind, and each says what it tries and what must not happen."""
    kinds = {"forging", "reading", "escaping", "outliving", "exhausting", "detecting", "injecting"}

    assert len(bank) >= 40
    assert {one.kind for one in bank.values()} >= kinds
    assert all(one.tries.endswith(".") and one.must_not.endswith(".") for one in bank.values())
