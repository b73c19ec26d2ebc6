"""The staff's page of a week: due date, official grading, release, and what can be downloaded."""

from __future__ import annotations

import csv
import errno
import re
import shutil
from unittest.mock import Mock

import pytest
from classroom.core.load import under_load
from classroom.core.result import Result
from classroom.instructor.site import class_gradings, official
from classroom.instructor.site.grades import Grade
from classroom.instructor.site.gradings import LOST, Grading, Gradings
from classroom.instructor.site.people import NotPossible, log

PAGE = "/class/weeks/week1-tiny/"
WEEK = "week1-tiny"


def words(page):
    """Return the text of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def acts(context):
    """Return what was done, the newest first."""
    with context.begin() as db:
        return [act.what for act in log(db)]


def test_due_date_is_set_where_the_hooks_read_it(room, context, instructor):
    """A due date from the page is the one of `classroom open --closes`, and the log says who set it."""
    instructor.look(PAGE)
    page = instructor.submit(f"{PAGE}due", due="2099-12-01T23:59").text

    assert "Due 2099-12-01 23:59" in page
    assert "2099-12-01 23:59" in (room.folder / WEEK / ".closes").read_text()
    assert acts(context)[0].startswith("set the due date of week1-tiny to 2099-12-01 23:59")


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2020-01-01T00:00", "is in the past. To close the week at once"),
        ("tomorrow", "is not a valid time: write it like"),
        ("", "Choose a date and a time."),
    ],
)
def test_due_date_that_cannot_be_meant_is_refused(room, instructor, due, told):
    """A time that is over, or none at all, changes nothing."""
    instructor.look(PAGE)
    response = instructor.submit(f"{PAGE}due", due=due)

    assert (response.status_code, told in response.text) == (409, True)
    assert not (room.folder / WEEK / ".closes").exists()


def test_damaged_due_date_can_be_set_again(room, instructor):
    """A due date that cannot be read is not shown as none, and the form on the page replaces it."""
    (room.folder / WEEK / ".closes").write_text("tomorrow\n")
    page = instructor.look(PAGE).text
    assert ".closes is damaged, so it is not known when week1-tiny is due. Set the due date again." in page

    page = instructor.submit(f"{PAGE}due", due="2099-12-01T23:59").text
    assert ("Due 2099-12-01 23:59" in page, "damaged" in page) == (True, False)


def test_week_is_closed_now(instructor, joined):
    """After the button no push is accepted, and the student's page says since when."""
    instructor.look(PAGE)
    assert "Closed since 20" in instructor.submit(f"{PAGE}close").text
    ada = joined("ada")
    tile, page = words(ada.look("/weeks/").text), words(ada.get("/weeks/week1-tiny/").text)
    assert ("closed since 20" in tile, "Closed since 20" in page, "due 20" in (tile + page).lower()) == (
        True,
        True,
        False,
    )
    assert "Get your repository" not in tile + page
    answer = ada.submit("/weeks/week1-tiny/accept")
    assert (answer.status_code, "you can no longer get a repository for it" in answer.text) == (409, True)
    assert "(closed)" in instructor.get("/class/students/ada").text


def test_closed_week_is_still_cloned_by_those_who_have_it(instructor, joined):
    """A student who accepted in time can clone again after the week has closed."""
    ada = joined("ada")
    ada.look("/weeks/")
    ada.submit("/weeks/week1-tiny/accept")
    instructor.look(PAGE)
    instructor.submit(f"{PAGE}close")

    assert "Clone with a new password" in ada.look("/weeks/week1-tiny/").text
    assert ada.submit("/weeks/week1-tiny/accept").status_code == 200


@pytest.fixture
def handed_in(room, made_room, pushed):
    """Ada has pushed the solution; the roster has the email addresses by which Moodle knows the students."""
    roster = "username,name,email\nada,Ada Lovelace,ada@x.org\nbob,Bob Builder,bob@x.org\n"
    (room.folder / "roster.csv").write_text(roster)
    solution = made_room.parent / "week1-tiny/grading/solution/app"
    pushed("ada", {f"app/{path.name}": path.read_text() for path in solution.glob("*.py")})


def test_from_the_grading_to_the_release(context, room, instructor, joined, handed_in):
    """A grading runs next to the pages; students see its results after the release, and not before."""
    ada = joined("ada")
    instructor.look(PAGE)
    assert instructor.submit(f"{PAGE}release").status_code == 409
    instructor.look(PAGE)
    (room.folder / "adjustments.csv").write_text("student,week,kind,value,note\n")
    assert "Starting" in instructor.submit(f"{PAGE}grade").text
    assert instructor.submit(f"{PAGE}grade").status_code == 409
    context.gradings.wait(under_load(60))

    page = instructor.look(PAGE).text
    assert "Changes since the last grading" not in page
    assert "Adjustments have changed since then" not in page
    assert "1 graded, 1 with nothing to grade or excused." in words(page)
    assert "Students cannot see official results yet." in page
    assert context.grades.of(WEEK)["ada"].score == 100
    assert official.result_of(room, WEEK, "ada") is None

    assert "that Instructor released on" in words(instructor.submit(f"{PAGE}release").text)
    assert official.result_of(room, WEEK, "ada").score == 100
    assert ada.get("/weeks/week1-tiny/").status_code == 200
    for week, is_outdated in (("week2-more", False), (WEEK, True)):
        (room.folder / "adjustments.csv").write_text(f"student,week,kind,value,note\nada,{week},points,1=+5,\n")
        assert ("adjustments have changed" in instructor.get(f"{PAGE}parts/grading").text) == is_outdated

    report = instructor.get(f"{PAGE}report")
    policy = report.headers["content-security-policy"]
    assert ("script-src 'sha256-" in policy, "sandbox allow-scripts" in policy) == (True, True)
    for name in ("gradebook", "moodle"):
        assert "attachment" in instructor.get(f"{PAGE}{name}.csv").headers["content-disposition"]
    assert "classroom export canvas" in instructor.get(f"{PAGE}canvas.csv").text  # the roster has no Canvas IDs
    rows = list(csv.DictReader(instructor.get("/class/gradebook.csv").text.splitlines()))
    assert [(row["github_username"], row["points"]) for row in rows] == [("ada", "100"), ("bob", "0")]
    assert "has no questions" in instructor.get("/class/students/ada/weeks/week1-tiny/interview").text

    instructor.look(PAGE)
    assert "Students cannot see official results yet." in instructor.submit(f"{PAGE}take-back").text
    assert official.result_of(room, WEEK, "ada") is None
    assert acts(context)[:3] == [
        "took back the official results of week1-tiny",
        "released the official results of week1-tiny",
        "began an official grading of week1-tiny",
    ]


def test_grades_are_exported_by_the_roster_that_the_class_has_now(context, room, instructor, handed_in):
    """Without IDs, the page leads to the roster; once there is one with IDs, an earlier grading is exported by it."""
    context.gradings.begin(WEEK, "Grace")
    context.gradings.wait(under_load(60))
    page = instructor.get(PAGE).text
    assert (f"{PAGE}canvas.csv" in page, 'For Canvas: <a href="/class/roster">' in page) == (False, True)

    roster = "username,name,email,ID\nada,Ada Lovelace,ada@x.org,7\nbob,Bob Builder,bob@x.org,8\n"
    (room.folder / "roster.csv").write_text(roster)

    assert f"{PAGE}canvas.csv" in instructor.get(PAGE).text
    rows = list(csv.reader(instructor.get(f"{PAGE}canvas.csv").text.splitlines()))
    assert ["Ada Lovelace", "7"] in [row[:2] for row in rows]
    bob, ada = (instructor.get(f"/class/students/{name}/weeks/{WEEK}/").text for name in ("bob", "ada"))
    assert ("Interview sheet" in bob, "Interview sheet" in ada) == (False, True)


def test_closed_week_asks_for_nothing(room, instructor, joined, graded):
    """The scorecard of a closed week does not ask to hand in again."""
    ada = joined("ada")
    graded("ada")
    assert "hand it in again" in ada.get("/weeks/week1-tiny/").text
    instructor.look(PAGE)
    instructor.submit(f"{PAGE}close")

    assert "hand it in again" not in ada.get("/weeks/week1-tiny/").text


def test_results_of_an_unfinished_grading_are_neither_released_nor_exported(room, instructor):
    """What a failed grading has left would take the results from students who had one: the earlier release stays."""
    official.publish(room, WEEK, {"ada": Result(WEEK, "ada", "graded", 90, 100)}, "Grace")
    out = room.state_dir / "grades" / WEEK
    (out / "results").mkdir(parents=True)
    (out / "results/bob.json").write_text(Result(WEEK, "bob", "graded", 50, 100).to_json())
    (out / "report.html").touch()
    (out / "grading.json").write_text('{"assignment": "week1-tiny", "unfinished": true}')
    instructor.look(PAGE)

    responses = instructor.submit(f"{PAGE}release"), instructor.get(f"{PAGE}moodle.csv")

    assert [(one.status_code, "did not finish" in one.text) for one in responses] == [(409, True), (409, True)]
    assert official.result_of(room, WEEK, "ada").score == 90


@pytest.mark.parametrize(
    ("grading", "told"),
    [
        (Grading(WEEK, "Grace", "2026-11-29T12:00:00Z"), "Started by Grace. Starting"),
        (Grading(WEEK, "Grace", "2026-11-29T12:00:00Z", total=3, done=1, last="Ada"), "1 of 3 graded, Ada last."),
        (Grading(WEEK, "Grace", "2026-11-29T12:00:00Z", "2026-11-29T12:01:00Z", problem="<i>No"), "&lt;i&gt;No"),
    ],
)
def test_earlier_results_stay_while_a_grading_runs_or_fails(context, instructor, assistant, monkeypatch, grading, told):
    """Whatever the grading does, the earlier results can be released, and a release can be taken back."""
    official.publish(context.classroom, WEEK, {}, "Grace")
    monkeypatch.setattr(context.gradings, "last", lambda _: grading)
    page = instructor.get(PAGE).text
    assert (told in words(page), "Take the release back" in page) == (True, True)

    monkeypatch.setattr(context.grades, "of", lambda _: {"ada": Grade("graded", 90, 100)})
    assert "Release again" in instructor.get(PAGE).text
    page = assistant.get(PAGE).text
    assert (told in words(page), "<button>" in page.replace("<button>Sign out", "")) == (True, False)


class TestGradings:
    @pytest.fixture
    def gradings(self, room, made_room, monkeypatch):
        """The gradings of the room; their process only prints what a test has given."""

        def tell(*lines, status=0):
            program = f"import sys\nfor line in {lines!r}: print(line)\nsys.exit({status})"
            command = Mock(return_value=[shutil.which("python3"), "-c", program])
            monkeypatch.setattr("classroom.instructor.site.gradings.command", command)

        found = Gradings(room, made_room.parent, "none", lambda _: None)
        found.tell = tell
        return found

    def test_progress_and_changes_are_kept(self, room, made_room, gradings):
        """What the process has said is still known after a restart."""
        ended = '{"ended": {"graded": 2}, "changes": [["Ada (ada)", 92, 100, [4]]]}'
        gradings.tell('{"total": 2, "done": 1}', '{"graded": "Ada (ada)"}', ended)
        gradings.begin(WEEK, "Grace")
        gradings.wait(under_load(30))

        last = Gradings(room, made_room.parent, "none", lambda _: None).last(WEEK)
        assert (last.total, last.done, last.last, last.problem) == (2, 2, "Ada (ada)", "")
        assert last.changes == (("Ada (ada)", 92, 100, (4,)),)
        assert not last.is_running

    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            (['{"problem": "The roster cannot be read."}'], "The roster cannot be read."),
            ([], "stopped before it was finished. Grade again"),
            (['{"total": 2}', '{"ended": {"gra'], "stopped before it was finished. Grade again"),
        ],
    )
    def test_grading_that_fails_says_why(self, gradings, lines, told):
        """A problem that the process names is shown, and so is its sudden end."""
        gradings.tell(*lines, status=1)
        gradings.begin(WEEK, "Grace")
        gradings.wait(under_load(30))

        assert told in gradings.last(WEEK).problem

    def test_grading_that_was_interrupted_is_resumed(self, room, gradings):
        """What was running when the server ended runs again at the next start; what had ended does not."""
        gradings._save(Grading(WEEK, "Grace", "2026-11-29T12:00:00Z"))
        gradings.tell('{"ended": {"graded": 1}, "changes": []}')
        gradings.resume()
        gradings.wait(under_load(30))
        assert gradings.last(WEEK).counts == {"graded": 1}

        gradings.tell('{"problem": "again"}')
        gradings.resume()
        assert gradings.last(WEEK).problem == ""

    def test_close_keeps_it_to_be_resumed(self, room, made_room, gradings, monkeypatch):
        """The end of the server ends the process, and leaves a note to continue."""
        command = Mock(return_value=[shutil.which("python3"), "-c", "import time; time.sleep(600)"])
        monkeypatch.setattr("classroom.instructor.site.gradings.command", command)
        gradings.begin(WEEK, "Grace")
        gradings.close()
        later = Gradings(room, made_room.parent, "none", lambda _: None)
        later.resume()

        assert later.last(WEEK).is_running
        later.close()

    def test_grading_whose_end_could_not_be_written_can_be_repeated(self, gradings, monkeypatch):
        """On a full disk the note keeps saying that it runs; the page says that it has stopped."""
        save = gradings._save

        def save_beginning(grading):
            if grading.ended:
                raise OSError(errno.ENOSPC, "No space left on device")
            save(grading)

        monkeypatch.setattr(gradings, "_save", save_beginning)
        monkeypatch.setattr("threading.excepthook", lambda _: None)
        gradings.tell('{"problem": "The disk is full."}', status=1)
        gradings.begin(WEEK, "Grace")
        gradings.wait(under_load(30))

        last = gradings.last(WEEK)
        assert (last.is_running, last.problem) == (False, LOST)

    def test_without_the_course_it_says_where_to_start(self, room):
        """A server that was started elsewhere cannot grade officially, and says what to do."""
        with pytest.raises(NotPossible, match="Start `classroom serve` in the folder of the course"):
            Gradings(room, None, "none", lambda _: None).begin(WEEK, "Grace")


def test_feedback_that_cannot_be_delivered_is_logged(context, monkeypatch, caplog):
    """A full disk ends the delivery in the background with a line of the log."""
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(context.classroom, "give_feedback", Mock(side_effect=full))
    class_gradings._deliver(context, WEEK)

    assert "week1-tiny: the feedback was not put on all branches: [Errno 28] No space" in caplog.text
