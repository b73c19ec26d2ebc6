"""Task 3: a video is announced, once."""

from datetime import UTC, datetime

from classroom import expect, task, together


@task(3)
def test_create_answers_the_video(site, shape, instant):
    """POST /videos answers 201 with the video: its id, the caller as owner, what was sent, status pending, created now."""
    new = site.new()

    answer = site.any.post("/videos", json=new, headers=site.system.bearer(site.owner))

    expect(answer).created(shape(**new, owner=site.owner, status="pending"))
    age = datetime.now(UTC) - instant(answer.json["created_at"])
    expect.that(
        abs(age.total_seconds()) < 300, f"created_at is {answer.json['created_at']!r}, which is not now.", answer
    )


@task(3)
def test_a_create_without_a_good_token_stores_nothing(site, forged):
    """POST /videos without a good token stores nothing: the id is still free for another account."""
    expect(site.create(id=site.new_id())).ground(task=3)

    for headers in forged(site.owner).values():
        video_id = site.new_id()
        answer = site.any.post("/videos", json=site.new(id=video_id), headers=headers)
        if answer.status == 401:  # whoever lets it through has lost it in task 2
            expect(site.create(id=video_id, who=site.other)).created({"owner": site.other})


@task(3)
def test_description_and_id_may_be_left_out(site, shape):
    """POST /videos takes a title alone, and makes two videos of two requests without an id."""
    headers = site.system.bearer(site.owner)

    first = site.any.post("/videos", json={"title": "Ducks"}, headers=headers)
    second = site.any.post("/videos", json={"title": "Ducks"}, headers=headers)

    for answer in (first, second):
        expect(answer).created(shape(title="Ducks", description=None))
    expect.that(first.json["id"] != second.json["id"], "Two videos were created, and they have the same id.", second)


@task(3)
def test_a_title_has_1_to_100_characters(site):
    """POST /videos takes a title of 1 and of 100 characters; an empty one, one of 101, none and null are 422."""
    headers = site.system.bearer(site.owner)

    for title in ("x", "x" * 100):
        expect(site.any.post("/videos", json={"title": title}, headers=headers)).created({"title": title})

    for body in ({"title": ""}, {"title": "x" * 101}, {"description": "no title"}, {"title": None}):
        expect(site.any.post("/videos", json=body, headers=headers)).refused(422)


@task(3)
def test_the_client_may_choose_the_id(site, shape):
    """POST /videos takes the id that the client made; one that is no UUID is 422."""
    video_id = site.new_id()

    expect(site.create(id=video_id)).created(shape(id=video_id))

    for wrong in ("7", "not-a-uuid", video_id[:-1], video_id + "0"):
        expect(site.create(id=wrong)).refused(422)


@task(3)
def test_the_same_request_again_answers_the_same_video(site, shape):
    """POST /videos with the same id, by the same account, answers the video as it stands: 200 or 201, on both instances."""
    new = site.new(id=site.new_id())
    headers = site.system.bearer(site.owner)
    first = site.a.post("/videos", json=new, headers=headers)
    expect(first).created(shape(id=new["id"]))

    for again in (site.a, site.b):
        answer = again.post("/videos", json=new, headers=headers)
        expect(answer).status(200, 201).json(shape(**new, owner=site.owner, created_at=first.json["created_at"]))


@task(3)
def test_the_id_of_somebody_else_is_409(site, shape):
    """POST /videos with an id that another account has used is 409, and the video stays as it is."""
    video = site.video(id=site.new_id())

    expect(site.create(id=video["id"], who=site.other)).refused(409)

    expect(site.create(id=video["id"])).status(200, 201).json(
        shape(id=video["id"], owner=site.owner, title=video["title"])
    )


@task(3)
def test_ten_times_at_once_is_one_video(site, shape):
    """The same create ten times at once, over both instances, is answered ten times with one and the same video."""
    site.video()
    new = site.new(id=site.new_id())

    with site.slow_commit(0.3):
        answers = together(*[lambda: site.create(**new)] * 10)

    for answer in answers:
        expect(answer).status(200, 201).json(shape(**new, owner=site.owner, created_at=answers[0].json["created_at"]))
