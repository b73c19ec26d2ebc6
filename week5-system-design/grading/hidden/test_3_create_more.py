"""Task 3: creating under worse conditions."""

from classroom import expect, task, together


@task(3)
def test_the_account_is_the_one_in_the_token(site):
    """Each caller with a valid token owns the videos that it creates."""
    for who in (site.owner, site.other, site.draw.word(12)):
        expect(site.create(who=who)).status(200, 201).json({"owner": who})


@task(3)
def test_one_of_two_accounts_gets_an_id(site):
    """If two accounts send the same id at once, one always succeeds and the other always gets 409."""
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
    expect.that(
        len({answer.json.get("owner") for answer in by_owner}) == 1, "Two different owners were returned for one id."
    )


@task(3)
def test_what_is_the_servers_is_not_the_clients(site):
    """`owner`, `status` and `created_at` in a POST are ignored or rejected with 422."""
    expect(site.create()).created()

    for field, value in (("owner", site.other), ("status", "ready"), ("created_at", "2001-01-01T00:00:00Z")):
        answer = site.create(**{field: value})
        expect(answer).status(200, 201, 422)
        if answer.status != 422:
            taken = str(answer.json.get(field))[:4] == value[:4]
            expect.that(not taken, f"A client sent {field} = {value!r}, and it was stored.", answer)
            expect(answer).json({"owner": site.owner, "status": "pending"})


@task(3)
def test_a_refused_create_stores_nothing(site):
    """A POST that is rejected with 422 stores nothing: another account can use its id."""
    video_id = site.new_id()

    expect(site.create(id=video_id, title="x" * 101)).refused(422)

    expect(site.create(id=video_id, who=site.other)).created({"owner": site.other})


@task(3)
def test_any_text_is_kept_as_it_is(site):
    """Quotes, semicolons, line breaks and letters from other alphabets are stored as they were sent."""
    title, description = 'Ducks\'); -- "ünï" 鴨', "one\ntwo \\ %s {x} 🦆"

    expect(site.create(title=title, description=description)).created({"title": title, "description": description})
    expect(site.create(description=None)).created({"description": None})


@task(3)
def test_wrong_types_are_422(site):
    """Fields of the wrong type, and a body that is not a JSON object, are rejected with 422."""
    expect(site.create()).created()

    for fields in ({"title": ["x"]}, {"title": {}}, {"description": {"x": 1}}, {"id": {"x": 1}}):
        expect(site.create(**fields)).refused(422)
    headers = site.system.bearer(site.owner) | {"Content-Type": "application/json"}
    expect(site.any.post("/videos", json=[], headers=headers)).refused(422)
    expect(site.any.post("/videos", content=b"{no json", headers=headers)).refused(422)
