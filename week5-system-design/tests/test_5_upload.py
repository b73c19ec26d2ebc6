"""Task 5: the bytes go past you."""

import time
from urllib.parse import parse_qs, urlsplit

from classroom import expect, task


def upload_url(site, video):
    """Return the upload_url from the response to a create request; it must be a URL on the storage server."""
    url = video.get("upload_url")
    expect.that(isinstance(url, str), "The response to POST /videos has no upload_url.")
    start = f"{site.system.storage.public_url}/videos/{video['id']}?"
    inside = url.startswith(site.system.storage.url) and site.system.storage.url != site.system.storage.public_url
    told = "is at STORAGE_URL, which a client may not reach; expected STORAGE_PUBLIC_URL" if inside else "is not right"
    expect.that(url.startswith(start), f"upload_url {told}: {url[:60]}, expected {start}.")
    return url


@task(5)
def test_the_storage_takes_the_upload(site):
    """POST /videos returns an `upload_url`; a PUT to it stores the bytes under videos/{id}."""
    video, content = site.video(), site.content()

    site.takes(upload_url(site, video), content, video)

    stored = site.system.storage.client.get(site.signed("GET", f"videos/{video['id']}"))
    expect.that(stored.body == content, "The bytes under videos/{id} in storage are not the uploaded ones.")


@task(5)
def test_the_url_is_good_for_5_to_60_minutes(site):
    """`upload_url` is valid for at least 5 and at most 60 minutes."""
    expires = parse_qs(urlsplit(upload_url(site, site.video())).query).get("expires", ["none"])[0]

    expect.that(expires.isdecimal(), f"expires is {expires!r}, expected a time in seconds since 1970.")
    minutes = (int(expires) - time.time()) / 60
    expect.that(4.8 <= minutes <= 60.2, f"upload_url is valid for {minutes:.1f} minutes, expected 5 to 60.")


@task(5)
def test_the_url_works_until_its_time_is_over(site):
    """The storage server still accepts the upload after almost 5 minutes, and rejects it with 403 after an hour."""
    storage = site.system.storage.client
    video = site.video()
    url = upload_url(site, video)

    with site.later(285):
        expect(storage.put(url, content=b"in time")).status(200, 201)
    with site.later(3700):
        expect(storage.put(url, content=b"too late")).refused(403)


@task(5)
def test_a_changed_url_is_refused(site):
    """The storage server rejects the URL with 403 when its method, video, time or signature is changed."""
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
    """Between POST /videos and the upload, only the uploader sends requests to the storage server."""
    video = site.video()

    url = upload_url(site, video)
    expect.that(
        not site.asked_of_storage(video),
        f"POST /videos sent requests to the storage server: {site.asked_of_storage(video)}.",
    )
    expect(site.system.storage.client.put(url, content=site.content())).status(200, 201)

    asked = site.asked_of_storage(video)
    expect.that(
        [method for method, _ in asked] == ["PUT"], f"One file was uploaded, but the storage server received {asked}."
    )
