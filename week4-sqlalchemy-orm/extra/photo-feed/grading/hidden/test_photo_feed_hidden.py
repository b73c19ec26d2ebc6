"""The rules of the visible checks, with more people, more photos and more pages."""

import re

from classroom import expect, task, together


@task(2, weight=2)
def test_following_and_unfollowing(client, gallery):
    """After many requests to follow and unfollow, the table and both numbers in each profile are correct."""
    people = gallery.users(4)
    followed = {user["id"]: set() for user in people}
    for _ in range(24):
        me, other = gallery.draw.sample(people, 2)
        keep = gallery.draw.random() < 0.6
        send = client.put if keep else client.delete
        expect(send(f"/following/{other['name']}", headers=gallery.asks(me))).status(204)
        (followed[me["id"]].add if keep else followed[me["id"]].discard)(other["id"])

    for user in people:
        expect.that(gallery.followed_by(user) == sorted(followed[user["id"]]), "The follows table has other rows.")
        followers = sum(user["id"] in others for others in followed.values())
        expect(client.get(f"/users/{user['name']}")).ok(
            {"name": user["name"], "followers": followers, "following": len(followed[user["id"]])}
        )
        expect(client.put(f"/following/{user['name']}", headers=gallery.asks(user))).refused(409)


@task(2)
def test_people_who_do_not_exist(client, gallery):
    """If X-User is missing or does not name an existing user, the response is 401, and nothing is stored."""
    me, other = gallery.users(2)
    path = f"/following/{other['name']}"
    expect(client.put(path, headers=gallery.asks(me))).status(204)

    for headers in ({}, {"X-User": gallery.new_name()}):
        expect(client.put(path, headers=headers)).refused(401)
        expect(client.delete(path, headers=headers)).refused(401)
    expect.that(gallery.followed_by(me) == [other["id"]], "The follows table has other rows.")


@task(3, weight=2)
def test_photos_posted_at_the_same_time(gallery):
    """Photos that arrive at the same time, with the same name, are each stored as a row and a file."""
    people, before = gallery.users(6), gallery.disk()
    contents = [gallery.content(size=1000 + place) for place in range(6)]

    answers = together(
        *[
            lambda user=user, content=content: gallery.post(user, content, name="a.png", caption=user["name"])
            for user, content in zip(people, contents, strict=True)
        ]
    )

    new = gallery.new_files(before)
    for answer, user, content in zip(answers, people, contents, strict=True):
        expect(answer).created({"author": user["name"], "caption": user["name"]})
        row = gallery.row(answer.json.get("id"))
        expect.that(row is not None and row["author_id"] == user["id"], "The row has another author.", answer)
        expect.that(new.get(f"photos/{row['file']}") == len(content), "The file has another size.", answer)


@task(3, weight=2)
def test_rejected_photos_leave_nothing(gallery, limit):
    """A rejected photo leaves neither a file nor a row behind, whatever the reason."""
    me = gallery.user()
    caption = gallery.caption()
    expect(gallery.post(me, gallery.content(limit, b"GIF87a"))).created()
    before = gallery.disk()

    for more in (1, 5000, 60_000):
        expect(gallery.post(me, gallery.content(limit + more), caption=caption)).refused(413)
    for other in (b"%PDF-1.7\n", b"<svg></svg>", b"GIF88a" + gallery.content(), b"\x89PNG", b"\xff\xd8"):
        expect(gallery.post(me, other, name="photo.gif", caption=caption)).refused(415)
    with gallery.refusing(when="row"):
        answer = gallery.post(me, gallery.content(), caption=caption)
    expect.that(answer.status >= 500, "The database refused the row.", answer)

    gallery.same_disk(before, "uploads that were rejected")
    expect.that(not gallery.captioned(caption), "The row of a rejected photo was stored.")


@task(3)
def test_names_that_lead_elsewhere(gallery):
    """A name chosen by the sender never determines where the file is stored or what it is called."""
    me = gallery.user()
    expect(gallery.post(me, gallery.content())).created()
    for name in (f"/tmp/{me['name']}.png", f"..\\{me['name']}.png", "%2e%2e%2fholiday.png", "holiday.html"):
        before = gallery.disk()
        expect(gallery.post(me, gallery.content(), name=name)).created()
        new = list(gallery.new_files(before))
        expect.that(len(new) == 1 and re.fullmatch(r"photos/[^/]+", new[0]), f"The new files are {new}.")
        telling = me["name"] in new[0] or "holiday" in new[0]
        expect.that(not telling, f"The name {new[0]} contains what the sender wrote.")


@task(4, weight=2)
def test_life_of_several_photos(client, gallery, kinds):
    """Each photo has its own bytes and type until its author deletes it; an id that is not a number is rejected with 422."""
    me, other = gallery.users(2)
    photos = {}
    for start in [*kinds, *kinds]:
        content = gallery.content(start=start)
        photos[gallery.posted(me, content)] = (content, kinds[start])
    for photo, (content, kind) in list(photos.items()):
        answer = client.get(f"/photos/{photo}/file")
        expect(answer).status(200)
        found = (answer.headers.get("content-type") or "").split(";")[0]
        expect.that(answer.body == content and found == kind, "These are other bytes, or another type.", answer)
        expect(client.delete(f"/photos/{photo}", headers=gallery.asks(other))).refused(403)
    gone = next(iter(photos))
    expect(client.delete(f"/photos/{gone}", headers=gallery.asks(me))).status(204)
    for photo in photos:
        expect(client.get(f"/photos/{photo}/file")).status(404 if photo == gone else 200)
    expect(client.get("/photos/first/file")).refused(422)
    expect(client.delete("/photos/first", headers=gallery.asks(me))).refused(422)


@task(5, weight=2)
def test_every_limit_leads_through_the_feed(feed, gallery, same_photos):
    """With any limit, the pages together make up the whole feed, even if several photos have the same timestamp."""
    me, *people = gallery.users(4)
    gallery.follows(me, *people)
    gallery.follows(people[0], me, people[1])
    ages = [gallery.draw.choice((10, 20, 20, 30)) for _ in range(9)]
    photos = [
        (age, gallery.photo_of(gallery.draw.choice([me, *people]), age=age, micros=age * 7919, likes=[me]))
        for age in ages
    ]
    photos = [photo for _, photo in sorted(photos, key=lambda pair: (pair[0], -pair[1]["id"]))]
    expect(feed.page(me)).ok({"photos": photos, "next": None})
    for limit in (1, 2, 4, 8, 9):
        pages = feed.pages(me, limit=limit)
        same_photos(pages, photos, f", with limit={limit}.")
        expect.that(all(len(page) == limit for page in pages[:-1]), f"With limit={limit}, a page is too short.")
        expect.that(len(pages) == -(-len(photos) // limit), f"With limit={limit}, there are {len(pages)} pages.")


@task(5, weight=2)
def test_feed_changes_before_every_page(feed, gallery, same_photos):
    """If photos are posted and deleted before each page is fetched, each of the others appears exactly once."""
    me, ada = gallery.users(2)
    gallery.follows(me, ada)
    photos = [gallery.photo_of(ada, age=100 + place // 3) for place in range(12)]
    photos = sorted(photos, key=lambda photo: (photos.index(photo) // 3, -photo["id"]))
    found, cursor = feed.first(me, limit=3)
    pages, gone = [found], []
    while cursor is not None and len(pages) < 8:
        gallery.photo_of(ada, age=0)
        seen = [photo for photo in photos if photo["id"] == pages[-1][-1]]
        gallery.remove(*seen)
        gone += seen
        answer = feed.page(me, limit=3, cursor=cursor)
        expect(answer).ok({"photos": list})
        pages.append([photo.get("id") for photo in answer.json["photos"]])
        cursor = answer.json.get("next")

    same_photos(pages, photos, ": before each page, a photo was posted, and the last one of the page before deleted.")
    expect.that(len(gone) == 3, f"{len(pages)} pages were read, expected 4.")


@task(5)
def test_feed_follows_the_table(client, feed, gallery):
    """Photos by somebody the user no longer follows are gone from the feed, including from later pages."""
    me, ada, ben = gallery.users(3)
    gallery.follows(me, ada, ben)
    photos = [gallery.photo_of((ada, ben)[age % 2], age=age) for age in range(6)]
    _, cursor = feed.first(me, limit=2)
    gallery.database.run("DELETE FROM follows WHERE follower_id = %s AND followed_id = %s", me["id"], ben["id"])

    expect(feed.page(me, cursor=cursor)).ok({"photos": [photos[2], photos[4]], "next": None})
    expect(client.get("/feed")).refused(401)


@task(6, weight=2)
def test_large_page_takes_few_statements(feed, gallery):
    """A page of twenty photos by ten people takes at most five statements, the same as a page of one photo."""
    counts = []
    for people, count in ((1, 1), (10, 20)):
        me, *others = gallery.users(people + 1)
        gallery.follows(me, *others)
        for age in range(count):
            gallery.photo_of(others[age % people], age=age, likes=others[: age % 3])
        counts.append(feed.counted(me, limit=count, most_statements=5))

    one, many = counts
    expect.that(one == many, f"A page of one photo took {one} statements, a page of twenty {many}.")
