"""The rules of the visible checks, with more people, more tokens and more requests at the same time."""

from classroom import expect, task


@task(2, weight=2)
def test_every_sign_up_is_hashed(client, people, keeps_secret):
    """Several users sign up, two of them with the same password, and each row has its own hash."""
    passwords = [people.new_password() for _ in range(3)]
    hashes = set()
    for password in [*passwords, passwords[0]]:
        name = people.new_name()
        answer = client.post("/users", json={"name": name, "password": password})
        expect(answer).created({"name": name, "role": "member"})
        keeps_secret(answer, name, password)
        expect.that(people.row(name)["password_hash"].startswith("$argon2"), "The row has no Argon2 hash.")
        hashes.add(people.row(name)["password_hash"])

    expect.that(len(hashes) == 4, "Two users have the same hash.")


@task(2)
def test_many_want_one_name(people):
    """If five people ask for the same name at the same time, exactly one gets it."""
    codes, worst = people.all_want(people.new_name(), 5)

    expect.that(codes == [201] + [409] * 4, f"The status codes are {codes}.", worst)


@task(3, weight=2)
def test_almost_the_password_is_not_enough(people, rejects):
    """A password that differs in case, spaces or length, or that belongs to another user, is rejected with 401."""
    (name, password), (_, other) = people.sign_up(f" {people.new_password()}"), people.sign_up()
    other += "x"
    expect(people.sign_in(name, password)).ok()

    for wrong in (password.upper(), password.lower(), password.strip(), password + " ", password[:-1], other):
        rejects(people.sign_in(name, wrong), "a wrong password")


@task(3)
def test_each_token_is_its_users(people):
    """Each user's token has the user's own name as sub, and is signed with the app's secret."""
    for name, password in [people.sign_up() for _ in range(3)]:
        answer = people.sign_in(name, password)
        claims = people.verified(answer)
        expect.that(claims.get("sub") == name, f"sub is {claims.get('sub')!r}, expected {name!r}.", answer)


@task(4, weight=2)
def test_every_bad_token_is_401(client, people, rejects):
    """GET /users/me accepts valid tokens from members and editors, and rejects every invalid one with 401."""
    for name, role in ((people.member(), "member"), (people.editor(), "editor")):
        expect(client.get("/users/me", headers=people.signed_in(name))).ok({"name": name, "role": role})
        for kind, token in people.bad_tokens(name).items():
            rejects(client.get("/users/me", headers=people.carrying(token)), kind)


@task(5, weight=2)
def test_recipes_of_three_people(client, people):
    """Three people write recipes, and each of them can change only their own."""
    writers = [people.member(), people.member(), people.editor()]
    recipes = {}
    for name in writers:
        people.ground_user(name)
        made = client.post("/recipes", json=people.new_recipe(), headers=people.signed_in(name))
        expect(made).created({"id": int, "owner": name})
        recipes[name] = made.json["id"]
    for owner, recipe_id in recipes.items():
        for name in writers:
            answer = client.put(f"/recipes/{recipe_id}", json=people.new_recipe(), headers=people.signed_in(name))
            expect(answer).status(200 if name == owner else 403)
            expect.that(people.recipe(recipe_id)["owner"] == owner, "The recipe has another owner.", answer)


@task(6, weight=2)
def test_who_may_delete_what(client, people, stranger):
    """Owners and editors may delete a recipe; other members and strangers may not."""
    owner, other, editor = people.member(), people.member(), people.editor()
    people.ground_user(owner)
    for deleter, code in ((owner, 204), (editor, 204), (other, 403), (None, stranger)):
        recipe = people.recipe_of(owner)
        headers = people.signed_in(deleter) if deleter else {}
        answer = client.delete(f"/recipes/{recipe['id']}", headers=headers)
        expect(answer).status(code)
        gone = people.recipe(recipe["id"]) is None
        expect.that(gone == (code == 204), f"After the {answer.status}, the recipe is {'gone' if gone else 'there'}.")


@task(6)
def test_roles_change_back_and_forth(client, people):
    """A user who becomes an editor may delete recipes and change roles, until another editor takes the role away."""
    name, editor, owner = people.member(), people.editor(), people.member()
    path, headers = f"/users/{name}/role", people.signed_in(name)
    people.ground_user(name)
    for role, code in (("editor", 204), ("member", 403), ("editor", 204)):
        expect(client.put(path, json={"role": role}, headers=people.signed_in(editor))).ok({"role": role})
        recipe = people.recipe_of(owner)
        expect(client.delete(f"/recipes/{recipe['id']}", headers=headers)).status(code)

    expect(client.put(f"/users/{owner}/role", json={"role": "editor"}, headers=headers)).ok({"name": owner})
    expect(client.get("/users", headers=people.signed_in(owner))).ok(list)
