from classroom import anything, expect, matching, task


@task(9, weight=2)
def test_created_user_comes_back_without_password(client, user, shown, keeps_secret):
    """POST /users returns 201 with id, name, email and age, but not the password."""
    body = user()

    answer = client.post("/users", json=body)

    expect(answer).created(shown(body))
    keeps_secret(answer, body["password"])


@task(9)
def test_users_are_read_without_password(client, user, shown, keeps_secret, accepted):
    """GET /users/{id} and GET /users return users without the password; an unknown id gives 404, a malformed one 422."""
    body = user()
    created = accepted(client.post("/users", json=body)).json({"id": int}).answer.json

    one, everyone = client.get(f"/users/{created['id']}"), client.get("/users")

    expect(one).ok(shown(body, id=created["id"]))
    names = matching(
        lambda users: [u["name"] for u in users].count(body["name"]) == 1, "a list with the new user in it, once"
    )
    expect(everyone).ok(names)
    for answer in (one, everyone):
        keeps_secret(answer, body["password"])
    expect(client.get("/users/700000")).refused(404)
    expect(client.get("/users/abc")).refused(422)


@task(9)
def test_all_users_are_listed_by_id(fresh, user, accepted):
    """GET /users lists all users in id order, even if there are twelve."""
    created = [accepted(fresh.post("/users", json=user())).json({"id": int}) for _ in range(12)]

    ids = sorted(one.answer.json["id"] for one in created)
    expect(fresh.get("/users")).ok([{"id": number} for number in ids])


@task(9)
def test_user_has_name_and_age_in_bounds(client, user, draw, accepted, rejected):
    """Names of 1 to 100 characters and ages from 1 to 120 are accepted; anything outside these limits gives 422."""
    for named in ({"name": draw.word(1), "age": 1}, {"name": draw.word(100), "age": 120}):
        accepted(client.post("/users", json=user(**named)), **named).json({"id": int, **named})

    for named in ({"name": ""}, {"name": draw.word(101)}, {"age": 0}, {"age": 121}, {"age": 30.5}):
        rejected(client.post("/users", json=user(**named)), **named)


@task(9)
def test_password_has_8_to_128_characters(client, user, draw, accepted, rejected):
    """Passwords of 8 and 128 characters are accepted; those of 7 and 129 characters are rejected with 422."""
    for length in (8, 128):
        answer = client.post("/users", json=user(password=draw.word(length)))
        accepted(answer, f"a password of {length} characters").json({"id": int})

    for length in (7, 129):
        rejected(client.post("/users", json=user(password=draw.word(length))), f"a password of {length} characters")


@task(9)
def test_email_has_the_form_of_one(client, user, draw, accepted, rejected):
    """An email has the form something@domain.tld; a string with a part missing is rejected with 422."""
    accepted(client.post("/users", json=user())).json({"id": int})

    word = draw.word()
    for email in (word, f"{word}.example.com", "@example.com", f"{word}@", f"{word}@example", f"{word}@.com"):
        rejected(client.post("/users", json=user(email=email)), email=email)


@task(9)
def test_taken_email_is_409(client, user, keeps_secret, accepted, rejected):
    """POST /users returns 409 if another user has this email, ignoring case."""
    first, second = user(), user()
    for body in (first, second):
        accepted(client.post("/users", json=body)).json({"id": int})

    in_capitals = second["email"].upper().replace("EXAMPLE.COM", "Example.Com")
    for email, named in ((first["email"], "an email twice"), (in_capitals, "an email twice, in another case")):
        again = user(email=email)
        answer = client.post("/users", json=again)
        rejected(answer, named, code=409)
        keeps_secret(answer, again["password"])


@task(9, weight=2)
def test_422_does_not_repeat_the_password(client, user, draw, keeps_secret, accepted):
    """The 422 response to POST /users has a detail but never the password, whichever field is missing or invalid."""
    accepted(client.post("/users", json=user())).json({"id": int})

    body = user()
    without_email = {name: value for name, value in body.items() if name != "email"}
    too_short = draw.word(4) + "-" + draw.word(2)
    for wrong in (without_email, body | {"age": 0}, body | {"password": too_short}):
        answer = client.post("/users", json=wrong)
        expect(answer).refused(422).json({"detail": anything})
        keeps_secret(answer, wrong["password"])
