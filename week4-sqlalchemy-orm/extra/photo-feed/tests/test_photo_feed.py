"""The visible checks: who follows whom, photos as files and rows, and the feed."""

import re
from base64 import urlsafe_b64encode

from classroom import exactly, expect, task, together

FIRST_BYTES = 16  # an app may read so many to find out what kind of file it is


@task(1)
def test_app_responds(client):
    """GET / returns {"app": "Lightbox"}."""
    expect(client.get("/")).ok({"app": "Lightbox"})


@task(2)
def test_follow_is_a_row(client, gallery):
    """PUT /following/{name} returns 204, and the follows table says who follows whom."""
    me, other = gallery.users(2)

    answer = client.put(f"/following/{other['name']}", headers=gallery.asks(me))

    expect(answer).status(204)
    sentence = f"The row is the wrong way round: it says that {other['name']} follows {me['name']}."
    expect.that(not gallery.followed_by(other), sentence, answer)
    expect.that(
        gallery.followed_by(me) == [other["id"]], "The row is not in the follows table. Was it committed?", answer
    )


@task(2)
def test_following_twice_changes_nothing(client, gallery):
    """Following somebody again returns 204 again; other users can follow the same person."""
    me, other, third = gallery.users(3)
    for user in (me, me, third):
        expect(client.put(f"/following/{other['name']}", headers=gallery.asks(user))).status(204)

    expect.that(gallery.followed_by(me) == [other["id"]], "The follows table does not have exactly one row.")
    expect.that(gallery.followed_by(third) == [other["id"]], "The second follower is not in the follows table.")


@task(2)
def test_following_at_the_same_time(client, gallery):
    """If the same request arrives three times at once, as after a triple click, each one returns 204."""
    me, other = gallery.users(2)

    with gallery.slow_commits("follows"):
        answers = together(
            *[lambda: client.put(f"/following/{other['name']}", headers=gallery.asks(me)) for _ in range(3)]
        )

    for answer in answers:
        sentence = (
            "Two equal requests looked for the row before either of them had inserted it:"
            " let the database decide, with on_conflict_do_nothing()."
        )
        expect.that(answer.status < 500, sentence, answer)
        expect(answer).status(204)
    expect.that(gallery.followed_by(me) == [other["id"]], "The follows table does not have exactly one row.")


@task(2)
def test_nobody_follows_themselves(client, gallery):
    """Following oneself is rejected with 409, and following a name that nobody has with 404."""
    me, other = gallery.users(2)
    expect(client.put(f"/following/{other['name']}", headers=gallery.asks(me))).status(204)

    expect(client.put(f"/following/{me['name']}", headers=gallery.asks(me))).refused(409)
    expect(client.put(f"/following/{gallery.new_name()}", headers=gallery.asks(me))).refused(404)


@task(2)
def test_unfollow_deletes_one_row(client, gallery):
    """DELETE /following/{name} returns 204 and deletes that row, and no other."""
    me, other, third = gallery.users(3)
    gallery.follows(me, other, third)
    gallery.follows(third, other)
    gallery.follows(other, me)

    answer = client.delete(f"/following/{other['name']}", headers=gallery.asks(me))

    expect(answer).status(204)
    expect.that(other["id"] not in gallery.followed_by(me), "The row is still in the table. Was it committed?", answer)
    expect.that(gallery.followed_by(me) == [third["id"]], "Other people that the user follows are gone, too.", answer)
    expect.that(gallery.followed_by(third) == [other["id"]], "Another follower of the same person is gone.", answer)
    expect.that(gallery.followed_by(other) == [me["id"]], "The row of the opposite direction is gone.", answer)


@task(2)
def test_unfollow_without_a_row(client, gallery):
    """DELETE /following/{name} returns 204 if there is nothing to delete, and 404 for a name that nobody has."""
    me, other = gallery.users(2)
    for _ in range(2):
        expect(client.delete(f"/following/{other['name']}", headers=gallery.asks(me))).status(204)

    expect(client.delete(f"/following/{gallery.new_name()}", headers=gallery.asks(me))).refused(404)


@task(2)
def test_profile_has_two_numbers(client, gallery):
    """GET /users/{name} returns how many people follow that user, and how many that user follows."""
    one, two, three, four = gallery.users(4)
    gallery.follows(two, one)
    gallery.follows(three, one)
    gallery.follows(one, four)

    answer = client.get(f"/users/{one['name']}")
    expect(answer).ok({"name": one["name"], "followers": int, "following": int})
    swapped = (answer.json["followers"], answer.json["following"]) == (1, 2)
    expect.that(not swapped, "followers and following are swapped: expected 2 followers, and 1 following.", answer)
    expect(answer).ok({"followers": 2, "following": 1})
    expect(client.get(f"/users/{two['name']}")).ok({"followers": 0, "following": 1})
    expect(client.get(f"/users/{four['name']}")).ok({"followers": 1, "following": 0})
    expect(client.get(f"/users/{gallery.new_name()}")).refused(404)


@task(2)
def test_sessions_are_closed(client, gallery, sessions):
    """After ten requests at once, some of them rejected, none of the app's connections is still in a transaction."""
    me = gallery.user()
    known = [lambda: client.get(f"/users/{me['name']}")] * 6
    unknown = [lambda: client.get(f"/users/{gallery.new_name()}")] * 4

    for answer, status in zip(together(*known, *unknown), [200] * 6 + [404] * 4, strict=True):
        expect(answer).status(status)

    sessions.all_closed("ten requests")


@task(3, weight=2)
def test_photo_is_posted(gallery):
    """POST /photos returns 201 with the photo: its id, author, caption and time, and no likes yet."""
    me, caption = gallery.user(), gallery.caption()

    answer = gallery.post(me, gallery.content(), caption=caption)

    expect(answer).created({"id": int, "author": me["name"], "posted_at": str, "likes": 0})
    sentence = "The caption is lost: without Form(), FastAPI looks for it in the query, not in the form."
    expect.that(answer.json.get("caption") != "", sentence, answer)
    expect(answer).created({"caption": caption})


@task(3, weight=2)
def test_photo_is_a_file_and_a_row(gallery):
    """A new photo is one file in the photo folder and one row, which has the file's name and type."""
    me, content, before = gallery.user(), gallery.content(), gallery.disk()
    caption = gallery.caption()

    answer = gallery.post(me, content, caption=caption)

    expect(answer).created()
    new, rows = gallery.new_files(before), gallery.captioned(caption)
    lost = len(content) - sum(new.values())
    sentence = f"The first {lost} bytes of the photo are missing in the file: after reading them, go back with seek(0)."
    expect.that(len(new) != 1 or not 0 < lost <= FIRST_BYTES, sentence, answer)
    expect.that(
        list(new.values()) == [len(content)], f"The new files are {new}, expected one of {len(content)} bytes.", answer
    )
    expect.that(len(rows) == 1, f"The photos table has {len(rows)} rows for this photo. Was it committed?", answer)
    expect.that(rows[0]["author_id"] == me["id"], "The row has another author.", answer)
    expect.that(
        list(new) == [f"photos/{rows[0]['file']}"],
        f"The row says {rows[0]['file']!r}, the file is {list(new)}.",
        answer,
    )
    expect.that(rows[0]["kind"] == "image/png", f"The type in the row is {rows[0]['kind']!r}.", answer)


@task(3)
def test_caption_is_optional(gallery):
    """If no caption is sent, the caption is empty; 200 characters are accepted, and 201 are rejected with 422."""
    me = gallery.user()

    expect(gallery.post(me, gallery.content())).created({"caption": ""})
    expect(gallery.post(me, gallery.content(), caption="c" * 200)).created({"caption": "c" * 200})
    expect(gallery.post(me, gallery.content(), caption="c" * 201)).refused(422)


@task(3)
def test_other_files_are_415(gallery, kinds):
    """PNG, JPEG and GIF files are accepted; any other file is rejected with 415, even if it claims to be a PNG."""
    me = gallery.user()
    for start, kind in kinds.items():
        name = f"{gallery.draw.word(10)}.txt"
        answer = gallery.post(me, gallery.content(start=start), name=name, kind="text/plain")
        expect(answer).created({"id": int})
        found = (gallery.row(answer.json["id"]) or {}).get("kind")
        expect.that(found == kind, f"The type in the row is {found!r}, expected {kind!r}.", answer)
    before = gallery.disk()

    for other in (b"<script>alert(1)</script>", b"", b"GIFTS for Ada", b"\x89PNG, but not quite", b"\xff\xd8 JPEG"):
        answer = gallery.post(me, other, name="photo.png", kind="image/png")
        sentence = f"A file that begins with {other[:5]} was accepted: it must begin with all bytes of one of KINDS."
        expect.that(answer.status != 201, sentence, answer)
        expect(answer).refused(415)

    gallery.same_disk(before, "an upload that was rejected")


@task(3, weight=2)
def test_too_large_photo_leaves_nothing(gallery, limit):
    """A photo of LIMIT bytes is accepted; one byte more is rejected with 413, and leaves neither a file nor a row."""
    me, caption = gallery.user(), gallery.caption()
    answer = gallery.post(me, gallery.content(limit))
    sentence = f"A photo of exactly LIMIT bytes, here {limit}, was rejected: only a larger one is too large."
    expect.that(answer.status != 413, sentence, answer)
    expect(answer).created()
    before = gallery.disk()

    expect(gallery.post(me, gallery.content(limit + 1), caption=caption)).refused(413)

    gallery.same_disk(before, "an upload that was rejected")
    expect.that(not gallery.captioned(caption), "The row of the rejected photo was stored.")


@task(3)
def test_file_name_says_nothing(gallery):
    """The name on the disk is not the sender's: it does not point outside the folder or reveal whose photo it is."""
    me, before = gallery.user_with_a_long_id(), gallery.disk()

    expect(gallery.post(me, gallery.content(), name=f"../{me['name']}-at-home.png")).created()

    new = [*gallery.new_files(before)]
    sentence = (
        f"The new files are {', '.join(new)}, expected one in photos/: do not use the name that the sender chose."
    )
    expect.that(len(new) == 1 and re.fullmatch(r"photos/[^/]+", new[0]), sentence)
    told = [word for word in (me["name"], "home", str(me["id"])) if word in new[0]]
    sentence = f"The file name {new[0]} says something about the sender: it contains {', '.join(told)}."
    expect.that(not told, sentence)


@task(3)
def test_same_photo_again(gallery):
    """The same photo, posted again under the same name, is stored as a separate file."""
    me, content, before = gallery.user(), gallery.content(), gallery.disk()
    expect(gallery.post(me, content, name="again.png")).created()
    first = gallery.new_files(before)

    answer = gallery.post(me, content, name="again.png")

    sentence = (
        "The same photo was posted twice, and the second time it failed: each one needs a file of its own,"
        " so the file name must not depend on the content or on the sender's name for it."
    )
    expect.that(answer.status < 500, sentence, answer)
    expect(answer).created()
    new = gallery.new_files(before)
    expect.that(first.items() <= new.items(), f"The file of the first photo is gone: {', '.join(first)}.", answer)
    expect.that(len(new) == 2, f"The new files are {', '.join(new)}, expected one for each photo.", answer)


@task(3)
def test_row_that_fails_leaves_no_file(gallery):
    """If the database does not store the row, the file is deleted."""
    me = gallery.user()
    expect(gallery.post(me, gallery.content())).created()
    before = gallery.disk()

    with gallery.refusing():
        answer = gallery.post(me, gallery.content())

    expect.that(answer.status >= 500, "The database refused the row.", answer)
    gallery.same_disk(before, "a photo whose row was not stored")


@task(4, weight=2)
def test_photo_comes_back(client, gallery, kinds):
    """GET /photos/{photo_id}/file returns the same bytes with the right type, and tells browsers not to guess."""
    me = gallery.user()
    for start, kind in kinds.items():
        content = gallery.content(start=start)
        answer = client.get(f"/photos/{gallery.posted(me, content)}/file")

        expect(answer).status(200)
        expect.that(answer.body == content, "The bytes are not those that were uploaded.", answer)
        found = (answer.headers.get("content-type") or "").split(";")[0]
        expect.that(found == kind, f"The Content-Type is {found}, expected {kind}.", answer)
        found = answer.headers.get("x-content-type-options")
        expect.that(found == "nosniff", f"X-Content-Type-Options is {found}, expected nosniff.", answer)


@task(4)
def test_missing_file_is_404(client, gallery):
    """GET /photos/{photo_id}/file returns 404 if there is no such photo, or if there is only a row."""
    me = gallery.user()
    expect(client.get(f"/photos/{gallery.posted(me)}/file")).status(200)

    expect(client.get(f"/photos/{gallery.unknown_photo()}/file")).refused(404)
    answer = client.get(f"/photos/{gallery.photo_of(me)['id']}/file")
    expect.that(answer.status < 500, "The row is there, but its file is gone: expected 404.", answer)
    expect(answer).refused(404)


@task(4, weight=2)
def test_photo_is_deleted(client, gallery):
    """DELETE /photos/{photo_id} returns 204; then the row, its likes and the file are gone, and nothing else is."""
    me, other = gallery.users(2)
    kept, before = gallery.posted(me), gallery.disk()
    gone = gallery.posted(me)
    for photo in (kept, gone):
        gallery.like({"id": photo}, other)

    answer = client.delete(f"/photos/{gone}", headers=gallery.asks(me))

    expect(answer).status(204)
    expect.that(gallery.row(gone) is None, "The row is still in the table. Was it committed?", answer)
    expect.that(gallery.row(kept) is not None, "The row of another photo is gone.", answer)
    gallery.same_disk(before, "posting and deleting a photo")


@task(4)
def test_photo_of_somebody_else_stays(client, gallery):
    """Deleting somebody else's photo is rejected with 403, and deleting one that does not exist with 404."""
    me, other = gallery.users(2)
    mine, theirs = gallery.posted(me), gallery.posted(other)
    expect(client.delete(f"/photos/{mine}", headers=gallery.asks(me))).status(204)

    expect(client.delete(f"/photos/{theirs}", headers=gallery.asks(me))).refused(403)
    expect(client.delete(f"/photos/{mine}", headers=gallery.asks(me))).refused(404)

    expect(client.get(f"/photos/{theirs}/file")).status(200)


@task(4)
def test_failed_deletion_keeps_the_file(client, gallery):
    """If the database does not delete the row, the file stays."""
    me = gallery.user()
    photo = gallery.posted(me)
    before = gallery.disk()

    with gallery.refusing():
        answer = client.delete(f"/photos/{photo}", headers=gallery.asks(me))

    expect.that(answer.status >= 500, "The database refused to delete the row.", answer)
    gallery.same_disk(before, "a deletion that the database refused")
    expect(client.delete(f"/photos/{photo}", headers=gallery.asks(me))).status(204)


@task(4)
def test_row_without_a_file_can_be_deleted(client, gallery):
    """A photo whose file is gone can be deleted, with all its likes."""
    me, *others = gallery.users(4)
    photo = gallery.photo_of(me, likes=others)
    expect(client.delete(f"/photos/{photo['id']}", headers=gallery.asks(others[0]))).refused(403)

    expect(client.delete(f"/photos/{photo['id']}", headers=gallery.asks(me))).status(204)

    expect.that(gallery.row(photo["id"]) is None, "The row is still in the table.")


@task(5, weight=2)
def test_feed_has_the_right_photos(feed, gallery, same_photos):
    """GET /feed returns the photos by the people that the user follows, and the user's own, each appearing once."""
    me, ada, ben, stranger = gallery.users(4)
    gallery.follows(me, ada, ben)
    gallery.follows(stranger, ada, me)
    gallery.follows(ada, ben, me)
    photos = [gallery.photo_of(author, age=age) for age, author in enumerate((ben, me, ada, ben, ada, me))]
    for author in (stranger, gallery.user()):
        gallery.photo_of(author, age=2)

    answer = feed.page(me, limit=20)

    expect(answer).ok({"photos": list, "next": None})
    found = [photo.get("id") for photo in answer.json["photos"]]
    own = [photo["id"] for photo in photos if photo["author"] == me["name"]]
    sentence = f"The user's own photos {own} are missing. Did you join both conditions with or_?"
    expect.that(any(photo_id in found for photo_id in own), sentence, answer)
    why = ": each photo by somebody whom the user follows, and each of the user's own, must appear once."
    same_photos([found], photos, why)


@task(5)
def test_own_photos_without_followers(feed, gallery):
    """The feed of a user who follows nobody contains the user's own photos; if there are none, it is empty."""
    me, ada = gallery.users(2)
    mine = gallery.photo_of(me)

    expect(feed.page(me)).ok({"photos": [mine], "next": None})
    expect(feed.page(ada)).ok({"photos": exactly([]), "next": None})


@task(5)
def test_photos_have_all_fields(feed, gallery):
    """Photos are ordered by the time they were posted, newest first; each has all its fields."""
    me, ada = gallery.users(2)
    gallery.follows(me, ada)
    newest = gallery.photo_of(ada, age=0, likes=[me])
    imported = gallery.photo_of(me, age=5000, likes=[me, ada])
    middle = gallery.photo_of(ada, age=100)

    expect(feed.page(me)).ok({"photos": [photo | {"posted_at": str} for photo in (newest, middle, imported)]})


@task(5)
def test_next_leads_through_the_feed(feed, gallery, same_photos):
    """If you send next as the cursor, you get the next page; on the last page it is null, even if the page is full."""
    me, ada = gallery.users(2)
    gallery.follows(me, ada)
    photos = [gallery.photo_of((me, ada)[age % 2], age=age) for age in range(6)]

    pages = feed.pages(me, limit=3)

    same_photos(pages, photos, ".")
    expect.that(len(pages) == 2, f"There are {len(pages)} pages of 3, expected 2: the second is full, and the last.")


@task(5, weight=2)
def test_photos_of_the_same_moment(feed, gallery, same_photos):
    """Among photos posted at the same moment, the one with the highest id is first; pages may end between them."""
    me, ada = gallery.users(2)
    gallery.follows(me, ada)
    older = [gallery.photo_of(ada, age=60) for _ in range(3)]
    newer = [gallery.photo_of((me, ada)[place % 2], age=30) for place in range(4)]

    pages = feed.pages(me, limit=3)

    why = (
        ": where posted_at is the same, the id must decide."
        " (A Python tuple of columns compares only the first: use tuple_.)"
    )
    same_photos(pages, newer[::-1] + older[::-1], why)


@task(5, weight=2)
def test_photos_of_almost_the_same_moment(feed, gallery, same_photos):
    """Photos whose timestamps differ by a millionth of a second are told apart."""
    me = gallery.user()
    photos = [gallery.photo_of(me, age=20, micros=micros) for micros in range(7)]

    pages = feed.pages(me, limit=2)

    same_photos(pages, photos, ": the cursor must keep posted_at to the microsecond.")


@task(5, weight=2)
def test_pages_while_the_feed_changes(feed, gallery, same_photos):
    """If photos are posted and deleted while somebody is reading, each of the others is on exactly one page."""
    me, ada = gallery.users(2)
    gallery.follows(me, ada)
    photos = [gallery.photo_of(ada, age=age) for age in range(10, 19)]
    first, cursor = feed.first(me, limit=3)
    for age in (0, 1):
        gallery.photo_of(ada, age=age)
    gallery.remove(photos[0], photos[5])

    rest = feed.rest(me, cursor, limit=3)

    kept = [photo for photo in photos if photo not in (photos[0], photos[5])]
    same_photos([first[1:], *rest], kept, ": two photos were posted, and two were deleted, after the first page.")


@task(5)
def test_last_photo_of_a_page_is_deleted(feed, gallery, same_photos):
    """The next page can be read even after the last photo of the previous page has been deleted."""
    me = gallery.user()
    photos = [gallery.photo_of(me, age=age) for age in range(4)]
    _, cursor = feed.first(me, limit=2)
    gallery.remove(photos[1])

    rest = feed.rest(me, cursor, limit=2)

    same_photos(rest, photos[2:], ": the last photo of the first page was deleted, so a cursor must not need its row.")


@task(5)
def test_cursor_fits_into_an_address(client, feed, gallery):
    """A client can put next into a URL as is: it contains only letters, digits, and - _ . : , and =."""
    me = gallery.user()
    photos = [gallery.photo_of(me, age=age) for age in range(2)]

    _, cursor = feed.first(me, limit=1)

    odd = sorted(set(re.sub(r"[A-Za-z0-9_.:,=-]", "", cursor)))
    sentence = f"The cursor {cursor!r} contains {', '.join(map(repr, odd))}: in an address, this means something else."
    expect.that(not odd, sentence)
    answer = client.get(f"/feed?limit=1&cursor={cursor}", headers=gallery.asks(me))
    expect(answer).ok({"photos": photos[1:], "next": None})


def encoded(data):
    """Return data in the URL-safe variant of Base64."""
    return urlsafe_b64encode(data).decode()


@task(5)
def test_limits_and_cursors_are_checked(feed, gallery):
    """A limit from 1 to 50 is accepted, and the default is 10; 0, 51 and an invalid cursor are rejected with 422."""
    me = gallery.user()
    for age in range(11):
        gallery.photo_of(me, age=age)
    for limit, count in ((1, 1), (50, 11), (None, 10)):
        answer = feed.page(me, **({"limit": limit} if limit else {}))
        expect(answer).ok({"photos": list})
        found = len(answer.json["photos"])
        expect.that(found == count, f"With the limit {limit}, the page has {found} photos, expected {count}.", answer)

    for limit in (0, 51):
        expect(feed.page(me, limit=limit)).refused(422)
    for text in ("yesterday", encoded(b"lightbox"), encoded(b"\xff\xfe"), ""):
        answer = feed.page(me, cursor=text)
        sentence = "An empty cursor is not a cursor. (`if cursor:` is False for an empty text: compare with None.)"
        expect.that(text or answer.status != 200, sentence, answer)
        expect(answer).refused(422)


@task(6)
def test_statements_do_not_grow(feed, gallery):
    """GET /feed takes the same number of statements for twelve photos by six people as for two by one person."""
    counts = []
    for people, count in ((1, 2), (6, 12)):
        me, *others = gallery.users(people + 1)
        gallery.follows(me, *others)
        for age in range(count):
            gallery.photo_of(others[age % people], age=age, likes=[me][: age % 2])
        counts.append(feed.counted(me, limit=count))

    few, many = counts
    expect.that(few == many, f"A page of two photos took {few} statements, a page of twelve {many}.")


@task(6)
def test_at_most_five_statements(feed, gallery):
    """A page of four photos takes at most five statements, which do not return every photo or every like."""
    me, *others = gallery.users(13)
    authors = others[:4]
    gallery.follows(me, *authors)
    for age in range(30):
        gallery.photo_of(authors[age % 4], age=age, likes=others if age < 4 else ())

    feed.counted(me, limit=4, most_statements=5, most_rows=24)
