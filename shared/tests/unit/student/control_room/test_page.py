"""The control room in a real browser: every button, two tabs, by keyboard, on a phone, at night."""

import re

import pytest

from .conftest import until

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def page(browse, room):
    """A function that opens the page."""

    def look(**more):
        own = room.address.rsplit("/", 2)[0]
        return browse(room.address, own=own, **{"viewport": DESKTOP, "reduced_motion": "reduce", **more})

    return look


def test_every_button_does_what_it_says_in_every_tab(room, page):
    """What is pressed in one tab is done once and shown in both."""
    pressed, other = page(), page()
    steps = [
        ("#load-switch", "Stop load"),
        ("#a-switch", "Start"),
        ("#a-switch", "Kill"),
        ("#b-switch", "Start"),
        ("#b-switch", "Kill"),
        ("#cache-switch", "Restore"),
        ("#cache-switch", "Cut"),
        ("#primary-switch", "Bring back"),
        ("#primary-switch", "Take away"),
        ("#load-switch", "Send load"),
    ]

    for button, becomes in steps:
        pressed.locator(button).click()
        for tab in (pressed, other):
            tab.locator(button, has_text=re.compile(f"^{becomes}$")).wait_for()

    assert [event.text.split(" of ")[0] for event in room.recorder.events] == [
        *("load", "instance a killed", "instance a started", "instance b killed", "instance b started"),
        *("cache cut off", "cache restored, empty", "primary taken away", "primary brought back", "load stopped"),
    ]


def test_late_response_does_not_undo_what_a_button_shows(room, page):
    """A part that was asked for before a button was pressed, and arrives after its response, is older: it is not shown."""
    look, held, answered = page(), [], []
    look.route("**/parts/controls", lambda route: held.append((route, route.fetch())), times=1)
    room.controls.changed()
    until(lambda: look.evaluate("true") and held)
    look.locator("#a-switch").click()
    look.locator("#a-switch", has_text="Start").wait_for()
    look.evaluate("""() => {
        const button = document.querySelector("#a-switch");
        window.seen = [];
        new MutationObserver(() => seen.push(button.textContent)).observe(button, {characterData: true, subtree: true});
    }""")

    look.on("response", lambda response: response.url.endswith("/parts/controls") and answered.append(response))
    ((late, response),) = held
    late.fulfill(response=response)
    until(lambda: look.evaluate("true") and len(answered) >= 2)  # the second one is asked for after the first one

    assert look.evaluate("seen") == []


def test_sliders_act_when_they_come_to_rest(room, page):
    """The lag is set at once, the load while it is sent; both values are next to their sliders."""
    look = page()
    look.locator("#lag").fill("2.5")
    until(lambda: room.system.lags == [2.5])
    look.locator("#rate").fill("120")
    assert look.locator("output[for=rate]").text_content() == "120"
    look.locator("#load-switch").click()
    look.locator("#load-switch", has_text="Stop load").wait_for()
    assert room.controls.rate == 120

    look.locator("#rate").fill("300")

    until(lambda: room.controls.rate == 300)


def test_figures_change_while_a_button_keeps_the_focus(room, page):
    """Each second the map and the charts change in place; the element with the focus stays the same one."""
    look = page()
    look.locator("#cache-flush").focus()
    look.evaluate("window.before = [document.activeElement, document.querySelector('#chart-requests svg')]")

    room.measure(a=60, b=40, primary=12)

    look.locator("#chart-requests", has_text="100").wait_for()
    look.locator(".map .rate", has_text="12/s").wait_for()
    assert look.evaluate(
        "before[0] === document.activeElement && before[1] === document.querySelector('#chart-requests svg')"
    )


def test_keyboard_alone_is_enough(room, page):
    """With Tab, Enter and arrow keys everything is reached: the button that was pressed keeps the focus."""
    look = page()
    look.keyboard.press("Tab")
    assert look.evaluate("document.activeElement.textContent") == "Skip to the content"
    order = []
    for _ in range(12):
        look.keyboard.press("Tab")
        order.append(look.evaluate("document.activeElement.id"))
    assert order[1:11] == [
        *("rate", "writers", "load-switch", "a-switch", "b-switch", "cache-switch", "cache-flush"),
        *("primary-switch", "lag", ""),
    ]

    look.locator("#a-switch").focus()
    look.keyboard.press("Enter")
    look.locator("#a-switch", has_text="Start").wait_for()
    assert look.evaluate("document.activeElement.id") == "a-switch"
    look.locator("#lag").focus()
    look.keyboard.press("ArrowRight")

    until(lambda: room.system.lags == [0.5])


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
def test_page_is_accessible(room, page, violations, scheme, size):
    """axe-core finds nothing serious by day and by night, on a desktop and on a phone, where nothing is cut off."""
    room.controls.send_load(200, 10)
    room.controls.kill("a")
    room.controls.take_primary()
    for _ in range(3):
        room.measure(requests=100, errors=3, p50=0.01, p95=0.02, b=100, primary=5, replica=7, hits=80, misses=20)
    look = page(viewport=size, color_scheme=scheme)

    assert violations(look) == []
    assert look.evaluate("document.documentElement.scrollWidth <= innerWidth")
    edges = look.eval_on_selector_all("button, input", "all => all.map(each => each.getBoundingClientRect().right)")
    assert max(edges) <= size["width"]


def test_what_went_wrong_stays_until_the_next_button(room, page):
    """Why an instance did not start is shown in every tab, whatever changes, until another button is pressed."""
    room.system.kill("a")
    room.system.gone.clear()
    room.system.parts["a"].breaks = True
    pressed, other = page(), page()
    pressed.locator("#a-switch").click()
    for tab in (pressed, other):
        tab.locator(".trouble", has_text="instance a did not start").wait_for()

    room.controls.kill("b")
    for tab in (pressed, other):
        tab.locator("#b-switch", has_text="Start").wait_for()
        assert tab.locator(".trouble").is_visible()

    other.locator("#load-switch").click()
    for tab in (pressed, other):
        tab.locator(".trouble").wait_for(state="hidden")


def test_news_are_read_aloud(room, page):
    """A screen reader is told what was done, once, and not each figure."""
    look = page()
    look.locator("#a-switch").click()

    look.locator("#panel-said", has_text="instance a killed").wait_for(state="attached")
    assert look.locator(".map > svg").get_attribute("aria-hidden") == "true"
    assert "Requests a second. requests:" in look.locator("#chart-requests .plot svg").get_attribute("aria-label")
