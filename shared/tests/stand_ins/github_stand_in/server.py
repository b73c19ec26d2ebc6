"""The stand-in behind a port of 127.0.0.1, for commands that run as a process of their own."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@contextmanager
def served(stand_in):
    """Serve a stand-in; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        """Passes each request on."""

        def __getattr__(self, name):
            """Return what the base class calls for a method, such as do_GET."""
            if name.startswith("do_"):
                return self._pass_on
            raise AttributeError(name)

        def _pass_on(self):
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = f"http://{self.headers['Host']}{self.path}"
            response = stand_in.handle(httpx.Request(self.command, url, headers=dict(self.headers), content=content))
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                self.send_header(name, value)
            if response.status_code != 204 and "content-length" not in response.headers:
                self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.write(response.content)

        def log_message(self, *words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
