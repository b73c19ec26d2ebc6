"""Task 6: complete, and play."""

from classroom import expect, task

OUTLINE = ("no token", "a word", "an expired token", "a token signed with another secret", "an unsigned token")


def play(site, answer):
    """Return the bytes behind the playback_url in a response."""
    expect(answer).ok({"playback_url": str})
    found = site.system.storage.client.get(answer.json["playback_url"])
    expect.that(
        found.status == 200,
        f"The storage server rejected the playback_url with {found.status}: {found.text[:100]}",
        answer,
    )
    return found.body


@task(6)
def test_complete_makes_ready_what_is_uploaded(site, shape):
    """POST /videos/{id}/complete returns 409 before the upload, 200 with status ready after it, and 200 again."""
    video = site.video()
    expect(site.complete(video)).refused(409)
    expect.that(site.read(video).get("status") == "pending", "A rejected /complete request made the video ready.")

    site.uploaded(video)

    for via in (site.a, site.b):
        answer = site.complete(video, via=via)
        site.see_completed(answer, video)
        expect(answer).ok(shape(id=video["id"], status="ready", created_at=video["created_at"]))
    site.shows(video, shape(id=video["id"], title=video["title"], status="ready"), fresh=True)


@task(6)
def test_a_ready_video_can_be_played(site):
    """GET /videos/{id} for a ready video returns a `playback_url` that serves exactly the bytes that were uploaded."""
    video = site.video()
    content = site.uploaded(video)
    expect(site.complete(video)).ok({"status": "ready"})

    for via in (site.a, site.b, site.a):
        expect.that(
            play(site, site.get(video, via)) == content,
            "The bytes behind the playback_url are not the uploaded ones.",
        )


@task(6)
def test_somebody_else_may_not_complete(site):
    """POST /videos/{id}/complete returns 403 for another account and 404 for an unknown video; the video stays pending."""
    video, twin = site.video(), site.video()
    site.uploaded(video)
    site.uploaded(twin)
    expect(site.complete(twin)).ok({"status": "ready"})

    site.forbidden("Complete", site.complete(video, who=site.other))
    expect(site.complete({"id": site.new_id()})).refused(404)

    expect.that(site.read(video).get("status") == "pending", "A rejected /complete request made the video ready.")


@task(6)
def test_a_complete_without_a_good_token_is_401(site, forged):
    """POST /videos/{id}/complete returns 401 without a valid token; the video stays pending."""
    video, twin = site.video(), site.video()
    site.uploaded(video), site.uploaded(twin)
    expect(site.complete(twin)).ok({"status": "ready"})
    bad = {what: headers for what, headers in forged(site.owner).items() if what in OUTLINE}

    site.rejects(bad, lambda headers: site.any.post(f"/videos/{video['id']}/complete", headers=headers))

    expect.that(site.read(video).get("status") == "pending", "A rejected /complete request made the video ready.")


@task(6)
def test_a_complete_makes_one_video_ready(site):
    """POST /videos/{id}/complete makes no other video ready, even one with the same owner, title, description or created_at."""
    video, others = site.among_neighbors()
    for one in (video, *others):
        site.uploaded(one)

    expect(site.complete(video)).ok({"status": "ready"})

    for other in others:
        site.shows(other, {"status": "pending"}, fresh=True)


@task(6)
def test_the_backend_asks_without_fetching(site):
    """To find out whether the file is there, the backend sends HEAD to the storage server, never GET."""
    video = site.video()
    expect(site.complete(video)).refused(409)
    site.uploaded(video)

    expect(site.complete(video)).ok({"status": "ready"})

    asked = [method for method, _ in site.asked_of_storage(video) if method != "PUT"]
    expect.that(
        "GET" not in asked, "Complete downloads the video with GET; HEAD is enough to see whether the file is there."
    )
    expect.that("HEAD" in asked, f"Complete sent {asked} to the storage server, expected HEAD: is the file there?")
