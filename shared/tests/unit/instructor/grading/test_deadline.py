"""What counts of a submission: the last commit before a deadline, when it came, and what being late costs."""

import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from classroom.core.errors import UsageError
from classroom.core.result import Result
from classroom.core.submission import submissions
from classroom.instructor.grading.adjustments import Adjustments, Entry
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.grading.deadline import (
    NO_RECEIPT,
    OWN_CLOCK,
    choices,
    deadline_of,
    duration_text,
    resolve_deadline,
)

DEADLINE = "2026-11-21T23:59+01:00"  # 22:59 in UTC


def git(place, *words, at="2026-11-01T12:00:00Z"):
    """Run git as somebody, at some time by their own clock."""
    who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    done = subprocess.run(
        ["git", "-C", str(place), *words], check=True, capture_output=True, text=True, env={**os.environ, **who, **when}
    )
    return done.stdout.strip()


@pytest.fixture
def history(handed_in):
    """Makes alice's repository with a commit for each time given; returns the repository and the commits' names."""

    def make(*times, bare=True):
        place = handed_in("week1-tiny-alice")
        git(place, "init", "-q", "-b", "main")
        names = []
        for number, when in enumerate(times):
            (place / "app/more.py").write_text(f"NUMBER = {number}\n")
            git(place, "add", "-A")
            git(place, "commit", "-q", "-m", f"{number}", at=when)
            names.append(git(place, "rev-parse", "HEAD"))
        if bare:
            git(place, "clone", "-q", "--bare", ".", "../week1-tiny-alice.git")
            shutil.rmtree(place)
            place = place.with_name("week1-tiny-alice.git")
        return place, names

    return make


@pytest.fixture
def counted(handed_in, assignment):
    """What counts of the only submission."""

    def find(deadline=None):
        (one,) = submissions(handed_in.folder, assignment)
        return resolve_deadline(one, deadline)

    return find


@pytest.fixture
def chosen(handed_in, assignment):
    """The commits of the only submission that may count."""

    def find(deadline):
        (one,) = submissions(handed_in.folder, assignment)
        return choices(one, deadline)

    return find


def pushed(place, *lines):
    """Write down what the repository has received."""
    (place / "classroom-received").write_text("".join(f"{line}\n" for line in lines))


class TestWhichCommitCounts:
    def test_last_one_received_before_the_deadline(self, history, counted):
        """What the repository received in time counts, no matter what the author's clock said."""
        place, (first, second, third) = history("2026-11-20T10:00:00Z", "2030-01-01T00:00:00Z", "2026-11-01T00:00:00Z")
        pushed(
            place,
            f"2026-11-20T10:00:05Z refs/heads/main {first}",
            f"2026-11-21T22:58:00Z refs/heads/main {second}",
            f"2026-11-21T23:10:00Z refs/heads/main {third}",
        )

        found = counted(deadline_of(DEADLINE))

        assert (found.submission.commit, found.note, found.missed) == (second, None, None)
        assert found.at == datetime(2026, 11, 21, 22, 58, tzinfo=UTC)

    def test_commits_own_time_where_nothing_was_written_down(self, history, counted):
        """Without a receipt the commit time decides, and the result says so."""
        _, (first, second, _) = history(
            "2026-11-20T10:00:00Z", "2026-11-21T23:58:00+01:00", "2026-11-22T00:10:00+01:00"
        )

        found = counted(deadline_of(DEADLINE))

        assert first != second == found.submission.commit
        assert found.note == OWN_CLOCK

    @pytest.mark.parametrize("deadline", ["2026-11-21T22:59Z", "2026-11-21T23:59+01:00", "2026-11-21 17:59-05:00"])
    def test_zones_are_one_moment(self, history, counted, deadline):
        """The same time in any time zone selects the same commit."""
        _, (first, _) = history("2026-11-21T22:58:59Z", "2026-11-21T22:59:01Z")

        assert counted(deadline_of(deadline)).submission.commit == first

    def test_working_tree_is_taken_at_the_commit(self, history, counted):
        """For a folder that is a repository, the last commit in time counts, not the files in the folder."""
        _, (first, _) = history("2026-11-20T10:00:00Z", "2026-11-25T10:00:00Z", bare=False)

        found = counted(deadline_of(DEADLINE))

        assert (found.submission.commit, found.submission.bare) == (first, True)

    def test_other_branches_and_strange_lines_say_nothing(self, history, counted):
        """A push to another branch, a deleted branch, and an invalid line are ignored."""
        place, (first, second) = history("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z")
        pushed(
            place,
            f"2026-11-20T10:00:00Z refs/heads/main {first}",
            f"2026-11-20T12:00:00Z refs/heads/try {second}",
            f"2026-11-20T13:00:00Z refs/heads/main {'0' * 40}",
            f"yesterday refs/heads/main {second}",
            "\x00\xff",
        )

        assert counted(deadline_of(DEADLINE)).submission.commit == first

    @pytest.mark.parametrize(
        "kind", ["empty", "pipe", *(pytest.param(k, marks=pytest.mark.long) for k in ("folder", "link"))]
    )
    def test_list_of_pushes_that_cannot_be_read_never_gives_way_to_the_commits_clock(
        self, history, handed_in, assignment, tmp_path, kind
    ):
        """An existing but unreadable list affects that submission only; the others are graded."""
        place, _ = history("2026-11-01T00:00:00Z")
        record = place / "classroom-received"
        make = {"folder": record.mkdir, "link": lambda: record.symlink_to(place / "HEAD"), "empty": record.touch}
        make.get(kind, lambda: os.mkfifo(record))()
        handed_in("bob")

        results = Cohort(assignment, handed_in.folder, tmp_path / "out", deadline=deadline_of(DEADLINE)).grade(
            lambda *_: None, lambda _: None
        )

        assert [(one.submission, one.status) for one in results] == [("alice", "could-not-grade"), ("bob", "graded")]
        assert "list of pushes" in results[0].reason

    @pytest.mark.parametrize(
        ("times", "right"),
        [
            (("2026-11-21T22:50:00Z", "2026-11-21T23:30:00Z", "2026-11-21T22:55:00Z"), 2),  # put back: the last one
            (("2026-11-21T22:50:00Z", "2026-11-21T22:40:00Z", "2026-11-21T23:30:00Z"), 1),
        ],
    )
    def test_clock_of_the_server_that_is_put_back_loses_no_push(self, history, counted, times, right):
        """Of the pushes with a time before the deadline the one that came last counts, also if times go backwards."""
        place, names = history(*(["2026-11-20T10:00:00Z"] * 3))
        pushed(place, *(f"{at} refs/heads/main {name}" for at, name in zip(times, names, strict=True)))

        assert counted(deadline_of(DEADLINE)).submission.commit == names[right]

    def test_push_that_could_not_be_recorded_is_told(self, history, counted):
        """A commit without a receipt, such as after a full disk, does not count, and the result says so."""
        place, (first, _) = history("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z")
        pushed(place, f"2026-11-20T10:00:00Z refs/heads/main {first}")

        found = counted(deadline_of(DEADLINE))

        assert (found.submission.commit, found.note) == (first, NO_RECEIPT)

    def test_list_of_any_length_is_read(self, history, counted):
        """A list of many megabytes, most of it about other references, still says what was received when."""
        place, (first, second) = history("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
        other = f"2026-11-20T10:00:00Z refs/tags/{'d' * 3000} {second}"
        lines = [f"2026-11-20T10:00:00Z refs/heads/main {first}", *[other] * 1500]
        pushed(place, *lines, f"2026-11-25T10:00:00Z refs/heads/main {second}")

        assert counted(deadline_of(DEADLINE)).submission.commit == first

    def test_commit_that_is_gone_gives_way_to_the_one_before(self, history, counted):
        """A push that was overwritten and garbage-collected cannot be graded: the one before it is."""
        place, (first,) = history("2026-11-20T10:00:00Z")
        pushed(
            place,
            f"2026-11-20T10:00:00Z refs/heads/main {first}",
            f"2026-11-20T11:00:00Z refs/heads/main {'1' * 40}",
        )

        assert counted(deadline_of(DEADLINE)).submission.commit == first

    def test_without_a_deadline_the_receipt_is_the_time_told(self, history, counted):
        """The time in the gradebook is that of the receipt, else the commit's own."""
        place, (first,) = history("2026-11-20T10:00:00Z")

        assert counted().at == datetime(2026, 11, 20, 10, tzinfo=UTC)
        pushed(place, f"2026-11-23T10:00:00Z refs/heads/main {first}")

        assert counted().at == datetime(2026, 11, 23, 10, tzinfo=UTC)

    def test_plain_folder_is_graded_and_told(self, handed_in, counted):
        """A folder without a repository has no time: it counts, and a note says so."""
        handed_in("alice")

        found = counted(deadline_of(DEADLINE))

        assert (found.missed, found.at) == (None, None)
        assert found.note == "not a repository, so the time of submission is unknown"


class TestLate:
    def test_what_comes_later_is_taken_for_points(self, history, counted):
        """Each day that has begun after the deadline costs its points, and the result says how late it was."""
        history("2026-11-23T03:00:00Z")
        result = Result("week1-tiny", "alice", "graded", 0, 100)

        found = counted(deadline_of(DEADLINE, days=3, points=10))

        assert found.penalty == 20
        assert found.apply_late_penalty(result).late == "1 day 4 h, 20 points off"

    def test_points_come_off_the_sum(self, history, counted, made):
        """The penalty is taken from the points of all tasks but bonus ones."""
        history("2026-11-22T03:00:00Z")

        assert (made.score, counted(deadline_of(DEADLINE, days=3, points=10)).apply_late_penalty(made).score) == (
            70,
            60,
        )

    def test_never_below_nothing(self, history, counted, made):
        """However late, a score does not fall below 0."""
        history("2026-11-29T03:00:00Z")

        assert counted(deadline_of(DEADLINE, days=10, points=30)).apply_late_penalty(made).score == 0

    def test_too_late_is_missing_with_the_reason(self, history, handed_in, assignment, tmp_path):
        """A student without a commit in time is missing in the gradebook, which says when one was received."""
        history("2026-11-22T03:00:00Z")

        (result,) = Cohort(assignment, handed_in.folder, tmp_path / "out", deadline=deadline_of(DEADLINE)).grade(
            lambda *_: None, lambda _: None
        )

        assert (result.status, result.score) == ("missing", 0)
        assert result.reason == (
            "nothing was submitted by 2026-11-21 22:59 UTC; the first submission is from 2026-11-22 03:00 UTC"
        )
        assert result.reason in (tmp_path / "out/gradebook.csv").read_text()

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [(0.1, "1 min"), (59, "59 min"), (60, "1 h"), (135, "2 h 15 min"), (2 * 1440 + 61, "2 days 1 h")],
    )
    def test_how_late_in_words(self, minutes, words):
        """The two largest units are shown."""
        assert duration_text(timedelta(minutes=minutes)) == words


class TestTimes:
    @pytest.mark.parametrize("text", ["tomorrow", "2026-13-01T10:00", "2026-11-21T25:00", "", "0001-01-01T00:00+14:00"])
    def test_invalid_time_is_rejected_with_a_valid_one(self, text):
        """One sentence shows how a time is written."""
        with pytest.raises(UsageError, match=r"is not a valid time: write it like 2026-11-21T23:59.*\+01:00\.$"):
            deadline_of(text)

    def test_too_many_days_are_rejected(self):
        """A number of days that would lead out of the calendar is a mistake in typing."""
        with pytest.raises(UsageError, match="--late-days accepts up to 1,000 days, not 9999999"):
            deadline_of("2026-11-21T23:59", 9_999_999)

    def test_day_alone_is_no_deadline(self):
        """A date alone is rejected: whether it means the start or the end of the day is not guessed."""
        with pytest.raises(UsageError, match=r"has no time of day: write it like 2026-11-21T23:59\.$"):
            deadline_of("2026-11-21")

    @pytest.fixture
    def eastern(self, monkeypatch):
        """This machine is in New York."""
        if not hasattr(time, "tzset"):
            pytest.skip("This system cannot be given another time zone.")
        monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
        time.tzset()
        yield
        monkeypatch.undo()
        time.tzset()

    @pytest.mark.usefixtures("eastern")
    @pytest.mark.parametrize(("text", "hour"), [("2026-11-21T12:00", 17), ("2026-07-21T12:00", 16)])
    def test_time_without_a_zone_is_one_of_this_machines(self, text, hour):
        """The machine's own zone holds, with its summer time."""
        assert deadline_of(text).moment.hour == hour

    @pytest.mark.usefixtures("eastern")
    @pytest.mark.parametrize("zone", [None, ZoneInfo("America/New_York")], ids=["this machine's", "a classroom's"])
    @pytest.mark.parametrize(
        ("due", "next_day"), [("2026-10-31T23:59", "2026-11-02T04:59Z"), ("2026-03-07T23:59", "2026-03-09T03:59Z")]
    )
    def test_days_end_at_the_same_time_of_day_when_the_clocks_are_changed(self, assignment, zone, due, next_day):
        """A day more, as an extension or late, is until the same time on the next day, whether it has 23 or 25 hours."""
        more = Adjustments(assignment, for_all=(Entry("*", assignment.name, "extension", "+1d"),))
        deadline, end = deadline_of(due, days=1, points=10, zone=zone), datetime.fromisoformat(next_day)

        assert more.deadline("alice", deadline).moment == deadline.last == end
        assert [deadline.penalty(end + timedelta(seconds=late)) for late in (0, 1)] == [10, 20]

    def test_command_wants_the_deadline_for_its_rules(self, classroom, tmp_path):
        """Late rules without a deadline are rejected with what is missing."""
        done = classroom("grade", "1", "--submissions", tmp_path, "--out", tmp_path / "out", "--late-days", "2")

        assert (done.status, done.err) == (
            2,
            "--late-days and --late-points need a deadline: add --deadline.\n",
        )


@pytest.fixture
def made(assignment):
    """A result of 70 points."""
    table = {
        **json.loads(Result("week1-tiny", "alice", "graded", 70, 100).to_json()),
        "tasks": [
            {"number": 1, "title": "T", "points": 100, "earned": 70, "verdict": "fail", "reason": None, "checks": []},
            {"number": 2, "title": "B", "points": 9, "earned": 9, "verdict": "pass", "reason": None, "checks": [], "bonus": True},
        ],
    }  # fmt: skip
    return Result.from_json(json.dumps(table))


class TestBetterOfTwo:
    @pytest.fixture
    def two(self, history):
        """A repository with one push in time and one a day late; the names of the two commits."""
        place, names = history("2026-11-20T10:00:00Z", "2026-11-22T10:00:00Z")
        received = ("2026-11-20T10:00:05Z", "2026-11-22T10:00:05Z")
        pushed(place, *(f"{at} refs/heads/main {name}" for at, name in zip(received, names, strict=True)))
        return names

    def test_both_may_count(self, two, chosen):
        """With a late penalty the last commit in time and the last late one may count, in this order."""
        found = chosen(deadline_of(DEADLINE, days=3, points=10))

        assert [(one.submission.commit, one.penalty) for one in found] == [(two[0], 0), (two[1], 10)]
        assert [one.ignored for one in found] == [None, None], "neither was too late to count"

    @pytest.mark.parametrize(
        "rule", [{"days": 3, "points": 10, "best": False}, {"days": 3}], ids=["the last one counts", "late is free"]
    )
    def test_only_the_last_one(self, two, chosen, rule):
        """Where the rule says so, or where being late costs nothing, the last commit is the only one that may count."""
        (found,) = chosen(deadline_of(DEADLINE, **rule))

        assert found.submission.commit == two[1]

    def test_push_too_late_to_count_is_mentioned(self, two, chosen):
        """The last push in time counts, and a remark names the later one that does not."""
        (found,) = chosen(deadline_of(DEADLINE))
        result = found.apply_late_penalty(Result("week1-tiny", "alice", "graded", 0, 100))

        assert found.submission.commit == two[0]
        assert result.notes == ("what was submitted at 2026-11-22 10:00 UTC was too late and does not count",)
        assert result.submitted == "2026-11-20T10:00:05Z"

    def test_late_push_does_not_cost_the_points_in_time(self, history, assignment, handed_in, tmp_path):
        """An on-time 100 stays 100 though a broken late push follows; the result says which one counts."""
        place, _ = history("2026-11-20T10:00:00Z", bare=False)
        (place / "app/main.py").write_text("broken(\n")
        git(place, "commit", "-qam", "late", at="2026-11-22T10:00:00Z")
        cohort = Cohort(
            assignment, handed_in.folder, tmp_path / "out", seed=7, deadline=deadline_of(DEADLINE, days=3, points=10)
        )

        (found,) = cohort.grade(lambda *_: None, lambda _: None)

        assert (found.score, found.submitted) == (100, "2026-11-20T10:00:00Z")
        assert any(
            "the last on-time submission counts, because the late one has 0 points" in note for note in found.notes
        )

    def test_student_without_a_late_penalty_gets_the_better_of_both(self, two, chosen, assignment):
        """Who is granted `late none` does not lose the points in time by a late push that breaks something."""
        granted = Adjustments(assignment, for_all=(Entry("*", assignment.name, "late", "none"),))

        found = chosen(granted.deadline("alice", deadline_of(DEADLINE, days=3, points=10)))

        assert [(one.submission.commit, one.penalty) for one in found] == [(two[0], 0), (two[1], 0)]

    @pytest.mark.long
    def test_regrade_by_other_rules_keeps_no_remark_of_the_old_ones(self, history, assignment, handed_in, tmp_path):
        """Each grading says only what is true of itself, and what only one of two attempts earned is nobody's earlier score."""
        place, _ = history("2026-11-20T10:00:00Z", bare=False)
        (place / "app/main.py").write_text("broken(\n")
        git(place, "commit", "-qam", "late", at="2026-11-22T10:00:00Z")
        rules = {"best": {"days": 3, "points": 10}, "last": {"days": 3, "points": 10, "best": False}, "early": {}}
        found = {}

        for name, rule in rules.items():
            cohort = Cohort(
                assignment, handed_in.folder, tmp_path / "out", seed=7, deadline=deadline_of(DEADLINE, **rule)
            )
            (found[name],) = cohort.grade(lambda *_: None, lambda _: None)

        assert [(name, one.score, len(one.notes)) for name, one in found.items()] == [
            ("best", 100, 2),
            ("last", 0, 1),
            ("early", 100, 1),
        ]
        kept = [json.loads(path.read_text())["notes"] for path in (tmp_path / "out/earlier").iterdir()]
        assert sorted(kept, key=len) == [list(found["last"].notes), list(found["best"].notes)]

    def test_one_of_two_attempts_is_not_a_result_yet(self, history, assignment, handed_in, tmp_path):
        """A grading that is interrupted between them leaves no score: the better one is not known."""
        place, _ = history("2026-11-20T10:00:00Z", bare=False)
        (place / "app/main.py").write_text("broken(\n")
        git(place, "commit", "-qam", "late", at="2026-11-22T10:00:00Z")
        rule, out = deadline_of(DEADLINE, days=3, points=10), tmp_path / "out"

        with pytest.raises(KeyboardInterrupt):
            Cohort(assignment, handed_in.folder, out, seed=7, jobs=1, deadline=rule).grade(
                lambda *_: None, Mock(side_effect=KeyboardInterrupt)
            )
        left = len(list((out / "attempts").iterdir())), len(list((out / "results").iterdir()))
        (found,) = Cohort(assignment, handed_in.folder, out, seed=7, deadline=rule).grade(
            lambda *_: None, lambda _: None
        )

        assert (left, found.score) == ((1, 0), 100)

    def test_first_grading_has_no_earlier_results(self, history, assignment, handed_in, tmp_path):
        """Points off for being late are part of the first result, and nothing came before it."""
        history("2026-11-22T10:00:00Z", bare=False)
        cohort = Cohort(
            assignment, handed_in.folder, tmp_path / "out", seed=7, deadline=deadline_of(DEADLINE, days=3, points=10)
        )

        (found,) = cohort.grade(lambda *_: None, lambda _: None)

        assert (found.score, (tmp_path / "out/earlier").exists()) == (90, False)
