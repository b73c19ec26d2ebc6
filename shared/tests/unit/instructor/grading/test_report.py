"""What a cohort's results add up to, and the page and feedback made from them."""

import json
import re
from dataclasses import replace

import pytest
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.instructor.grading.deadline import OWN_CLOCK
from classroom.instructor.grading.page_data import WeekPage
from classroom.instructor.grading.report import write_page
from classroom.instructor.grading.statistics import figures
from classroom.student.feedback import feedback

HOSTILE = '<script>alert(1)</script></pre>\x1b[2J`"'


def made(name, *, earned=(10, 60, 30), message="GET /double/4 answered 404.", hidden=False):
    """A result of the small week with these points."""
    tasks = []
    for number, (points, got) in enumerate(zip((10, 60, 30), earned, strict=True), 1):
        verdict = Verdict.PASS if points == got else Verdict.FAIL
        told = None if verdict is Verdict.PASS else message
        check = CheckResult(
            f"check_{number}", hidden, 1, verdict, "It answers.", told, "curl -i /secret", "404 Not Found"
        )
        tasks.append(TaskResult(number, f"Task {number}", points, got, verdict, None, (check,)))
    return Result("week1-tiny", name, "graded", sum(earned), 100, tuple(tasks))


COHORT = [made(f"s{number}", earned=(10, 60 if number > 3 else 0, 30 if number > 6 else 0)) for number in range(9)]


def write_week(path, title, results, pairs=(), deadline=None):
    """Write the page of one week, without names from a roster and without code."""
    write_page(path, [WeekPage(title, "week1-tiny", results, pairs, deadline)])


def test_figures_of_a_cohort():
    """Mean, distribution and pass rates are those of the graded; a task that only the strong pass tells apart."""
    found = figures([*COHORT, Result("week1-tiny", "gone", "missing", 0, 100)])

    assert (found.graded, found.median, sum(found.bins)) == (9, 70, 9)
    assert [round(task.passed, 2) for task in found.tasks] == [1.0, 0.56, 0.22]
    assert [task.discrimination for task in found.tasks] == [0.0, 1.0, pytest.approx(2 / 3)]
    assert (found.quartiles, round(found.deviation, 1)) == ((10, 70, 70), 37.4)
    assert [(check.task, check.passed, check.graded) for check in found.checks] == [(1, 9, 9), (2, 5, 9), (3, 2, 9)]


def test_figures_of_results_from_before_and_after_a_task_was_added():
    """A task is counted for those who were graded with it, wherever it is among the others."""
    old = [replace(one, tasks=one.tasks[1:]) for one in COHORT[:5]]

    found = figures([*old, *COHORT[5:]])

    assert [(task.number, round(task.passed, 2)) for task in found.tasks] == [(1, 1.0), (2, 0.56), (3, 0.22)]
    assert [(check.task, check.passed, check.graded) for check in found.checks] == [(1, 4, 4), (2, 5, 9), (3, 2, 9)]


def test_figures_of_one_and_of_nobody():
    """The quartiles of a single score are that score, and nobody graded has no figures of tasks and checks."""
    one, none = figures(COHORT[:1]), figures([Result("week1-tiny", "gone", "missing", 0, 100)])

    assert (one.quartiles, one.deviation) == ((10, 10, 10), 0)
    assert (none.graded, none.tasks, none.checks, none.failures) == (0, (), (), ())


def test_failures_that_read_alike_are_counted_together():
    """The same failure with other data is one failure, with everybody who met it."""
    some = [made("a", earned=(10, 0, 30), message="GET /double/7 answered 404."), made("b", earned=(10, 0, 30))]

    (failure,) = figures(some).failures

    assert (failure.task, failure.students) == (2, ("a", "b"))


def test_page_holds_no_text_of_a_submission_as_markup(tmp_path):
    """Names and messages of submissions are text in the page, in the table and in its data."""
    write_week(tmp_path / "r.html", "Tiny", [made(HOSTILE, earned=(10, 0, 0), message=HOSTILE), *COHORT])

    text = (tmp_path / "r.html").read_text()
    assert "<script>alert" not in text
    assert "\x1b" not in text
    assert len(re.findall(r"<script", text)) == 2
    data = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(data)["weeks"][0]["results"][0]["submission"].startswith("<script>")


def test_page_asks_nobody_for_anything(tmp_path):
    """The page is one file: its policy allows its own script and style, and no address is named."""
    write_week(tmp_path / "r.html", "Tiny", COHORT)

    text = (tmp_path / "r.html").read_text()
    assert "default-src 'none'; script-src 'sha256-" in text
    assert not re.findall(r"https?://(?!127\.0\.0\.1)", text)


def test_empty_cohort_has_a_page(tmp_path):
    """A cohort in which nobody could be graded has a page that says so."""
    write_week(
        tmp_path / "r.html", "Tiny", [Result("week1-tiny", "a", "could-not-grade", None, 100, reason="no database")]
    )

    assert "no database" in (tmp_path / "r.html").read_text()


def test_feedback_shows_no_data_of_a_hidden_check():
    """For a hidden check, a student reads the sentence, not the request."""
    shown = feedback(made("a", earned=(10, 0, 30), hidden=True))

    assert "It answers." in shown
    assert "/secret" not in shown
    assert "answered 404" not in shown


def test_feedback_keeps_a_submissions_text_inside_its_block():
    """Every line of a submission's text is indented as code, so that no Markdown in it acts."""
    shown = feedback(made("a", earned=(10, 0, 30), message="one\n# two\n```\n<b>three</b>"))

    for line in ("one", "# two", "```", "<b>three</b>"):
        assert f"\n      {line}\n" in shown


def test_feedback_says_how_late_and_who_is_missing():
    """A late submission says how late it was and what it cost; a missing one says so, without blaming the kit."""
    late = replace(made("a"), late="2 h, 10 points off", score=90)
    missing = Result("week1-tiny", "b", "missing", 0, 100, reason="nothing was submitted by 2026-11-21 22:59 UTC")

    assert "**90 of 100 points**, handed in late: 2 h, 10 points off" in feedback(late)
    assert "**0 points**: `nothing was submitted by 2026-11-21 22:59 UTC`" in feedback(missing)
    assert "Could not be graded" not in feedback(missing)


def test_notes_are_told_on_the_page_and_in_the_feedback(tmp_path):
    """What looks wrong about what was handed in is listed on the page by name, and appears in the feedback as code."""
    noted = replace(made("noted"), notes=(f"app/{HOSTILE} is in UTF-16", "b", "c", "d", OWN_CLOCK))

    write_week(tmp_path / "r.html", "Tiny", [noted, replace(COHORT[0], notes=(OWN_CLOCK,))])

    listed = re.search(r'<h2 id="notes-0".*?</section>', (tmp_path / "r.html").read_text(), re.DOTALL)[0]
    assert '<a href="#week1-tiny/noted">noted</a>: app/&lt;script&gt;' in listed
    assert "; b; c; and 1 more</li>" in listed
    assert listed.count("<li>") == 1
    shown = feedback(noted).splitlines()
    assert "Note: `app/<script>alert(1)</script></pre>\\x1b[2J'\" is in UTF-16`" in shown
    assert shown[shown.index("Note: `b`") + 1] == ""
    assert "Note: `b`" in feedback(replace(noted, status="missing"))


def test_page_without_notes_has_no_list_of_them(tmp_path):
    """If the only note is about the clock of a commit, no list is shown."""
    write_week(tmp_path / "r.html", "Tiny", [replace(COHORT[0], notes=(OWN_CLOCK,))])

    assert 'id="notes-0"' not in (tmp_path / "r.html").read_text()


def test_page_says_what_was_in_time_and_by_whose_clock(tmp_path):
    """The page names the deadline, and for how many submissions only the commit time is known."""
    some = [replace(COHORT[0], notes=(OWN_CLOCK,)), *COHORT[1:]]

    write_week(tmp_path / "r.html", "Tiny", some, (), "2026-11-21 22:59 UTC")

    text = (tmp_path / "r.html").read_text()
    assert "deadline 2026-11-21 22:59 UTC" in text
    assert "1 submission has only the commit time from the author's computer" in text
