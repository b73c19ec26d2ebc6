"""Task 8: killed at other moments, and started again."""

from classroom import expect, task


@task(8)
def test_a_killed_instance_comes_back_with_everything(site):
    """An instance that was killed and restarted returns every video, no matter which instance created it."""
    videos = [site.video(via=via) for via in (site.a, site.b)]
    for video in videos:
        expect(site.get(video, site.b)).ground(task=4)

    site.system.a.kill()
    late = site.video(via=site.b)
    site.system.a.start()

    for video in (*videos, late):
        site.shows(video, {"title": video["title"]}, site.a, fresh=True)


@task(8)
def test_the_balancer_goes_on_with_one(site):
    """With either instance killed, creating, reading, changing and deleting videos still work."""
    expect(site.get(site.video())).ground(task=4)

    for instance in (site.system.a, site.system.b):
        instance.kill()
        video = site.video()
        expected = site.changed(video, title="still here")
        site.shows(video, expected, fresh=True)
        expect(site.delete(video)).ground(task=4)
        instance.start()


@task(8)
def test_a_change_killed_in_the_middle_is_whole_or_not_there(site, background):
    """If an instance is killed during a change, the other one shows the old video or the new one, never a mix of the two."""
    video = site.video(via=site.b)
    expect(site.get(video, site.b)).ground(task=4)

    with site.gate_for_commits() as gate:
        gate.shut()
        change = background(lambda: site.change(video, via=site.a, title="new title", description="new words"))
        gate.wait_for(change)
        site.system.a.kill()
        change.result_or_none()
        gate.open()
        gate.wait_for_nobody()

    old, new = (video["title"], video["description"]), ("new title", "new words")
    found = site.look(video, site.b)
    expect(found).ok({"title": str})
    shown = (found.json.get("title"), found.json.get("description"))
    expect.that(
        shown in (old, new),
        f"An instance was killed during a change, and half of the change was stored: {shown}.",
        found,
    )
    # The owner sends the change again, to the other instance.
    expected = site.changed(video, via=site.b, title="new title", description="new words")
    site.shows(video, expected, site.b, fresh=True)


@task(8)
def test_three_empty_starts_at_once(empty_site, background):
    """Both instances start when launched at the same time, with an empty database and again with the existing tables."""
    empty_site.start_together(background)
    video = empty_site.video(via=empty_site.a)
    for instance in (empty_site.system.a, empty_site.system.b):
        instance.kill()
    starts = [background(instance.start) for instance in (empty_site.system.a, empty_site.system.b)]
    for start in starts:
        start.wait()
        expect.that(start.error is None, f"An instance did not restart: {start.error}")

    for via in (empty_site.a, empty_site.b):
        empty_site.shows(video, {"title": video["title"]}, via)
