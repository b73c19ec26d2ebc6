"""The bytes of a video in the storage."""

import contextlib
import hashlib
import hmac
import time

from .videos import Videos


class Uploads(Videos):
    """What is in the storage, put there without the app's help."""

    def content(self, size=5000):
        """Return the bytes of a video."""
        return self.draw.randbytes(size)

    def uploaded(self, video, content=None):
        """Put the bytes of this video into the storage, without the app's help; return them."""
        content = self.content() if content is None else content
        answer = self.system.storage.client.put(self.signed("PUT", f"videos/{video['id']}"), content=content)
        assert answer.status in (200, 201), "the storage did not take the course's own upload"
        return content

    def signed(self, method, key, seconds=600):
        """Return a URL that the course itself has signed."""
        storage = self.system.storage
        expires = int(time.time() + storage.ahead) + seconds
        text = f"{method}\n/{key}\n{expires}"
        signature = hmac.new(storage.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return f"{storage.public_url}/{key}?expires={expires}&signature={signature}"

    def ready(self, *, content=None, **more):
        """Return a video that can be played, with its bytes as `content`; ground of tasks 3 and 6."""
        video = self.video(**more)
        content = self.uploaded(video, content)
        self.complete_ground(video, who=more.get("who"))
        return video | {"content": content}

    @contextlib.contextmanager
    def later(self, seconds):
        """Move the storage's clock ahead by this many seconds in the `with`."""
        self.system.storage.advance(seconds)
        try:
            yield
        finally:
            self.system.storage.advance(-seconds)

    def asked_of_storage(self, video):
        """Return the requests to the storage about this video, as (method, status)."""
        path = f"/videos/{video['id']}"
        return [(asked["method"], asked["status"]) for asked in self.system.storage.requests if asked["path"] == path]
