"""Task 2: who is calling, with every kind of token that is none."""

from classroom import expect, task


@task(2)
def test_every_kind_of_bad_token_is_401_on_create(site, forged):
    """POST /videos is 401 for a token that is broken, changed, expired, or signed in any other way."""
    expect(site.create()).ground(task=3)

    for what, headers in forged(site.owner).items():
        answer = site.any.post("/videos", json=site.new(), headers=headers)
        expect.that(
            answer.status == 401, f"A create with {what} answered {answer.status}, the task asks for 401.", answer
        )
        expect(answer).header("www-authenticate")


@task(2)
def test_every_kind_of_bad_token_is_401_on_the_other_writes(site, forged):
    """PATCH, DELETE and complete are 401 for such a token, and change nothing."""
    video = site.video()
    site.uploaded(video)
    expect(site.change(video, title="by its owner")).ground(task=4)

    path = f"/videos/{video['id']}"
    for what, headers in forged(site.owner).items():
        for answer in (
            site.any.patch(path, json={"title": "stolen"}, headers=headers),
            site.any.post(f"{path}/complete", headers=headers),
            site.any.delete(path, headers=headers),
        ):
            asked = answer.exchange.method
            expect.that(
                answer.status == 401, f"{asked} with {what} answered {answer.status}, the task asks for 401.", answer
            )
            expect(answer).header("www-authenticate")
    found = site.read_ground(video)
    expect.that((found["title"], found["status"]) == ("by its owner", "pending"), "A refused write changed the video.")
    # The twins: the same requests by the owner.
    expect(site.complete(video)).ground(task=6)
    expect(site.delete(video)).ground(task=4)


@task(2)
def test_the_account_is_the_one_in_the_token(site, shape):
    """Two callers with good tokens are two accounts."""
    expect(site.create()).ground(task=3)

    expect(site.create(who=site.owner)).status(200, 201).json({"owner": site.owner})
    expect(site.create(who=site.other)).status(200, 201).json({"owner": site.other})
