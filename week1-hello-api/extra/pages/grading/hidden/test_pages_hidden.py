"""The rules of the visible checks, with all exhibits."""

from classroom import expect, task


@task(2)
def test_every_label(client, museum, has_label, has_type):
    """Every exhibit has a label with its name and year, as text/plain."""
    for exhibit in museum.exhibits:
        label = client.get(f"/exhibits/{exhibit['id']}/label")
        has_label(label, exhibit)
        has_type(label, "text/plain")


@task(3)
def test_every_link_has_its_name(client, museum, page_at):
    """On the GET /exhibits page, each link has the name of its exhibit, and still does on a second request."""
    for _ in range(2):
        page = page_at(client, "/exhibits")
        expected = [(f"/exhibits/{exhibit['id']}", exhibit["name"]) for exhibit in museum.exhibits]
        expect.that(page.links() == expected, f"The links are {page.links()}, expected {expected}.", page.answer)


@task(4, weight=2)
def test_every_page(client, museum, page_at):
    """The page of every exhibit shows its name, year, story and picture, and nothing from any other exhibit."""
    for exhibit in museum.exhibits:
        page = page_at(client, f"/exhibits/{exhibit['id']}")
        page.has("h1", exhibit["name"], "the name")
        page.has("title", exhibit["name"], "the name")
        page.has("p", exhibit["story"], "the story")
        page.contains(str(exhibit["year"]), "the year")
        images = [image.get("alt") for image in page.images()]
        expect.that(images == [exhibit["name"]] * bool(exhibit["picture"]), f"The images are {images}.", page.answer)
        others = [other["name"] for other in museum.exhibits if other is not exhibit]
        expect.that(not set(others) & set(page.texts("h1")), "The page shows another exhibit as well.", page.answer)


@task(5)
def test_every_exhibit_in_xml(client, museum, exported, has_type):
    """GET /exhibits.xml contains the id, name and year of every exhibit, in order."""
    answer = client.get("/exhibits.xml")

    expect(answer).status(200)
    has_type(answer, "application/xml", "text/xml")
    expected = [(str(exhibit["id"]), exhibit["name"], str(exhibit["year"])) for exhibit in museum.exhibits]
    expect.that(exported(answer) == expected, f"The exhibits are {exported(answer)}, expected {expected}.", answer)


@task(6)
def test_every_picture(client, museum, has_type, shows_file):
    """Every picture is returned as image/svg+xml, and the response is 404 for an exhibit without one."""
    for exhibit in museum.with_picture():
        picture = client.get(f"/exhibits/{exhibit['id']}/picture")
        expect(picture).status(200)
        has_type(picture, "image/svg+xml")
        shows_file(picture, exhibit)
    for exhibit in museum.without_picture():
        expect(client.get(f"/exhibits/{exhibit['id']}/picture")).refused(404)
    expect(client.get(f"/exhibits/{museum.missing()}/picture")).refused(404)


@task(7)
def test_every_kind_of_client(client, museum, page_at):
    """GET /hours chooses its response based on the Accept header: a page, JSON, or 406."""
    page = page_at(client, "/hours", Accept="text/html")
    page.contains(museum.hours["opens"], "the time at which the museum opens")
    page.contains(museum.hours["closes"], "the time at which the museum closes")
    for accept in ("application/json", "application/json;q=0.9, text/plain;q=0.5", "image/png, */*;q=0.1"):
        expect(client.get("/hours", headers={"Accept": accept})).ok(museum.hours)
    for accept in ("image/png", "text/csv", "application/pdf, image/*"):
        expect(client.get("/hours", headers={"Accept": accept})).refused(406)
