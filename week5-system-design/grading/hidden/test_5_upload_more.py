"""Task 5: uploads of every kind."""

from classroom import expect, task


def upload_url(video):
    """Return the upload_url from the response to a create request."""
    expect.that(isinstance(video.get("upload_url"), str), "The response to POST /videos has no upload_url.")
    return video["upload_url"]


@task(5)
def test_each_create_has_a_url_of_its_own(site):
    """A file sent to an upload_url is stored for that video, no matter which instance returned it or who chose the id."""
    storage = site.system.storage.client
    videos = [site.video(via=via, **fields) for via in (site.a, site.b) for fields in ({}, {"id": site.new_id()})]
    contents = [site.content(100) for _ in videos]

    for video, content in zip(videos, contents, strict=True):
        expect(storage.put(upload_url(video), content=content)).status(200, 201)

    for video, content in zip(videos, contents, strict=True):
        stored = storage.get(site.signed("GET", f"videos/{video['id']}"))
        expect.that(stored.body == content, "One video's bytes are stored under another one's key.")


@task(5)
def test_a_large_video_goes_straight_to_the_storage(site):
    """A three-megabyte upload works without going through the backend."""
    video, content = site.video(), site.content(3_000_000)

    expect(site.system.storage.client.put(upload_url(video), content=content)).status(200, 201)

    stored = site.system.storage.client.get(site.signed("GET", f"videos/{video['id']}"))
    expect.that(stored.body == content, "The bytes in storage are not the uploaded ones.")


@task(5)
def test_the_upload_may_be_repeated(site):
    """An upload_url works twice, so an interrupted upload can be repeated."""
    storage, video = site.system.storage.client, site.video()

    expect(storage.put(upload_url(video), content=b"half of")).status(200, 201)
    expect(storage.put(upload_url(video), content=b"the whole")).status(200, 201)

    stored = storage.get(site.signed("GET", f"videos/{video['id']}"))
    expect.that(stored.body == b"the whole", "The second upload did not replace the first.")


@task(5)
def test_an_upload_url_does_not_download(site):
    """An upload_url does not allow GET or HEAD, and it does not work for any other key."""
    storage, video = site.system.storage.client, site.video()
    url = upload_url(video)
    expect(storage.put(url, content=b"mine")).status(200, 201)

    expect(storage.get(url)).refused(403)
    expect(storage.request("HEAD", url)).refused(403)
    for other in (f"videos/{video['id']}x", "videos/x", video["id"]):
        expect(storage.put(url.replace(f"videos/{video['id']}", other), content=b"x")).refused(403)
