"""Live events: which part of a page has changed."""

import asyncio
import threading

from classroom.web.events import Broadcast


async def first(parts, count):
    """The next events of a subscription."""
    return [await anext(parts) for _ in range(count)]


def test_every_page_hears_of_a_change_from_another_thread():
    """Two open pages are notified of the same change, no matter which thread publishes it."""

    async def run():
        broadcast = Broadcast()
        pages = [broadcast.subscribe(), broadcast.subscribe()]
        waiting = [asyncio.ensure_future(anext(page)) for page in pages]
        await asyncio.sleep(0)
        threading.Thread(target=broadcast.publish, args=("week/card",)).start()
        return await asyncio.wait_for(asyncio.gather(*waiting), 10)

    assert asyncio.run(run()) == ["week/card", "week/card"]


def test_many_changes_of_a_part_are_one_event():
    """A thousand lines of a log are one event while a page is busy, and no part is lost."""

    async def run():
        broadcast = Broadcast()
        page = broadcast.subscribe()
        waiting = asyncio.ensure_future(first(page, 2))
        await asyncio.sleep(0)
        for _ in range(1000):
            broadcast.publish("week/app")
        broadcast.publish("week/card", "week/app")
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(run()) == ["week/app", "week/card"]


def test_a_page_that_shows_everybody_is_told_less_often(monkeypatch):
    """Between two batches of events is the gap that the page has asked for."""
    gaps = []

    async def sleep(seconds):
        gaps.append(seconds)

    async def run():
        broadcast = Broadcast()
        page = broadcast.subscribe("class", gap=7)
        waiting = asyncio.ensure_future(first(page, 2))
        await asyncio.sleep(0)
        broadcast.publish("class")
        await asyncio.sleep(0)
        monkeypatch.setattr(asyncio, "sleep", sleep)
        while not gaps:
            await asyncio.wait([waiting], timeout=0.01)
        broadcast.publish("class", "student/ada/week1/card")
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(run()) == ["class", "class"]
    assert gaps == [7]


def test_closing_ends_every_page():
    """After `close` a subscription ends by itself, so that a server need not wait for it."""

    async def run():
        broadcast = Broadcast()
        page = broadcast.subscribe()
        waiting = asyncio.ensure_future(anext(page, None))
        await asyncio.sleep(0)
        broadcast.close()
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(run()) is None
