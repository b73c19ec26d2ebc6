"""Task 7: longer walks, equal times, and invalid cursors."""

import base64
import json

from classroom import expect, task, together


@task(7)
def test_videos_of_the_same_instant_are_shown_once_each(site):
    """Videos created at the same time, or a microsecond apart, are each shown once, at any page size."""
    videos = [site.ready() for _ in range(7)]
    site.same_instant(videos)
    site.system.cache.flush()
    ours = {video["id"] for video in videos}

    for limit in (1, 2, 3):
        shown = [item["id"] for item in site.walk(limit=limit, until=ours)]
        expect.that(len(shown) == len(set(shown)), "Videos with the same created_at: one of them is shown twice.")
        missing = len(ours - set(shown))
        expect.that(
            not missing, f"Videos with the same created_at: {missing} of {len(ours)} are missing from the pages."
        )


@task(7)
def test_the_order_is_that_of_creation(site):
    """The list is ordered by created_at, not by id, title, or the time when a video became ready or was changed."""
    videos = [site.video(title=f"{number} {site.draw.word()}") for number in (5, 9, 1, 7, 3)]
    for video in site.draw.sample(videos, len(videos)):
        site.uploaded(video)
        site.complete_ground(video)
    site.changed(videos[1], title="changed last")

    ids = [item["id"] for item in site.page(limit=5)["items"]]

    expect.that(
        ids == [video["id"] for video in reversed(videos)], "The list is not ordered by created_at, newest first."
    )


@task(7)
def test_ten_creates_at_once_show_as_one_in_the_list(site):
    """A video whose POST was sent ten times at once appears in the list once."""
    new = site.new(id=site.new_id())
    site.video()
    with site.slow_commit(0.2):
        answers = together(*[lambda: site.create(**new)] * 10)
    made = {answer.json["id"] for answer in answers if answer.status in (200, 201)}
    if len(made) != 1:
        return  # several videos lose points in task 3
    (video_id,) = made
    site.uploaded({"id": video_id})
    site.complete_ground({"id": video_id})

    shown = [item["id"] for item in site.page(limit=50)["items"]]

    times = shown.count(video_id)
    expect.that(times == 1, f"The POST was sent ten times, and the list shows the video {times} times.")


@task(7)
def test_a_page_has_20_unless_asked_otherwise(site):
    """Without `limit`, a page has 20 videos; with limit=21, it has 21."""
    there = len(site.page(limit=100)["items"])
    for _ in range(21 - there):
        site.ready(content=b"x")

    expect.that(len(site.page()["items"]) == 20, "Without limit, a page does not have 20 videos.")
    expect.that(len(site.page(limit=21)["items"]) == 21, "With limit=21, a page does not have 21 videos.")


@task(7)
def test_completing_older_ones_in_between_moves_nothing(site):
    """A video that becomes ready while you page through the list neither hides another nor makes it appear twice."""
    waiting, at_start = [], set()
    for _ in range(6):
        at_start.add(site.ready(content=b"x")["id"])
        waiting.append(site.video())
        site.uploaded(waiting[-1], b"x")
    site.draw.shuffle(waiting)

    def complete_one():
        if waiting:
            site.complete_ground(waiting.pop())

    shown = [item["id"] for item in site.walk(limit=2, between=complete_one, until=at_start)]

    expect.that(len(shown) == len(set(shown)), "A video became ready between two pages, and one was shown twice.")
    expect.that(
        at_start <= set(shown),
        "A video became ready between two pages, and one that was there at the start is missing.",
    )


@task(7)
def test_no_text_breaks_the_list(site):
    """Anything that is not a cursor is rejected with 422, never with 500."""
    site.ready(content=b"x"), site.ready(content=b"x")
    cursor = site.page(limit=1)["next_cursor"]
    expect.that(cursor is not None, "next_cursor is null with limit=1, but two videos are ready.")
    expect(site.a.get("/videos", params={"cursor": cursor})).ok()

    inside = [
        "hello",
        "a b",
        "[]",
        "{}",
        "null",
        "[1, 2]",
        json.dumps(["x", "y"]),
        json.dumps({"created_at": 1, "id": 2}),
    ]
    texts = [base64.urlsafe_b64encode(text.encode()).decode() for text in inside]
    texts += [base64.urlsafe_b64encode(bytes([0xFF, 0xFE, 0x80])).decode(), "é", "a" * 2000, "=", "_-_", "'; --"]
    for text in texts:
        expect(site.a.get("/videos", params={"cursor": text})).refused(422)
