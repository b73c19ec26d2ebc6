"""The gradebook page in a real browser: classes of 0 to 500, by mouse, by keyboard, on paper, on a phone, under attack."""

import os
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from classroom.core.result import Adjustment, CheckResult, Result, TaskResult, Verdict
from classroom.instructor.grading.evidence import Evidence
from classroom.instructor.grading.page_data import WeekPage
from classroom.instructor.grading.report import write_page
from classroom.instructor.grading.similarity import Pair, Side
from classroom.instructor.grading.term import Line, Term, Week
from classroom.instructor.roster import Student

HIT = "window.hit = 1"
HOSTILE = (
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"<img src=x onerror='{HIT}'>",
    f"<svg/onload='{HIT}'><a href='javascript:{HIT}'>here</a>",
    "\u202egnp.exe\u2066 \u200fright to left",
    "{{ 7*7 }} ${7*7} \x1b[2J\x00",
)


CODE = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/double/{number}')\ndef double(number: int):\n    return 1 / 0\n"
# Students, width and colors of the pages that axe-core looks at; `make soak ARGS=page` has more.
VIEWS = os.environ.get("PAGES", "0 390 dark,12 1440 light").split(",")


def made(name, earned, message="Expected 8, but the response was 9.", week="week1-tiny", **more):
    """A result of three tasks with these points."""
    tasks = []
    for number, (points, got) in enumerate(zip((10, 60, 30), earned, strict=True), 1):
        verdict = Verdict.PASS if points == got else Verdict.FAIL
        card = (
            (None,) * 4 if verdict is Verdict.PASS else (message, f"curl http://x/double/4 {message}", message, message)
        )
        cause = "app/main.py, line 8: ZeroDivisionError: division by zero" if card[0] and number == 2 else None
        check = CheckResult(f"check_{number}", number == 3, 1, verdict, f"Task {number} returns 8.", *card, cause=cause)
        tasks.append(TaskResult(number, f"Task {number}", points, got, verdict, None, (check,)))
    return Result(week, name, "graded", sum(earned), 100, tuple(tasks), commit="3f2c", sandbox="bubblewrap", **more)


def side(name, text, *, known=False):
    """One side of a pair."""
    return Side(name, (("app/main.py", 7, text, "rare"), ("app/main.py", 8, f"other {text}", "")), known)


def cohort_of(size, week="week1-tiny"):
    """The results of a class, a tenth of which is not graded, and their students by username."""
    results = [made(f"s{n:03}", (10, 60 * (n % 3 > 0), 30 * (n % 2)), week=week) for n in range(size)]
    for offset, status in enumerate(("missing", "not-started", "excused", "could-not-grade") if size > 9 else ()):
        score = 0 if offset < 2 else None
        results[-1 - offset] = replace(results[-1 - offset], status=status, score=score, tasks=(), reason=None)
    names = {result.submission: Student(result.submission, name=f"Student {n:03}") for n, result in enumerate(results)}
    return results, names


def week_page(results, students=None, pairs=(), **more):
    """A week with code and pushes."""
    pushes = (("2026-11-20T10:00:00Z", "1111111"), ("2026-11-21T10:00:00Z", "3f2c"))
    evidence = Evidence(
        "3f2c", "f", (("app/main.py", CODE),), ("app/huge.py: 70,000 characters",), pushes, received=True
    )
    more = {
        "gradebook": '"name"\r\n"ä"\r\n',
        "evidence": lambda _: evidence,
        "deadline": "2026-11-21 23:59 Europe/Berlin",
        "zone": ZoneInfo("Europe/Berlin"),
        "folder": "my grades",
        **more,
    }
    return WeekPage("Tiny", "week1-tiny", results, pairs, students=students or {}, **more)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The page of a class of each size, each made once."""
    folder = tmp_path_factory.mktemp("pages")

    def page(size):
        path = folder / f"{size}.html"
        if not path.exists():
            results, students = cohort_of(size)
            pairs = [
                Pair(0.9, 0.8, side("s000", "a"), side("s001", "a")),
                Pair(0.7, 0.6, side("s001", "a"), side("old/x", "a", known=True)),
            ]
            if size:
                results[0] = replace(
                    results[0],
                    late="2 h, 10 points off",
                    notes=("app/Main.py is not app/main.py",),
                    submitted="2026-11-21T10:00:00Z",
                    adjustments=(Adjustment("points", "Task 3: 5 points instead of 0.", 3, 5, "see Tuesday"),),
                )
            write_page(path, [week_page(results, students, pairs if size > 1 else ())])
        return path

    return page


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """The page of two weeks: S001 has no result in the second."""
    results, students = cohort_of(3)
    second = [made(name, (10, 0, 0), week="week2-more") for name in ("s000", "s002")]
    weeks = [
        Week("week1-tiny", Path(), {result.submission: result for result in results}, students, 1),
        Week("week2-more", Path(), {result.submission: result for result in second}, students, 2),
    ]
    missing = Result("week2-more", "s001", "missing", 0, 100)
    lines = [
        Line(student, (weeks[0].results[name], weeks[1].results.get(name, missing)), (1, 2))
        for name, student in students.items()
    ]
    path = tmp_path_factory.mktemp("term") / "report.html"
    more = replace(week_page(second, students), title="More", name="week2-more")
    write_page(path, [week_page(results, students), more], Term(tuple(weeks), tuple(lines), ("Zoe",)), '"all"\r\n')
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The page of students who have put markup wherever there is text: names, code, files, messages, times, groups."""
    results = [
        replace(made(f"mallory{n} {text}", (10, 0, 0), text), late=text, notes=(text,), submitted=text, commit=text)
        for n, text in enumerate(HOSTILE)
    ]
    students = {
        result.submission: Student(result.submission, text, text, text)
        for result, text in zip(results, HOSTILE, strict=True)
    }
    pairs = [
        Pair(0.9, 0.8, side(results[0].submission, text), side(text, text, known=True), n)
        for n, text in enumerate(HOSTILE, 1)
    ]
    texts = "\n".join(HOSTILE)
    evidence = Evidence(
        "3f2c", "f", ((HOSTILE[2], texts), ("app/main.py", texts)), HOSTILE, tuple((text, text) for text in HOSTILE)
    )
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    write_page(path, [week_page(results, students, pairs, evidence=lambda _: evidence, gradebook=texts)])
    return path


@pytest.fixture
def page(browse, pages):
    """A function that opens a page, that of forty students by default."""

    def look(path=None, fragment="", **more):
        address = (path or pages(40)).as_uri()
        return browse(f"{address}{fragment}", own=address, **{"viewport": {"width": 1440, "height": 900}, **more})

    return look


def names(page):
    """Return the names in the table, in its order."""
    return page.eval_on_selector_all(
        "#gradebook tbody tr",
        "rows => rows.filter(row => !row.hidden).map(row => row.cells[0].firstElementChild.textContent)",
    )


def test_students_are_first_by_name_in_any_letter_case(page, tmp_path):
    """The students are the first section, sorted by name without regard to case; a heading sorts, then turns round."""
    people = {"a": "bea", "b": "Álvaro", "c": "Ada", "d": "Zoe"}
    results = [made(name, (10, 60 * (name < "c"), 0)) for name in people]
    write_page(
        tmp_path / "r.html", [week_page(results, {key: Student(key, name=name) for key, name in people.items()})]
    )

    look = page(tmp_path / "r.html")

    assert look.locator("main h2").first.text_content() == "Students"
    assert names(look) == ["Ada", "Álvaro", "bea", "Zoe"]
    heading = look.locator("#gradebook thead th").nth(1)
    heading.get_by_role("button").click()
    assert (names(look)[:2], heading.get_attribute("aria-sort")) == (["Ada", "Zoe"], "ascending")
    heading.get_by_role("button").click()
    assert (names(look)[2:], heading.get_attribute("aria-sort")) == (["Ada", "Zoe"], "descending")


def test_filter_takes_names_points_and_words_together(page):
    """The filter shows the students who match all its words, and says how many they are."""
    look = page()
    wanted = {
        "student 00": 10,
        "s01": 10,
        "score<40": 6,
        "t2 >= 60  t3<30": 12,
        "late": 1,
        "adjusted": 1,
        "missing": 1,
        "not started": 1,
        "nobody": 0,
    }

    for text, shown in wanted.items():
        look.get_by_label("Filter").fill(text)
        assert (text, look.locator("#count").text_content()) == (text, f"{shown} of 40")
        assert look.locator("#none").is_visible() == (shown == 0)
        assert not look.locator("#misread").is_visible()


def test_filter_says_what_it_does_not_understand(page):
    """An invalid condition is named, and the rest still filters."""
    look = page()

    look.get_by_label("Filter").fill("score<x t9>1 s001")

    assert "The filter does not understand score<x t9>1, and ignores it." in look.get_by_role("alert").text_content()
    assert names(look) == ["Student 001"]


def test_keyboard_alone_leads_everywhere(page):
    """Slash filters, arrows walk, Enter opens a card, arrows turn to the next, Escape closes it and comes back."""
    look = page()
    card = look.locator("#card")

    look.keyboard.press("/")
    look.keyboard.type("s01")
    look.keyboard.press("ArrowDown")
    look.keyboard.press("ArrowDown")
    look.keyboard.press("Enter")
    card.wait_for()
    opened = card.locator("h2").text_content()
    look.keyboard.press("ArrowRight")
    card.get_by_role("heading", name="Student 012").wait_for()
    turned = look.evaluate("location.hash")
    look.keyboard.press("Escape")
    card.wait_for(state="hidden")

    assert (opened, turned) == ("Student 011", "#s012")
    look.locator(":focus", has_text="Student 012").wait_for()  # it comes back after the card is gone


def test_address_of_a_student_opens_the_card(page):
    """`#s000` opens that student's card, and closing it leaves the page without it; an unknown address opens nothing."""
    look = page(fragment="#s000")
    assert look.locator("#card h2").text_content() == "Student 000"

    look.get_by_label("close").click()
    look.locator("#card").wait_for(state="hidden")

    assert look.evaluate("location.hash") == ""
    assert not page(fragment="#nobody").locator("#card").is_visible()


def test_card_shows_what_was_graded_beside_the_checks(page):
    """A card has time, pushes, adjustments and the command for a talk, each check in words, and the code with the lines that the checks name."""
    look = page(fragment="#s000")

    told = " ".join(look.locator("#story").inner_text().split())
    for text in (
        "Submitted 2026-11-21 11:00 Europe/Berlin",
        "Late 2 h, 10 points off",
        "2, the last 2026-11-21 11:00 Europe/Berlin",
        "Task 3: 5 points instead of 0. see Tuesday",
        "Interview classroom interview 'my grades' s000",
    ):
        assert text in told
    assert "passed: 1. Task 1" in look.locator("#story h3").first.text_content().replace("✔", "")
    assert "failed: Task 3 returns 8.hidden" in look.locator("#story").text_content()
    assert "Left out: app/huge.py: 70,000 characters" in told
    assert look.locator(".line.named").evaluate_all("lines => lines.map(line => line.dataset.number)") == ["6", "8"]
    look.get_by_role("button", name="app/main.py, line 8").click()
    assert look.locator(".line.found").text_content() == "    return 1 / 0"


def test_old_handout_is_told_in_row_and_card_of_those_who_have_started(page, tmp_path):
    """Whether the new handout was merged is shown in row and card, and only of a student who has started."""
    path = tmp_path / "old.html"
    results = [
        made("ada", (10, 60, 30)),
        replace(made("bob", (0, 0, 0)), status="not-started"),
        made("cleo", (0, 0, 0)),
    ]
    write_page(path, [week_page(results, evidence=lambda name: Evidence(outdated=name != "cleo"))])

    look = page(path, fragment="#ada")

    rows = look.locator("#gradebook tbody th").all_text_contents()
    assert [("old handout" in row) for row in rows] == [True, False, False]
    assert "Handout has not merged the new handout" in " ".join(look.locator("#story").inner_text().split())


def test_result_from_before_a_task_was_added_is_shown_with_its_own_points(tmp_path, page):
    """A result has the tasks and points of its own grading, whatever the week has now."""
    _, two, three = made("bob", (10, 60, 0)).tasks
    old = replace(made("bob", (10, 60, 0)), tasks=(replace(two, points=40, earned=40), three))
    write_page(tmp_path / "page.html", [week_page([made("ada", (10, 60, 30)), old])])

    look = page(tmp_path / "page.html", "#bob")

    assert look.locator("#story .earned").all_text_contents() == ["40/40", "0/30"]
    cells = look.locator("#gradebook tbody tr").last.locator("td").all_text_contents()
    assert cells[1:4] == ["", "40 passed", "0 failed"]


def test_failures_are_counted_with_links_to_the_students(page):
    """A failure says how many of how many graded have it, and each name opens the card."""
    look = page()
    failure = look.locator(".failures li").last

    assert failure.locator("b").text_content() == "12 of 36"
    failure.get_by_role("link", name="Student 003").click()
    look.locator("#card").wait_for()

    assert look.locator("#card h2").text_content() == "Student 003"


def test_figures_and_checks_of_the_class(page):
    """Quartiles and standard deviation are shown, and how many passed each check."""
    look = page()

    tiles = " ".join(look.locator(".tiles:visible").inner_text().split())
    assert "Graded 36 of 40 Mean 65 of 100 Median 70 Quartiles 40 and 100 Standard deviation 32.0" in tiles
    checks = look.locator("table.checks tbody tr").all_inner_texts()
    assert [" ".join(text.split()) for text in checks] == [
        "1 Task 1 returns 8. 36 of 36",
        "2 Task 2 returns 8. 24 of 36",
        "3 Task 3 returns 8. hidden 18 of 36",
    ]


def test_similar_groups_link_to_both_sides(page):
    """A group is named with links, and a pair opens with both texts side by side, and what they share marked."""
    look = page()
    section = look.locator("section", has=look.get_by_role("heading", name="Worth a look"))
    assert section.locator("h3").inner_text() == "Group 1: Student 000, Student 001, old/x known"
    assert section.locator("h3 a").count() == 2

    section.get_by_role("button").first.click()

    left, right = look.locator(".sides > div").all()
    assert left.locator(".rare").text_content() == "a"
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    left.get_by_role("link", name="Student 000").click()
    look.locator("#card-title", has_text="Student 000").wait_for()


def test_all_weeks_are_in_one_page(page, term):
    """All weeks come first with what they add up to; a week has its own students; a card leads to the other weeks."""
    look = page(term)
    rows = [" ".join(text.split()) for text in look.locator("#gradebook tbody tr").all_inner_texts()]
    assert rows == ["Student 000 s000 10.0 10 10", "Student 001 s001 33.3 100 missing", "Student 002 s002 30.0 70 10"]

    look.locator("#gradebook tbody tr").first.get_by_role("link", name="Student 000").click()
    look.locator("#card").get_by_role("link", name="Tiny · 10").click()
    look.wait_for_url("**#week1-tiny/s000")
    look.get_by_label("close").click()
    look.get_by_label("Weeks").get_by_role("link", name="More").click()
    look.locator("h1", has_text="More").wait_for()

    assert names(look) == ["Student 000", "Student 002"]
    assert look.locator("h1").text_content() == "More"


def test_name_in_all_weeks_leads_to_the_card_whatever_the_submission_is_called(page, tmp_path):
    """A submission has the name of its folder, which is not the username under which all weeks are added up."""
    student, folder = Student("nine", name="Student 009"), "folder of nine"
    results = [made(folder, (10, 0, 0), week=week) for week in ("week1-tiny", "week2-more")]
    weeks = tuple(Week(one.assignment, Path(), {"nine": one}, {"nine": student}) for one in results)
    pages = [replace(week_page([one], {folder: student}), name=one.assignment) for one in results]
    write_page(tmp_path / "r.html", pages, Term(weeks, (Line(student, tuple(results), (1, 1)),)))

    look = page(tmp_path / "r.html")
    look.locator("#gradebook").get_by_role("link", name="Student 009").click()

    look.locator("#card[open] #card-title", has_text="Student 009").wait_for()


def test_button_saves_the_gradebook(page, tmp_path):
    """The CSV button saves the gradebook as it is."""
    look = page()

    with look.expect_download() as download:
        look.get_by_role("button", name="Download CSV").click()

    download.value.save_as(tmp_path / "saved.csv")
    assert download.value.suggested_filename == "week1-tiny.csv"
    assert (tmp_path / "saved.csv").read_bytes() == '"name"\r\n"ä"\r\n'.encode()


def test_nobody_and_nobody_graded(page, pages, tmp_path):
    """An empty page says so; a page without graded students names them, and has no figures."""
    write_page(
        tmp_path / "r.html",
        [
            week_page(
                [
                    Result("week1-tiny", "ada", "missing", 0, 100),
                    Result("week1-tiny", "eve", "could-not-grade", None, 100, reason="no database"),
                ],
                {"ada": Student("ada", name="Ada")},
            )
        ],
    )

    nobody, none = page(pages(0)), page(tmp_path / "r.html")

    assert "No students: nothing was submitted, and there is no roster." in nobody.locator("main").inner_text()
    shown = " ".join(none.locator("main").inner_text().split())
    assert "Could not be graded (1) eve: no database Missing (1) Ada Not on the roster (1) eve" in shown
    assert "Mean" not in shown + nobody.locator("main").inner_text()


def test_light_and_dark_follow_the_system_and_the_button(page):
    """The page follows the system's dark mode, and its button switches it."""
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = page(color_scheme="light"), page(color_scheme="dark")
    seen = [light.evaluate(paper), dark.evaluate(paper)]

    light.get_by_role("button", name="light or dark").click()

    assert seen[0] != seen[1]
    assert light.evaluate(paper) == seen[1]


def test_printed_without_what_only_a_screen_can_use(page):
    """On paper there is no filter and no button; with a card open, the card is what is printed."""
    look = page()
    look.emulate_media(media="print")
    tools = [look.locator(name).is_visible() for name in (".search", "#theme", "#csv", "#students", "#gradebook")]

    look.evaluate("show(3, 0)")

    assert tools == [False, False, False, True, True]
    assert [look.locator(name).is_visible() for name in ("main", "#card", "#before")] == [False, True, False]
    assert look.evaluate("[card.getBoundingClientRect().top, card.scrollHeight - card.clientHeight]") == [0, 0]


def test_phone_scrolls_down_and_not_aside(page, term):
    """At the width of a phone nothing of the page, a card or a pair is wider than the screen."""
    wide = "[document.documentElement.scrollWidth, card.scrollWidth - card.clientWidth]"
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    look, both = page(**phone), page(term, **phone)
    seen = [look.evaluate(wide), both.evaluate(wide)]

    for act in ("show(0, 0)", "compare(weeks[0].pairs[0], 0)"):
        look.evaluate(act)
        seen.append(look.evaluate(wide))

    assert seen == [[390, 0]] * 4


@pytest.mark.parametrize("view", VIEWS)
def test_page_is_accessible(page, pages, violations, view):
    """axe-core finds nothing serious on the page and on a card; `make soak` checks the same for the largest classes."""
    size, width, scheme = view.split()
    look = page(pages(int(size)), viewport={"width": int(width), "height": 900}, color_scheme=scheme)

    for act in ("0", "show(0, 0)")[: 1 + (size != "0")]:
        look.evaluate(act)
        assert violations(look) == []


def test_class_of_500_has_a_page_of_sensible_size(page, pages):
    """A page of 500 students with code is a few megabytes, and all of them are in its table."""
    look = page(pages(500))

    assert len(names(look)) == 500
    assert pages(500).stat().st_size < 8_000_000


def test_no_text_of_a_submission_acts(page, hostile):
    """Markup, scripts and marks of direction in names, messages, code, files and groups are shown as text, everywhere."""
    look = page(hostile)
    elements = "[...document.querySelectorAll('script, img, svg, a')].filter(one => !one.closest('dialog')).length"
    before = look.evaluate(elements)

    told = look.evaluate(
        """() => {
            const told = [];
            const look = () => told.push(card.innerText, card.querySelectorAll("script, img, svg, a[href^='javascript']").length);
            for (const index of weeks[0].results.keys()) { show(index, 0); look(); }
            for (const pair of weeks[0].pairs) { compare(pair, 0); look(); }
            return [told.filter((one) => typeof one === "number"), told.join("") + document.body.innerText];
        }"""
    )

    assert look.evaluate("typeof window.hit") == "undefined"
    assert (look.evaluate(elements), set(told[0])) == (before, {0})
    assert "<img src=x onerror" in told[1]
    assert not set(told[1]) & set("\u202e\u2066\u200f\x1b\x00")
    assert "\\u202egnp.exe" in told[1]
    links = look.eval_on_selector_all("a", "links => links.map(link => link.getAttribute('href')[0])")
    assert set(links) == {"#"}
