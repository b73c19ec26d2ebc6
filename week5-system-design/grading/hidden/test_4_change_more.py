"""Task 4: changes that are refused, and what they must leave alone."""

from classroom import expect, task


@task(4)
def test_malformed_ids_are_422_everywhere(site):
    """GET, PATCH and DELETE are 422 for an id that is no UUID."""
    video = site.video()
    expect(site.get(video)).ok()

    for wrong in ("7", "videos", video["id"][:-2]):
        expect(site.get({"id": wrong})).refused(422)
        expect(site.change({"id": wrong}, title="new")).refused(422)
        expect(site.delete({"id": wrong})).refused(422)


@task(4)
def test_what_is_the_servers_cannot_be_changed(site):
    """`owner`, `status` and `created_at` in a PATCH are ignored or 422, and stay as they are."""
    video = site.video()
    expect(site.change(video, title="by its owner")).ok()

    for field, value in (("owner", site.other), ("status", "ready"), ("created_at", "2001-01-01T00:00:00Z")):
        expect(site.change(video, **{field: value})).status(200, 422)

    kept = {key: video[key] for key in ("id", "owner", "status", "created_at")}
    expect(site.get(video)).ok(kept | {"title": "by its owner"})


@task(4)
def test_an_invalid_change_changes_nothing(site):
    """PATCH with one good field and one bad one is 422, and the good one is not taken either."""
    video = site.video()
    expect(site.change(video, title="good")).ok()

    expect(site.change(video, title="better", description={"no": "text"})).refused(422)
    expect(site.change(video, title=["no", "text"], description="better")).refused(422)

    expect(site.get(video)).ok({"title": "good", "description": video["description"]})


@task(4)
def test_a_change_touches_one_video(site):
    """PATCH and DELETE leave the other videos of the same owner alone."""
    videos = [site.video() for _ in range(3)]

    expect(site.change(videos[1], title="only this one")).ok()
    expect(site.delete(videos[1])).deleted()

    for other in (videos[0], videos[2]):
        expect(site.get(other)).ok({"title": other["title"]})


@task(4)
def test_a_change_keeps_a_ready_video_ready(site):
    """PATCH of a video that is ready changes its title and nothing of its status."""
    video = site.ready()

    expect(site.change(video, title="after the upload")).ok({"title": "after the upload", "status": "ready"})
    expect(site.get(video)).ok({"title": "after the upload", "status": "ready"})


@task(4)
def test_the_other_account_is_refused_for_ready_videos_too(site):
    """403 does not depend on what state the video is in."""
    video = site.ready()
    expect(site.change(video, title="mine")).ok()

    expect(site.change(video, who=site.other, title="stolen")).refused(403)
    expect(site.delete(video, who=site.other)).refused(403)

    expect(site.get(video)).ok({"title": "mine", "status": "ready"})
