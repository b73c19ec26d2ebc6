"""Task 6: complete, and play."""

from classroom import expect, task

OUTLINE = ("no token", "a word", "an expired one", "one signed with another secret", "one without a signature")


def play(site, answer):
    """The bytes behind the playback_url of an answer."""
    expect(answer).ok({"playback_url": str})
    found = site.system.storage.client.get(answer.json["playback_url"])
    expect.that(
        found.status == 200, f"playback_url was refused by the storage with {found.status}: {found.text[:100]}", answer
    )
    return found.body


@task(6)
def test_complete_makes_ready_what_is_uploaded(site, shape):
    """POST /videos/{id}/complete is 409 before the upload, 200 with status ready after it, and 200 again."""
    video = site.video()
    expect(site.complete(video)).refused(409)
    expect.that(site.read(video).get("status") == "pending", "A complete that was refused made the video ready.")

    site.uploaded(video)

    for via in (site.a, site.b):
        expect(site.complete(video, via=via)).ok(shape(id=video["id"], status="ready", created_at=video["created_at"]))
    expect(site.look(video)).ok(shape(id=video["id"], title=video["title"], status="ready"))


@task(6)
def test_a_ready_video_can_be_played(site):
    """GET /videos/{id} of a ready video holds a `playback_url` that downloads exactly the bytes uploaded."""
    video = site.video()
    content = site.uploaded(video)
    expect(site.complete(video)).ok({"status": "ready"})

    for via in (site.a, site.b, site.a):
        expect.that(
            play(site, site.get(video, via)) == content, "playback_url leads to other bytes than were uploaded."
        )


@task(6)
def test_somebody_else_may_not_complete(site):
    """Complete is 403 for another account, 404 for an unknown video, and the video stays pending."""
    video, twin = site.video(), site.video()
    site.uploaded(video)
    site.uploaded(twin)
    expect(site.complete(twin)).ok({"status": "ready"})

    expect(site.complete(video, who=site.other)).refused(403)
    expect(site.complete({"id": site.new_id()})).refused(404)

    expect.that(site.read(video).get("status") == "pending", "A complete that was refused made the video ready.")


@task(6)
def test_a_complete_without_a_good_token_is_401(site, forged):
    """POST /videos/{id}/complete returns 401 without a token, with an expired or a forged one; the video stays pending."""
    video, twin = site.video(), site.video()
    site.uploaded(video), site.uploaded(twin)
    expect(site.complete(twin)).ok({"status": "ready"})
    bad = {what: headers for what, headers in forged(site.owner).items() if what in OUTLINE}

    site.rejects(bad, lambda headers: site.any.post(f"/videos/{video['id']}/complete", headers=headers))

    expect.that(site.read(video).get("status") == "pending", "A rejected complete made the video ready.")


@task(6)
def test_a_complete_makes_one_video_ready(site):
    """Complete leaves other videos pending, even with the same owner, title, description or time of creation."""
    video, others = site.among_neighbors()
    for one in (video, *others):
        site.uploaded(one)

    expect(site.complete(video)).ok({"status": "ready"})

    for other in others:
        expect(site.look(other)).ok({"status": "pending"})


@task(6)
def test_the_backend_asks_without_fetching(site):
    """To know whether the file is there the backend asks the storage with HEAD, before the upload and after it."""
    video = site.video()
    expect(site.complete(video)).refused(409)
    site.uploaded(video)

    expect(site.complete(video)).ok({"status": "ready"})

    asked = [method for method, _ in site.asked_of_storage(video) if method != "PUT"]
    expect.that("HEAD" in asked, f"The storage was asked {asked}: complete has to look whether the file is there.")
    expect.that("GET" not in asked, "The backend fetched the bytes: HEAD tells whether the file is there.")
