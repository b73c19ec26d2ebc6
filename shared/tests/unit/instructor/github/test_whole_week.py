"""The whole life of a week on GitHub, killed again and again: nobody is lost, and nobody has anything twice."""

import contextlib
import json
import random
from datetime import UTC, datetime

import pytest
from classroom.core.result import GRADED, Result
from classroom.core.submission import Submission
from classroom.instructor.classrooms.github import fetch, fetch_commits
from classroom.instructor.classrooms.github_git import RepoName
from classroom.instructor.github.accepting import Accepting, read_request
from classroom.instructor.github.closing import Closing
from classroom.instructor.github.feedback import FeedbackIssues
from classroom.instructor.github.hand_out import HandingOut
from classroom.instructor.github.handout_branch import HandoutBranch
from classroom.instructor.github.provider import ProviderError
from classroom.instructor.github.received import write_receipts
from classroom.instructor.github.updating import Updating
from classroom.instructor.github.week_status import progress_of
from classroom.instructor.grading.deadline import Deadline, resolve_deadline
from classroom.instructor.roster import Roster
from github_stand_in import GitHub, Killed
from github_stand_in.events import issue_opened
from github_stand_in.hub import Hub

from .conftest import WEEK, student

PLACE = "start"
DUE = Deadline(datetime(2026, 11, 21, 23, 59, tzinfo=UTC))
IN_TIME, LATE = "2026-11-21T12:00:00Z", "2026-11-23T12:00:00Z"
LOSING = ("accept", "update", "feedback")  # which GitHub does once without confirming it
FORM = f"### Week\n\n{WEEK}"


class Week:
    """A week of a class: what the instructor's commands do, and in between what students do."""

    def __init__(self, size, folder, open_course):
        names = [f"student-{number}" for number in range(size)]
        self.folder, self.open_course, self.runs = folder, open_course, 0
        self.github = GitHub("school", *names, "teacher")
        self.github.per_hour, self.github.changes_per_minute = 12 * size, 10
        (folder / "hub").mkdir()
        self.github.hub = Hub(folder / "hub")
        self.github.hub.commit(f"school/{WEEK}", {"README.md": "First\n", "app/main.py": "# TODO 1\n"})
        self.github.add(WEEK, is_template=True)
        self.github.add(PLACE, private=False)
        self.students = [student(name) for name in names]
        self.asking = self.students[::3]  # in the form; the others are handed their repositories
        self.counted, self.rows = {}, []

    @property
    def course(self):
        """A connection of its own for each command."""
        return self.open_course(self.github)

    # The instructor's commands

    def hand_out(self):
        """Hand the week out to those who do not ask."""
        course = self.course
        others = [item for item in self.students if item not in self.asking]
        return list(HandingOut(course.provider, WEEK, course.template, others).run())

    def accept(self):
        """Run the workflow for each issue that is still open."""
        for item in self.github.of(PLACE).issues:
            if item["state"] == "open":
                name = item["user"]["login"]
                payload = issue_opened(
                    f"school/{PLACE}", item["number"], name, self.github.accounts[name][1], item["body"]
                )
                (self.folder / "event.json").write_text(json.dumps(payload))
                request = read_request(self.folder / "event.json")
                Accepting(self.course.provider, [WEEK], lambda: Roster(tuple(self.students))).answer(request)

    def update(self):
        """Give the new handout to everybody."""
        self.runs += 1
        course, folder = self.course, self.folder / f"update-{self.runs}.git"
        work = Updating(course.provider, WEEK, course.template, HandoutBranch(course.template, folder))
        self.rows = list(work.run(self.students))

    def status(self):
        """See how it is going."""
        provider = self.course.provider
        self.rows = list(progress_of(provider, WEEK, self.students, provider.repositories(), lambda _: DUE))

    def close(self):
        """Close the week after the deadline."""
        course = self.course
        self.rows = list(Closing(course.provider, WEEK, course.template).close(self.students, datetime.now(UTC)))

    def reopen(self):
        """Open the week again."""
        course = self.course
        self.rows = list(Closing(course.provider, WEEK, course.template).reopen(self.students))

    def fetch(self):
        """Clone everything with the times of the pushes."""
        names = [RepoName("school", f"{WEEK}-{item.username}") for item in self.students]
        problems = []
        fetch(WEEK, names, self.folder / "fetched", problems.append)
        clones = [(name, self.folder / f"fetched/{name.name}.git") for name in names]
        write_receipts(self.course.provider, clones, fetch_commits, problems.append)
        assert problems == []

    def grade(self, score=80):
        """Grade what was there at the deadline, without running it."""
        grades = self.folder / "grades"
        for folder in ("results", "feedback"):
            (grades / folder).mkdir(parents=True, exist_ok=True)
        for item in self.students:
            clone = self.folder / f"fetched/{WEEK}-{item.username}.git"
            tip = self.github.hub.tip(f"school/{WEEK}-{item.username}")
            found = resolve_deadline(Submission(item.username, clone, bare=True, commit=tip), DUE).submission
            self.counted[item.username] = found.commit
            result = Result(WEEK, item.username, GRADED, score, 100, commit=found.commit)
            (grades / f"results/{item.username}.json").write_text(result.to_json())
            (grades / f"feedback/{item.username}.md").write_text(f"**{score} of 100 points**\n")

    def regrade(self):
        """Grade again, with another score."""
        self.grade(90)

    def feedback(self):
        """Return the feedback."""
        self.rows = list(FeedbackIssues(self.course.provider, self.folder / "grades").deliver())

    # What students do

    def ask(self):
        """Fill in the form."""
        for item in self.asking:
            self.github.open_issue(PLACE, item.username, "My repository", FORM)

    def begin(self):
        """Accept the invitation, and push in time; then the course changes the week."""
        for item in self.students:
            self.github.accept(f"{WEEK}-{item.username}", item.username)
            self.push(item, IN_TIME, "in time")
        self.github.hub.commit(f"school/{WEEK}", {"README.md": "Second\n"})

    def merge(self):
        """Merge the new handout, all but one in four; the rest replace their work too late, with a date of before."""
        for number, item in enumerate(self.students):
            if number % 4:
                self.github.merge_pull(f"{WEEK}-{item.username}")
                tip = self.github.hub.tip(f"school/{WEEK}-{item.username}")
                self.github.push(f"{WEEK}-{item.username}", item.username, IN_TIME, tip, kind="pr_merge")
            else:
                self.push(item, LATE, "too late", amend=True)

    def push(self, item, received, text, *, amend=False):
        """Push."""
        name = f"{WEEK}-{item.username}"
        commit = self.github.hub.commit(f"school/{name}", {"app/main.py": f"# {text}\n"}, made=IN_TIME, amend=amend)
        self.github.push(name, item.username, received, commit, kind="force_push" if amend else "push")


def live(week, kills, source):
    """Run each command until it has ended by itself, killed at random moments; return how often it was killed."""
    commands = ("hand_out", "accept", "update", "status", "close", "fetch", "feedback", "reopen")
    deaths = dict.fromkeys(commands, 0)
    for name in [*commands, *source.choices(commands, k=max(0, kills - len(commands)))][:kills]:
        deaths[name] += 1
    done = 0
    for name in (
        "ask",
        *commands[:2],
        "begin",
        "update",
        "merge",
        "status",
        "close",
        "fetch",
        "grade",
        "feedback",
        "reopen",
    ):
        for _ in range(deaths.get(name, 0)):
            done += _killed(week, getattr(week, name), source)
        if name in LOSING:
            week.github.lost = [502]
            with contextlib.suppress(ProviderError):
                getattr(week, name)()
            week.github.lost = []
        getattr(week, name)()
        assert not [row for row in week.rows if getattr(row, "problem", "")], name
    for name in ("regrade", "feedback"):
        getattr(week, name)()
    return done


def _killed(week, command, source):
    """Run a command until it is killed at one of its requests; return 1, or 0 if it has none left to send."""
    spread = 3 * len(week.students)
    while spread:
        week.github.kill_at = len(week.github.log) + source.randint(1, spread)
        week.github.kill_after = source.random() < 0.5
        try:
            command()
        except Killed:
            return 1
        finally:
            week.github.kill_at = None
        spread //= 2
    return 0


@pytest.mark.parametrize(
    ("size", "kills"), [(3, 8), pytest.param(60, 20, marks=pytest.mark.long)], ids=["small", "sixty"]
)
def test_nobody_is_lost_and_nobody_has_anything_twice(open_course, tmp_path, monkeypatch, size, kills):
    """Handed out or asked for, begun, updated, merged, closed, fetched, graded, given back, opened again and regraded."""
    week = Week(size, tmp_path, open_course)
    monkeypatch.setenv("GITHUB_SERVER_URL", week.github.hub.address)
    done = live(week, kills, random.Random(size))

    assert done == kills
    names = [item.username for item in week.students]
    assert set(week.github.repositories) == {
        f"school/{name}" for name in (WEEK, PLACE, *(f"{WEEK}-{n}" for n in names))
    }
    for name in names:
        _check_repository(week, name)
    start = week.github.of(PLACE)
    assert {(item["state"], item["locked"]) for item in start.issues} == {("closed", True)}
    assert [len(replies) for replies in start.comments.values()] == [1] * len(week.asking)
    assert 30 in week.github.pauses, "the secondary rate limit was reached"
    assert max(week.github.pauses) > 600, "the primary rate limit was reached"


def _check_repository(week, name):
    """One student with access, one pull request, one issue with the newest feedback, and what was there in time counts."""
    repository = week.github.of(f"{WEEK}-{name}")
    assert repository.collaborators == {week.github.accounts[name][1]: "push"}
    assert repository.invitations == {}
    assert len(repository.pulls) == 1
    (issue,) = repository.issues
    assert "**90 of 100 points**" in issue["body"]
    commit, status = repository.statuses[-1]
    assert (commit, status["description"]) == (week.counted[name], "90 of 100 points")
    pushed = {item["after"]: item["timestamp"] for item in repository.activity}
    assert pushed[commit] == IN_TIME
