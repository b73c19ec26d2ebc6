"""Task 6: ready means ready, and a playback_url works whenever it is returned."""

import time
from urllib.parse import parse_qs, urlsplit

from classroom import expect, task


@task(6)
def test_the_file_of_another_video_does_not_count(site):
    """POST /videos/{id}/complete returns 409 if only other videos have been uploaded."""
    other, video = site.ready(), site.video()

    expect(site.complete(video)).refused(409)

    expect.that(site.read(video).get("status") == "pending", "A rejected /complete request made the video ready.")
    expect(site.get(other)).ok({"status": "ready"})


@task(6)
def test_every_answer_plays(site):
    """Each GET returns a playback_url that works: with or without a cached copy, on both instances, and after a change."""
    video = site.ready(content=site.content(200_000))
    answers = [site.get(video, via) for via in (site.a, site.b, site.a, site.b)]
    site.system.cache.flush()
    answers += [site.get(video, via) for via in (site.b, site.a)]
    site.changed(video, title="changed")
    answers += [site.get(video, via) for via in (site.a, site.b)]

    for answer in answers:
        expect(answer).ok({"playback_url": str, "status": "ready"})
        found = site.system.storage.client.get(answer.json["playback_url"])
        expect.that(
            found.body == video["content"],
            "The bytes behind the playback_url are not the uploaded ones.",
            answer,
        )


@task(6)
def test_a_playback_url_works_at_the_moment_of_its_answer(site):
    """A GET after the first playback_url has expired returns a new one that works."""
    video = site.ready()
    first = site.get(video)
    expect(first).ok({"playback_url": str})
    expires = parse_qs(urlsplit(first.json["playback_url"]).query).get("expires", ["0"])[0]
    left = int(expires) - time.time() if expires.isdecimal() else 0

    # An hour is too long to wait; a URL that is valid for a few seconds is watched until it expires.
    if left < 8:
        time.sleep(max(0.0, left + 1.1))

    for via in (site.a, site.b):
        answer = site.get(video, via)
        expect(answer).ok({"playback_url": str})
        found = site.system.storage.client.get(answer.json["playback_url"])
        expect.that(found.status == 200, f"The storage server rejected the playback_url with {found.status}.", answer)


@task(6)
def test_a_playback_url_does_not_upload(site):
    """A playback_url cannot be used to upload; HEAD is fine."""
    video = site.ready()
    answer = site.get(video)
    expect(answer).ok({"playback_url": str})
    url, storage = answer.json["playback_url"], site.system.storage.client
    expect.that(
        storage.get(url).body == video["content"],
        "The bytes behind the playback_url are not the uploaded ones.",
        answer,
    )

    expect(storage.put(url, content=b"another film")).refused(403)
    expect(storage.request("HEAD", url)).ok()


@task(6)
def test_every_kind_of_bad_token_is_401_on_a_complete(site, forged):
    """POST /videos/{id}/complete returns 401 for any token that is broken, changed, expired or not signed with AUTH_SECRET."""
    video = site.video()
    site.uploaded(video)

    site.rejects(forged(site.owner), lambda headers: site.any.post(f"/videos/{video['id']}/complete", headers=headers))

    expect.that(site.read(video).get("status") == "pending", "A rejected /complete request made the video ready.")
    expect(site.complete(video)).ok({"status": "ready"})


@task(6)
def test_a_ready_video_is_still_its_owners(site):
    """PATCH of a ready video changes its title and leaves it ready; PATCH and DELETE by another account return 403."""
    pending, video = site.video(), site.ready()
    expected = site.changed(video, title="after the upload")

    for send in (
        lambda one: site.change(one, who=site.other, title="stolen"),
        lambda one: site.delete(one, who=site.other),
    ):
        if send(pending).status == 403:  # anything else loses points in task 4
            expect(send(video)).refused(403)
            site.shows(video, expected | {"status": "ready"}, fresh=True)
    site.shows(video, expected | {"status": "ready"}, fresh=True)


@task(6)
def test_a_repeated_create_keeps_a_ready_video_ready(site, shape):
    """POST /videos sent again for a ready video leaves it ready."""
    new = site.new(id=site.new_id())
    video = site.ready(**new)

    if not site.repeats():
        return  # lost in task 3

    again = site.create(**new)

    expect(again).status(200, 201).json(shape(id=video["id"], status="ready", created_at=video["created_at"]))
    site.shows(video, {"status": "ready"}, fresh=True)


@task(6)
def test_the_backend_never_fetches_the_bytes(site):
    """From /complete to playback, the backend sends only HEAD requests to the storage server."""
    video = site.video()
    site.uploaded(video)
    before = len(site.asked_of_storage(video))
    expect(site.complete(video)).ok({"status": "ready"})
    for via in (site.a, site.b):
        expect(site.get(video, via)).ok({"status": "ready"})

    asked = [method for method, _ in site.asked_of_storage(video)[before:]]
    expect.that(set(asked) <= {"HEAD"}, f"The backend sent {asked} to the storage server, expected only HEAD.")


@task(6)
def test_complete_of_a_malformed_id_is_422(site):
    """POST /videos/{id}/complete returns 422 for an id that is not a UUID."""
    video = site.ready()
    expect(site.complete(video)).ok()

    expect(site.complete({"id": "not-a-uuid"})).refused(422)


@task(6)
def test_a_pending_video_is_not_called_ready(site):
    """Neither POST /videos nor an upload makes a video ready; only its owner's /complete request does."""
    video = site.video()
    site.uploaded(video)

    for via in (site.a, site.b):
        expect(site.get(video, via)).ok({"status": "pending"})
    expect(site.complete(video)).ok({"status": "ready"})
