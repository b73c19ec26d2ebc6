"""Task 8: two instances, one answer."""

from classroom import expect, task


@task(8)
def test_what_one_is_told_the_other_knows(site, shape):
    """A video created, changed, completed and deleted through one instance is so on the other one."""
    video = site.video(via=site.a)
    expect(site.get(video, site.b)).ok(shape(id=video["id"], title=video["title"], status="pending"))

    expect(site.change(video, via=site.b, title="from the other side")).ground(task=4)
    expect(site.get(video, site.a)).ok({"title": "from the other side"})

    expect(site.delete(video, via=site.a)).ground(task=4)
    expect(site.get(video, site.b)).refused(404)


@task(8)
def test_one_killed_in_mid_work_loses_nothing(site, background):
    """While twelve creates wait for the database one instance is killed: what was answered is there, and the other goes on."""
    expect(site.get(site.video())).ground(task=4)
    ids = [site.new_id() for _ in range(12)]

    with site.gate_for_commits() as gate:
        gate.shut()
        calls = [
            background(lambda video_id=video_id, via=via: site.create(id=video_id, via=via))
            for video_id, via in zip(ids, [site.a, site.b] * 6, strict=True)
        ]
        gate.wait_for(*calls)
        site.system.a.kill()
        gate.open()
        answers = [call.answer_or_none() for call in calls]

    through_b = answers[1::2]
    for answer in through_b:
        expect.that(answer is not None, "One instance was killed, and a request to the other one got no answer.")
        expect(answer).status(200, 201)
    for video_id, answer in zip(ids, answers, strict=True):
        if answer is not None and answer.status in (200, 201):
            expect(site.get({"id": video_id}, site.b)).ok()
    # Whoever got no answer asks again, and gets the one video.
    for video_id in ids:
        expect(site.create(id=video_id, via=site.b)).status(200, 201)
        expect(site.get({"id": video_id}, site.b)).ok()


@task(8)
def test_both_start_at_the_same_moment(empty_site, background):
    """Two instances that start at the same moment on an empty database both come up, and serve."""
    empty_site.start_together(background)

    for via, other in ((empty_site.a, empty_site.b), (empty_site.b, empty_site.a)):
        video = empty_site.video(via=via)
        expect(empty_site.get(video, other)).ok({"title": video["title"]})
