"""Task 7: pages that stand still."""

from classroom import expect, task


@task(7)
def test_the_newest_comes_first(site, shape, instant):
    """GET /videos lists the ready videos, newest first by created_at, and no pending ones."""
    videos = [site.ready() for _ in range(3)]
    pending = site.video()

    items = site.page(limit=10)["items"]

    ids = [item["id"] for item in items]
    expect.that(pending["id"] not in ids, "The list contains a pending video; it must list only those that are ready.")
    expect.that(len(items) >= 3, f"The list has {len(items)} videos, expected 3: three are ready.")
    times = [instant(item["created_at"]) for item in items]
    order = "the oldest comes first" if times == sorted(times) else "it has another order"
    expect.that(
        times == sorted(times, reverse=True), f"The list must be ordered by created_at, newest first, but {order}."
    )
    expected = [shape(id=one["id"], title=one["title"], owner=site.owner, status="ready") for one in reversed(videos)]
    expect(site.a.get("/videos", params={"limit": 3})).ok({"items": expected})


@task(7)
def test_walking_the_pages_shows_every_video_once(site):
    """Following next_cursor from page to page shows each ready video once, `limit` videos per page."""
    videos = [site.ready() for _ in range(7)]

    first = site.page(limit=3)
    expect.that(
        len(first["items"]) == 3,
        f"The page has {len(first['items'])} videos, expected 3: limit=3, and seven are ready.",
    )
    expect.that(
        first["next_cursor"] is not None, "next_cursor is null, but there are more videos than fit on this page."
    )
    shown = [item["id"] for item in site.walk(limit=3, until={video["id"] for video in videos})]

    expect.that(len(shown) == len(set(shown)), "Going through the pages shows a video twice.")
    ours = [one for one in shown if one in {video["id"] for video in videos}]
    expect.that(
        ours == [video["id"] for video in reversed(videos)],
        f"Going through the pages shows {len(ours)} of seven videos, or shows them in another order.",
    )
    # The list has an end, and no video is missing on the way there.
    shown = [item["id"] for item in site.walk(limit=20)]
    expect.that(len(shown) == len(set(shown)), "Going through all pages to the end shows a video twice.")
    expect.that(
        {video["id"] for video in videos} <= set(shown), "A video is missing after going through all pages to the end."
    )


@task(7)
def test_uploads_in_between_move_nothing(site):
    """While others upload, paging through the list shows no video twice and misses none that was there at the start."""
    at_start = {site.ready()["id"] for _ in range(6)}

    shown = [item["id"] for item in site.walk(limit=2, between=lambda: site.ready(who=site.other), until=at_start)]

    expect.that(
        len(shown) == len(set(shown)), "Someone uploaded a video between two pages, and a video was shown twice."
    )
    missing = at_start - set(shown)
    expect.that(
        not missing,
        f"Someone uploaded a video between two pages, and {len(missing)} of the earlier videos are missing.",
    )


@task(7)
def test_two_videos_of_one_instant_are_shown_once_each(site):
    """Two videos with the same created_at are each shown once, even when a page ends between them."""
    videos = [site.ready() for _ in range(5)]
    site.same_instant(videos)
    site.system.cache.flush()
    ours = {video["id"] for video in videos}

    shown = [item["id"] for item in site.walk(limit=1, until=ours)]

    expect.that(len(shown) == len(set(shown)), "Two videos have the same created_at, and one of them is shown twice.")
    expect.that(ours <= set(shown), "Two videos have the same created_at, and one of them is missing from the pages.")


@task(7)
def test_limit_is_1_to_100(site):
    """`limit` must be an integer from 1 to 100; 0, 101 and a word are rejected with 422."""
    site.ready(), site.ready()
    expect.that(len(site.page(limit=1)["items"]) == 1, "limit=1 does not return one video.")
    site.page(limit=100)

    for limit in (0, 101, -1, "many"):
        expect(site.any.get("/videos", params={"limit": limit})).refused(422)


@task(7)
def test_a_text_that_is_no_cursor_is_422(site):
    """An invalid `cursor` is rejected with 422; a cursor from the site is accepted."""
    site.ready(), site.ready()
    cursor = site.page(limit=1)["next_cursor"]
    expect.that(cursor is not None, "next_cursor is null with limit=1, but two videos are ready.")
    expect(site.a.get("/videos", params={"cursor": cursor})).ok()

    for text in ("nonsense", "no cursor at all", "!?%"):
        expect(site.a.get("/videos", params={"cursor": text})).refused(422)
