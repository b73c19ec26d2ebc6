"""The rules of the visible checks, for every exhibit and language."""

from classroom import expect, ground, task
from support.headers import LEAST, cookie_of, known_tag, tag_of, visit_of, words_of


@task(2)
def test_every_text_in_every_language(client, museum):
    """GET /exhibits/{number} returns each text in each of the three languages, with its headers."""
    for number in museum.numbers[:5]:
        for language in ("en", "de", "fr"):
            answer = client.get(f"/exhibits/{number}", headers={"Accept-Language": f"{language}-XX, es"})
            expect(answer).ok(museum.shown(number, language)).header("content-language", language)
            varies = {"accept-language", "*"} & words_of(answer, "vary")
            expect.that(varies, "The response has no Vary: Accept-Language header.", answer)


@task(3)
def test_tags_of_everything(client, museum):
    """Each text in each language has its own ETag, which does not change; a 304 has the same ETag as the 200."""
    tags = {}
    for number in museum.numbers[:5]:
        for language in ("en", "de", "fr"):
            headers = {"Accept-Language": language}
            answer = client.get(f"/exhibits/{number}", headers=headers)
            expect(answer).ground(task=2)
            ground(answer.json.get("language") == language, task=2)
            tags[number, language] = tag_of(answer)
            again = client.get(f"/exhibits/{number}", headers={**headers, "If-None-Match": f'"x",{tag_of(answer)}'})
            expect(again).status(304)
            expect.that(tag_of(again) == tag_of(answer), "The 304 has another ETag.", again)
    expect.that(len(set(tags.values())) == len(tags), "Two texts have the same ETag.")


@task(4)
def test_changes_in_each_language(client, museum):
    """A change in one language needs that language's ETag, and leaves the other languages unchanged."""
    path = f"/exhibits/{museum.one_to_change()}"
    german = client.get(path, headers={"Accept-Language": "de"})
    english = known_tag(client.get(path))
    ground(german.json.get("language") == "de", task=3)
    before, text = client.get(path).json, museum.new_text()
    body = {"language": "de", "text": text}

    expect(client.put(path, json=body, headers={"If-Match": english})).refused(412)
    expect(client.put(path, json=body, headers={"If-Match": f'"other", {known_tag(german)}'})).ok({"text": text})
    expect(client.get(path, headers={"Accept-Language": "de"})).ok({"text": text})
    expect(client.get(path)).ok(before)


@task(5)
def test_thirty_tokens(client):
    """Thirty visits have thirty different tokens of at least 32 characters."""
    tokens = {cookie_of(expect(client.post("/visits")).created({"seen": []}).answer).value for _ in range(30)}
    expect.that(len(tokens) == 30, f"Thirty visits have {len(tokens)} different tokens.")
    expect.that(min(map(len, tokens)) >= LEAST, "A token has less than 32 characters.")


@task(6)
def test_visit_among_other_cookies(client, museum):
    """A visit cookie is recognized among other cookies, and a request that returns 404 is not added to the visit."""
    cookie, number = visit_of(client), museum.one()
    among = {"Cookie": f"theme=dark; {cookie['Cookie']}; size=2"}

    expect(client.get("/exhibits/5000", headers=among)).refused(404)
    expect(client.get(f"/exhibits/{number}", headers=among)).ok(museum.shown(number))

    expect(client.get("/visits/current", headers=cookie)).ok({"seen": [number]})


@task(7)
def test_end_and_new_start(client, museum):
    """After a visit ends, exhibits read with its cookie belong to no visit, and a new visit starts empty."""
    cookie, number = visit_of(client), museum.one()
    expect(client.get("/visits/current", headers=cookie)).ground(task=6)
    expect(client.delete("/visits/current", headers=cookie)).deleted()

    expect(client.get(f"/exhibits/{number}", headers=cookie)).ok(museum.shown(number))

    expect(client.get("/visits/current", headers=cookie)).refused(401)
    expect(client.get("/visits/current", headers=visit_of(client))).ok({"seen": []})
