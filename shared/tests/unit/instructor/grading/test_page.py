"""The gradebook page in a real browser: a class of 500, by mouse, by keyboard, on paper, on a phone, under attack."""

import os
import shutil

import pytest
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.instructor.grading.report import write_report
from classroom.instructor.grading.similarity import Pair, Side

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
SIZE = 500
HIT = "window.hit = 1"
HOSTILE = (
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"<img src=x onerror='{HIT}'>",
    f"<svg/onload='{HIT}'><a href='javascript:{HIT}'>here</a>",
    "\u202egnp.exe\u2066 \u200fright to left",
    "{{ 7*7 }} ${7*7} \x1b[2J\x00",
)


def made(name, earned, message="GET /double/4 answered 404.", late=None, notes=()):
    """A result of three tasks with these points."""
    tasks = []
    for number, (points, got) in enumerate(zip((10, 60, 30), earned, strict=True), 1):
        verdict = Verdict.PASS if points == got else Verdict.FAIL
        told = (None,) * 4 if verdict is Verdict.PASS else (message, f"curl {message}", f"404 {message}", message)
        check = CheckResult(f"check_{number}", number == 3, 1, verdict, f"Task {number} answers.", *told)
        tasks.append(TaskResult(number, f"Task {number}", points, got, verdict, None, (check,)))
    return Result("week1-tiny", name, "graded", sum(earned), 100, tuple(tasks), commit="3f2c", late=late, notes=notes)


def side(name, text):
    """One side of a pair."""
    return Side(name, (("app/main.py", 7, text, "rare"), ("app/main.py", 8, f"other {text}", "")))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page of a class of 500, some of whom have put markup into every text."""
    results = [made(f"s{number:03}", (10, 60 * (number % 3 > 0), 30 * (number % 2))) for number in range(SIZE - 8)]
    results += [made(f"mallory{n} {text}", (10, 0, 0), text) for n, text in enumerate(HOSTILE)]
    results += [
        made("tardy", (10, 60, 0), late="2 h", notes=(HOSTILE[2],)),
        Result("week1-tiny", "gone", "missing", 0, 100),
    ]
    pairs = [
        Pair(0.9, 0.8, side(f"s{n:03}", "def a(): pass"), side(HOSTILE[n], HOSTILE[n])) for n in range(len(HOSTILE))
    ]
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(path, "Tiny", results, pairs, "2026-11-21 22:59 UTC")
    return path


@pytest.fixture(scope="module")
def browser():
    """A browser, where there is one."""
    if BROWSER is None:
        pytest.skip("There is no browser here: sudo make system-packages ALL=1 installs one.")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright, which drives the browser, is not there.")
    root = hasattr(os, "getuid") and os.getuid() == 0
    with sync_api.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"] if root else [])
        except sync_api.Error as error:
            pytest.skip(f"{BROWSER} does not start here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def page(browser, file):
    """A function that opens the page; any browser error or network request fails the test."""
    opened, wrong = [], []

    def look(**more):
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, **more})
        opened.append(context)
        page = context.new_page()
        # A warning may be the browser's own, on a busy machine; what the page's policy forbids is an error.
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: None if asked.url == file.as_uri() else wrong.append(asked.url))
        page.goto(file.as_uri())
        return page

    yield look
    for context in opened:
        context.close()
    assert [one for one in wrong if not one.startswith("data:")] == []


def names(page):
    """Return the names in the table, in the displayed order."""
    return page.eval_on_selector_all(
        "#gradebook tbody tr", "rows => rows.filter(row => !row.hidden).map(row => row.cells[0].textContent)"
    )


def test_sorting_by_a_column_turns_round_with_each_click(page):
    """A click on a heading sorts by its column, the next one the other way, and the heading says which."""
    look = page()
    heading = look.locator("#gradebook thead th").nth(1)

    heading.get_by_role("button").click()
    lowest = names(look)[:2]
    said = heading.get_attribute("aria-sort")
    heading.get_by_role("button").click()

    assert (lowest[0], said) == ("gone", "ascending")
    assert (heading.get_attribute("aria-sort"), names(look)[-1]) == ("descending", "gone")
    assert len(names(look)) == SIZE


def test_filter_takes_names_points_and_words_together(page):
    """The filter shows the students who match all its words, and says how many they are."""
    look = page()
    wanted = {
        "s00": 10,
        "score<40": 89,
        "t2 >= 60  t3<30": 165,
        "late": 1,
        "notes": 1,
        "missing": 1,
        "nobody of this name": 0,
    }

    found = {}
    for text, shown in wanted.items():
        look.get_by_label("Filter").fill(text)
        assert look.locator("#count").text_content() == f"{shown} of {SIZE}"
        assert look.locator("#none").is_visible() == (shown == 0)
        found[text] = len(names(look))

    assert found == wanted


def test_keyboard_alone_leads_everywhere(page):
    """Slash filters, arrows walk, Enter opens a card, arrows turn to the next, Escape closes it and comes back."""
    look = page()
    card = look.locator("#card")

    look.keyboard.press("/")
    look.keyboard.type("s10")
    look.keyboard.press("ArrowDown")
    look.keyboard.press("ArrowDown")
    look.keyboard.press("Enter")
    opened = card.locator("h2").text_content()
    look.keyboard.press("ArrowRight")
    turned = card.locator("h2").text_content()
    look.keyboard.press("Escape")

    assert (opened, turned) == ("s101: 100 of 100 points", "s102: 10 of 100 points")
    assert not card.is_visible()
    assert look.evaluate("document.activeElement.textContent") == "s102"


def test_card_tells_what_was_asked_and_what_came_back(page):
    """A card has each task with its checks, and for a red check the message, the request and the response."""
    look = page()

    look.get_by_role("button", name="s000").click()

    told = look.locator("#story").inner_text()
    for text in (
        "✔ 1. Task 1: 10/10",
        "✘ 3. Task 3: 0/30",
        "Task 3 answers. (hidden)",
        "curl GET /double/4",
        "commit 3f2c",
    ):
        assert text in told


def test_pair_stands_side_by_side(page):
    """A pair worth reviewing opens with both texts side by side and what they share marked."""
    look = page()

    look.get_by_role("button", name="side by side").first.click()

    left, right = look.locator(".sides > div").all()
    assert left.locator(".rare").text_content() == "def a(): pass"
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    assert "Worth a look" in look.locator("main").inner_text()


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
    tools = [look.locator(name).is_visible() for name in (".tools", "#theme", "#students", "#gradebook")]

    look.evaluate("show(3)")

    assert tools == [False, False, True, True]
    assert [look.locator(name).is_visible() for name in ("main", "#card")] == [False, True]


def test_phone_scrolls_down_and_not_aside(page):
    """At the width of a phone nothing of the page, a card or a pair is wider than the screen."""
    look = page(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    wide = "document.documentElement.scrollWidth"
    seen = [look.evaluate(wide)]

    for act in ("show(0)", "compare(pairs[0])"):
        look.evaluate(act)
        seen += [look.evaluate(wide), look.evaluate("card.scrollWidth - card.clientWidth")]

    assert seen == [390, 390, 0, 390, 0]


def test_no_text_of_a_submission_acts(page):
    """Markup, scripts and marks of direction in names, messages, answers and code are shown as text, everywhere."""
    look = page()
    before = look.evaluate("document.querySelectorAll('script, img, svg, a').length")

    told = look.evaluate(
        """() => {
            const told = [];
            for (const index of results.keys()) { show(index); if (index > 480) told.push(card.innerText); }
            for (const pair of pairs) { compare(pair); told.push(card.innerText); }
            return told.join("") + document.body.innerText;
        }"""
    )

    assert look.evaluate("typeof window.hit") == "undefined"
    assert look.evaluate("document.querySelectorAll('script, img, svg, a').length") == before
    assert "<img src=x onerror" in told
    assert not set(told) & set("\u202e\u2066\u200f\x1b\x00")
    assert "\\u202egnp.exe" in told
