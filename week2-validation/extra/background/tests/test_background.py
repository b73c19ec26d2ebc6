"""The visible checks. The towns are different in each run, and a beat is short: see support/post.py."""

from classroom import expect, task


@task(1)
def test_root_names_the_post(client):
    """GET / returns {"post": "Pigeon post"}."""
    expect(client.get("/")).ok({"post": "Pigeon post"})


@task(2, weight=2)
def test_letter_is_accepted_before_it_is_delivered(client, post, gate):
    """POST /letters returns 202 and the letter while its pigeon is still waiting at the gate."""
    letter = post.write(post.town(0))

    with gate.closed():
        answer = client.post("/letters", json=letter)

        expect(answer).status(202).json(letter | {"id": int, "status": str})
        early = "The letter was delivered before the response: pass add_task the function without parentheses."
        expect.that(answer.json["status"] != "delivered", early, answer)
        expect(answer).json({"status": "waiting"})
        sentence, number = "The response came, but no pigeon is waiting with the letter.", answer.json["id"]
        gate.holds([f"letter {number}"], sentence, answer=answer, reason=lambda: post.why_not_at_the_gate(number))


@task(2, weight=2)
def test_letter_is_delivered(client, post):
    """After POST /letters, the letter's status soon changes to "delivered"."""
    answer = client.post("/letters", json=post.write(post.town(0)))
    expect(answer).status(202).json({"id": int})

    log = post.ends_as(answer.json["id"], "delivered")

    expect.that(log == ["delivered"], f"The log of the letter is {log}, expected one delivery.")


@task(3, weight=2)
def test_counting_does_not_block_the_others(client, gate, background):
    """While GET /pigeons is counting, which takes a while, the app still responds to other requests."""
    with gate.closed():
        counting = background(lambda: client.get("/pigeons"))
        try:
            gate.holds(
                ["count"], "While the pigeons were counted, the app did not respond to another request.", counting
            )
            expect(client.get("/")).ok()
        finally:
            client.put("/gate/open")
            counting.wait()

    expect(counting.result()).ok({"pigeons": 12})


@task(4, weight=2)
def test_towns_are_asked_at_once(client, towns, gate, background):
    """GET /weather asks all towns before the first of them has responded."""
    with gate.closed():
        asking = background(lambda: client.get("/weather"))
        try:
            gate.holds([f"weather of {town}" for town in towns], "Not all towns are asked at the same time.", asking)
        finally:
            client.put("/gate/open")
            asking.wait()

    expect(asking.result()).ok()


@task(4)
def test_weather_of_every_town(client, towns):
    """GET /weather returns an object with the weather in every town, "clear" or "fog"."""
    expect(client.get("/weather")).ok({town: "fog" if fog else "clear" for town, fog in towns.items()})


@task(5, weight=2)
def test_letter_is_delivered_in_spite_of_fog(post, story):
    """After fog, the next pigeon takes the letter, and the waits between attempts are 1, 2, 4 and 8 beats."""
    town = post.town(2)

    log = post.ends_as(post.send(town), "delivered")

    expected = story(post.towns[town], "delivered")
    expect.that(log == expected, f"The log of the letter is {log}, expected {expected}.")


@task(5, weight=2)
def test_five_attempts_are_the_limit(post, story):
    """After fog on the fifth attempt, there are no more attempts, and the letter's status is "failed"."""
    log = post.ends_as(post.send(post.town(7)), "failed")

    expect.that(log == story(5), f"The log of the letter is {log}, expected {story(5)}.")


@task(5)
def test_only_fog_is_worth_another_attempt(post):
    """A letter to a town that no pigeon knows gets one attempt, but a letter that meets fog on the way gets more."""
    town = post.town(2)
    log = post.ends_as(post.send(town), "delivered")
    expect.that(log.count("fog") == post.towns[town], f"The log of the letter is {log}.")

    log = post.attempts(post.send(post.unknown()))

    expect.that(log == ["no such town"], f"The log of the letter is {log}, expected one attempt.")


@task(6, weight=2)
def test_letter_fails_for_any_reason(post):
    """If a pigeon cannot deliver a letter because it does not know the town, the status is "failed"."""
    post.ends_as(post.send(post.unknown()), "failed")


@task(6, weight=2)
def test_failed_letter_is_sent_again(client, post):
    """POST /letters/{letter_id}/again returns 202, and tries again to deliver a letter that has failed."""
    number = post.send(post.unknown())
    post.ends_as(number, "failed")

    expect(client.post(f"/letters/{number}/again")).status(202).json({"id": number, "status": "waiting"})

    log = post.ends_as(number, "failed")
    expect.that(log.count("no such town") > 1, f"The log of the letter is {log}: no pigeon has tried again.")


@task(6)
def test_other_letters_are_not_sent_again(client, post):
    """POST /letters/{letter_id}/again returns 202 for a letter that has failed, and 409 for one that was delivered."""
    failed, delivered = post.send(post.unknown()), post.send(post.town(0))
    post.ends_as(failed, "failed")
    expect(client.post(f"/letters/{failed}/again")).status(202)
    post.ends_as(delivered, "delivered")

    expect(client.post(f"/letters/{delivered}/again")).refused(409)


@task(6)
def test_waiting_letter_is_not_sent_twice(client, post, gate):
    """POST /letters/{letter_id}/again returns 202 for a letter that has failed, and 409 while a letter is waiting."""
    failed = post.send(post.unknown())
    post.ends_as(failed, "failed")

    with gate.closed():
        expect(client.post(f"/letters/{failed}/again")).status(202)
        expect(client.post(f"/letters/{failed}/again")).refused(409)
