"""What the page of `classroom learn` shows, without a browser."""

import re
import shutil
import time
from dataclasses import replace

import pytest
from classroom.core.assignment import Assignment
from classroom.core.errors import CouldNotCheck
from classroom.core.result import Verdict
from classroom.student import hints, remarks
from classroom.student.hints import next_hint
from classroom.student.learn.desk import Desks
from classroom.student.learn.running_app import State
from classroom.student.learn.site import pages
from classroom.student.workspace import remember
from classroom.web.events import Broadcast

from .conftest import result_of, until

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[2J\u202e"


def card_with(learn, words):
    """The card, once it has these words."""
    until(lambda: words in learn.ask("parts/card").text)
    return learn.ask("parts/card").text


def test_page_has_the_lesson_the_card_and_the_app(learn):
    """The page shows the README, each task with a link to its section, and the state of the app."""
    page = learn.ask("").text

    assert "<h1" in page
    for task in learn.assignment.tasks:
        assert f'href="#{task.number}-' in page
        assert f'<h2 id="{task.number}-' in page
    assert "Not running" in page


def test_card_changes_with_a_result(learn, checks):
    """After a save the card shows the new points, what has changed, and the cause of what is red."""
    learn.ask("")
    checks.give(result_of(learn.assignment, 10, 0, 0, cause="app/main.py, line 3: NameError: name 'x' is not defined"))
    card_with(learn, "<strong>10</strong>")
    checks.give(result_of(learn.assignment, 10, 60, 0, message="returned 404, expected 200"))

    card = card_with(learn, "<strong>70</strong>")

    assert "+60 since the last check: task 2 passes now." in card
    assert "returned 404, expected 200" in card


def test_long_check_says_what_is_being_checked(learn, monkeypatch):
    """After some seconds the card says which task is being checked and for how long, and later why that may be."""
    watcher = learn.desk.watcher
    watcher.result = result_of(learn.assignment, 10, 0, 0)
    watcher._begin()
    watcher._reach(2)
    assert "Checking …<" in learn.ask("parts/card").text

    monkeypatch.setattr(watcher, "_began", time.monotonic() - 4)
    card = learn.ask("parts/card").text
    assert re.search(r"Checking task 2 … <span data-count>\d+</span> s<", card)
    assert "The points are those of the last check." in card
    for untimely in ("your app may be stuck", "Next: task"):
        assert untimely not in card

    monkeypatch.setattr(watcher, "_began", time.monotonic() - 60)
    assert "your app may be stuck" in learn.ask("parts/card").text


@pytest.mark.parametrize("part", ["progress", "card", "app"])
def test_part_is_fetched_again_once_the_page_listens(learn, part):
    """What may have changed between the page and its first event is fetched again, the points in the menu as well."""
    assert re.search(rf'<\w+ [^>]*data-part="{part}"[^>]* data-live\b', learn.ask("").text)


def test_advice_is_that_of_the_terminal(learn, checks, monkeypatch):
    """The page says what to do next in the words of the scorecard, without commands that have a button here."""
    monkeypatch.setattr(remarks, "is_handed_in", lambda folder: False)
    learn.ask("")
    checks.give(result_of(learn.assignment, 10, 60, 0))
    assert "2 of 3 tasks done. Next: task 3. Edit it, save, and check again." in card_with(learn, "<strong>70</strong>")

    checks.give(result_of(learn.assignment, 10, 60, 30))
    card = card_with(learn, "<strong>100</strong>")

    assert "Everything passes. Well done!" in card
    assert "Hand it in." in card


def test_check_that_could_not_run_did_not_fail(learn, checks):
    """Of checks that could not run, the page does not say that they failed."""
    learn.ask("")
    result = result_of(learn.assignment, 10, 60, 0, message="The server is down.")
    task = result.tasks[2]
    broken = replace(task.checks[0], verdict=Verdict.COULD_NOT_CHECK)
    task = replace(task, verdict=Verdict.COULD_NOT_CHECK, checks=(broken, broken))
    checks.give(replace(result, tasks=(*result.tasks[:2], task)))

    assert "Also 1 more check of this task." in card_with(learn, "<strong>70</strong>")


def test_trouble_is_one_sentence_and_can_be_tried_again(learn, checks):
    """If no check can be run, the card says why; a button tries again."""
    learn.ask("")
    checks.give(CouldNotCheck("The database does not start."))
    card = card_with(learn, "does not start")
    assert "Check again" in card

    learn.ask("check", "POST")
    checks.give(result_of(learn.assignment, 10, 0, 0))

    card_with(learn, "<strong>10</strong>")


def test_what_a_submission_writes_is_inert(learn, checks):
    """Markup and terminal codes in causes, messages, responses and logs are shown as text."""
    learn.ask("")
    texts = dict.fromkeys(("cause", "message", "request", "answer", "printed"), HOSTILE)
    checks.give(result_of(learn.assignment, 10, 0, 0, **texts))
    learn.desk.app._take(HOSTILE)

    card = card_with(learn, "onerror")
    for shown in (card, learn.ask("parts/log").text):
        assert "&lt;script&gt;" in shown
        for active in ("<script", "<img", "\x1b", "\u202e"):
            assert active not in shown


def test_hints_open_one_by_one_and_share_their_state_with_the_command(learn):
    """A hint shown on the page counts as shown for `classroom hint`, and vice versa."""
    assert "Show hint 1 of" in learn.ask("parts/hints-2").text

    learn.ask("hints/2", "POST")
    position, hints = next_hint(learn.assignment, 2)

    assert position == 2
    assert f"Hint 2 of {len(hints)}" in learn.ask("parts/hints-2").text


def test_hint_is_shown_where_nothing_can_be_stored(learn):
    """If .classroom cannot be written, each press of the button still shows one more hint, also after a reload."""
    (learn.assignment.folder / ".classroom").write_text("not a folder")

    for count in (1, 2):
        shown = learn.ask("hints/2", "POST").text
        assert f"Hint {count} of" in shown
        assert learn.ask("parts/hints-2").text == shown


def test_hints_are_read_once_for_a_page(learn, checks, monkeypatch):
    """HINTS.md is read once for a page, no matter how many tasks are red."""
    learn.desk.watcher.result = result_of(learn.assignment, 0, 0, 0)
    read, real = [], hints.hints
    monkeypatch.setattr(hints, "hints", lambda folder: read.append(folder) or real(folder))

    assert learn.ask("").text.count("Stuck?") == 2  # task 3 has none
    assert len(read) == 1


def test_hints_in_another_encoding_are_no_hints(learn):
    """A HINTS.md that is not UTF-8 costs the hints, not the page."""
    (learn.assignment.folder / "HINTS.md").write_text("## 2. Grüße", encoding="utf-16")

    assert learn.ask("").status == 200


@pytest.mark.parametrize(("command", "said"), [("URL=$(curl -s x | python)", 1), ("curl -T file $URL", 1), ("ls", 0)])
def test_request_that_cannot_be_sent_is_for_a_terminal(learn, command, said):
    """A request without a button says where to type it; another command needs no such sentence."""
    (learn.assignment.folder / "README.md").write_text(f"```console\n$ {command}\n```\n")

    page = learn.ask("").text

    assert page.count("Run this one in a terminal") == said
    assert "Send to my app" not in page


def test_example_is_sent_by_its_command(learn, monkeypatch):
    """An example is sent if it is the one that the page shows, not if another one has its place in the meantime."""
    (learn.assignment.folder / "README.md").write_text("```console\n$ curl http://127.0.0.1:8000/\n```\n")
    action = re.search(r'action="(examples/0\?key=\w+)"', learn.ask("").text)[1]
    monkeypatch.setattr(learn.desk.app, "ready", lambda: False)

    assert learn.ask(action, "POST").status == 200
    (learn.assignment.folder / "README.md").write_text("```console\n$ curl http://127.0.0.1:8000/else\n```\n")
    assert learn.ask(action, "POST").status == 404


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.STARTING, "Your app is still starting. Try again in a moment."),
        (State.BROKEN, "Your app is not running."),
    ],
)
def test_app_that_is_not_ready_is_said(learn, monkeypatch, state, told):
    """An example that cannot be sent says whether the app is still starting, or is not running."""
    (learn.assignment.folder / "README.md").write_text("```console\n$ curl http://127.0.0.1:8000/\n```\n")
    action = re.search(r'action="(examples/0\?key=\w+)"', learn.ask("").text)[1]
    monkeypatch.setattr(learn.desk.app, "ready", lambda: False)
    learn.desk.app.state = state

    assert f"{told} <a" in learn.ask(action, "POST").text


@pytest.mark.parametrize(("name", "kind"), [("live.js", "text/javascript"), ("learn.css", "text/css")])
def test_static_file_has_its_own_type(learn, monkeypatch, name, kind):
    """A script is a script, also where another program has told Windows that .js is plain text."""
    monkeypatch.setattr("mimetypes.types_map", {".js": "text/plain", ".css": "text/plain"})

    assert learn.ask(f"{learn.root}static/{name}").headers["Content-Type"].startswith(kind)


def test_headings_and_panels_have_ids_of_their_own(learn):
    """A heading of the lesson may have any name: no id is on the page twice."""
    names = ("App", "Card", "Main", "Log", "Hints 2", "App")
    (learn.assignment.folder / "README.md").write_text("".join(f"## {name}\n\n" for name in names))

    ids = re.findall(r'\bid="([^"]+)"', learn.ask("").text)

    assert {"app", "app-1", "card", "panel-app", "panel-card"} <= set(ids)
    assert sorted(ids) == sorted(set(ids))


def test_week_in_a_folder_of_another_name_has_its_page(assignment, checks):
    """A clone of a published week may be renamed: its folder names its page, and its own name stays."""
    renamed = replace(assignment, name="week9-another")

    desks = Desks(renamed, Broadcast())

    assert desks.desk(assignment.folder.name).assignment.folder == assignment.folder
    with pytest.raises(KeyError):
        desks.desk("week9-another")


def test_broken_week_hides_no_other(assignment, week):
    """If one week cannot be loaded, the page shows the points of all others."""
    shutil.copytree(week, week.with_name("week2-other"))
    broken = week.with_name("week3-broken")
    broken.mkdir()
    (broken / "assignment.toml").write_text("name =")

    assert [found.number for found in Desks(assignment, Broadcast()).progress()] == [1, 2]


@pytest.mark.parametrize(("name", "shown"), [("week4-tiny", "Week 4"), ("tiny", "A tiny week")])
def test_week_outside_a_course_has_its_own_number(assignment, checks, tmp_path, name, shown):
    """A week in a folder of any name has the number of its own name, or else its title."""
    folder = assignment.folder.rename(tmp_path / "homework")
    desks = Desks(replace(assignment, folder=folder, name=name, title="A tiny week"), Broadcast())

    page = pages.render("page/progress.html", weeks=desks.progress(), here="homework").body.decode()

    assert f"<span>{shown}<" in page


@pytest.mark.parametrize(
    ("line", "is_linked"),
    [
        ("Control room: http://127.0.0.1:8750/abc-_1/", True),
        ("       a  Control room: http://127.0.0.1:8750/abc/", False),
        ("Control room: http://127.0.0.1.example.org/abc/", False),
        ("Control room: instance a killed.", False),
    ],
)
def test_control_room_of_the_app_is_linked(learn, line, is_linked):
    """The page links to the control room that `run` has opened, and to nothing that the app prints itself."""
    learn.desk.app.state = State.RUNNING

    learn.desk.app._take(line)

    assert ('id="panel-control-room"' in learn.ask("parts/app").text) == is_linked


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "parts/nothing"),
        ("GET", "parts/hints-99"),
        ("GET", "diagrams/..%2f..%2fassignment.toml"),
        ("GET", "diagrams/assignment.toml"),
        ("GET", "../static/assignment.toml"),
        ("GET", "../week9-nowhere/"),
        ("GET", "../..%2f..%2f/"),
        ("GET", "../openapi.json/"),
        ("POST", "hints/99"),
        ("POST", "examples/99"),
        ("POST", "examples/-1"),
        ("POST", "app/explode"),
    ],
)
def test_what_is_not_there_is_404(learn, method, path):
    """Other files, weeks, tasks, examples and actions do not exist."""
    path = path.replace("../", learn.root) if path.startswith("../") else path

    assert learn.ask(path, method).status == 404


def test_number_that_is_none_is_refused(learn):
    """A task that is not a number is rejected as in any FastAPI app."""
    assert learn.ask("hints/two", "POST").status == 422


def test_lesson_survives_a_readme_that_is_gone(learn):
    """Without a README the page still opens and says what to do."""
    (learn.assignment.folder / "README.md").unlink(missing_ok=True)

    page = learn.ask("")

    assert page.status == 200
    assert "Copy it from the course again" in page.text


def test_extras_are_listed_with_their_week_and_marked_when_done(course, assignment, extra):
    """The page of a week and of its extra list the extra, with its points or as done; the page of another week does not."""
    shutil.copytree(assignment.folder, course / "week2-other", ignore=shutil.ignore_patterns("extra"))
    more = Assignment.load(extra)

    def listed(here):
        page = pages.render("page/progress.html", weeks=Desks(more, Broadcast()).progress(), here=here).body.decode()
        return re.findall(r'<li class="extra">.*?</li>', page, re.DOTALL)

    remember(more, result_of(more, 10, 60, 0))
    assert ["70/100" in item for item in listed("week1-tiny")] == [True]
    remember(more, result_of(more, 10, 60, 30))
    assert ['aria-current="page"' in item and ">done<" in item for item in listed("more")] == [True]
    assert listed("week2-other") == []


def test_extra_alone_and_in_a_week_alone_has_a_page(week, extra, tmp_path):
    """Outside a course, a week's page leads to its extras, and that of an extra to its week."""
    shutil.copytree(week, tmp_path / "clone")
    about = tmp_path / "clone/assignment.toml"
    about.write_text(f'name = "week1-tiny"\n{about.read_text()}')
    for place in ("clone", "clone/extra/more"):
        desks = Desks(Assignment.load(tmp_path / place), Broadcast())

        assert [(found.number, len(found.extras)) for found in desks.progress()] == [(1, 1)]
        assert desks.desk("more").assignment.folder == tmp_path / "clone/extra/more"
