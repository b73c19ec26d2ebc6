"""The rules of the visible checks, with every town and several letters at once."""

from classroom import expect, task, together


@task(2)
def test_three_letters_wait_together(client, post, gate):
    """Three letters are accepted while no pigeon can leave, and all of them are delivered once pigeons can leave."""
    letters = [post.write(post.town(0)) for _ in range(3)]

    with gate.closed():
        answers = together(*[lambda letter=letter: client.post("/letters", json=letter) for letter in letters])
        for letter, answer in zip(letters, answers, strict=True):
            expect(answer).status(202).json(letter | {"id": int, "status": "waiting"})
        numbers = [answer.json["id"] for answer in answers]
        gate.holds([f"letter {number}" for number in numbers], "The letters are not delivered side by side.")

    for number in numbers:
        log = post.ends_as(number, "delivered")
        expect.that(log == ["delivered"], f"The log of the letter is {log}, expected one delivery.")


@task(3)
def test_two_counts_at_once(client, gate, background):
    """While two GET /pigeons requests are counting at the same time, the app still responds to other requests."""
    with gate.closed():
        counting = [background(lambda: client.get("/pigeons")) for _ in range(2)]
        try:
            gate.holds(["count"], "While the pigeons were counted, the app did not respond to another request.")
            for path in ("/", "/gate", "/"):
                expect(client.get(path)).ok()
        finally:
            client.put("/gate/open")
            for call in counting:
                call.wait()

    for call in counting:
        expect(call.result()).ok({"pigeons": 12})


@task(4)
def test_weather_twice_at_once(client, towns, gate, background):
    """GET /weather asks all towns at the same time, and returns the weather for each, also on a second request."""
    for _ in range(2):
        with gate.closed():
            asking = background(lambda: client.get("/weather"))
            try:
                gate.holds(
                    [f"weather of {town}" for town in towns], "Not all towns are asked at the same time.", asking
                )
            finally:
                client.put("/gate/open")
                asking.wait()
        expect(asking.result()).ok({town: "fog" if fog else "clear" for town, fog in towns.items()})


@task(5, weight=2)
def test_letters_to_every_town(post, story):
    """A letter to each town gets through all the fog on the way and is delivered, or fails after five attempts."""
    numbers = {town: post.send(town) for town in post.towns}
    for town, fog in post.towns.items():
        log = post.ends_as(numbers[town], "delivered" if fog < 5 else "failed")
        expected = story(fog, "delivered") if fog < 5 else story(5)
        expect.that(log == expected, f"The log of the letter to {town} is {log}, expected {expected}.")


@task(6)
def test_letter_arrives_in_the_end(client, post):
    """A letter that failed because of fog is delivered if sent again enough times; the next request returns 409."""
    number = post.send(post.town(7))
    post.ends_as(number, "failed")

    for _ in range(8):
        if post.read(number)["status"] == "failed":
            expect(client.post(f"/letters/{number}/again")).status(202)
            post.settles(number)

    log = post.ends_as(number, "delivered")
    expect.that(log.count("delivered") == 1, f"The log of the letter is {log}, expected one delivery.")
    expect(client.post(f"/letters/{number}/again")).refused(409)
