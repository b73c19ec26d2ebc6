"""Task 3: a video is announced once."""

import uuid
from datetime import UTC, datetime

from classroom import expect, task, together


@task(3)
def test_create_answers_the_video(site, shape, instant):
    """POST /videos returns 201 with the id, the caller as owner, the data that was sent, status pending and created_at."""
    new = site.new()

    answer = site.any.post("/videos", json=new, headers=site.system.bearer(site.owner))

    expect(answer).created(shape(**new, owner=site.owner, status="pending"))
    age = datetime.now(UTC) - instant(answer.json["created_at"])
    expect.that(
        abs(age.total_seconds()) < 300,
        f"created_at is {answer.json['created_at']!r}, expected the current time.",
        answer,
    )


@task(3)
def test_a_create_without_a_good_token_stores_nothing(site, forged):
    """POST /videos without a valid token stores nothing: another account can still use the id."""
    expect(site.create(id=site.new_id())).ground(task=3)

    for headers in forged(site.owner).values():
        video_id = site.new_id()
        answer = site.any.post("/videos", json=site.new(id=video_id), headers=headers)
        if answer.status == 401:  # a token that is accepted loses points in task 2
            expect(site.create(id=video_id, who=site.other)).created({"owner": site.other})


@task(3)
def test_description_and_id_may_be_left_out(site, shape):
    """POST /videos accepts just a title; two requests without an id create two videos."""
    headers = site.system.bearer(site.owner)

    first = site.any.post("/videos", json={"title": "Ducks"}, headers=headers)
    second = site.any.post("/videos", json={"title": "Ducks"}, headers=headers)

    for answer in (first, second):
        expect(answer).created(shape(title="Ducks", description=None))
    expect.that(
        first.json["id"] != second.json["id"], "Two requests without an id created videos with the same id.", second
    )


@task(3)
def test_a_title_has_1_to_100_characters(site):
    """Titles of 1 and 100 characters are accepted; an empty, overlong, missing or null title is rejected with 422."""
    headers = site.system.bearer(site.owner)

    for title in ("x", "x" * 100):
        expect(site.any.post("/videos", json={"title": title}, headers=headers)).created({"title": title})

    invalid = {
        "an empty title": {"title": ""},
        "a title of 101 characters": {"title": "x" * 101},
        "no title": {"description": "no title"},
        "the title null": {"title": None},
    }
    for what, body in invalid.items():
        answer = site.any.post("/videos", json=body, headers=headers)
        expect.that(answer.status == 422, f"POST /videos with {what} returned {answer.status}, expected 422.", answer)


@task(3)
def test_the_client_may_choose_the_id(site, shape):
    """POST /videos uses the id that the client sends; an id that is not a UUID is rejected with 422."""
    video_id = site.new_id()

    answer = site.create(id=video_id)
    expect(answer).created(shape())
    found = answer.json["id"]
    same = uuid.UUID(found) == uuid.UUID(video_id)
    expect.that(same, f"id is {found}, expected the id that was sent, {video_id}.", answer)

    for wrong in ("7", "not-a-uuid", video_id[:-1], video_id + "0"):
        expect(site.create(id=wrong)).refused(422)


@task(3)
def test_the_same_request_again_answers_the_same_video(site, shape):
    """POST /videos sent again by the same account with the same id returns the same video (200 or 201), on both instances."""
    new = site.new(id=site.new_id())
    headers = site.system.bearer(site.owner)
    first = site.a.post("/videos", json=new, headers=headers)
    expect(first).created(shape(id=new["id"]))

    for again in (site.a, site.b):
        answer = again.post("/videos", json=new, headers=headers)
        same_time = shape(created_at=first.json["created_at"])["created_at"]
        lost = answer.status == 201 and same_time.mismatch(answer.json.get("created_at"), "created_at")
        why = "was the first one not committed?" if site.row(new) == {} else "was the row replaced?"
        expect.that(not lost, f"The same POST, sent again, made another video (another created_at): {why}", answer)
        expect(answer).status(200, 201).json(shape(**new, owner=site.owner, created_at=first.json["created_at"]))


@task(3)
def test_the_id_of_somebody_else_is_409(site, shape):
    """POST /videos with an id that another account has used returns 409 and leaves the video unchanged."""
    video = site.video(id=site.new_id())

    expect(site.create(id=video["id"], who=site.other)).refused(409)

    expect(site.create(id=video["id"])).status(200, 201).json(
        shape(id=video["id"], owner=site.owner, title=video["title"])
    )


@task(3)
def test_ten_times_at_once_is_one_video(site, shape):
    """The same POST /videos, sent ten times at once across both instances, returns the same video ten times."""
    site.video()
    new = site.new(id=site.new_id())

    with site.slow_commit(0.3):
        answers = together(*[lambda: site.create(**new)] * 10)

    for answer in answers:
        expect(answer).status(200, 201).json(shape(**new, owner=site.owner, created_at=answers[0].json["created_at"]))
