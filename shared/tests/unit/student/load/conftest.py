"""A small HTTP server in a thread, for requests of a load."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Site:
    """A server that notes each request and answers as it is told.

    Attributes:
        asked: method and path of each request.
        answer: returns status code and body for a method and a path.
    """

    def __init__(self):
        self.asked = []
        self.answer = lambda method, path: (200, {})
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = self.path
                site.asked.append((self.command, path))
                status, body = site.answer(self.command, path)
                self.send_response(status)
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # of a load that no longer waits
                    self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_):
                pass

        for method in ("POST", "PATCH", "DELETE", "PUT"):
            setattr(Handler, f"do_{method}", Handler.do_GET)

        class Server(ThreadingHTTPServer):
            request_queue_size = 100
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site():
    """A running server, closed at the end."""
    site = Site()
    yield site
    site.close()
