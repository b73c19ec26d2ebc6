"""The rules of the visible checks, with more files and names."""

from classroom import expect, task


@task(2)
def test_several_forms(client, office):
    """Each form becomes a separate find; an empty `what` and a JSON body are rejected with 422."""
    forms = [office.form() for _ in range(4)]
    numbers = []
    for form in forms:
        answer = office.send(form)
        expect(answer).created({"id": int} | form)
        numbers.append(answer.json["id"])
    for number, form in zip(numbers, forms, strict=True):
        expect(client.get(f"/finds/{number}")).ok({"id": number} | form)
    expect(office.send(forms[0] | {"what": ""})).refused(422)
    expect(client.post("/finds", json=forms[0])).refused(422)


@task(3, weight=2)
def test_rejected_photo_keeps_the_old_one(office, jpeg):
    """A photo of either type that is too large is rejected with 413, and the existing photo is kept."""
    for start in (office.photo()[:8], jpeg):
        path = office.find()
        expect(office.upload_photo(path, office.photo(start=start))).created()
        before = office.disk()
        for more in (1, 40_000, 90_000):
            expect(office.upload_photo(path, office.photo(office.limit + more, start))).refused(413)
            office.same_disk(before, "an upload that was rejected")
        expect(office.upload_photo(path, office.photo(office.limit, start))).created({"size": office.limit})


@task(4)
def test_photos_of_several_finds(client, office, jpeg):
    """Every find has its own photo, no matter what its file was called; other files are rejected with 415."""
    photos = {}
    for start, name in (
        (jpeg, "photo.png"),
        (office.photo()[:8], "photo.jpg"),
        (jpeg, "photo.html"),
        (jpeg, "photo.png"),
    ):
        path = office.find()
        photos[path] = office.photo(start=start)
        expect(office.upload_photo(path, photos[path], name)).ground(task=3)
    for path, photo in photos.items():
        answer = client.get(path)
        expect(answer).status(200)
        expect.that(answer.body == photo, "The bytes are not those that were uploaded.", answer)
        kind = "image/jpeg" if photo.startswith(jpeg) else "image/png"
        found = (answer.headers.get("content-type") or "").split(";")[0]
        expect.that(found == kind, f"The Content-Type is {found}, expected {kind}.", answer)
        for other in (b"GIF89a" + office.text(), b"%PDF-1.7\n", b"<svg></svg>"):
            expect(office.upload_photo(path, other, "photo.jpg")).refused(415)


@task(5)
def test_good_and_bad_names(office):
    """Names of up to 80 allowed characters are accepted; longer names and other characters are rejected with 422."""
    stem = office.name("")
    for good in (stem + "x" * (80 - len(stem)), f"{stem}.a.b_c-d", f"{office.draw.randint(10**8, 10**9)}"):
        expect(office.upload_document(good)).created({"name": good})
    before = office.disk()
    for bad in (
        stem + "x" * (81 - len(stem)),
        f"-{stem}",
        f"_{stem}",
        f"a/{stem}",
        f"a\\{stem}",
        f"..\\{stem}",
        f"{stem};x",
        f"{stem}é",
        f"straße-{stem}",
    ):
        expect(office.upload_document(bad)).refused(422)
    office.same_disk(before, "names that were rejected")


@task(6)
def test_no_way_out_of_the_folder(client, office):
    """No path, however it is written, can escape the leaflets folder."""
    for name in office.leaflets:
        expect(client.get(f"/leaflets/{name}")).status(200)
    for way in (
        "en/%2e%2e/%2e%2e/secret.txt",
        "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        "en%2f%2e%2e%2f%2e%2e%2fsecret.txt",
        "./%2e%2e/secret.txt",
        "%2e%2e",
        "en/",
    ):
        answer = client.get(f"/leaflets/{way}")
        expect.that(
            office.secret not in answer.text, f"GET /leaflets/{way} returns a file from outside the folder.", answer
        )
        expect(answer).refused(404)
