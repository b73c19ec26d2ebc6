"""Task 4: read, change, delete."""

from classroom import expect, task

OUTLINE = ("no token", "a word", "an expired token", "a token signed with another secret", "an unsigned token")


@task(4)
def test_one_video_is_answered(site, shape):
    """GET /videos/{id} returns the video as it was created."""
    video = site.video()

    kept = {key: video[key] for key in ("id", "owner", "title", "created_at", "status")}
    site.shows(video, shape(**kept), fresh=True)


@task(4)
def test_an_unknown_id_is_404(site):
    """GET, PATCH and DELETE return 404 for an unknown id, and GET returns 422 for an id that is not a UUID."""
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
    """PATCH changes the title or the description and nothing else; {} changes nothing, and null clears the description."""
    video = site.video()
    rest = {key: video[key] for key in ("id", "owner", "created_at", "status")}

    answer = site.change(video, title="a new title")
    kept = answer.status != 200 or answer.json.get("description") == video["description"]
    expect.that(kept, "PATCH with a title alone changed the description, which was not sent.", answer)
    expect(answer).ok(shape(**rest, title="a new title", description=video["description"]))
    expect(site.change(video, description="new words")).ok(shape(**rest, title="a new title", description="new words"))
    expect(site.change(video)).ok(shape(**rest, title="a new title", description="new words"))
    expect(site.change(video, description=None)).ok(shape(**rest, title="a new title", description=None))

    site.shows(video, shape(**rest, title="a new title", description=None), fresh=True)


@task(4)
def test_a_title_cannot_be_cleared(site):
    """PATCH returns 422 for a title that is null, empty or too long, and changes nothing."""
    video = site.video()
    expect(site.change(video, title="y" * 100)).ok()

    for title in (None, "", "x" * 101):
        answer = site.change(video, title=title, description="changed too")
        what = {None: "null", "": "empty"}.get(title, "101 characters long")
        sentence = f"PATCH with a title that is {what} returned {answer.status}, expected 422."
        expect.that(answer.status == 422, sentence, answer)

    site.shows(video, {"title": "y" * 100, "description": video["description"]}, fresh=True)


@task(4)
def test_a_change_without_a_good_token_is_401(site, forged, shape):
    """PATCH /videos/{id} returns 401 without a valid token and changes nothing."""
    video = site.video()
    expect(site.change(video, title="changed by its owner")).ok()
    before = site.read(video)
    bad = {what: headers for what, headers in forged(site.owner).items() if what in OUTLINE}

    site.rejects(bad, lambda headers: site.any.patch(f"/videos/{video['id']}", json={"title": "x"}, headers=headers))

    site.shows(video, shape(**before), fresh=True)


@task(4)
def test_a_delete_without_a_good_token_is_401(site, forged):
    """DELETE /videos/{id} returns 401 without a valid token and deletes nothing."""
    video = site.video()
    expect(site.delete(site.video())).deleted()
    bad = {what: headers for what, headers in forged(site.owner).items() if what in OUTLINE}

    site.rejects(bad, lambda headers: site.any.delete(f"/videos/{video['id']}", headers=headers))

    expect(site.look(video)).ok()


@task(4)
def test_a_repeated_create_takes_no_change_back(site, shape):
    """POST /videos sent again after a change returns the changed video and does not undo the change."""
    new = site.new(id=site.new_id())
    video = site.video(**new)
    expect(site.change(video, title="changed since")).ok()
    if not site.repeats():
        return  # lost in task 3

    again = site.create(**new)

    expect(again).status(200, 201).json(shape(id=video["id"], title="changed since"))
    site.shows(video, {"title": "changed since"}, fresh=True)


@task(4)
def test_a_change_and_a_delete_touch_one_video(site):
    """PATCH and DELETE affect no other videos, even those with the same owner, title, description or created_at."""
    video, others = site.among_neighbors()
    expect(site.change(video, title="only this one", description="and no other")).ok()
    for other in others:
        site.shows(other, {"title": other["title"], "description": other["description"]}, fresh=True)

    video, others = site.among_neighbors()
    expect(site.delete(video)).deleted()
    for other in others:
        site.shows(other, {"title": other["title"]}, fresh=True)


@task(4)
def test_somebody_else_may_not_change_or_delete(site):
    """PATCH and DELETE by another account return 403 and leave the video unchanged."""
    video = site.video()
    expect(site.change(video, title="by its owner")).ok()

    change = site.change(video, who=site.other, title="stolen")
    site.forbidden("PATCH", change)
    site.forbidden("DELETE", site.delete(video, who=site.other))

    site.shows(video, {"title": "by its owner", "owner": site.owner}, fresh=True)


@task(4)
def test_a_deleted_video_is_gone(site):
    """DELETE returns 204; after that, GET, PATCH and DELETE of this video return 404."""
    video, neighbor = site.video(), site.video()
    expect(site.look(video)).ok()

    expect(site.delete(video)).deleted()

    site.gone(video, fresh=True)
    expect(site.change(video, title="too late")).refused(404)
    expect(site.delete(video)).refused(404)
    expect(site.look(neighbor)).ok()
