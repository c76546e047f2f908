"""A small HTTP server on this machine, for what is downloaded."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

Pages = dict[str, tuple[int, int, bytes]]
"""What a server answers, by the path: status, length it tells, content."""


@contextmanager
def serving() -> Iterator[tuple[str, Pages]]:
    """Give the server's address, and its pages, which may be changed."""
    pages: Pages = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, length, content = pages.get(self.path, (404, 0, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}", pages
        finally:
            running.shutdown()
            thread.join()
