"""Task 6: ready means ready, and a playback_url works whenever it is answered."""

import time
from urllib.parse import parse_qs, urlsplit

from classroom import expect, task


@task(6)
def test_the_file_of_another_video_does_not_count(site):
    """Complete is 409 while only other videos have been uploaded."""
    other, video = site.ready(), site.video()

    expect(site.complete(video)).refused(409)

    expect.that(site.read_ground(video)["status"] == "pending", "A complete that was refused made the video ready.")
    expect(site.get(other)).ok({"status": "ready"})


@task(6)
def test_every_answer_plays(site):
    """Each GET holds a playback_url that works: with the cache warm or empty, through either instance, after a change."""
    video = site.ready(content=site.content(200_000))
    answers = [site.get(video, via) for via in (site.a, site.b, site.a, site.b)]
    site.system.cache.flush()
    answers += [site.get(video, via) for via in (site.b, site.a)]
    expect(site.change(video, title="changed")).ground(task=4)
    answers += [site.get(video, via) for via in (site.a, site.b)]

    for answer in answers:
        expect(answer).ok({"playback_url": str, "status": "ready"})
        found = site.system.storage.client.get(answer.json["playback_url"])
        expect.that(found.body == video["content"], "playback_url leads to other bytes than were uploaded.", answer)


@task(6)
def test_a_playback_url_works_at_the_moment_of_its_answer(site):
    """A GET made after the first URL's time is over answers a URL that works."""
    video = site.ready()
    first = site.get(video)
    expect(first).ok({"playback_url": str})
    expires = parse_qs(urlsplit(first.json["playback_url"]).query).get("expires", ["0"])[0]
    left = int(expires) - time.time() if expires.isdecimal() else 0

    # An hour is too long to wait for; a URL that lives for seconds alone is seen to its end.
    if left < 8:
        time.sleep(max(0.0, left + 1.1))

    for via in (site.a, site.b):
        answer = site.get(video, via)
        expect(answer).ok({"playback_url": str})
        found = site.system.storage.client.get(answer.json["playback_url"])
        expect.that(found.status == 200, f"playback_url was refused by the storage with {found.status}.", answer)


@task(6)
def test_a_playback_url_does_not_upload(site):
    """With the URL that plays a video nobody can put another one in its place; HEAD is fine."""
    video = site.ready()
    answer = site.get(video)
    expect(answer).ok({"playback_url": str})
    url, storage = answer.json["playback_url"], site.system.storage.client
    expect.that(
        storage.get(url).body == video["content"], "playback_url leads to other bytes than were uploaded.", answer
    )

    expect(storage.put(url, content=b"another film")).refused(403)
    expect(storage.request("HEAD", url)).ok()


@task(6)
def test_complete_of_a_malformed_id_is_422(site):
    """POST /videos/{id}/complete is 422 for an id that is no UUID."""
    video = site.ready()
    expect(site.complete(video)).ok()

    expect(site.complete({"id": "not-a-uuid"})).refused(422)


@task(6)
def test_a_pending_video_is_not_called_ready(site):
    """Neither a create nor an upload makes a video ready: its owner's complete does."""
    video = site.video()
    site.uploaded(video)

    for via in (site.a, site.b):
        expect(site.get(video, via)).ok({"status": "pending"})
    expect(site.complete(video)).ok({"status": "ready"})
