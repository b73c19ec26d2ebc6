"""The bytes of a video in storage."""

import contextlib
import hashlib
import hmac
import re
import time
from urllib.parse import parse_qs, urlsplit

from classroom import expect

from .videos import Videos


class Uploads(Videos):
    """The files in storage, and the signed URLs that lead to them."""

    def content(self, size=5000):
        """Return the bytes of a video."""
        return self.draw.randbytes(size)

    def uploaded(self, video, content=None):
        """Upload the bytes of this video without the app's help; return them."""
        content = self.content() if content is None else content
        answer = self.system.storage.client.put(self.signed("PUT", f"videos/{video['id']}"), content=content)
        assert answer.status in (200, 201), "the storage server did not accept the course's own upload"
        return content

    def signed(self, method, key, seconds=600):
        """Return a URL that the course itself has signed."""
        storage = self.system.storage
        expires = int(time.time() + storage.ahead) + seconds
        text = f"{method}\n/{key}\n{expires}"
        signature = hmac.new(storage.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return f"{storage.public_url}/{key}?expires={expires}&signature={signature}"

    def ready(self, *, content=None, **more):
        """Return a video that can be played, with its bytes as `content`. Requires tasks 3 and 6."""
        video = self.video(**more)
        content = self.uploaded(video, content)
        self.complete_ground(video, who=more.get("who"))
        return video | {"content": content}

    @contextlib.contextmanager
    def later(self, seconds):
        """Move the storage server's clock ahead by this many seconds in the `with` block."""
        self.system.storage.advance(seconds)
        try:
            yield
        finally:
            self.system.storage.advance(-seconds)

    def asked_of_storage(self, video):
        """Return the requests for this video that the storage server received, as (method, status)."""
        path = f"/videos/{video['id']}"
        return [(asked["method"], asked["status"]) for asked in self.system.storage.requests if asked["path"] == path]

    def takes(self, url, content, video, *, method="PUT"):
        """Check that the storage server accepts an upload to a signed URL; if it does not, say what was signed."""
        answer = self.system.storage.client.put(url, content=content)
        sentence = f"The storage server rejected the {method} with 403. {self.misread(url, method, video)}"
        expect.that(answer.status != 403, sentence, answer)
        expect(answer).status(200, 201)

    def misread(self, url, method, video):
        """Return what is wrong with a signed URL, if it is one of the common mistakes."""
        fields = parse_qs(urlsplit(url).query)
        expires, signature = (fields.get(name, [""])[0] for name in ("expires", "signature"))
        if not expires.isdecimal() or int(expires) < 10**9:
            return f"expires is {expires!r}, expected a time in seconds since 1970."
        if not re.fullmatch(r"[0-9a-f]{64}", signature):
            return f"signature is {signature[:20]!r}..., expected 64 hexadecimal digits, as hexdigest() returns them."
        key = f"videos/{video['id']}"
        right, secret = f"{method}\n/{key}\n{expires}", self.system.storage.secret
        usual = {
            "without the slash before the key": (secret, f"{method}\n{key}\n{expires}"),
            "with a newline after the last line": (secret, f"{right}\n"),
            "without the newlines": (secret, right.replace("\n", "")),
            "with spaces instead of newlines": (secret, right.replace("\n", " ")),
            "without the method": (secret, f"/{key}\n{expires}"),
            "without its end": (secret, f"{method}\n/{key}"),
            "without videos/": (secret, f"{method}\n/{video['id']}\n{expires}"),
            "with the text and the secret the wrong way round": (right, secret),
            "with AUTH_SECRET instead of STORAGE_SECRET": (self.system.auth_secret, right),
        }
        for other in {"GET", "PUT", "HEAD", "POST"} - {method}:
            usual[f"for {other}"] = (secret, right.replace(method, other, 1))
        for mistake, (key_used, text) in usual.items():
            if hmac.new(key_used.encode(), text.encode(), hashlib.sha256).hexdigest() == signature:
                return f"The signature was computed {mistake}."
        return "The signature does not fit this method, key and time."

    def see_completed(self, answer, video):
        """Check that a /complete request whose file is in storage was not rejected as if the file were missing."""
        asked = [f"{method} with {status}" for method, status in self.asked_of_storage(video) if method != "PUT"]
        told = (
            f"the storage server responded to your {asked[-1]}"
            if asked
            else "your backend sent no request to the storage server"
        )
        if asked and asked[-1].endswith("403"):
            told += ", because its URL is not signed for GET on this key"
        expect.that(answer.status != 409, f"Complete returned 409, but the file is there: {told}.", answer)
