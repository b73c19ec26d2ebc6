"""Task 5: the bytes go past you."""

import time
from urllib.parse import parse_qs, urlsplit

from classroom import expect, task


def upload_url(site, video):
    """The upload_url of a create's answer, which must be a URL on the storage."""
    url = video.get("upload_url")
    expect.that(isinstance(url, str), f"The create's answer has no upload_url, only {sorted(video)}.")
    start = f"{site.system.storage.public_url}/videos/{video['id']}?"
    sentence = f"upload_url is {url!r}, expected one at STORAGE_PUBLIC_URL that begins with {start!r}."
    expect.that(url.startswith(start), sentence)
    return url


@task(5)
def test_the_storage_takes_the_upload(site):
    """A create answers an `upload_url`; a PUT to it stores the bytes under videos/{id}."""
    video, content = site.video(), site.content()

    answer = site.system.storage.client.put(upload_url(site, video), content=content)

    expect(answer).status(200, 201)
    stored = site.system.storage.client.get(site.signed("GET", f"videos/{video['id']}"))
    expect.that(stored.body == content, "The storage has other bytes under videos/{id} than were uploaded.")


@task(5)
def test_the_url_is_good_for_5_to_60_minutes(site):
    """`upload_url` ends at the earliest in 5 minutes and at the latest in 60."""
    expires = parse_qs(urlsplit(upload_url(site, site.video())).query).get("expires", ["none"])[0]

    expect.that(expires.isdecimal(), f"expires is {expires!r}, the task asks for seconds since 1970.")
    minutes = (int(expires) - time.time()) / 60
    expect.that(4.8 <= minutes <= 60.2, f"upload_url is good for {minutes:.1f} minutes, the task asks for 5 to 60.")


@task(5)
def test_the_url_works_until_its_time_is_over(site):
    """The storage takes the upload almost 5 minutes later, and refuses it with 403 after an hour."""
    storage = site.system.storage.client
    video = site.video()
    url = upload_url(site, video)

    with site.later(285):
        expect(storage.put(url, content=b"in time")).status(200, 201)
    with site.later(3700):
        expect(storage.put(url, content=b"too late")).refused(403)


@task(5)
def test_a_changed_url_is_refused(site):
    """The storage refuses, with 403, the URL with another method, another video, another time or another signature."""
    storage = site.system.storage.client
    video, another = site.video(), site.video()
    url = upload_url(site, video)
    expect(storage.put(url, content=b"mine")).status(200, 201)

    expires = parse_qs(urlsplit(url).query)["expires"][0]
    expect(storage.get(url)).refused(403)
    expect(storage.put(url.replace(video["id"], another["id"]), content=b"x")).refused(403)
    expect(storage.put(url.replace(expires, str(int(expires) + 60)), content=b"x")).refused(403)
    expect(storage.put(url[:-1] + ("0" if url[-1] != "0" else "1"), content=b"x")).refused(403)


@task(5)
def test_the_backend_touches_no_bytes(site):
    """From create to upload the storage hears from the uploader alone."""
    video = site.video()

    url = upload_url(site, video)
    expect.that(not site.asked_of_storage(video), f"A create asked the storage {site.asked_of_storage(video)}.")
    expect(site.system.storage.client.put(url, content=site.content())).status(200, 201)

    asked = site.asked_of_storage(video)
    expect.that([method for method, _ in asked] == ["PUT"], f"One upload was made, and the storage was asked {asked}.")
