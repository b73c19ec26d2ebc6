"""A term: rosters that change, pushes of every kind, adjustments, a mended check, a new handout, exports.

After each step gradebook, feedback, page and screen must say what a small model says, which shares no code with the kit.
`make soak` plays the whole term with `--students 40`; a small class plays its first half.
"""

import codecs
import csv
import json
import math
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from classroom.cli.main import main

POINTS = {1: 20, 2: 30, 3: 50}
WORDS = {1: "one", 2: "two", 3: "three"}
LATE_DAYS, LATE_POINTS = 2, 10
SMALL = 10
WEEKS = ("week1-tiny", "week2-tiny", "week3-tiny")
CHECKS = """from classroom import expect, task


@task(1)
def test_one{kind}(submission):
    \"\"\"The answers have the first word.\"\"\"
    expect.that("one" in submission.read("app/answers.txt").split(), "The word is missing.")


@task(2)
def test_two{kind}(submission):
    \"\"\"The answers have the second word.\"\"\"
    expect.that("{two}" in submission.read("app/answers.txt").split(), "The word is missing.")


@task(3)
def test_three{kind}(submission):
    \"\"\"The answers have the third word.\"\"\"
    expect.that("three" in submission.read("app/answers.txt").split(), "The word is missing.")
"""
FIRST_NAMES = ("Ada", "Çelik", "Jürgen", "Zoë", "Łukasz", "Anna", "Anna", "Søren", "Bob", "Ñico")
LAST_NAMES = ("Lovelace", "Öz", "Weiß", "O'Neil", "Nowak", "Müller", "Müller", "Ørsted", "Ross", "de la Cruz")


class Pupil:
    """A student of the model: number and username at the university, and the name of the repositories here."""

    def __init__(self, index):
        self.number = f"s{1000 + index}"
        self.first, self.last = FIRST_NAMES[index % 10], LAST_NAMES[index % 10]
        self.login = self.repository = f"user{index:02}"
        self.pushes = {week: [] for week in WEEKS}
        self.extended, self.excused, self.unpunished, self.changed = {}, set(), set(), {}
        self.joined = 0


def github_classroom(pupils):
    """An export that Excel has saved: semicolons, `sep=`, a byte order mark, CRLF and empty lines."""
    rows = "".join(f"{one.number};{one.login};;{one.first} {one.last}\r\n\r\n" for one in pupils)
    text = "sep=;\r\nidentifier;github_username;github_id;name\r\n" + rows
    return codecs.BOM_UTF8 + text.encode()


def canvas(pupils):
    """A gradebook of Canvas in UTF-16, with the rows that Canvas adds."""
    rows = "".join(
        f'"{one.last}, {one.first}",{index},{one.number},{one.login},A\n' for index, one in enumerate(pupils)
    )
    head = "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
    return (head + rows + '"Student, Test",99,,,A\n').encode("utf-16")


def moodle(pupils):
    """A table of Moodle in cp1252, which has no Polish letters."""
    rows = "".join(f"{one.first};{one.last};{one.number};{one.login}@school.example\n" for one in pupils)
    return ("First name;Last name;ID number;Email address\n" + rows).replace("Ł", "L").encode("cp1252")


class Term:
    """The classroom, and next to it the model."""

    def __init__(self, base, kit, capsys, size):
        self.base, self.kit, self.capsys = base, kit, capsys
        self.course, self.place = kit.course(base / "course"), base / "classroom"
        self.due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
        self.waived = {week: set() for week in WEEKS}
        self.broken = {("week1-tiny", 2)}  # tasks of whose two checks the hidden one passes for nobody
        self.pupils = [Pupil(index) for index in range(size)]
        self.active = list(self.pupils)
        for week in WEEKS:
            self._make_week(week)

    def _make_week(self, name):
        folder = self.course / name
        if not folder.exists():
            subprocess.run(["cp", "-r", self.course / "week1-tiny", folder], check=True)
        tasks = "".join(f'\n[[tasks]]\nnumber = {n}\ntitle = "T{n}"\npoints = {p}\n' for n, p in POINTS.items())
        (folder / "assignment.toml").write_text(f'title = "{name}"\nminutes = 5\n{tasks}')
        (folder / "app/answers.txt").write_text("todo\n")
        self.write_checks(name, "tow" if name == "week1-tiny" else "two")

    def write_checks(self, week, two):
        """Write the checks; with `tow` the check of task 2 has a mistake."""
        (self.course / week / "tests/test_tiny.py").write_text(CHECKS.format(kind="", two="two"))
        (self.course / week / "grading/hidden/test_more.py").write_text(CHECKS.format(kind="_more", two=two))

    def classroom(self, *words):
        """What a command prints; it must end well."""
        status = main([str(word) for word in words])
        told = self.capsys.readouterr()
        assert status == 0, told.err
        return told.out

    def open(self, week, export):
        """Open a week with a roster of today."""
        path = self.base / "roster.csv"
        path.write_bytes(export(self.active))
        return self.classroom("open", self.place, "--roster", path, "--weeks", self.course / week, "--yes")

    def push(self, pupil, week, tasks, hours, *, merge=False):
        """Push answers so many hours after the due date, as the hook would have recorded it."""
        folder = self.place / week / f"{week}-{pupil.repository}.git"
        text = "todo\n" + "".join(f"{WORDS[task]}\n" for task in sorted(tasks))
        merged = "merge refs/heads/handout^0\n" if merge else ""
        stream = (
            "commit refs/heads/main\ncommitter S <s@example.org> 1790000000 +0000\ndata 4\nwork\n"
            f"from refs/heads/main^0\n{merged}M 100644 inline app/answers.txt\ndata {len(text)}\n{text}\n"
        )
        subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=stream, text=True, check=True)
        moment = self.due + timedelta(hours=hours)
        commit = self.kit.git(folder, "rev-parse", "main")
        with (folder / "classroom-received").open("a") as record:
            record.write(f"{moment:%Y-%m-%dT%H:%M:%SZ} refs/heads/main {commit}\n")
        pupil.pushes[week].append((hours, frozenset(tasks)))

    def push_all(self, week):
        """Everybody who is there pushes in one of many ways."""
        kinds = (
            lambda p: self.push(p, week, {1, 2, 3}, -30),
            lambda p: (self.push(p, week, {1}, -50), self.push(p, week, {1, 3}, -1)),
            lambda p: (self.push(p, week, {1, 2, 3}, -5), self.push(p, week, {1}, 20)),  # late and worse
            lambda p: (self.push(p, week, {1}, -5), self.push(p, week, {1, 2, 3}, 30)),  # late and better, 2 days
            lambda p: (self.push(p, week, {1, 3}, -9), self.push(p, week, {1, 2, 3}, 100)),  # too late
            lambda p: self.push(p, week, {1, 2, 3}, 5),  # late only
            lambda p: self.push(p, week, {1, 2, 3}, 200),  # far too late
            lambda p: None,  # not begun
        )
        for index, pupil in enumerate(self.active):
            kinds[index % 8](pupil)

    def adjust(self, pupil, week, kind, *value):
        """Add a row to the adjustments."""
        name = pupil.number if pupil else "*"
        self.classroom("adjust", self.place, name, self.course / week, kind, *value)

    def expected(self, pupil, week):
        """What the rules of docs/teaching.md say: status and points."""
        if week in pupil.excused:
            return "excused", None
        if WEEKS.index(week) < pupil.joined:
            return "missing", 0
        due = pupil.extended.get(week, 0)
        pushes = [(-9999, None), *pupil.pushes[week]]
        accepted = [push for push in pushes if push[0] <= due + 24 * LATE_DAYS]
        last, in_time = accepted[-1], [push for push in accepted if push[0] <= due][-1]
        fine = 0 if week in pupil.unpunished else LATE_POINTS
        late = self._worth(pupil, week, last[1], fine * max(0, math.ceil((last[0] - due) / 24)))
        if last[0] <= due:
            return late
        early = self._worth(pupil, week, in_time[1], 0)
        return late if late[1] > early[1] else early

    def _worth(self, pupil, week, tasks, fine):
        if tasks is None:
            return "not-started", 0
        points = {task: POINTS[task] * (task in tasks) for task in POINTS}
        points |= {task: points[task] // 2 for where, task in self.broken if where == week}
        points |= {task: POINTS[task] for task in self.waived[week]}
        for task, change in pupil.changed.get(week, ()):
            points[task] = max(0, min(POINTS[task], points[task] + change))
        return "graded", max(0, sum(points.values()) - fine)

    def grade(self, week):
        """Grade a week; compare all that is said with the model; return what is on the screen."""
        out, adjustments = self.base / "grades" / week, self.place / "adjustments.csv"
        words = ["grade", self.course / week, "--submissions", self._handed_in(week), "--out", out]
        words += ["--roster", self.place / "roster.csv", "--sandbox", "none", "--deadline", self.due.isoformat()]
        words += [
            "--late-days",
            LATE_DAYS,
            "--late-points",
            LATE_POINTS,
            "--jobs",
            1 if len(self.pupils) <= SMALL else 2,
        ]
        words += ["--adjustments", adjustments] if adjustments.exists() else []
        screen = self.classroom(*words)
        wanted = {pupil.number: self.expected(pupil, week) for pupil in self.active}
        numbers = {pupil.repository: pupil.number for pupil in self.active}
        assert self._gradebook(out) == wanted
        assert self._page(out, numbers) == wanted
        assert self._feedback(out, numbers) == {number: score for number, (_, score) in wanted.items()}
        assert self._totals(screen) == self._counted(wanted)
        return screen

    def _handed_in(self, week):
        """Return the folder to grade: a copy in a large class, the classroom's own in a small one, which is quicker."""
        if len(self.pupils) <= SMALL:
            return self.place / week
        self.classroom("collect", self.place, "--to", self.base / "in")
        return self.base / "in" / week

    @staticmethod
    def _gradebook(out):
        rows = csv.DictReader((out / "gradebook.csv").read_text(encoding="utf-8").splitlines())
        return {
            row["roster_identifier"]: (row["status"], int(row["points_awarded"]) if row["points_awarded"] else None)
            for row in rows
        }

    @staticmethod
    def _page(out, numbers):
        text = (out / "report.html").read_text(encoding="utf-8")
        data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
        return {numbers[one["submission"]]: (one["status"], one["score"]) for one in data["weeks"][0]["results"]}

    @staticmethod
    def _feedback(out, numbers):
        found = {}
        for path in (out / "feedback").glob("*.md"):
            text = path.read_text(encoding="utf-8")
            match = re.search(r"\*\*(\d+) (?:of 100 )?points\*\*", text)
            assert match or "You are excused from this week." in text
            found[numbers[path.stem]] = int(match[1]) if match else None
        return found

    @staticmethod
    def _counted(wanted):
        graded = [score for status, score in wanted.values() if status == "graded"]
        counts = {
            name: sum(status == name for status, _ in wanted.values()) for name in ("excused", "not-started", "missing")
        }
        return {"graded": len(graded), **{name: count for name, count in counts.items() if count}}, round(
            sum(graded) / len(graded)
        )

    @staticmethod
    def _totals(screen):
        line = next(line for line in screen.splitlines() if re.match(r"  \d+ graded, .* s$", line))
        counts = re.findall(r"(\d+) (graded|excused|not started|missing)", line)
        mean = re.search(r"(\d+) points on average", line)
        return {name.replace(" ", "-"): int(count) for count, name in counts}, int(mean[1])


@pytest.fixture
def term(kit, tmp_path, capsys, request, monkeypatch):
    """A term that begins."""
    monkeypatch.setenv("TZ", "UTC")
    return Term(tmp_path, kit, capsys, request.config.getoption("--students"))


@pytest.mark.long
def test_term(term):
    """The first half of a term in a small class, all of it in a large one: each step shows what the model says."""
    _first_week(term)
    gone = _new_roster(term)
    if len(term.pupils) > SMALL:
        _second_week(term)
        _third_week(term, gone)
        _exports(term)


def _first_week(term):
    """Adjustments, and a check that is mended and regraded twice."""
    first = WEEKS[0]
    one, two, _, four = term.pupils[:4]
    told = term.open(first, github_classroom)
    assert f"{len(term.pupils)} new, 0 kept" in told
    term.push_all(first)
    term.grade(first)

    term.adjust(one, first, "excuse")
    one.excused.add(first)
    term.adjust(four, first, "extension", "+2d")
    four.extended[first] = 48
    term.adjust(two, first, "points", "1=-5")
    two.changed[first] = [(1, -5)]
    term.adjust(term.pupils[5], first, "late")
    term.pupils[5].unpunished.add(first)
    assert re.search(r"\d scores? changed", term.grade(first))

    term.write_checks(first, "two")
    term.broken.clear()
    assert "(task 2)" in term.grade(first)
    assert "earlier results" not in term.grade(first)


def _new_roster(term):
    """In mid-term a roster of another system, with a rename, a student who left, and a new one; return who left."""
    first, second, _ = WEEKS
    three = term.pupils[2]
    gone, new = term.pupils[6], Pupil(len(term.pupils))
    new.joined = 1
    term.pupils.append(new)
    term.active = [pupil for pupil in term.pupils if pupil is not gone]
    three.login = "married-name"
    told = term.open(second, canvas)
    assert f"dropped  {gone.first} {gone.last} (" in told
    assert f"renamed  {three.first} {three.last} ({three.repository}) is now" in told
    assert f"added    {new.last}, {new.first}" in told
    assert f"nothing handed in by {new.last}, {new.first}" in term.grade(first)
    return gone


def _second_week(term):
    """A new handout in the middle of a week, and a task that is waived for everybody."""
    second, one = WEEKS[1], term.pupils[0]
    term.push_all(second)
    term.grade(second)

    # Who has begun merges it, who has not is still not begun.
    (term.course / second / "README.md").write_text("# Mended\n")
    (term.course / second / "app/answers.txt").write_text("todo today\n")
    assert "given the new handout" in term.classroom("update", term.place, "--weeks", term.course / second)
    term.push(one, second, {1, 2, 3}, -0.5, merge=True)
    term.adjust(None, second, "waive", 3)
    term.waived[second].add(3)
    term.grade(second)


def _third_week(term, gone):
    """The student who left is back, and another one is gone."""
    _, second, third = WEEKS
    two = term.pupils[1]
    term.active = [pupil for pupil in term.pupils if pupil is not two]
    told = term.open(third, moodle)
    assert f"added    {gone.first} {gone.last}" in told
    term.push_all(third)
    for week in WEEKS:
        # There is no repository of the week that was opened in the meantime.
        gone.joined = 2 if week == second else 0
        term.grade(week)


def _exports(term):
    """What Canvas imports has the points of the third week."""
    third = WEEKS[2]
    exported = term.base / "canvas.csv"
    (term.base / "canvas-export.csv").write_bytes(canvas(term.active))
    term.classroom(
        *("export", "canvas", term.base / "grades" / third, "--roster", term.base / "canvas-export.csv"),
        *("--to", exported),
    )
    rows = {row["SIS User ID"]: row for row in csv.DictReader(exported.read_text(encoding="utf-8-sig").splitlines())}
    for pupil in term.active:
        assert float(list(rows[pupil.number].values())[-1] or 0) == (term.expected(pupil, third)[1] or 0)
