"""Accounts: passwords, tokens, who is asking, and what they may do."""

import time

from classroom import expect, task

A_YEAR = 365 * 86_400  # seconds


@task(1)
def test_box_responds(client):
    """GET / returns the name of the box."""
    expect(client.get("/")).ok({"box": "Recipe Box"})


@task(2)
def test_sign_up_returns_the_user(client, people):
    """POST /users returns 201 with the new user's id, name and role; the new user is a member."""
    name = people.new_name()

    answer = client.post("/users", json={"name": name, "password": people.new_password()})

    expect(answer).created({"id": int, "name": name, "role": "member"})


@task(2)
def test_password_is_stored_as_a_hash(client, people):
    """The password_hash column contains an Argon2 hash, which begins with $argon2, and never the password itself."""
    name, password = people.new_name(), people.new_password()
    expect(client.post("/users", json={"name": name, "password": password})).created()

    row = people.row(name)

    expect.that(row is not None, f"There is no row in the users table with the name {name}.")
    expect.that(password not in row["password_hash"], "The table contains the password itself.")
    sentence = f"password_hash is {row['password_hash'][:30]}..., which is not an Argon2 hash."
    expect.that(row["password_hash"].startswith("$argon2"), sentence)


@task(2)
def test_same_password_has_another_hash(client, people):
    """Two users with the same password have different hashes."""
    password = people.new_password()
    pair = [people.new_name(), people.new_name()]
    for name in pair:
        expect(client.post("/users", json={"name": name, "password": password})).created()

    hashes = {people.row(name)["password_hash"] for name in pair}

    expect.that(len(hashes) == 2, "Two users with the same password have the same hash.")


@task(2)
def test_response_has_no_secret(client, people, keeps_secret):
    """The response to a sign-up contains neither the password nor its hash."""
    name, password = people.new_name(), people.new_password()

    answer = client.post("/users", json={"name": name, "password": password})

    expect(answer).created()
    keeps_secret(answer, name, password)


@task(2)
def test_taken_name_is_409(client, people):
    """A name that another user already has is rejected with 409, and that user's password stays the same."""
    name, password = people.new_name(), people.new_password()
    expect(client.post("/users", json={"name": name, "password": password})).created()
    before = people.row(name)

    expect(client.post("/users", json={"name": name, "password": people.new_password()})).refused(409)

    expect.that(people.row(name) == before, "The first user's row has changed.")


@task(2)
def test_one_name_at_the_same_time(people):
    """If three people ask for the same name at the same time, one gets 201 and the others get 409."""
    with people.slow_commits():
        codes, worst = people.all_want(people.new_name(), 3)

    expect.that(codes == [201, 409, 409], f"The status codes are {codes}.", worst)


@task(3)
def test_sign_in_returns_a_token(people):
    """POST /token returns an access_token, and bearer as its token_type."""
    answer = people.sign_in(*people.sign_up())

    expect(answer).ok({"access_token": str, "token_type": "bearer"})


@task(3)
def test_token_names_the_user(people):
    """The token is signed with HS256 and the app's secret, and its sub is the user's name."""
    name, password = people.sign_up()

    answer = people.sign_in(name, password)

    claims = people.verified(answer)
    expect.that(claims.get("sub") == name, f"sub is {claims.get('sub')!r}, expected {name!r}.", answer)


@task(3)
def test_token_expires(people):
    """The token expires TOKEN_SECONDS after the sign-in."""
    name, password = people.sign_up()
    before = int(time.time())

    answer = people.sign_in(name, password)

    after = int(time.time()) + 1
    exp = people.claims(people.token_in(answer)).get("exp")
    expect.that(isinstance(exp, int | float), f"exp is {exp!r}, expected a number of seconds since 1970.", answer)
    since = f"exp is {exp!r}, which is in the year 1970: it counts seconds since 1970, so add time.time()."
    expect.that(exp > A_YEAR, since, answer)
    left = f"The token is valid for about {exp - before:.0f} seconds, expected {people.seconds}."
    expect.that(before <= exp - people.seconds <= after, left, answer)


@task(3)
def test_wrong_password_is_401(people, rejects):
    """A wrong password is rejected with 401 and a WWW-Authenticate: Bearer header."""
    name, password = people.sign_up()
    expect(people.sign_in(name, password)).ok()

    rejects(people.sign_in(name, people.new_password() + "x"), "a wrong password")


@task(3)
def test_unknown_name_is_rejected_the_same_way(people, rejects):
    """An unknown name gets the same response as a wrong password, so nobody learns which names exist."""
    name, password = people.sign_up()
    expect(people.sign_in(name, password)).ok()
    wrong = people.sign_in(name, people.new_password() + "x")

    unknown = people.sign_in(people.new_name(), password)

    rejects(unknown, "an unknown name")
    differ = f"An unknown name got {unknown.text}, but a wrong password got {wrong.text}: both need the same body."
    expect.that(unknown.text == wrong.text, differ, unknown)


@task(4)
def test_token_of_the_app_is_accepted(client, people):
    """GET /users/me returns the user who has signed in with POST /token."""
    name, password = people.sign_up()
    signed_in = expect(people.sign_in(name, password)).ground(task=3, has=["access_token"])

    answer = client.get("/users/me", headers=people.carrying(signed_in["access_token"]))

    expect(answer).ok({"id": people.row(name)["id"], "name": name, "role": "member"})


@task(4)
def test_me_has_no_secret(client, people, keeps_secret):
    """GET /users/me does not return the password hash."""
    name = people.member()

    answer = client.get("/users/me", headers=people.signed_in(name))

    expect(answer).ok({"name": name})
    keeps_secret(answer, name)


@task(4)
def test_no_token_is_401(client, people, rejects):
    """GET /users/me without a token is rejected with 401 and a WWW-Authenticate: Bearer header."""
    expect(client.get("/users/me", headers=people.signed_in(people.member()))).ok()

    rejects(client.get("/users/me"), "no token")


@task(4)
def test_expired_token_is_401(client, people, rejects):
    """A token that has expired, or has no exp, is rejected with 401."""
    _rejects_all(client, people, rejects, "an expired token", "a token without exp")


@task(4)
def test_forged_token_is_401(client, people, rejects):
    """A token that was changed, or signed in any way other than with HS256 and the secret, is rejected with 401."""
    forged = (
        "a token that was signed with another secret",
        "a token of somebody else with this token's signature",
        "a token without a signature",
        "a token that was signed with HS384",
    )
    _rejects_all(client, people, rejects, *forged)


@task(4)
def test_token_of_nobody_is_401(client, people, rejects):
    """A token without sub or for a nonexistent user, or a string that is not a token, is rejected with 401."""
    nobody = ("a token of a user who does not exist", "a token without sub", "a text that is not a token")
    _rejects_all(client, people, rejects, *nobody)


def _rejects_all(client, people, rejects, *kinds):
    name = people.member()
    expect(client.get("/users/me", headers=people.signed_in(name))).ok({"name": name})
    tokens = people.bad_tokens(name)
    for kind in kinds:
        rejects(client.get("/users/me", headers=people.carrying(tokens[kind])), kind)


@task(5)
def test_recipe_belongs_to_its_writer(client, people):
    """POST /recipes returns 201, and the owner is the user who sent the request."""
    name, recipe = people.member(), people.new_recipe()
    people.ground_user(name)

    answer = client.post("/recipes", json=recipe, headers=people.signed_in(name))

    expect(answer).created({"id": int, "owner": name} | recipe)


@task(5)
def test_owner_in_the_body_does_not_count(client, people):
    """An owner in the body of POST /recipes is ignored."""
    name, other = people.member(), people.member()
    people.ground_user(name)

    answer = client.post("/recipes", json=people.new_recipe() | {"owner": other}, headers=people.signed_in(name))

    expect(answer).created({"owner": name})


@task(5)
def test_writing_needs_a_token(client, people, stranger):
    """POST and PUT without a token are rejected with 401, even for an unknown id, and nothing is stored."""
    name, recipe = people.member(), people.new_recipe()
    people.ground_user(name)
    expect(client.post("/recipes", json=people.new_recipe(), headers=people.signed_in(name))).created()
    old = people.recipe_of(name)

    expect(client.post("/recipes", json=recipe)).refused(stranger)
    for number in (old["id"], people.unknown_recipe()):
        expect(client.put(f"/recipes/{number}", json=recipe)).refused(stranger)

    expect.that(people.recipe(old["id"]) == old, "The recipe has changed.")
    expect.that(not people.titled(recipe["title"]), "The recipe was stored.")


@task(5)
def test_owner_may_change_a_recipe(client, people):
    """PUT /recipes/{recipe_id} from the recipe's owner changes the recipe, and returns it."""
    name, new = people.member(), people.new_recipe()
    people.ground_user(name)
    recipe = people.recipe_of(name)

    answer = client.put(f"/recipes/{recipe['id']}", json=new, headers=people.signed_in(name))

    expect(answer).ok({"id": recipe["id"], "owner": name} | new)
    expect(client.get(f"/recipes/{recipe['id']}")).ok(new)


@task(5, weight=2)
def test_others_may_not_change_it(client, people):
    """PUT /recipes/{recipe_id} for somebody else's recipe is rejected with 403, and the recipe stays as it was."""
    name, other, new = people.member(), people.member(), people.new_recipe()
    people.ground_user(other)
    recipe, own = people.recipe_of(name), people.recipe_of(other)
    expect(client.put(f"/recipes/{own['id']}", json=new, headers=people.signed_in(other))).ok()

    expect(client.put(f"/recipes/{recipe['id']}", json=new, headers=people.signed_in(other))).refused(403)

    expect.that(people.recipe(recipe["id"]) == recipe, "The recipe has changed.")


@task(5)
def test_editor_may_not_change_it(client, people):
    """PUT /recipes/{recipe_id} for somebody else's recipe is rejected with 403, even from an editor."""
    name, editor, new = people.member(), people.editor(), people.new_recipe()
    people.ground_user(editor)
    recipe, own = people.recipe_of(name), people.recipe_of(editor)
    expect(client.put(f"/recipes/{own['id']}", json=new, headers=people.signed_in(editor))).ok()

    expect(client.put(f"/recipes/{recipe['id']}", json=new, headers=people.signed_in(editor))).refused(403)


@task(5)
def test_unknown_recipe_is_404(client, people):
    """PUT /recipes/{recipe_id} returns 404 if no recipe has that id."""
    name, new = people.member(), people.new_recipe()
    people.ground_user(name)
    recipe = people.recipe_of(name)
    expect(client.put(f"/recipes/{recipe['id']}", json=new, headers=people.signed_in(name))).ok()

    unknown = client.put(f"/recipes/{people.unknown_recipe()}", json=new, headers=people.signed_in(name))

    expect(unknown).refused(404)


@task(6)
def test_owner_may_delete_a_recipe(client, people):
    """DELETE /recipes/{recipe_id} from the recipe's owner returns 204, and the recipe is gone."""
    name = people.member()
    people.ground_user(name)
    recipe = people.recipe_of(name)

    expect(client.delete(f"/recipes/{recipe['id']}", headers=people.signed_in(name))).deleted()

    expect(client.get(f"/recipes/{recipe['id']}")).refused(404)


@task(6)
def test_editor_may_delete_a_recipe(client, people):
    """DELETE /recipes/{recipe_id} for somebody else's recipe returns 204 for an editor."""
    name, editor = people.member(), people.editor()
    people.ground_user(editor)
    recipe = people.recipe_of(name)

    expect(client.delete(f"/recipes/{recipe['id']}", headers=people.signed_in(editor))).deleted()

    expect.that(people.recipe(recipe["id"]) is None, "The recipe is still in the table.")


@task(6)
def test_other_members_may_not_delete_it(client, people, stranger):
    """DELETE /recipes/{recipe_id} returns 403 for other members and 401 without a token, and deletes nothing."""
    name, other = people.member(), people.member()
    people.ground_user(other)
    recipe, own = people.recipe_of(name), people.recipe_of(other)
    expect(client.delete(f"/recipes/{own['id']}", headers=people.signed_in(other))).deleted()

    expect(client.delete(f"/recipes/{recipe['id']}", headers=people.signed_in(other))).refused(403)
    for number in (recipe["id"], people.unknown_recipe()):
        expect(client.delete(f"/recipes/{number}")).refused(stranger)

    expect.that(people.recipe(recipe["id"]) == recipe, "The recipe is gone.")


@task(6)
def test_deleting_an_unknown_recipe_is_404(client, people):
    """DELETE /recipes/{recipe_id} returns 404 if no recipe has that id."""
    name = people.member()
    people.ground_user(name)
    recipe = people.recipe_of(name)
    expect(client.delete(f"/recipes/{recipe['id']}", headers=people.signed_in(name))).deleted()

    expect(client.delete(f"/recipes/{recipe['id']}", headers=people.signed_in(name))).refused(404)


@task(6)
def test_editors_see_all_users(client, people, keeps_secret):
    """GET /users returns every user to an editor, without any password hashes."""
    name, editor = people.member(), people.editor()
    people.ground_user(editor)

    answer = client.get("/users", headers=people.signed_in(editor))

    expect(answer).ok(list)
    for person, role in ((name, "member"), (editor, "editor")):
        user = {"id": people.row(person)["id"], "name": person, "role": role}
        found = [entry for entry in answer.json if user.items() <= entry.items()]
        expect.that(len(found) == 1, f"The list does not contain {user} exactly once.", answer)
        keeps_secret(answer, person)


@task(6)
def test_members_do_not_see_all_users(client, people, stranger):
    """GET /users returns 403 for members, and 401 without a token."""
    name, editor = people.member(), people.editor()
    people.ground_user(name)
    expect(client.get("/users", headers=people.signed_in(editor))).ok()

    expect(client.get("/users", headers=people.signed_in(name))).refused(403)
    expect(client.get("/users")).refused(stranger)


@task(6)
def test_editor_changes_a_role(client, people, keeps_secret):
    """PUT /users/{name}/role from an editor changes the role, and returns the user without the hash."""
    name, editor = people.member(), people.editor()
    people.ground_user(editor)

    answer = client.put(f"/users/{name}/role", json={"role": "editor"}, headers=people.signed_in(editor))

    expect(answer).ok({"name": name, "role": "editor"})
    expect.that(people.row(name)["role"] == "editor", "The role in the table has not changed.")
    keeps_secret(answer, name)


@task(6)
def test_role_of_an_unknown_user_is_404(client, people):
    """PUT /users/{name}/role returns 404 if nobody has that name."""
    editor, role = people.editor(), {"role": "editor"}
    people.ground_user(editor)
    expect(client.put(f"/users/{people.member()}/role", json=role, headers=people.signed_in(editor))).ok()

    unknown = client.put(f"/users/{people.new_name()}/role", json=role, headers=people.signed_in(editor))

    expect(unknown).refused(404)


@task(6)
def test_members_do_not_change_roles(client, people, stranger):
    """PUT /users/{name}/role returns 403 for members, even for their own role, and 401 without a token."""
    name, editor = people.member(), people.editor()
    path, role = f"/users/{name}/role", {"role": "editor"}
    people.ground_user(name)
    expect(client.put(path, json={"role": "member"}, headers=people.signed_in(editor))).ok()

    expect(client.put(path, json=role, headers=people.signed_in(name))).refused(403)
    for person in (name, people.new_name()):
        expect(client.put(f"/users/{person}/role", json=role)).refused(stranger)

    expect.that(people.row(name)["role"] == "member", "The role has changed.")


@task(6)
def test_new_role_counts_at_once(client, people):
    """After a role change, the user's next request has the new rights, even with the same token, whatever EDITORS says."""
    name, editor = people.listed_member(), people.editor()
    path, token = f"/users/{name}/role", people.signed_in(name)
    people.ground_user(name)

    for role, code in (("editor", 200), ("member", 403)):
        expect(client.put(path, json={"role": role}, headers=people.signed_in(editor))).ok()
        expect(client.get("/users", headers=token)).status(code)
