"""Task 4: rejected changes, and what they must leave unchanged."""

from classroom import expect, task


@task(4)
def test_every_kind_of_bad_token_is_401_on_a_change_and_a_delete(site, forged, shape):
    """PATCH and DELETE return 401 for any token that is broken, changed, expired or not signed with AUTH_SECRET."""
    video, twin = site.video(), site.video()
    expect(site.change(twin, title="by its owner")).ok()
    expect(site.delete(twin)).deleted()
    before, path = site.read(video), f"/videos/{video['id']}"

    site.rejects(forged(site.owner), lambda headers: site.any.patch(path, json={"title": "x"}, headers=headers))
    site.rejects(forged(site.owner), lambda headers: site.any.delete(path, headers=headers))

    site.shows(video, shape(**before), fresh=True)


@task(4)
def test_a_create_sent_again_after_other_changes_takes_none_back(site, shape):
    """POST /videos sent again, through either instance, does not undo a changed title or a cleared description."""
    new = site.new(id=site.new_id())
    video = site.video(**new)
    expect(site.change(video, title="changed since", description=None)).ok()

    if not site.repeats():
        return  # lost in task 3

    for via in (site.a, site.b):
        again = site.create(via=via, **new)
        expect(again).status(200, 201).json(shape(id=video["id"], title="changed since", description=None))
    site.shows(video, {"title": "changed since", "description": None}, fresh=True)


@task(4)
def test_malformed_ids_are_422_everywhere(site):
    """GET, PATCH and DELETE return 422 for an id that is not a UUID."""
    video = site.video()
    expect(site.get(video)).ok()

    for wrong in ("7", "videos", video["id"][:-2]):
        expect(site.get({"id": wrong})).refused(422)
        expect(site.change({"id": wrong}, title="new")).refused(422)
        expect(site.delete({"id": wrong})).refused(422)


@task(4)
def test_what_is_the_servers_cannot_be_changed(site, shape):
    """`owner`, `status` and `created_at` in a PATCH are ignored or rejected with 422, and never changed."""
    video = site.video()
    expect(site.change(video, title="by its owner")).ok()

    for field, value in (("owner", site.other), ("status", "ready"), ("created_at", "2001-01-01T00:00:00Z")):
        expect(site.change(video, **{field: value})).status(200, 422)

    kept = {key: video[key] for key in ("id", "owner", "status", "created_at")}
    site.shows(video, shape(**kept, title="by its owner"), fresh=True)


@task(4)
def test_an_invalid_change_changes_nothing(site):
    """A PATCH with one valid and one invalid field is rejected with 422 and changes neither."""
    video = site.video()
    expect(site.change(video, title="good")).ok()

    expect(site.change(video, title="better", description={"no": "text"})).refused(422)
    expect(site.change(video, title=["no", "text"], description="better")).refused(422)

    site.shows(video, {"title": "good", "description": video["description"]}, fresh=True)
