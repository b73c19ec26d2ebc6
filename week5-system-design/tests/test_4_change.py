"""Task 4: read, change, delete."""

from classroom import expect, task

OUTLINE = ("no token", "a word", "an expired one", "one signed with another secret", "one without a signature")


@task(4)
def test_one_video_is_answered(site, shape):
    """GET /videos/{id} answers the video as it was created."""
    video = site.video()

    expect(site.look(video)).ok(shape(**{key: video[key] for key in ("id", "owner", "title", "created_at", "status")}))


@task(4)
def test_an_unknown_id_is_404(site):
    """GET, PATCH and DELETE are 404 for an id that no video has, and GET is 422 for one that is no UUID."""
    video = site.video()
    expect(site.get(video)).ok()
    expect(site.change(video, title="new")).ok()
    expect(site.delete(video)).deleted()

    unknown = {"id": site.new_id()}
    expect(site.get(unknown)).refused(404)
    expect(site.change(unknown, title="new")).refused(404)
    expect(site.delete(unknown)).refused(404)
    expect(site.get({"id": "not-a-uuid"})).refused(422)


@task(4)
def test_a_change_touches_what_is_sent(site, shape):
    """PATCH changes the title or the description and leaves the rest; {} changes nothing, null clears the description."""
    video = site.video()
    rest = {key: video[key] for key in ("id", "owner", "created_at", "status")}

    expect(site.change(video, title="a new title")).ok(
        shape(**rest, title="a new title", description=video["description"])
    )
    expect(site.change(video, description="new words")).ok(shape(**rest, title="a new title", description="new words"))
    expect(site.change(video)).ok(shape(**rest, title="a new title", description="new words"))
    expect(site.change(video, description=None)).ok(shape(**rest, title="a new title", description=None))

    expect(site.look(video)).ok(shape(**rest, title="a new title", description=None))


@task(4)
def test_a_title_cannot_be_cleared(site):
    """PATCH is 422 for a title that is null, empty or longer than 100 characters, and changes nothing."""
    video = site.video()
    expect(site.change(video, title="y" * 100)).ok()

    for title in (None, "", "x" * 101):
        expect(site.change(video, title=title, description="changed too")).refused(422)

    expect(site.look(video)).ok({"title": "y" * 100, "description": video["description"]})


@task(4)
def test_a_change_without_a_good_token_is_401(site, forged, shape):
    """PATCH /videos/{id} returns 401 without a token, with an expired or a forged one, and changes nothing."""
    video = site.video()
    expect(site.change(video, title="changed by its owner")).ok()
    before = site.read(video)
    bad = {what: headers for what, headers in forged(site.owner).items() if what in OUTLINE}

    site.rejects(bad, lambda headers: site.any.patch(f"/videos/{video['id']}", json={"title": "x"}, headers=headers))

    expect(site.look(video)).ok(shape(**before))


@task(4)
def test_a_delete_without_a_good_token_is_401(site, forged):
    """DELETE /videos/{id} returns 401 without a token, with an expired or a forged one, and deletes nothing."""
    video = site.video()
    expect(site.delete(site.video())).deleted()
    bad = {what: headers for what, headers in forged(site.owner).items() if what in OUTLINE}

    site.rejects(bad, lambda headers: site.any.delete(f"/videos/{video['id']}", headers=headers))

    expect(site.look(video)).ok()


@task(4)
def test_a_repeated_create_takes_no_change_back(site, shape):
    """POST /videos sent again after a change returns the changed video, and leaves it changed."""
    new = site.new(id=site.new_id())
    video = site.video(**new)
    expect(site.change(video, title="changed since")).ok()
    if not site.repeats():
        return  # lost in task 3

    again = site.create(**new)

    expect(again).status(200, 201).json(shape(id=video["id"], title="changed since"))
    expect(site.look(video)).ok({"title": "changed since"})


@task(4)
def test_a_change_and_a_delete_touch_one_video(site):
    """PATCH and DELETE leave other videos alone, even with the same owner, title, description or time of creation."""
    video, others = site.among_neighbors()
    expect(site.change(video, title="only this one", description="and no other")).ok()
    for other in others:
        expect(site.look(other)).ok({"title": other["title"], "description": other["description"]})

    video, others = site.among_neighbors()
    expect(site.delete(video)).deleted()
    for other in others:
        expect(site.look(other)).ok({"title": other["title"]})


@task(4)
def test_somebody_else_may_not_change_or_delete(site):
    """PATCH and DELETE are 403 for an account that does not own the video, and nothing happens to it."""
    video = site.video()
    expect(site.change(video, title="by its owner")).ok()

    expect(site.change(video, who=site.other, title="stolen")).refused(403)
    expect(site.delete(video, who=site.other)).refused(403)

    expect(site.look(video)).ok({"title": "by its owner", "owner": site.owner})


@task(4)
def test_a_deleted_video_is_gone(site):
    """DELETE answers 204; from then on GET, PATCH and DELETE of this video are 404."""
    video, neighbor = site.video(), site.video()
    expect(site.look(video)).ok()

    expect(site.delete(video)).deleted()

    expect(site.look(video)).refused(404)
    expect(site.change(video, title="too late")).refused(404)
    expect(site.delete(video)).refused(404)
    expect(site.look(neighbor)).ok()
