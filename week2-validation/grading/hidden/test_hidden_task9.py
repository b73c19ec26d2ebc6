from classroom import expect, matching, task


@task(9)
def test_users_are_listed_in_id_order(fresh, user, shown, keeps_secret, accepted):
    """GET /users lists all users in id order, each with id, name, email and age, and without a password."""
    bodies = [user(age=18 + place) for place in range(101)]
    ids = [accepted(fresh.post("/users", json=body)).json({"id": int}).answer.json["id"] for body in bodies]
    expect.that(min(ids) >= 1 and len(set(ids)) == len(ids), f"Ids must start at 1 and be unique: {ids}.")
    by_id = dict(sorted(zip(ids, bodies, strict=True)))

    listed = fresh.get("/users")

    expect(listed).ok([shown(body, id=number) for number, body in by_id.items()])
    for number, body in by_id.items():
        answer = fresh.get(f"/users/{number}")
        expect(answer).ok(shown(body, id=number))
        keeps_secret(answer, body["password"])
        keeps_secret(listed, body["password"])


@task(9)
def test_user_that_is_not_there_is_404_or_422(client, user, draw, accepted):
    """GET /users/{id} returns 404 for an unknown id and 422 for a malformed one."""
    created = accepted(client.post("/users", json=user())).json({"id": int}).answer.json
    expect(client.get(f"/users/{created['id']}")).ok({"id": created["id"]})

    expect(client.get(f"/users/{draw.randint(100_000, 900_000)}")).refused(404)
    for malformed in ("abc", "1.5"):
        expect(client.get(f"/users/{malformed}")).refused(422)


@task(9)
def test_users_fields_have_their_types(client, user, accepted):
    """A missing or null field, a wrong type, or a body that is not an object is rejected with 422."""
    body = user()
    accepted(client.post("/users", json=body)).json({"id": int})

    for field in ("name", "email", "age", "password"):
        without = {name: value for name, value in user().items() if name != field}
        expect(client.post("/users", json=without)).refused(422)
        for value in (None, [], {}):
            expect(client.post("/users", json=user(**{field: value}))).refused(422)
    for change in ({"name": 5}, {"email": 5}, {"age": "old"}, {"age": -1}, {"age": 1.5}, {"age": 1000}):
        expect(client.post("/users", json=user(**change))).refused(422)
    for other in ([], "text", None):
        expect(client.post("/users", json=other)).refused(422)


@task(9)
def test_bounds_of_a_user_are_exact(client, user, draw, shown, accepted):
    """Name, age and password are accepted up to their limits and rejected just beyond them."""
    for named in (
        {"name": "é" * 100, "age": 2},
        {"name": draw.word(99), "age": 119},
        {"password": "é" * 8},
        {"password": "é" * 128},
        {"password": draw.word(9)},
        {"password": draw.word(127)},
        {"password": f"{draw.word(7)} {draw.word(6)}"},
    ):
        body = user(**named)
        accepted(client.post("/users", json=body)).json(shown(body))

    for named in (
        {"name": "é" * 101},
        {"age": 121},
        {"age": 0},
        {"password": "é" * 7},
        {"password": "é" * 129},
        {"password": ""},
    ):
        expect(client.post("/users", json=user(**named))).refused(422)


@task(9)
def test_emails_of_every_form(client, user, draw, shown, accepted):
    """Emails with dots, digits, + and capitals are accepted; a string that is not an email is rejected with 422."""
    for email in (
        f"{draw.word()}@example.org",
        f"{draw.word(5)}.{draw.word(5)}+{draw.word(4)}@example.com",
        f"{draw.word(5)}{draw.randint(10, 99)}@EXAMPLE.com",
        f"{draw.word(6).upper()}-{draw.word(3)}@Example.org",
    ):
        body = user(email=email)
        accepted(client.post("/users", json=body)).json(shown(body))

    for email in (
        "",
        "@",
        draw.word(),
        f"{draw.word()} at example.com",
        f"{draw.word()}@com",
        f"{draw.word()}@.org",
        "@example.org",
        "example.com",
    ):
        expect(client.post("/users", json=user(email=email))).refused(422)


@task(9)
def test_taken_email_makes_no_user(client, user, keeps_secret, accepted):
    """An email that is in use, ignoring case, gives 409, and no user is stored; a new email is still accepted."""
    low, high = user(), user()
    high["email"] = high["email"].upper()
    for body in (low, high):
        accepted(client.post("/users", json=body)).json({"id": int})

    for email in (low["email"].upper(), low["email"].title(), low["email"], high["email"].lower(), high["email"]):
        again = user(email=email, name=low["name"])
        answer = client.post("/users", json=again)
        expect(answer).refused(409)
        keeps_secret(answer, again["password"])

    accepted(client.post("/users", json=user(email=low["email"].replace(".com", ".org"), name=low["name"]))).json(
        {"id": int}
    )
    only = matching(
        lambda users: [one["name"] for one in users].count(low["name"]) == 2,
        "a list without the users that were rejected",
    )
    expect(client.get("/users")).ok(only)


@task(9)
def test_no_422_repeats_the_password(client, user, keeps_secret, accepted):
    """The 422 response to POST /users does not contain the password, whichever field is missing or invalid."""
    accepted(client.post("/users", json=user())).json({"id": int})

    wrong = [{name: value for name, value in user().items() if name != field} for field in ("name", "email", "age")]
    wrong += [
        user(**change) for change in ({"name": ""}, {"name": None}, {"age": "old"}, {"age": 121}, {"email": "none"})
    ]
    wrong += [user(name="n" * 101, email="none", age=0), user(email=5, age=None)]
    for body in wrong:
        answer = client.post("/users", json=body)
        expect(answer).refused(422)
        keeps_secret(answer, body["password"])


@task(9)
def test_no_422_repeats_a_wrong_password(client, user, draw, keeps_secret, accepted):
    """A 422 does not contain the password, even if the password is too short, too long or not a string."""
    accepted(client.post("/users", json=user())).json({"id": int})

    secret = f"{draw.word(9)}-{draw.randint(1000, 9999)}"
    for password, hidden in (
        (draw.word(3) + "9-" + draw.word(2), None),
        (draw.word(129), None),
        ([secret], secret),
        ({"is": secret}, secret),
    ):
        answer = client.post("/users", json=user(password=password))
        expect(answer).refused(422)
        keeps_secret(answer, hidden or password)


@task(9)
def test_422_of_another_body_does_not_repeat_the_password(client, user, keeps_secret, accepted):
    """A user inside a list, or in incomplete JSON, is rejected with a 422 that does not contain the password."""
    body = user()
    accepted(client.post("/users", json=body)).json({"id": int})

    listed = user()
    answer = client.post("/users", json=[listed])
    expect(answer).refused(422)
    keeps_secret(answer, listed["password"])

    cut = user()
    text = f'{{"name": "{cut["name"]}", "password": "{cut["password"]}", "age": '
    answer = client.post("/users", content=text.encode(), headers={"Content-Type": "application/json"})
    expect(answer).refused(422)
    keeps_secret(answer, cut["password"])
