"""Task 3: creating under worse conditions."""

from classroom import expect, ground, task, together


@task(3)
def test_a_repeated_create_answers_the_video_as_it_stands(site, shape):
    """POST /videos sent again after a change answers the changed video, and takes nothing back."""
    new = site.new(id=site.new_id())
    video = site.video(**new)
    expect(site.change(video, title="changed since")).ground(task=4)

    expect(site.create(**new)).status(200, 201).json(shape(id=new["id"], title="changed since"))

    expect.that(
        site.read_ground(video)["title"] == "changed since", "A repeated create took the change of the title back."
    )


@task(3)
def test_a_repeated_create_keeps_a_ready_video_ready(site, shape):
    """POST /videos sent again when the video is ready answers it with status ready."""
    new = site.new(id=site.new_id())
    video = site.ready(**new)

    expect(site.create(**new)).status(200, 201).json(
        shape(id=new["id"], status="ready", created_at=video["created_at"])
    )


@task(3)
def test_ten_creates_at_once_show_as_one_in_the_list(site):
    """However often it was sent at once, the video stands in the list once."""
    site.video()
    new = site.new(id=site.new_id())
    with site.slow_commit(0.2):
        answers = together(*[lambda: site.create(**new)] * 10)
    for answer in answers:
        expect(answer).status(200, 201)
    video = answers[0].json
    ground(isinstance(video, dict) and video.get("id"), task=3)
    site.uploaded(video)
    site.complete_ground(video)

    page = expect(site.any.get("/videos", params={"limit": 50})).ground(task=7, has=["items"])

    ids = [item.get("id") for item in page["items"] if isinstance(item, dict)]
    expect.that(
        ids.count(video["id"]) == 1,
        f"The video was sent ten times, and the list shows it {ids.count(video['id'])} times.",
    )


@task(3)
def test_one_of_two_accounts_gets_an_id(site):
    """When two accounts send the same id at once, all of one account's requests succeed and all of the other's are 409."""
    site.video()
    video_id = site.new_id()
    sends = [lambda who=who: site.create(id=video_id, who=who) for who in (site.owner, site.other) * 5]

    with site.slow_commit(0.2):
        answers = together(*sends)

    by_owner, by_other = answers[0::2], answers[1::2]
    if by_owner[0].status == 409:
        by_owner, by_other = by_other, by_owner
    for answer in by_owner:
        expect(answer).status(200, 201)
    for answer in by_other:
        expect(answer).refused(409)
    expect.that(len({answer.json.get("owner") for answer in by_owner}) == 1, "One id, and two owners were answered.")


@task(3)
def test_what_is_the_servers_is_not_the_clients(site):
    """`owner`, `status` and `created_at` sent with a create are ignored or 422."""
    expect(site.create()).created()

    for field, value in (("owner", site.other), ("status", "ready"), ("created_at", "2001-01-01T00:00:00Z")):
        answer = site.create(**{field: value})
        expect(answer).status(200, 201, 422)
        if answer.status != 422:
            taken = str(answer.json.get(field))[:4] == value[:4]
            expect.that(not taken, f"A client sent {field} = {value!r}, and it was taken.", answer)
            expect(answer).json({"owner": site.owner, "status": "pending"})


@task(3)
def test_a_refused_create_stores_nothing(site):
    """A create that is 422 leaves its id free: another account may use it."""
    video_id = site.new_id()

    expect(site.create(id=video_id, title="x" * 101)).refused(422)

    expect(site.create(id=video_id, who=site.other)).created({"owner": site.other})


@task(3)
def test_any_text_is_kept_as_it_is(site):
    """Quotes, semicolons, line ends and signs of other alphabets are stored as they were sent."""
    title, description = 'Ducks\'); -- "ünï" 鴨', "one\ntwo \\ %s {x} 🦆"

    expect(site.create(title=title, description=description)).created({"title": title, "description": description})
    expect(site.create(description=None)).created({"description": None})


@task(3)
def test_wrong_types_are_422(site):
    """A list for a title, an object for a description and an id that is an object are 422; a body that is no object too."""
    expect(site.create()).created()

    for fields in ({"title": ["x"]}, {"title": {}}, {"description": {"x": 1}}, {"id": {"x": 1}}):
        expect(site.create(**fields)).refused(422)
    headers = site.system.bearer(site.owner) | {"Content-Type": "application/json"}
    expect(site.any.post("/videos", json=[], headers=headers)).refused(422)
    expect(site.any.post("/videos", content=b"{no json", headers=headers)).refused(422)
