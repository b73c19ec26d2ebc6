"""A week in a folder from start to finish: handed out, pushed by all at once, collected, graded, returned."""

import csv
import json
import os
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

STUDENTS = int(os.environ.get("CLASSROOM_STUDENTS", "30"))
NAMES = [f"student{number:03d}" for number in range(1, STUDENTS + 1)]
# What a student hands in, by number: what the pushed scorecard says, and what official grading says.
SIGNLESS = "2 * abs(number)"
WORK = {
    "solved": (100, 100),
    "loses the sign, which only a hidden check sees": (100, 60),
    "ends itself": (0, 0),
    "never pushes": (None, 0),
}


def work_of(name):
    """Seven in ten submissions are solved, and each other kind is one in ten."""
    number = int(name.removeprefix("student"))
    return {5: "loses the sign, which only a hidden check sees", 7: "ends itself", 9: "never pushes"}.get(
        number % 10, "solved"
    )


@pytest.fixture(scope="module")
def everybody(new_room, tmp_path_factory):
    """A classroom in which everybody has pushed at the same time, with the reply to each push."""
    room = new_room(tmp_path_factory.mktemp("whole"), *NAMES)
    apps = {
        "solved": room.solved,
        "loses the sign, which only a hidden check sees": room.solved.replace("2 * number", SIGNLESS),
        "ends itself": "raise SystemExit\n",
    }
    pushing = [name for name in NAMES if work_of(name) in apps]

    def prepare(name):
        return room.student(name).write(apps[work_of(name)])

    with ThreadPoolExecutor(4) as hands:
        room.commits = dict(zip(pushing, hands.map(prepare, pushing), strict=True))
    room.serve()
    with ThreadPoolExecutor(STUDENTS) as hands:
        room.told = dict(zip(pushing, hands.map(lambda name: room.student(name).push(), pushing), strict=True))
    room.end()
    finished = room.classroom("serve", room.place, "--once", "--sandbox", "none")
    assert finished.status == 0, finished.out + finished.err
    return room


def test_all_pushes_are_taken_and_answered(everybody):
    """Each of many pushes at once is accepted, with its scorecard or place in the queue as the reply."""
    for name, told in everybody.told.items():
        assert f"{WORK[work_of(name)][0]}/100" in told or "in the queue" in told, told
        assert (everybody.repository(name) / "refs/heads/main").read_text().strip() == everybody.commits[name]
    for name in NAMES[:3]:
        assert everybody.git(everybody.repository(name), "fsck", "--strict") == ""


def test_all_pushes_are_graded(everybody):
    """Every push has been graded once the queue is empty, with the points of the visible checks."""
    files = (everybody.place / ".classroom/scores/week1-tiny").glob("*.json")

    assert {path.stem: json.loads(path.read_text())["score"] for path in files} == {
        name: WORK[work_of(name)][0] for name in everybody.told
    }


def test_cohort_is_collected_graded_and_given_back(everybody, tmp_path):
    """Collected and graded each student has the official points, and finds the feedback in the repository that is the student's."""
    room = everybody
    collected = room.classroom("collect", room.place, "--to", tmp_path / "in")
    graded = room.classroom(
        *("grade", 1, "--submissions", tmp_path / "in/week1-tiny", "--out", tmp_path / "grades"),
        *("--roster", room.place / "roster.csv", "--sandbox", "none", "--seed", 1),
    )
    given = room.classroom("feedback", room.place, "--grades", tmp_path / "grades")
    again = room.classroom("feedback", room.place, "--grades", tmp_path / "grades")

    assert f"{STUDENTS} collected" in collected.out
    assert graded.status == 0, graded.err
    with (tmp_path / "grades/gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = {row["github_username"]: int(row["points_awarded"]) for row in rows}
    assert points == {name: WORK[work_of(name)][1] for name in NAMES}
    assert {row["roster_identifier"] for row in rows} == {f"{name.title()} Example" for name in NAMES}
    assert given.out == f"{STUDENTS} delivered to the feedback branch, 0 unchanged\n"
    assert again.out == f"0 delivered to the feedback branch, {STUDENTS} unchanged\n"
    for name in (NAMES[0], NAMES[4], NAMES[8]):
        told = room.student(name).fetched("FEEDBACK.md")
        score = WORK[work_of(name)][1]
        assert (f"**{score} of 100 points**" if score else "**0 points**: `nothing has changed") in told
        assert "/double/-" not in told, "what a hidden check has asked stays hidden"


def test_feedback_of_somebody_who_is_not_here_is_told(everybody, tmp_path):
    """Feedback without a repository is reported by name, and feedback of another week is rejected."""
    grades = tmp_path / "grades"
    (grades / "feedback").mkdir(parents=True)
    (grades / "feedback/nobody.md").write_text("# x\n")
    (grades / "grading.json").write_text('{"assignment": "week1-tiny"}')
    stranger = everybody.classroom("feedback", everybody.place, "--grades", grades)
    (grades / "grading.json").write_text('{"assignment": "week9-other"}')
    other = everybody.classroom("feedback", everybody.place, "--grades", grades)

    assert stranger.status == 3
    assert "nobody has no repository for week1-tiny here." in stranger.err
    assert other.status == 2
    assert "this classroom has no such week" in other.err


def test_student_whose_repository_takes_no_feedback_keeps_it_from_nobody(new_room, tmp_path):
    """If a student's branch blocks the branch feedback, that is reported, and all others get their feedback."""
    room = new_room(tmp_path, "ada", "bob")
    bare = room.place / "week1-tiny/week1-tiny-ada.git"
    subprocess.run(["git", "-C", bare, "update-ref", "refs/heads/feedback/mine", "HEAD"], check=True)
    (tmp_path / "grades/feedback").mkdir(parents=True)
    (tmp_path / "grades/grading.json").write_text('{"assignment": "week1-tiny"}')
    for name in ("ada", "bob"):
        (tmp_path / f"grades/feedback/{name}.md").write_text(f"# {name}\n")

    done = room.classroom("feedback", room.place, "--grades", tmp_path / "grades")

    assert done.status == 3
    assert done.err.startswith("Ada Example (ada): the feedback could not be put on the feedback branch: git says: ")
    assert done.out == "1 delivered to the feedback branch, 0 unchanged\n"
    assert room.student("bob").fetched("FEEDBACK.md") == "# bob"


@pytest.mark.long
def test_grades_of_two_weeks_do_not_mix(new_room, tmp_path):
    """The command that `collect` prints grades each week into its own folder, never into another week's."""
    room = new_room(tmp_path, "ada")
    shutil.copytree(room.course / "week1-tiny", room.course / "week2-more")
    room.classroom("open", room.place, "--weeks", "2")
    collected = room.classroom("collect", room.place, "--to", tmp_path / "handed in")
    told = [shlex.split(line.partition("classroom ")[2]) for line in collected.out.splitlines()]

    graded = [room.classroom(*words, "--sandbox", "none") for words in told]
    before = (room.course / "grades/week1-tiny/gradebook.csv").read_text()
    mixed = room.classroom(*told[1][:4], "--out", "grades/week1-tiny", "--sandbox", "none")

    assert [one.status for one in graded] == [0, 0], graded
    assert '"week1-tiny","","","ada","Ada Example",' in before
    assert '"week2-more","","","ada","Ada Example",' in (room.course / "grades/week2-more/gradebook.csv").read_text()
    assert mixed.status == 2
    assert mixed.err == "grades/week1-tiny holds grades for week1-tiny: choose another folder with --out.\n"
    assert (room.course / "grades/week1-tiny/gradebook.csv").read_text() == before


@pytest.mark.long
def test_folder_of_all_weeks_or_of_another_is_no_cohort(new_room, tmp_path):
    """Given a classroom, what was collected of all weeks, or another week's folder, `grade` names the one that is meant."""
    room = new_room(tmp_path, "ada")
    shutil.copytree(room.course / "week1-tiny", room.course / "week2-more")
    room.classroom("open", room.place, "--weeks", "2")
    room.classroom("collect", room.place, "--to", tmp_path / "in")

    for whole in (room.place, tmp_path / "in"):
        for wrong in (whole, whole / "week1-tiny"):
            done = room.classroom("grade", 2, "--submissions", wrong, "--out", tmp_path / "grades")
            assert done.status == 2
            assert done.err.endswith(
                f"holds no submissions for week2-more: --submissions takes {whole / 'week2-more'}.\n"
            )
    assert not (tmp_path / "grades").exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_collect_leaves_what_is_not_its_own(everybody, tmp_path, kind):
    """`collect` rejects a file, or a folder with other content."""
    target = tmp_path / "in"
    if kind == "file":
        target.touch()
    else:
        (target / "week1-tiny").mkdir(parents=True)
        (target / "week1-tiny/mine.txt").touch()

    done = everybody.classroom("collect", everybody.place, "--to", target)

    assert done.status == 2
    assert (
        f"is a {kind}: --to needs a folder." in done.err
        or "contains something else: --to needs a new folder" in done.err
    )
    assert kind == "file" or [path.name for path in (target / "week1-tiny").iterdir()] == ["mine.txt"]
