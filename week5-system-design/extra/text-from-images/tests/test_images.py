"""The visible checks. They draw images with other words in each run, with other limits: see support/limits.py and support/images.py."""

from classroom import expect, one_of, task
from support.archive import HEAD_ONLY, TOO_EARLY


@task(1)
def test_root_names_the_archive(client):
    """GET / returns {"archive": "Town archive"}."""
    expect(client.get("/")).ok({"archive": "Town archive"})


@task(2, weight=2)
def test_image_is_accepted(archive):
    """POST /images with a PNG or JPEG body returns 202 with the job, and its address in the Location header."""
    kinds = {"A PNG image": archive.blank(), "A JPEG image": archive.blank(kind="JPEG")}
    for what, image in kinds.items():
        answer = archive.post(image)

        expect.that(answer.status != 415, f"{what} was rejected with 415, expected 202.", answer)
        expect(answer).status(202).json({"id": int, "state": one_of("queued", "running")})
        expect(answer).header("location", f"/images/{answer.json['id']}")
        expect.that(answer.json["id"] in [image["id"] for image in archive.listed()], "GET /images does not list it.")


@task(2, weight=2)
def test_number_of_bytes_is_limited(archive):
    """An image of LIMIT bytes is accepted, and one that is a byte larger is rejected with 413."""
    limit = archive.limits["LIMIT"]
    archive.takes(archive.head(60, 40), "A small image", more=HEAD_ONLY)
    archive.takes(archive.of_size(limit), "An image of exactly LIMIT bytes")

    archive.rejects(archive.of_size(limit + 1), 413, "An image of LIMIT + 1 bytes")


@task(2, weight=2)
def test_rest_of_a_large_upload_is_not_waited_for(archive, slow_upload):
    """Once more than LIMIT bytes of an upload have arrived, the response is 413, even if the client declared more."""
    limit = archive.limits["LIMIT"]
    expect(archive.post(archive.head(60, 40))).status(202)
    upload = slow_upload(archive.client, size=20 * limit)

    upload.send(archive.of_size(limit + 1000))

    sentence = "More than LIMIT bytes have arrived, but there is no response: the app waits for the rest of the upload."
    expect(upload.answer(sentence)).refused(413)


@task(2, weight=2)
def test_number_of_pixels_is_limited(archive):
    """An image with PIXELS pixels is accepted; one with more pixels is rejected with 413, before it is decoded."""
    pixels = archive.limits["PIXELS"]
    archive.takes(archive.head(60, 40), "A small image", more=HEAD_ONLY)
    archive.takes(archive.head(1000, pixels // 1000), "An image with exactly PIXELS pixels")

    for width, height in ((1000, pixels // 1000 + 1), (40_000, 40_000)):
        archive.rejects(archive.head(width, height), 413, f"An image of {width} x {height} pixels")


@task(2)
def test_other_files_are_415(archive):
    """A text file and a GIF are rejected with 415, even though the Content-Type says image/png."""
    archive.takes(archive.blank(), "A PNG image")

    for what, file in {"A text file": archive.words().encode(), "A GIF image": archive.blank(kind="GIF")}.items():
        archive.rejects(file, 415, what, kind="image/png")


@task(2)
def test_rejected_upload_leaves_no_file(archive):
    """An upload that is rejected with 413 or 415 leaves no file behind; the file of an accepted image is kept."""
    archive.takes(archive.blank(), "A PNG image")
    before = archive.gate.files()
    uploads = {
        "An image of LIMIT + 1 bytes": (archive.of_size(archive.limits["LIMIT"] + 1), 413),
        "An image of 40000 x 40000 pixels": (archive.head(40_000, 40_000), 413),
        "A text file": (archive.words().encode(), 415),
    }
    for what, (file, status) in uploads.items():
        archive.rejects(file, status, what)

        archive.has_no_new_file(before, what)


@task(3, weight=3)
def test_text_is_read(archive):
    """The state of an image soon changes to "done", and its text is what is written on it."""
    text = archive.words()

    answer = archive.is_read(archive.upload(archive.image(text)), text, exactly=True)

    archive.is_final(answer)


@task(3, weight=2)
def test_image_is_read_beside_the_requests(archive):
    """While an image is being read, its state is "running", and the app responds to other requests."""
    text = archive.words()
    with archive.gate.closed():
        number = archive.upload(archive.image(text))
        begun = archive.is_begun(number)
        log = archive.gate.log()

        blocked = (
            "The app responded only once the image was read: it blocks the event loop (no thread?), or the upload."
        )
        archive.that(f"{number} reads" not in log, blocked)
        nobody = "Nobody reads the image: work must take one job after another from the queue."
        archive.that(begun, f"{nobody} GET /gate does not show '{number} waits'.")
        answer = archive.show(number)
        waited = "A GET without `wait` responded only once the image was read: the default must be 0."
        archive.that(f"{number} reads" not in archive.gate.log(), waited, answer)
        expect.that((answer.json["state"], answer.json.get("text")) != ("done", None), TOO_EARLY, answer)
        expect(answer).json({"state": "running", "text": None})
        archive.says_when(answer, "while an image is being read")

    archive.is_read(number, text)


@task(3, weight=2)
def test_images_wait_for_each_other(archive):
    """Only one image is read at a time; the next one is "queued" in the meantime, with a Retry-After."""
    first, second = archive.words(), archive.words()
    with archive.gate.closed():
        numbers = [archive.upload(archive.image(text)) for text in (first, second)]
        archive.that(archive.is_begun(numbers[0]), "Nobody reads the first image.")

        answer = archive.show(numbers[1])
        expect(answer).json({"state": "queued", "text": None})
        archive.says_when(answer, "while an image is queued")
        both = f"{numbers[1]} waits" in archive.gate.log()
        expect.that(not both, "Two images are read at the same time.")

    for number, text in zip(numbers, (first, second), strict=True):
        archive.is_read(number, text)


@task(3)
def test_unknown_image_is_404(archive):
    """GET /images/{image_id} returns 200 for an image, and 404 if no image has that id."""
    number = archive.upload(archive.head(60, 40))
    archive.show(number)

    expect(archive.client.get(f"/images/{number + 1000}")).refused(404)


@task(4, weight=3)
def test_reading_ends_in_time(hasty):
    """If reading an image takes longer than TIME_LIMIT seconds, it is stopped, and the image fails."""
    with hasty.gate.closed(seconds=10):
        slow = hasty.upload(hasty.image(hasty.words()))
        hasty.begins(slow)
        hasty.has_failed(slow, "that takes too long to read")

    hasty.goes_on()
    log = hasty.gate.log()
    sentence = "An image that took too long has failed, but it is still being read: end the process that reads it."
    sentence += " A process must be killed, and a thread cannot be ended."
    expect.that(f"{slow} reads" not in log, sentence)


@task(4, weight=2)
def test_broken_image_fails(archive):
    """An image whose second half is missing fails with a reason, and the next image is read."""
    text = archive.words()
    broken, whole = archive.upload(archive.cut()), archive.upload(archive.image(text))

    archive.has_failed(broken, "of which half is missing")

    archive.is_read(whole, text)


@task(5, weight=2)
def test_full_queue_rejects(archive):
    """If WAITING images are already waiting, the next is rejected with 503 and a Retry-After, and is not listed."""
    with archive.gate.closed():
        archive.begins(archive.upload())
        for _ in range(archive.limits["WAITING"]):
            archive.accept()
        before, files = archive.listed(), archive.gate.files()

        answer = archive.post(archive.head(60, 40))

        expect(answer).refused(503)
        archive.says_when(answer, "in a 503")
        expect.that(archive.listed() == before, "An image that was rejected with 503 is in the list.", answer)
        archive.has_no_new_file(files, "An image")
        archive.forget()


@task(5)
def test_queue_has_room_again(archive):
    """Every image that was accepted is read, and once the queue has room, new images are accepted again."""
    texts = [archive.words() for _ in range(1 + archive.limits["WAITING"])]
    with archive.gate.closed():
        numbers = [archive.upload(archive.image(texts[0]))]
        archive.begins(numbers[0])
        numbers += [archive.accept(archive.image(text)) for text in texts[1:]]
        expect(archive.post(archive.head(60, 40))).refused(503)

    for number, text in zip(numbers, texts, strict=True):
        archive.is_read(number, text)
    archive.accept()


@task(6, weight=2)
def test_who_waits_is_told(archive, background):
    """GET /images/{image_id}?wait=30 responds once the image is done, long before 30 seconds have passed."""
    with archive.gate.closed():
        number = archive.upload()
        archive.begins(number)
        asking = background(lambda: archive.news(number))
        archive.reached_by(asking)

    archive.is_told(asking.result(), "done")


@task(6)
def test_wait_has_an_end(archive, background):
    """While an image is being read, ?wait=1 returns its state after a second; without wait, it is sent at once."""
    with archive.gate.closed(seconds=8):
        number = archive.upload()
        archive.begins(number)
        asking = background(lambda: archive.news(number))
        archive.reached_by(asking)
        for _ in range(40):
            archive.show(number)
        sentence = "The app responded to forty requests without a wait only once the image was read."
        expect.that(f"{number} reads" not in archive.gate.log(), sentence)

        answer = archive.show(number, params={"wait": 1})

        expect(answer).json({"state": one_of("queued", "running"), "text": None})

    archive.is_told(asking.result(), "done")
