"""The visible checks. The limit and the leaflets are different in each run: see support/office.py."""

from classroom import expect, task


@task(1)
def test_root_names_the_office(client):
    """GET / returns {"office": "Lost and found"}."""
    expect(client.get("/")).ok({"office": "Lost and found"})


@task(2, weight=2)
def test_form_is_accepted(client, office):
    """POST /finds with a form returns 201 with the id and both fields, and GET /finds/{find_id} returns them as well."""
    form = office.form()

    answer = office.send(form)

    expect(answer).created({"id": int} | form)
    expect(client.get(f"/finds/{answer.json['id']}")).ok(form)


@task(2)
def test_place_is_optional(office):
    """Without a place in the form, the place is "unknown"."""
    form = office.form()

    expect(office.send({"what": form["what"]})).created({"what": form["what"], "place": "unknown"})


@task(2)
def test_what_has_a_length(office):
    """A `what` of 1 or 60 characters is accepted; without `what`, or with 61 characters, the response is 422."""
    form = office.form()
    for length in (1, 60):
        expect(office.send(form | {"what": "w" * length})).created()

    expect(office.send(form | {"what": "w" * 61})).refused(422)
    expect(office.send({"place": form["place"]})).refused(422)


@task(3, weight=2)
def test_photo_is_on_the_disk(office):
    """POST /finds/{find_id}/photo returns 201 with the size, and a file of that size is in the photos folder."""
    path, photo, before = office.find(), office.photo(), office.disk()

    expect(office.upload_photo(path, photo)).created({"size": len(photo)})

    changed = office.changed(before)
    expect.that(
        list(changed.values()) == [len(photo)], f"The new files are {changed}, expected one of {len(photo)} bytes."
    )
    expect.that(all(name.startswith("photos/") for name in changed), f"The new file is {', '.join(changed)}.")


@task(3, weight=2)
def test_large_photo_is_written_in_pieces(office):
    """A photo of exactly LIMIT bytes is accepted, and written in pieces of at most PIECE bytes."""
    photo = office.photo(office.limit)

    expect(office.upload_photo(office.find(), photo)).created({"size": office.limit})


@task(3, weight=2)
def test_too_large_photo_leaves_nothing(office):
    """A photo that is one byte over LIMIT is rejected with 413, and leaves no file behind."""
    path = office.find()
    expect(office.upload_photo(office.find(), office.photo())).created()
    before = office.disk()

    expect(office.upload_photo(path, office.photo(office.limit + 1))).refused(413)

    office.same_disk(before, "an upload that was rejected")


@task(3)
def test_second_photo_replaces_the_first(office):
    """A second photo of the same find is stored, and the first one's file is deleted."""
    path, second = office.find(), office.photo(2000)
    before = office.disk()
    expect(office.upload_photo(path, office.photo(1000))).created()
    expect(office.upload_photo(path, second)).created()

    changed = office.changed(before)
    expect.that(
        list(changed.values()) == [2000], f"After two photos, the new files are {changed}, expected the second."
    )


@task(3)
def test_photo_of_nothing_is_404(client, office):
    """If no find has that id, the response to an upload is 404, and no file is left behind."""
    path = office.find()
    expect(office.upload_photo(path, office.photo())).created()
    before, number = office.disk(), int(path.split("/")[2]) + 1000

    expect(office.upload_photo(f"/finds/{number}/photo", office.photo())).refused(404)

    office.same_disk(before, "a photo for an id under which nothing was found")


@task(4, weight=2)
def test_photo_comes_back(client, office, jpeg):
    """GET /finds/{find_id}/photo returns the same bytes, as image/png or image/jpeg, depending on the first bytes."""
    for kind, photo in (("image/png", office.photo()), ("image/jpeg", office.photo(start=jpeg))):
        path = office.find()
        expect(office.upload_photo(path, photo)).ground(task=3)

        answer = client.get(path)

        expect(answer).status(200)
        expect.that(answer.body == photo, "The bytes are not those that were uploaded.", answer)
        found = (answer.headers.get("content-type") or "").split(";")[0]
        expect.that(found == kind, f"The Content-Type is {found}, expected {kind}.", answer)


@task(4, weight=2)
def test_other_files_are_415(office):
    """A file that begins with the bytes of another type is rejected with 415, even if it is called photo.png."""
    path = office.find()
    expect(office.upload_photo(path, office.photo())).ground(task=3)
    before = office.disk()

    expect(office.upload_photo(path, b"<script>alert(1)</script>")).refused(415)

    office.same_disk(before, "an upload that was rejected")


@task(4)
def test_type_is_not_to_be_guessed(client, office):
    """The download has the X-Content-Type-Options: nosniff header."""
    path = office.find()
    expect(office.upload_photo(path, office.photo())).ground(task=3)

    answer = client.get(path)

    expect(answer).status(200)
    found = answer.headers.get("x-content-type-options")
    expect.that(found == "nosniff", f"X-Content-Type-Options is {found}, expected nosniff.", answer)


@task(4)
def test_missing_photo_is_404(client, office):
    """GET /finds/{find_id}/photo returns 200 if there is a photo, and 404 if there is none."""
    path = office.find()
    expect(office.upload_photo(path, office.photo())).ground(task=3)
    expect(client.get(path)).status(200)

    expect(client.get(office.find())).refused(404)


@task(5, weight=2)
def test_document_keeps_its_name(office):
    """POST /documents returns 201 with the name, and the file is in the documents folder under this name."""
    name, text, before = office.name(), office.text(), office.disk()

    expect(office.upload_document(name, text)).created({"name": name})

    changed = office.changed(before)
    expect.that(changed == {f"documents/{name}": len(text)}, f"The new files are {changed}, expected documents/{name}.")


@task(5, weight=2)
def test_name_cannot_leave_the_folder(office):
    """A name such as ../menu.txt or café.txt is rejected with 422, and no file is written."""
    name = office.name()
    expect(office.upload_document(name)).created()
    before = office.disk()

    for bad in (f"../{name}", f"../photos/{name}", f"/tmp/{name}", f".{name}", f"my {name}", f"café-{name}"):
        expect(office.upload_document(bad)).refused(422)

    office.same_disk(before, "names that were rejected")


@task(5)
def test_document_is_not_overwritten(office):
    """A second document with the same name is rejected with 409, and the first one stays unchanged."""
    name = office.name()
    expect(office.upload_document(name, b"first\n")).created()
    before = office.disk()

    expect(office.upload_document(name, b"the second one\n")).refused(409)

    office.same_disk(before, "a document whose name exists")


@task(6, weight=2)
def test_leaflets_are_returned(client, office):
    """GET /leaflets/{name} returns the leaflet, even from a folder such as en/, and 404 for an unknown name."""
    for name, text in office.leaflets.items():
        answer = client.get(f"/leaflets/{name}")
        expect(answer).status(200)
        expect.that(answer.text == text, f"The response is not the content of the leaflet {name}.", answer)

    expect(client.get(f"/leaflets/{office.name()}")).refused(404)


@task(6, weight=2)
def test_secret_is_not_returned(client, office):
    """GET /leaflets/../secret.txt, with the dots and the slash written as %2e and %2f, returns 404."""
    expect(client.get(f"/leaflets/{next(iter(office.leaflets))}")).status(200)

    for way in ("%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "en/%2e%2e/%2e%2e/secret.txt"):
        answer = client.get(f"/leaflets/{way}")
        expect.that(
            office.secret not in answer.text, f"GET /leaflets/{way} returns a file from outside the folder.", answer
        )
        expect(answer).refused(404)


@task(6)
def test_absolute_path_is_not_returned(client, office):
    """GET /leaflets/ followed by a path that begins with a slash, such as /etc/passwd, returns 404."""
    expect(client.get(f"/leaflets/{next(iter(office.leaflets))}")).status(200)

    for way in office.ways_outside():
        answer = client.get(f"/leaflets/{way}")
        sentence = "A path that begins with a slash returns a file from outside the folder."
        expect.that(answer.status != 200, sentence, answer)
        expect(answer).refused(404)


@task(6)
def test_folder_is_not_a_leaflet(client, office):
    """GET /leaflets/en returns 404, because it is a folder."""
    expect(client.get(f"/leaflets/{next(iter(office.leaflets))}")).status(200)

    expect(client.get("/leaflets/en")).refused(404)
