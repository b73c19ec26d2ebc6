"""The visible checks. The exhibits are different in each run: see support/museum.py."""

from itertools import pairwise

from classroom import expect, ground, task
from support.headers import DAY, LEAST, cookie_of, known_tag, tag_of, visit_of, words_of


@task(1)
def test_root_says_what_this_is(client):
    """GET / returns {"museum": "Town museum"}."""
    expect(client.get("/")).ok({"museum": "Town museum"})


@task(2, weight=2)
def test_text_in_the_preferred_language(client, museum):
    """GET /exhibits/{number} returns the text in the language that Accept-Language prefers."""
    number = museum.one()
    for language, accepted in (("de", "de"), ("fr", "de;q=0.3, fr-CA"), ("en", "en"), ("de", "es, fr;q=0.2, de;q=0.7")):
        expect(client.get(f"/exhibits/{number}", headers={"Accept-Language": accepted})).ok(
            museum.shown(number, language)
        )


@task(2)
def test_english_for_everybody_else(client, museum):
    """If Accept-Language is missing or has none of the three languages, the text is in English."""
    number = museum.one()
    german = client.get(f"/exhibits/{number}", headers={"Accept-Language": "de"})
    expect(german).ok(museum.shown(number, "de"))

    expect(client.get(f"/exhibits/{number}")).ok(museum.shown(number))
    expect(client.get(f"/exhibits/{number}", headers={"Accept-Language": "es, it;q=0.5"})).ok(museum.shown(number))


@task(2)
def test_language_is_in_the_headers(client, museum):
    """The response names its language in Content-Language, and says in Vary that it depends on Accept-Language."""
    number = museum.one()
    for language in ("fr", "de", "en"):
        answer = client.get(f"/exhibits/{number}", headers={"Accept-Language": language})
        expect(answer).ok(museum.shown(number, language)).header("content-language", language)
        varies = {"accept-language", "*"} & words_of(answer, "vary")
        expect.that(varies, "The response has no Vary: Accept-Language header.", answer)


@task(3, weight=2)
def test_known_text_is_304(client, museum):
    """GET /exhibits/{number} returns an ETag, and returns 304 without a body if If-None-Match contains it."""
    number = museum.one()
    first = client.get(f"/exhibits/{number}")
    expect(first).ok(museum.shown(number))
    tag = tag_of(first)

    again = client.get(f"/exhibits/{number}", headers={"If-None-Match": tag})

    expect(again).status(304)
    expect.that(not again.body, "A 304 has no body.", again)
    expect.that(tag_of(again) == tag, "The 304 has another ETag.", again)


@task(3)
def test_other_text_is_200(client, museum):
    """If-None-Match with a different tag returns 200, even if it is the tag of another exhibit with the same text."""
    number, other = museum.twins()
    tag = tag_of(client.get(f"/exhibits/{number}"))
    expect(client.get(f"/exhibits/{number}", headers={"If-None-Match": tag})).status(304)

    foreign = tag_of(client.get(f"/exhibits/{other}"))
    expect.that(foreign != tag, f"Exhibits {number} and {other} have the same ETag.")
    for header in (foreign, '"something"', tag[:-2] + '"'):
        answer = client.get(f"/exhibits/{number}", headers={"If-None-Match": header})
        expect(answer).ok(museum.shown(number))


@task(3)
def test_tags_in_a_list_and_weak_ones_count(client, museum):
    """If-None-Match may be a list of tags, a tag may have W/ before it, and * matches any tag."""
    number = museum.one()
    tag = tag_of(client.get(f"/exhibits/{number}"))

    for header in (f'"a", {tag}, "b"', f"W/{tag.removeprefix('W/')}", "*"):
        expect(client.get(f"/exhibits/{number}", headers={"If-None-Match": header})).status(304)


@task(3)
def test_each_language_has_a_tag(client, museum):
    """Each of an exhibit's three languages has its own ETag, even for the same text, and Cache-Control: no-cache."""
    number, tags = museum.twins()[0], {}
    for language in ("en", "de", "fr"):
        answer = client.get(f"/exhibits/{number}", headers={"Accept-Language": language})
        expect(answer).ground(task=2)
        ground(answer.json.get("language") == language, task=2)
        tags[language] = tag_of(answer)
        cached = "no-cache" in words_of(answer, "cache-control")
        expect.that(cached, "The response has no Cache-Control: no-cache header.", answer)

    expect.that(len(set(tags.values())) == 3, f"Two languages have the same ETag: {tags}")


@task(4, weight=2)
def test_text_is_changed(client, museum):
    """PUT /exhibits/{number} with the ETag in If-Match changes the text, and returns it with its new ETag."""
    number, text = museum.one_to_change(), museum.new_text()
    path = f"/exhibits/{number}"
    tag = known_tag(client.get(path))

    changed = client.put(path, json={"language": "en", "text": text}, headers={"If-Match": tag})

    expect(changed).ok({"number": number, "language": "en", "text": text})
    expect.that(tag_of(changed) != tag, "The new text has the ETag of the old one.", changed)
    read = client.get(path)
    expect(read).ok({"text": text})
    expect.that(tag_of(read) == tag_of(changed), "PUT and GET return different ETags for the same text.", read)


@task(4, weight=2)
def test_second_change_is_412(client, museum):
    """If two changes have the same ETag in If-Match, the second one returns 412 and changes nothing."""
    path, first, second = f"/exhibits/{museum.one_to_change()}", museum.new_text(), museum.new_text()
    old = {"If-Match": known_tag(client.get(path))}
    expect(client.put(path, json={"language": "en", "text": first}, headers=old)).ok({"text": first})

    expect(client.put(path, json={"language": "en", "text": second}, headers=old)).refused(412)
    expect(client.get(path)).ok({"text": first})


@task(4)
def test_change_without_a_tag_is_428(client, museum):
    """PUT /exhibits/{number} without If-Match returns 428 and changes nothing."""
    path, text = f"/exhibits/{museum.one_to_change()}", museum.new_text()
    tag = known_tag(client.get(path))

    expect(client.put(path, json={"language": "en", "text": text})).refused(428)
    expect(client.get(path)).status(200)
    expect.that(client.get(path).json.get("text") != text, "The text was changed without If-Match.")
    expect(client.put(path, json={"language": "en", "text": text}, headers={"If-Match": tag})).ok({"text": text})


@task(5, weight=2)
def test_cookie_has_its_flags(client):
    """POST /visits sets the visit cookie with HttpOnly, Secure, SameSite=Lax, Path=/ and Max-Age=86400."""
    answer = client.post("/visits")
    expect(answer).created({"seen": []})
    cookie = cookie_of(answer)

    for flag, name in (("httponly", "HttpOnly"), ("secure", "Secure")):
        expect.that(cookie[flag], f"The cookie is not {name}.", answer)
    for attribute, name, value in (
        ("samesite", "SameSite", "Lax"),
        ("path", "Path", "/"),
        ("max-age", "Max-Age", str(DAY)),
    ):
        found = str(cookie[attribute])
        expect.that(found.lower() == value.lower(), f"The cookie has {name}={found}, expected {name}={value}.", answer)


@task(5, weight=2)
def test_token_cannot_be_guessed(client):
    """Each visit has its own token of at least 32 characters, which does not resemble the previous one."""
    answers = [expect(client.post("/visits")).created({"seen": []}).answer for _ in range(4)]
    tokens = [cookie_of(answer).value for answer in answers]

    for token, answer in zip(tokens, answers, strict=True):
        expect.that(len(token) >= LEAST, f"The token {token} has {len(token)} characters, expected {LEAST}.", answer)
        expect.that(token not in answer.text, "The body contains the token, so HttpOnly is useless.", answer)
    for first, second in pairwise(tokens):
        alike = sum(one == other for one, other in zip(first, second, strict=False)) > len(first) / 2
        expect.that(not alike, f"Two tokens are alike, and the next one can be guessed: {first} and {second}")


@task(6, weight=2)
def test_visit_remembers_exhibits(client, museum):
    """GET /visits/current returns the numbers of the exhibits that were read with this cookie, in the order they were read."""
    cookie, (first, second) = visit_of(client), museum.two()
    expect(client.get("/visits/current", headers=cookie)).ok({"seen": []})

    for number in (first, second, first):
        expect(client.get(f"/exhibits/{number}", headers=cookie)).ok(museum.shown(number))

    expect(client.get("/visits/current", headers=cookie)).ok({"seen": [first, second]})


@task(6)
def test_visits_are_separate(client, museum):
    """Two visits are kept separate, and exhibits read without a cookie belong to neither."""
    mine, yours, (first, second) = visit_of(client), visit_of(client), museum.two()
    expect(client.get(f"/exhibits/{first}", headers=mine)).ok(museum.shown(first))
    expect(client.get(f"/exhibits/{second}", headers=yours)).ok(museum.shown(second))
    expect(client.get(f"/exhibits/{second}")).ok(museum.shown(second))

    expect(client.get("/visits/current", headers=mine)).ok({"seen": [first]})
    expect(client.get("/visits/current", headers=yours)).ok({"seen": [second]})


@task(6)
def test_without_a_visit_it_is_401(client, draw):
    """GET /visits/current returns 401 without a cookie, and with a token that does not belong to any visit."""
    expect(client.get("/visits/current", headers=visit_of(client))).ok({"seen": []})

    expect(client.get("/visits/current")).refused(401)
    expect(client.get("/visits/current", headers={"Cookie": f"visit={draw.word(43)}"})).refused(401)


@task(7, weight=2)
def test_ended_visit_is_forgotten(client):
    """DELETE /visits/current returns 204, and afterwards the token no longer belongs to any visit."""
    cookie, other = visit_of(client), visit_of(client)
    expect(client.get("/visits/current", headers=cookie)).ground(task=6)

    expect(client.delete("/visits/current", headers=cookie)).deleted()

    expect(client.get("/visits/current", headers=cookie)).refused(401)
    expect(client.get("/visits/current", headers=other)).ok({"seen": []})


@task(7)
def test_cookie_is_deleted(client):
    """DELETE /visits/current deletes the cookie, using the Path it was set with."""
    started = client.post("/visits")
    expect(started).ground(task=5)
    ground("visit=" in (started.headers.get("set-cookie") or ""), task=5)
    before = cookie_of(started)
    expect(client.get("/visits/current", headers={"Cookie": f"visit={before.value}"})).ground(task=6)

    answer = client.delete("/visits/current", headers={"Cookie": f"visit={before.value}"})

    expect(answer).deleted()
    after = cookie_of(answer)
    gone = str(after["max-age"]) == "0" or "1970" in after["expires"]
    expect.that(gone, "The cookie is not deleted: it has neither Max-Age=0 nor a time in the past.", answer)
    same = after["path"] == before["path"]
    expect.that(
        same, f"The cookie was set with Path={before['path']}, and is deleted with Path={after['path']}.", answer
    )
