"""The rules of the visible checks, with more kinds of images and several clients."""

from classroom import expect, ground, task


@task(2)
def test_upload_without_a_size_is_limited(archive, slow_upload):
    """An upload that does not declare its size is accepted if it is small, and rejected with 413 as soon as it exceeds the limit."""
    small, large = (slow_upload(archive.client) for _ in range(2))
    small.send(archive.head(60, 40))
    small.send(b"")
    expect(small.answer("There is no response to an upload without a Content-Length.")).status(202)

    large.send(archive.of_size(archive.limits["LIMIT"]))
    large.send(b"one byte too many"[:1])

    expect(large.answer("The app waits for the rest of an upload that is too large already.")).refused(413)


@task(2)
def test_type_is_that_of_the_content(archive):
    """A PNG is accepted as text/plain; a BMP, a PDF, an empty body and a PNG's first bytes alone get a 415."""
    expect(archive.post(archive.head(60, 40), kind="text/plain")).status(202)

    for file in (archive.blank(kind="BMP"), b"%PDF-1.7\n", b"", b"\x89PNG\r\n\x1a\n", archive.head(9, 9)[:20]):
        expect(archive.post(file, kind="image/png")).refused(415)


@task(2)
def test_pixels_are_width_times_height(archive):
    """A tall, narrow image within the limit is accepted, and one beyond it is rejected with 413."""
    pixels = archive.limits["PIXELS"]
    expect(archive.post(archive.head(100, pixels // 100))).status(202)

    for width, height in ((100, pixels // 100 + 1), (pixels // 100 + 1, 100), (10_000, 10_000), (14_000, 10_000)):
        expect(archive.post(archive.head(width, height))).refused(413)


@task(3, weight=2)
def test_images_of_several_kinds(archive):
    """Each image, including a JPEG, has its own text; the text of an image without words is empty."""
    texts = [archive.words(), archive.words(), ""]
    images = [archive.image(texts[0], "JPEG"), archive.image(texts[1]), archive.blank(300, 80)]
    numbers = [archive.upload(image) for image in images]

    for number, text in zip(numbers, texts, strict=True):
        answer = archive.is_read(number, text, exactly=True)
        archive.is_final(answer)


@task(4)
def test_broken_images_of_both_kinds(archive):
    """A JPEG whose second half is missing and a PNG with none of its pixels fail with a reason."""
    for image in (archive.cut("JPEG"), archive.head(300, 80)):
        answer = archive.has_failed(archive.upload(image), "that is broken")

        archive.is_final(answer)
        expect(answer).json({"text": None})


@task(5)
def test_last_place_is_given_once(archive, slow_upload):
    """If two uploads arrive together and the queue has room for only one, one gets 202, and the other gets 503."""
    with archive.gate.closed():
        archive.begins(archive.upload())
        for _ in range(archive.limits["WAITING"] - 1):
            archive.accept()
        image = archive.blank()
        uploads = [slow_upload(archive.client, size=len(image)) for _ in range(2)]
        for piece in (image[:20], image[20:]):
            for upload in uploads:
                upload.send(piece)
            archive.gate.log()
        statuses = sorted(upload.answer("There is no response to an upload.").status for upload in uploads)
        archive.forget()

    first, second = statuses
    right = first < 300 and second == 503
    expect.that(right, f"The responses were {first} and {second}, expected one 202 and one 503.")


@task(6)
def test_everyone_who_waits_is_told(archive, background):
    """Three waiting clients are told that the image is done; a wait that is not a number from 0 to 30 returns 422."""
    with archive.gate.closed():
        number = archive.upload()
        archive.begins(number)
        asking = [background(lambda: archive.news(number)) for _ in range(3)]
        archive.reached_by(asking[-1])

    for call in asking:
        archive.is_told(call.result(), "done")
    archive.is_told(archive.news(number), "done")
    for wait in (0, 30):
        expect(archive.show(number, params={"wait": wait})).json({"state": "done"})
    for wait in (-1, 31, "soon"):
        expect(archive.client.get(f"/images/{number}", params={"wait": wait})).refused(422)


@task(6)
def test_failure_is_told(archive, background):
    """A client waiting for a broken image is told that it has failed."""
    ground(archive.settled(archive.upload(archive.head(60, 40))).json["state"] == "failed", task=4)
    with archive.gate.closed():
        number = archive.upload(archive.head(60, 40))
        archive.begins(number)
        asking = background(lambda: archive.news(number))
        archive.reached_by(asking)

    archive.is_told(asking.result(), "failed")
