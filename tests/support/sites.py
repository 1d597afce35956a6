"""Sites on loopback to refresh from: real files behind a real nginx, and a scripted server for faults."""
import http.server
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from xml.sax.saxutils import escape

PYTHON_DOCS = [pathlib.Path(p) for p in ("/usr/share/doc/python3-doc/html", "/usr/share/doc/python3.11/html",
                                         "/usr/share/doc/python3/html")]


def python_docs():
    """The HTML of Debian's python3-doc package, or None where it is not installed."""
    for path in PYTHON_DOCS:
        if (path / "library" / "asyncio.html").is_file():
            return path.resolve()
    return None


def copy_docs(source, target):
    """Copies the pages (not the images and scripts) to `target`; returns their paths, sorted."""
    pages = []
    for page in sorted(source.rglob("*.html")):
        name = page.relative_to(source)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, target / name)
        pages.append(name)
    return pages


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sitemap(urls):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    lines += [f"<url><loc>{escape(url)}</loc></url>" for url in urls]
    return "\n".join(lines + ["</urlset>", ""])


class Nginx:
    """Serves a folder on loopback, and counts what it was asked for."""

    def __init__(self, root, workers=1):
        self.root = pathlib.Path(root)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-nginx-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.home / "access.log"
        for folder in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
            (self.home / folder).mkdir()
        user = "user root;" if os.geteuid() == 0 else ""
        (self.home / "nginx.conf").write_text(f"""
{user} daemon off; worker_processes {workers}; pid {self.home}/pid; error_log {self.home}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; application/xml xml; text/plain txt; }}
  charset utf-8; keepalive_requests 1000000; sendfile on;
  log_format brief '$status $request_method $body_bytes_sent $uri'; access_log {self.log} brief;
  client_body_temp_path {self.home}/body; proxy_temp_path {self.home}/proxy;
  fastcgi_temp_path {self.home}/fastcgi; uwsgi_temp_path {self.home}/uwsgi; scgi_temp_path {self.home}/scgi;
  server {{ listen 127.0.0.1:{self.port}; root {self.root}; }}
}}
""")
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen([binary, "-p", str(self.home), "-c", str(self.home / "nginx.conf")],
                                        stderr=subprocess.DEVNULL)
        wait_for_port(self.port)
        self.seen = self._lines()

    def _lines(self):
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def requests(self):
        """What was asked for since the last call: "304 GET /a.html"."""
        return [f"{status} {method} {path}" for status, method, path, _ in self.requests_with_size()]

    def requests_with_size(self):
        """The same, with the bytes of the body that was sent: (304, "GET", "/a.html", 0)."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        new, self.seen = lines[self.seen:], len(lines)
        parts = [line.split(" ", 3) for line in new]
        return [(int(status), method, path, int(size)) for status, method, size, path in parts]

    def write_sitemap(self, pages, name="sitemap.xml"):
        urls = [f"{self.url}/{urllib.parse.quote(str(page))}" for page in pages]
        (self.root / name).write_text(sitemap(urls))
        self.settle(self.root / name)
        return f"{self.url}/{name}"

    def settle(self, path):
        """Makes a file of yesterday of it, each of a second of its own: the server's ETag is the second and the size."""
        self.settled = getattr(self, "settled", time.time() - 86400) + 1
        os.utime(path, (self.settled,) * 2)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def wait_for_port(port, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


class Scripted:
    """A site held in memory whose every answer can be set: {path: (status, headers, body)} or a callable."""

    def __init__(self):
        site = self
        self.pages = {}
        self.requests = []
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with site.lock:
                    site.requests.append(self.path)
                    answer = site.pages.get(self.path, (404, {}, b"not here"))
                if callable(answer):
                    answer = answer(self)
                    if answer is None:
                        return
                status, headers, body = answer
                etag = headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag and status == 200:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path, html, **headers):
        body = html.encode() if isinstance(html, str) else html
        with self.lock:
            self.pages[path] = (200, {"Content-Type": "text/html; charset=utf-8", **headers}, body)

    def answer(self, path, status, body=b"", **headers):
        with self.lock:
            self.pages[path] = (status, {k.replace("_", "-"): v for k, v in headers.items()}, body)

    def sitemap(self, paths, path="/sitemap.xml"):
        self.answer(path, 200, sitemap([self.url + p for p in paths]).encode(), Content_Type="application/xml")
        return self.url + path

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
