"""The visible checks. The exhibits are different in each run: see support/museum.py."""

from classroom import expect, task

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@task(1)
def test_root_names_the_museum(client):
    """GET / returns {"museum": "Museum of Small Things"}."""
    expect(client.get("/")).ok({"museum": "Museum of Small Things"})


@task(2, weight=2)
def test_label_is_plain_text(client, museum, has_label, has_type):
    """GET /exhibits/{exhibit_id}/label returns the name and the year, such as Typewriter (1956), as text/plain."""
    exhibit = museum.plain()

    label = client.get(f"/exhibits/{exhibit['id']}/label")

    has_label(label, exhibit)
    has_type(label, "text/plain")


@task(2)
def test_label_is_not_escaped(client, museum, has_label):
    """A label with <, & or quotation marks in it is returned as is: plain text has no special characters."""
    for exhibit in museum.odd():
        has_label(client.get(f"/exhibits/{exhibit['id']}/label"), exhibit)


@task(2)
def test_label_of_no_exhibit_is_404(client, museum):
    """GET /exhibits/{exhibit_id}/label returns 404 if no exhibit has that id."""
    expect(client.get(f"/exhibits/{museum.plain()['id']}/label")).status(200)

    expect(client.get(f"/exhibits/{museum.missing()}/label")).refused(404)


@task(3, weight=2)
def test_page_links_to_every_exhibit(client, museum, page_at):
    """GET /exhibits returns a page with a link to each exhibit, such as <a href="/exhibits/31">Typewriter</a>, in order."""
    page = page_at(client, "/exhibits")

    expected = [f"/exhibits/{exhibit['id']}" for exhibit in museum.exhibits]
    found = [href for href, _ in page.links()]
    none = "The page has no link to an exhibit. Are the names in exhibits.html the keys of your dict?"
    expect.that(found, none, page.answer)
    expect.that(found == expected, f"The page links to {found}, expected {expected}.", page.answer)
    plain = museum.plain()
    texts = [text for _, text in page.links()]
    expect.that(plain["name"] in texts, f"No link has the text {plain['name']!r}.", page.answer)


@task(3)
def test_names_in_the_list_are_escaped(client, museum, page_at):
    """On the GET /exhibits page, names with <, & or quotation marks are shown unchanged."""
    page = page_at(client, "/exhibits")

    texts = [text for _, text in page.links()]
    for exhibit in museum.exhibits:
        sentence = f"No link has the text {exhibit['name']!r}. The links have: {texts}."
        expect.that(exhibit["name"] in texts, sentence, page.answer)


@task(4, weight=2)
def test_page_shows_the_exhibit(client, museum, page_at):
    """GET /exhibits/{exhibit_id} returns a page with the name as <h1> and as <title>, and the year somewhere on it."""
    exhibit = museum.plain()

    page = page_at(client, f"/exhibits/{exhibit['id']}")

    page.has("h1", exhibit["name"], "the name")
    page.has("title", exhibit["name"], "the name")
    page.contains(str(exhibit["year"]), "the year")


@task(4, weight=2)
def test_page_shows_the_story_as_it_was_written(client, museum, page_at):
    """The story is shown as <p>, with the same characters that the visitor wrote, and HTML in it has no effect."""
    for exhibit in museum.exhibits:
        page = page_at(client, f"/exhibits/{exhibit['id']}")
        page.has_no_element_of(exhibit["story"])
        page.has("p", exhibit["story"], "the story")


@task(4)
def test_page_shows_the_picture(client, museum, page_at):
    """The page of an exhibit with a picture has an image with the picture's address as src and the exhibit's name as alt."""
    for exhibit in museum.with_picture():
        page = page_at(client, f"/exhibits/{exhibit['id']}")
        images = [{"src": image.get("src"), "alt": image.get("alt")} for image in page.images()]
        expected = {"src": f"/exhibits/{exhibit['id']}/picture", "alt": exhibit["name"]}
        cut = [image["alt"] for image in images if image["alt"] == exhibit["name"].split()[0]]
        sentence = f"The alt is cut after its first word, {cut}: put quotation marks around its value."
        expect.that(not cut, sentence, page.answer)
        expect.that(images == [expected], f"The images are {images}, expected one: {expected}.", page.answer)


@task(4)
def test_page_without_a_picture(client, museum, page_at):
    """The page of an exhibit without a picture has no image, and an unknown id returns 404."""
    exhibit = museum.draw.one_of(museum.without_picture())

    page = page_at(client, f"/exhibits/{exhibit['id']}")

    page.has("h1", exhibit["name"], "the name")
    expect.that(not page.images(), "The page has an image, but the exhibit has no picture.", page.answer)
    expect(client.get(f"/exhibits/{museum.missing()}")).refused(404)


@task(5, weight=2)
def test_xml_contains_every_exhibit(client, museum, exported, has_type):
    """GET /exhibits.xml returns all exhibits as application/xml, each with its id, name and year."""
    answer = client.get("/exhibits.xml")

    expect(answer).status(200)
    has_type(answer, "application/xml", "text/xml")
    found = exported(answer)
    numbers = [str(exhibit["id"]) for exhibit in museum.exhibits]
    expect.that([number for number, _, _ in found] == numbers, f"The ids are {[each[0] for each in found]}.", answer)
    plain = museum.plain()
    entry = (str(plain["id"]), plain["name"], str(plain["year"]))
    expect.that(entry in found, f"No <exhibit> has the id, name and year {entry}.", answer)


@task(5)
def test_names_in_xml_are_escaped(client, museum, exported):
    """In GET /exhibits.xml, names with <, & or quotation marks come out unchanged."""
    answer = client.get("/exhibits.xml")

    expect(answer).status(200)
    names = [name for _, name, _ in exported(answer)]
    for exhibit in museum.exhibits:
        expect.that(exhibit["name"] in names, f"No <name> is {exhibit['name']!r}. The names are {names}.", answer)


@task(6, weight=2)
def test_picture_is_the_file(client, museum, has_type, shows_file):
    """GET /exhibits/{exhibit_id}/picture returns the file as image/svg+xml, or 404 if there is no picture."""
    for exhibit in museum.draw.sample(museum.with_picture(), 2):
        picture = client.get(f"/exhibits/{exhibit['id']}/picture")
        expect(picture).status(200)
        has_type(picture, "image/svg+xml")
        shows_file(picture, exhibit)
    other = museum.draw.one_of(museum.without_picture())
    expect(client.get(f"/exhibits/{other['id']}/picture")).refused(404)


@task(6, weight=2)
def test_today_redirects(client, museum):
    """GET /today redirects temporarily to the page of the exhibit of the day, with 302, 303 or 307."""
    answer = client.get("/today", follow=False)

    expect(answer).status(302, 303, 307)
    location = answer.headers.get("location") or ""
    path = location.removeprefix("http://127.0.0.1:8000").removeprefix("http://localhost:8000")
    expect.that(
        path == f"/exhibits/{museum.today}", f"Location is {location!r}, expected /exhibits/{museum.today}.", answer
    )


@task(7, weight=2)
def test_browser_gets_a_page(client, museum, page_at):
    """GET /hours returns a page with the hours to a client that accepts text/html, as browsers do."""
    page = page_at(client, "/hours", Accept=BROWSER)

    page.contains(museum.hours["opens"], "the time at which the museum opens")
    page.contains(museum.hours["closes"], "the time at which the museum closes")


@task(7, weight=2)
def test_program_gets_json(client, museum):
    """GET /hours returns the hours as JSON if the Accept header contains application/json or */*, or is missing."""
    for accept in ("application/json", "*/*", ""):
        expect(client.get("/hours", headers={"Accept": accept})).ok(museum.hours)


@task(7)
def test_other_types_are_406(client, museum):
    """GET /hours returns 406 to a client that accepts neither of the two types."""
    expect(client.get("/hours", headers={"Accept": "application/json"})).ok()

    expect(client.get("/hours", headers={"Accept": "image/png"})).refused(406)


@task(7)
def test_both_say_what_they_depend_on(client):
    """Both responses from GET /hours have a Vary: Accept header."""
    for accept in ("application/json", BROWSER):
        answer = client.get("/hours", headers={"Accept": accept})
        expect(answer).status(200)
        vary = answer.headers.get("vary") or ""
        expect.that(vary, "There is no Vary header, expected Vary: Accept.", answer)
        named = [name.strip().lower() for name in vary.split(",")]
        expect.that("accept" in named, f"The header Vary is {vary!r}, expected Accept.", answer)
