"""The page of `classroom learn` in a real browser: live, by keyboard, on a phone, at night, under attack, cut off."""

import contextlib
import re
import threading

import pytest
from classroom.student.hints import next_hint
from classroom.student.learn import card_view, watcher
from classroom.student.learn.site import site
from classroom.web.address import Address
from classroom.web.events import Broadcast
from classroom.web.server import LocalServer

from .conftest import SECONDS, result_of, until

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
MOST_TABS = 60
HIT = "window.hit = 1"
HOSTILE = f"<script>{HIT}</script><img src=x onerror='{HIT}'><svg/onload='{HIT}'>\u202e{{{{ 7*7 }}}}"
CUT_OFF = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")


@pytest.fixture
def page(browse, learn):
    """A function that opens the page."""

    def look(**more):
        own = learn.address.rsplit("/", 2)[0]
        return browse(learn.address, own=own, **{"viewport": DESKTOP, "reduced_motion": "reduce", **more})

    return look


def test_card_changes_at_a_save_in_every_tab(learn, checks, page):
    """Two tabs show the new points without being loaded again, and what was unfolded stays so."""
    tabs = [page(), page()]
    checks.give(result_of(learn.assignment, 10, 0, 0, message="GET /double/4 returned 404, expected 200."))
    tabs[0].locator("#panel-card-3 summary").click()

    checks.give(result_of(learn.assignment, 10, 0, 15, message="GET /double/4 returned 500, expected 200."))

    for tab in tabs:
        tab.locator(".score", has_text="25 of 100 points").wait_for()
    assert tabs[0].locator("#panel-card-3").get_attribute("open") == ""
    assert tabs[1].locator("#panel-card-3").get_attribute("open") is None
    assert "25 of 100 points." in tabs[0].locator("#panel-said").text_content()


def tab_to(look, wanted):
    """Press Tab until the element with this id is focused."""
    for _ in range(MOST_TABS):
        look.keyboard.press("Tab")
        if look.evaluate("document.activeElement.id") == wanted:
            return
    pytest.fail(f"{wanted} is not reached with {MOST_TABS} presses of Tab")


def test_fetch_that_fails_is_tried_again(learn, checks, browse, page):
    """If a part cannot be fetched once, while events still arrive, the page fetches it again."""
    browse.allowed = ("ERR_FAILED",)
    look = page()
    look.locator(".state", has_text="Checking").wait_for()
    until(lambda: learn.desks.broadcast._subscribers)
    look.route("**/parts/card", lambda route: route.abort(), times=1)

    checks.give(result_of(learn.assignment, 10, 60, 0))

    look.locator(".score", has_text="70 of 100 points").wait_for()


def test_fetch_that_nobody_responds_to_is_tried_again(learn, checks, page):
    """If a part is asked for and no response comes, the page asks again after a while."""
    look = page()
    look.locator(".state", has_text="Checking").wait_for()
    until(lambda: learn.desks.broadcast._subscribers)
    look.evaluate(
        "() => { const wait = AbortSignal.timeout; AbortSignal.timeout = ms => wait.call(AbortSignal, ms / 20); }"
    )
    look.route("**/parts/card", lambda _: None, times=1)

    checks.give(result_of(learn.assignment, 10, 60, 0))

    look.locator(".score", has_text="70 of 100 points").wait_for()


def test_part_that_the_server_could_not_make_is_fetched_again(learn, browse, page):
    """If the server answers with an error of its own, such as without its database, the page asks again a little later."""
    browse.allowed = ("503",)
    look = page()
    until(lambda: learn.desks.broadcast._subscribers)
    look.route("**/parts/hints-2", lambda route: route.fulfill(status=503), times=1)

    with look.expect_response(lambda response: response.url.endswith("parts/hints-2") and response.ok):
        learn.desks.broadcast.publish(f"{learn.desk.name}/hints-2")


def with_place(route):
    """Send the card with a part inside of it, as the classroom's site has one."""
    response = route.fetch()
    body = response.text().replace('<p class="state', '<p data-part="place" class="state')
    route.fulfill(response=response, body=body)


@pytest.fixture
def nested(learn, page):
    """The page whose card has a part inside of it, and a function that says that a part has changed."""

    def tell(part):
        learn.desks.broadcast.publish(f"{learn.desk.name}/{part}")

    look = page()
    look.locator(".state", has_text="Checking").wait_for()
    look.route("**/parts/card", with_place)
    tell("card")
    look.locator("[data-part=place]").wait_for()
    return look, tell


def test_late_response_does_not_change_a_newer_part(nested, checks, learn):
    """A part of the card that was asked for before the card changed, and comes after it, is not shown."""
    (look, tell), held = nested, []
    look.route("**/parts/place", lambda route: held.append(route))  # noqa: PLW0108 - Playwright needs a function
    with look.expect_request("**/parts/place"):
        tell("place")
    checks.give(result_of(learn.assignment, 10, 60, 0))
    look.locator(".score", has_text="70 of 100 points").wait_for()

    with look.expect_response("**/parts/place"):
        held[0].fulfill(body="Checking task 2")
    with look.expect_request("**/parts/place"):
        tell("place")

    assert "Checking" not in look.locator(".state").inner_text()


def test_part_that_is_sent_along_is_shown(nested):
    """A part whose HTML comes with the event is shown as it is."""
    look, tell = nested
    look.add_init_script(
        "window.EventSource = class extends EventSource { constructor(url) { super(url); window.events = this;"
        " this.addEventListener('open', () => { document.documentElement.id = 'open'; }); } };"
    )
    look.reload()
    look.locator("#open").wait_for()
    tell("card")
    look.locator("[data-part=place]").wait_for()

    look.evaluate("events.dispatchEvent(new MessageEvent('part', {data: 'place\\nChecking <b>task 3</b>'}))")

    look.locator("[data-part=place] b", has_text="task 3").wait_for()


def test_part_inside_of_a_late_response_is_fetched_again(nested):
    """If the card comes after a newer state of its part, that part is fetched once more."""
    (look, tell), held = nested, []
    look.unroute("**/parts/card")
    look.route("**/parts/card", lambda route: held.append(route), times=1)  # noqa: PLW0108
    look.route("**/parts/place", lambda route: route.fulfill(body="Checking task 2"))
    with look.expect_request("**/parts/card"):
        tell("card")
    tell("place")
    look.locator(".state", has_text="Checking task 2").wait_for()

    with look.expect_response("**/parts/place"):
        with_place(held[0])

    look.locator(".state", has_text="Checking task 2").wait_for()


def test_button_is_clicked_though_its_part_changes(learn, page):
    """While a button is held, its part stays as it is; released, it was clicked, and the part is brought up to date."""
    look = page()
    look.locator("#panel-more-hints-2").hover()
    look.mouse.down()
    next_hint(learn.assignment, 2)
    with look.expect_response("**/parts/hints-2"):
        learn.desks.broadcast.publish(f"{learn.desk.name}/hints-2")
    look.mouse.up()

    look.locator("#panel-hints-2 .which", has_text="Hint 2 of").wait_for()


def test_link_to_hints_is_a_part_of_its_sentence(learn, checks, page):
    """In the card of a red task, the link to its hints is in one line with the words around it."""
    look = page()
    checks.give(result_of(learn.assignment, 10, 0, 0, message="returned 404"))
    link = look.locator("#panel-to-hints-2")
    link.wait_for()

    assert link.evaluate("link => getComputedStyle(link).display") == "inline"


def test_seconds_of_a_long_check_are_counted(learn, page, monkeypatch):
    """While a check takes long, the page counts its seconds by itself."""
    for module in (watcher, card_view):
        monkeypatch.setattr(module, "LONG_SECONDS", 0)
    count = page().locator(".state.checking [data-count]")
    first = int(count.text_content())

    until(lambda: int(count.text_content()) > first)

    assert learn.desk.watcher.checking


def test_keyboard_alone_is_enough(learn, page):
    """From a task in the card to its section, its next hint and on: everything is reached with Tab and Enter."""
    look = page()
    look.keyboard.press("Tab")
    assert look.evaluate("document.activeElement.textContent") == "Skip to the content"

    tab_to(look, "panel-to-task-2")
    look.keyboard.press("Enter")
    tab_to(look, "panel-more-hints-2")
    look.keyboard.press("Enter")
    look.locator("#panel-hints-2 .hint").wait_for()

    assert look.evaluate("document.activeElement.id") == "panel-more-hints-2"
    assert "2-double" in look.locator("h2:target").get_attribute("id")


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
def test_page_is_accessible(learn, checks, page, violations, scheme, size):
    """axe-core finds nothing serious by day and by night, on a desktop and on a phone, where nothing is cut off."""
    learn.desk.app._take("Traceback (most recent call last):")
    checks.give(
        result_of(learn.assignment, 10, 30, 0, message="returned 404", answer="404", cause="app/main.py, line 3")
    )
    look = page(viewport=size, color_scheme=scheme)
    look.locator(".score", has_text="40").wait_for()

    assert violations(look) == []
    assert look.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = int(re.search(r"\d+", look.evaluate("getComputedStyle(document.body).backgroundColor"))[0])
    assert (paper < 64) == (scheme == "dark")


def test_what_a_submission_writes_stays_text(learn, checks, page):
    """Markup in everything that a submission can write is shown as text and runs nothing."""
    texts = dict.fromkeys(("cause", "message", "request", "answer", "printed"), HOSTILE)
    checks.give(result_of(learn.assignment, 10, 0, 0, **texts))
    learn.desk.app._take(HOSTILE)
    look = page()

    look.locator("#panel-card-2-first", has_text="onerror").wait_for()
    look.locator("#panel-log", has_text="onerror").wait_for()

    assert look.evaluate("window.hit") is None


def test_focus_stays_in_a_part_that_changes(learn, checks, page):
    """What has the focus may be gone after a save: then the part that it was in has it, not the top of the page."""
    checks.give(result_of(learn.assignment, 10, 0, 0, message="returned 404", answer="404"))
    look = page()
    look.locator("#panel-card-2-first pre").first.focus()

    checks.give(result_of(learn.assignment, 10, 60, 0))
    look.locator(".score", has_text="70 of 100 points").wait_for()

    assert look.evaluate("document.activeElement.id") == "panel-card"


def test_same_result_is_announced_again(learn, checks, page):
    """A screen reader hears the points after each check, also if nothing has changed."""
    look = page()
    look.evaluate("""window.heard = []; new MutationObserver(() => heard.push(said.textContent))
                     .observe(window.said = document.getElementById("panel-said"), {childList: true})""")
    for count in (1, 2):
        learn.desk.watcher._begin()
        look.locator(".state.checking").wait_for()
        checks.give(result_of(learn.assignment, 10, 0, 0))

        until(lambda count=count: look.evaluate("heard.filter(text => text.startsWith('10 of 100')).length") == count)


def test_page_sends_only_the_command_that_it_shows(learn, browse, page):
    """If the lesson has changed since the page was loaded, nothing is sent: a sentence says what to do."""
    readme = learn.assignment.folder / "README.md"
    readme.write_text("```console\n$ curl http://127.0.0.1:8000/\n```\n")
    browse.allowed = ("404",)
    look = page()
    readme.write_text("```console\n$ curl -X DELETE http://127.0.0.1:8000/\n```\n")

    look.get_by_role("button", name="Send to my app").click()

    look.locator("#panel-response-0", has_text="Reload the page").wait_for()
    assert not look.locator("#panel-connection").is_visible()


def test_hidden_tab_is_up_to_date_when_it_is_seen_again(learn, checks, browse, page):
    """A tab that nobody sees keeps no connection; seen again, it shows what has happened in the meantime."""
    browse.allowed = CUT_OFF
    look = page()
    see = """hidden => { Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
                         document.dispatchEvent(new Event("visibilitychange")); }"""
    look.locator(".state", has_text="Checking").wait_for()
    until(lambda: learn.desks.broadcast._subscribers)
    look.evaluate(see, True)
    until(lambda: not learn.desks.broadcast._subscribers)

    checks.give(result_of(learn.assignment, 10, 60, 0))
    until(lambda: learn.desk.watcher.result)
    look.evaluate(see, False)

    look.locator(".score", has_text="70 of 100 points").wait_for()


@pytest.fixture
def restarted(learn, browse, page):
    """A function that opens the page, stops the server, and serves it again at the same port; it returns the page."""
    browse.allowed = CUT_OFF
    with contextlib.ExitStack() as stack:

        def restart(*, token=None):
            look = page()
            look.locator(".state", has_text="Checking").wait_for()
            learn.server.stop()
            look.locator("#panel-connection", has_text="Trying again").wait_for()

            address = Address(learn.server.address.port)
            address.token = token or address.token
            learn.desks.broadcast = Broadcast()
            again = LocalServer(site(learn.desks), address, learn.desks.broadcast)
            thread = threading.Thread(target=again.run)
            thread.start()
            stack.callback(thread.join, SECONDS)
            stack.callback(look.close)
            stack.callback(again.stop)
            return look

        yield restart


def test_lost_connection_comes_back_by_itself(learn, checks, restarted):
    """While the server is down, the page says so; then it goes away and shows what has happened in the meantime."""
    look = restarted(token=learn.server.address.token)
    learn.desk.watcher.result = result_of(learn.assignment, 10, 60, 30)
    learn.desks.broadcast.publish(f"{learn.desk.name}/card")

    look.locator("#panel-connection").wait_for(state="hidden")
    look.locator(".score", has_text="100 of 100").wait_for()


def test_page_of_an_earlier_start_says_so(browse, checks, restarted):
    """After a restart of the command the old page does not go on trying: its key is that of the earlier start."""
    look = restarted()
    browse.allowed = (*CUT_OFF, "403")

    look.locator("#panel-connection", has_text="earlier start").wait_for()
