"""Task 2: who is calling."""

from classroom import expect, matching, task

OUTLINE = ("no token", "a word", "an expired one", "one signed with another secret", "one without a signature")


@task(2)
def test_a_create_without_a_good_token_is_401(site, forged):
    """POST /videos is 401 with `WWW-Authenticate: Bearer` without a token, with a broken, expired or forged one; nothing is stored."""
    expect(site.create()).ground(task=3)

    for what, headers in forged(site.owner).items():
        if what in OUTLINE:
            video_id = site.new_id()
            answer = site.any.post("/videos", json=site.new(id=video_id), headers=headers)
            expect(answer).refused(401).header("www-authenticate", bearer())
            # The id is still free: somebody else gets it.
            expect(site.create(id=video_id, who=site.other)).ground(task=3)


@task(2)
def test_a_change_without_a_good_token_is_401(site, forged):
    """PATCH /videos/{id} is 401 in the same cases, and changes nothing."""
    video = site.video()
    expect(site.change(video, title="changed by its owner")).ground(task=4)

    for what, headers in forged(site.owner).items():
        if what in OUTLINE:
            answer = site.any.patch(f"/videos/{video['id']}", json={"title": "stolen"}, headers=headers)
            expect(answer).refused(401).header("www-authenticate", bearer())
    expect.that(site.read_ground(video)["title"] == "changed by its owner", "A refused PATCH changed the title.")


@task(2)
def test_a_delete_without_a_good_token_is_401(site, forged):
    """DELETE /videos/{id} is 401 in the same cases, and deletes nothing."""
    video = site.video()
    expect(site.delete(site.video())).ground(task=4)

    for what, headers in forged(site.owner).items():
        if what in OUTLINE:
            answer = site.any.delete(f"/videos/{video['id']}", headers=headers)
            expect(answer).refused(401).header("www-authenticate", bearer())
    expect.that(site.get(video).status == 200, "A refused DELETE deleted the video.")


@task(2)
def test_a_complete_without_a_good_token_is_401(site, forged):
    """POST /videos/{id}/complete is 401 in the same cases, and the video stays pending."""
    video = site.video()
    site.uploaded(video)
    site.ready()

    for what, headers in forged(site.owner).items():
        if what in OUTLINE:
            answer = site.any.post(f"/videos/{video['id']}/complete", headers=headers)
            expect(answer).refused(401).header("www-authenticate", bearer())
    expect.that(site.read_ground(video)["status"] == "pending", "A refused complete made the video ready.")


@task(2)
def test_reads_are_open(site):
    """GET /videos/{id} needs no token."""
    video = site.video()

    expect(site.create()).ground(task=3)
    answer = site.get(video)
    expect.that(answer.status != 401, "GET /videos/{id} answered 401 without a token: reads are open.", answer)
    expect(answer).ground(task=4)


def bearer():
    """A value that names the scheme; a realm beside it is fine."""
    return matching(lambda value: value.split()[0].lower().strip(",") == "bearer", "Bearer")
