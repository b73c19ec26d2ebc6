"""What the storage server promises, over a real connection."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from conftest import MAX_BYTES, SECRET, http
from storage.clock import Clock

KEY = "videos/4f0c1a5e-9d7b-4c8e-8a51-6f2d3b7e9c10"


def test_an_upload_comes_back_byte_for_byte(storage):
    """What was put is what is got, and the second upload takes the first one's place."""
    content = os.urandom(300_000)

    assert storage.put(KEY, content).status_code == 201
    assert storage.get(KEY).content == content

    assert storage.put(KEY, b"shorter").status_code == 200
    assert storage.get(KEY).content == b"shorter"


def test_an_empty_file_is_a_file(storage):
    """Nothing uploaded is still an upload."""
    assert storage.put(KEY, b"").status_code == 201

    answer = storage.get(KEY)

    assert (answer.status_code, answer.content) == (200, b"")


def test_head_is_served_by_the_get_signature(storage):
    """HEAD says how large the file is, sends nothing, and takes the signature of GET alone."""
    storage.put(KEY, b"12345")

    answer = http.head(f"{storage.url}/{KEY}?{storage.sign('GET', KEY)}")

    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "5", b"")
    assert http.head(f"{storage.url}/{KEY}?{storage.sign('HEAD', KEY)}").status_code == 403
    missing = "videos/missing"
    assert http.head(f"{storage.url}/{missing}?{storage.sign('GET', missing)}").status_code == 404


@pytest.mark.parametrize(
    ("method", "other"),
    [("PUT", "GET"), ("GET", "PUT")],
)
def test_a_signature_is_for_one_method(storage, method, other):
    """A URL to download does not upload, and the other way around."""
    storage.put(KEY, b"there")

    answer = http.request(method, f"{storage.url}/{KEY}?{storage.sign(other, KEY)}")

    assert answer.status_code == 403
    assert storage.get(KEY).content == b"there"


def test_a_url_changed_in_any_part_is_refused(storage):
    """Another key, another time, another signature, one field more, one less, one twice: all 403."""
    storage.put(KEY, b"there")
    query = storage.sign("GET", KEY)
    expires, signature = (pair.partition("=")[2] for pair in query.split("&"))
    flipped = ("0" if signature[0] != "0" else "1") + signature[1:]

    changed = [
        f"/{KEY[:-1]}1?{query}",
        f"/{KEY}?expires={int(expires) + 1}&signature={signature}",
        f"/{KEY}?expires=0{expires}&signature={signature}",
        f"/{KEY}?expires={expires}&signature={flipped}",
        f"/{KEY}?expires={expires}&signature={signature.upper()}",
        f"/{KEY}?expires={expires}&signature={signature[:-1]}",
        f"/{KEY}?{query}&expires={expires}",
        f"/{KEY}?{query}&more=1",
        f"/{KEY}?expires={expires}",
        f"/{KEY}?signature={signature}",
        f"/{KEY}",
        f"/{KEY.replace('v', '%76', 1)}?{query}",
        f"//{KEY}?{query}",
    ]

    answers = {path: http.get(storage.url + path).status_code for path in changed}
    assert answers == dict.fromkeys(changed, 403)
    assert http.get(f"{storage.url}/{KEY}?{query}").status_code == 200


def test_the_signature_compared_is_not_bought_by_unicode(storage):
    """Signs beyond ASCII in the query are refused, and break nothing."""
    for query in ("expires=١٢٣&signature=" + "0" * 64, "expires=1&signature=" + "é" * 64, "expires=%00&signature=%ff"):
        assert http.get(f"{storage.url}/{KEY}?{query}").status_code == 403


def test_a_url_ends_when_the_clock_says_so(storage):
    """Good up to its second, refused after it."""
    query = storage.sign("PUT", KEY, expires=int(storage.now()) + 100)

    storage.ahead = 95
    assert storage.put(KEY, b"in time", query).status_code == 201
    storage.ahead = 102
    assert storage.put(KEY, b"too late", query).status_code == 403
    assert storage.get(KEY).content == b"in time"


def test_the_clock_can_be_moved_by_a_file(tmp_path):
    """The offset is read again each time; no file, or nonsense in it, is no offset."""
    offset = tmp_path / "ahead"
    clock = Clock(offset)
    assert abs(clock() - time.time()) < 5
    offset.write_text("3600")
    assert 3590 < clock() - time.time() < 3610
    offset.write_text("soon")
    assert clock.offset() == 0


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(storage, method):
    """PUT, GET and HEAD are all there is."""
    storage.put(KEY, b"there")

    assert http.request(method, f"{storage.url}/{KEY}?{storage.sign(method, KEY)}").status_code == 405
    assert storage.get(KEY).content == b"there"


@pytest.mark.parametrize(
    "key",
    [
        "../secret",
        "videos/../../secret",
        "videos/..",
        "/etc/passwd",
        "videos//x",
        "videos/",
        ".incoming/x",
        "videos/.x",
        "a\\..\\b",
        "videos/x:y",
        "videos/x\x00y",
        "a/b/c/d/e/f/g/h",
        "x" * 101,
        "",
    ],
)
def test_no_key_leaves_the_folder(storage, key):
    """Even with a good signature a name that could mean another place is no name."""
    before = {path for path in storage.folder.parent.rglob("*") if path.is_file()}

    status = raw(storage, f"PUT /{quoted(key)}?{storage.sign('PUT', key)} HTTP/1.1", b"x")

    assert status in (400, 403)
    assert {path for path in storage.folder.parent.rglob("*") if path.is_file()} == before


def test_a_link_that_leads_out_is_not_followed(storage, tmp_path):
    """A link in the folder, put there by hand, opens no door."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    try:
        (storage.folder / "link").symlink_to(tmp_path / "outside")
    except OSError:
        pytest.skip("this system makes no links for ordinary users")

    assert storage.get("link/secret").status_code == 403
    assert storage.put("link/other", b"x").status_code == 403
    assert not (tmp_path / "outside" / "other").exists()


def test_too_large_is_413_and_stores_nothing(storage):
    """Announced or not, one byte more than allowed leaves nothing behind; the full size is fine."""
    assert storage.put(KEY, b"x" * MAX_BYTES).status_code == 201
    other = "videos/other"

    assert storage.put(other, b"x" * (MAX_BYTES + 1)).status_code == 413
    assert storage.put(other, (b"x" * 1000 for _ in range(MAX_BYTES // 1000 + 1))).status_code == 413
    assert storage.files() == [KEY]


def test_an_upload_cut_short_changes_nothing(storage):
    """The old file stays whole when the new one stops in the middle."""
    storage.put(KEY, b"old and whole")

    with socket.create_connection(("127.0.0.1", storage.port)) as connection:
        head = f"PUT /{KEY}?{storage.sign('PUT', KEY)} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n"
        connection.sendall(head.encode() + b"half of it")
        time.sleep(0.2)

    patiently(lambda: storage.files() == [KEY])
    assert storage.get(KEY).content == b"old and whole"


def test_a_reader_keeps_the_file_that_it_opened(storage):
    """A new upload in the middle of a download does not mix the two."""
    old, new = b"o" * MAX_BYTES, b"n" * MAX_BYTES
    storage.put(KEY, old)

    with http.stream("GET", f"{storage.url}/{KEY}?{storage.sign('GET', KEY)}") as answer:
        pieces = answer.iter_raw()
        first = next(pieces)
        storage.put(KEY, new)
        content = first + b"".join(pieces)

    assert content == old
    assert storage.get(KEY).content == new


def test_uploads_of_one_key_at_once_leave_one_whole_file(storage):
    """The last writer wins; bytes of different writers are never mixed."""
    contents = [bytes([number]) * 200_000 for number in range(8)]
    threads = [threading.Thread(target=storage.put, args=(KEY, content)) for content in contents]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert storage.get(KEY).content in contents
    assert storage.files() == [KEY]


def test_a_file_in_the_way_is_409(storage):
    """A file is no folder, and a folder is no file."""
    storage.put("videos/one", b"x")

    assert storage.put("videos", b"x").status_code == 409
    assert storage.put("videos/one/below", b"x").status_code == 409
    assert storage.get("videos").status_code == 404
    assert storage.files() == ["videos/one"]


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=900-", 900, 1000),
        ("bytes=-10", 990, 1000),
        ("bytes=990-5000", 990, 1000),
        ("bytes=-5000", 0, 1000),
        ("bytes=999-999", 999, 1000),
    ],
)
def test_a_part_is_answered(storage, header, start, end):
    """A player that jumps ahead gets the part that it asked for, and is told which."""
    content = os.urandom(1000)
    storage.put(KEY, content)

    answer = storage.get(KEY, headers={"range": header})

    assert (answer.status_code, answer.content) == (206, content[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/1000"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_beyond_the_end_is_416(storage, header):
    """A part that is not there is refused, with the size in the answer."""
    storage.put(KEY, b"x" * 1000)

    answer = storage.get(KEY, headers={"range": header})

    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1000")


@pytest.mark.parametrize("header", ["bytes=5-1", "bytes=0-1,5-6", "lines=1-2", "bytes=", "bytes=-", "nonsense"])
def test_a_part_not_understood_is_the_whole(storage, header):
    """HTTP lets a server pass over a range that it does not understand."""
    storage.put(KEY, b"x" * 1000)

    answer = storage.get(KEY, headers={"range": header})

    assert (answer.status_code, len(answer.content)) == (200, 1000)


def test_a_part_of_another_version_is_the_whole(storage):
    """If-Range goes on with the same file alone."""
    storage.put(KEY, b"x" * 1000)
    etag = storage.get(KEY).headers["etag"]

    assert storage.get(KEY, headers={"range": "bytes=1-2", "if-range": etag}).status_code == 206
    assert storage.get(KEY, headers={"range": "bytes=1-2", "if-range": '"another"'}).status_code == 200


def test_what_nobody_signed_for_is_403_there_or_not(storage):
    """Without a signature the answer does not tell whether there is a file."""
    storage.put(KEY, b"there")

    there, missing = http.get(f"{storage.url}/{KEY}"), http.get(f"{storage.url}/videos/missing")

    assert (there.status_code, there.content) == (missing.status_code, missing.content)


def test_the_journal_tells_who_asked_what(storage):
    """Each request is written down with its method, path, status and agent."""
    storage.put(KEY, b"x", headers={"user-agent": "someone"})

    entry = storage.journal[-1]

    assert (entry["method"], entry["path"], entry["status"], entry["agent"]) == ("PUT", f"/{KEY}", 201, "someone")


def test_leftovers_of_a_killed_server_are_swept(tmp_path):
    """The process is killed in mid-upload; started again, it holds nothing of it."""
    folder = tmp_path / "files"
    environment = {**os.environ, "STORAGE_SECRET": SECRET, "STORAGE_FOLDER": str(folder)}
    command = [sys.executable, "-m", "uvicorn", "storage.main:app", "--port"]
    top = Path(__file__).resolve().parents[2]

    port = free_port()
    server = subprocess.Popen([*command, str(port)], env=environment, cwd=top, stderr=subprocess.DEVNULL)
    try:
        patiently(lambda: http.get(f"http://127.0.0.1:{port}/x").status_code == 403)
        import hashlib
        import hmac

        expires = int(time.time()) + 60
        signature = hmac.new(SECRET.encode(), f"PUT\n/{KEY}\n{expires}".encode(), hashlib.sha256).hexdigest()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            head = (
                f"PUT /{KEY}?expires={expires}&signature={signature} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
            )
            connection.sendall(head.encode() + b"half")
            patiently(lambda: list((folder / ".incoming").iterdir()))
            server.kill()
            server.wait()
    finally:
        server.kill()
        server.wait()

    port = free_port()
    server = subprocess.Popen([*command, str(port)], env=environment, cwd=top, stderr=subprocess.DEVNULL)
    try:
        patiently(lambda: http.get(f"http://127.0.0.1:{port}/x").status_code == 403)
        assert [path for path in folder.rglob("*") if path.is_file()] == []
    finally:
        server.kill()
        server.wait()


def raw(storage, line, body):
    """Send a request exactly as written, without a client that tidies its path; answers the status."""
    with socket.create_connection(("127.0.0.1", storage.port)) as connection:
        connection.sendall(
            f"{line}\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )
        return int(connection.makefile("rb").readline().split()[1])


def quoted(key):
    return key.replace("\x00", "%00").replace("\\", "%5C")


def patiently(condition, seconds=10):
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (httpx.HTTPError, FileNotFoundError):
            pass
        time.sleep(0.03)
    raise AssertionError("it did not come about")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
