"""A server that speaks as S3 does, on loopback, and before it a gate that checks each signature: the server itself lets any pass.

The gate works out AWS Signature Version 4 from the request as it came, and from nothing that freshet or libcurl say.
"""
import hashlib
import hmac
import http.client
import http.server
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from packages import install_npm
from sites import free_port

SERVER = install_npm("s3rver@3.7.1") / "node_modules" / ".bin" / "s3rver"
KEY_ID, SECRET = "S3RVER", "the-secret-of-this-test"
REFUSED = b"<Error><Code>SignatureDoesNotMatch</Code><Message>another signature was expected</Message></Error>"


def signature(method, target, headers, body):
    """The header Authorization that a request should bear; headers by lower-case names."""
    given = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[^/]+/s3/aws4_request), ?SignedHeaders=([a-z0-9;-]+), ?Signature=(.+)",
                         headers.get("authorization", ""))
    if not given or given[1] != KEY_ID or headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
        return None
    scope, names = given[2], given[3].split(";")
    if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names) or not set(names) <= set(headers):
        return None
    path, _, query = target.partition("?")
    pairs = sorted((urllib.parse.unquote(name), urllib.parse.unquote(value))
                   for name, _, value in (each.partition("=") for each in query.split("&") if each))
    canonical = "&".join(f"{urllib.parse.quote(name, safe='-_.~')}={urllib.parse.quote(value, safe='-_.~')}" for name, value in pairs)
    lines = [method, path, canonical, *(f"{name}:{' '.join(headers[name].split())}" for name in names), "", ";".join(names),
             headers["x-amz-content-sha256"]]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = ("AWS4" + SECRET).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest() == given[4]


class S3:
    def __init__(self, folder, bucket="backups"):
        self.folder, self.port = folder, free_port()
        self.process = subprocess.Popen([shutil.which("node"), SERVER, "--directory", folder, "--address", "127.0.0.1", "--port",
                                         str(self.port), "--silent", "--configure-bucket", bucket], stderr=subprocess.DEVNULL)
        self.wait()
        self.checked = self.refused = 0
        gate = self

        class Gate(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                gate.checked += 1
                if signature(self.command, self.path, headers, body):
                    server = http.client.HTTPConnection("127.0.0.1", gate.port)
                    server.request(self.command, self.path, body, {**dict(self.headers), "Host": f"127.0.0.1:{gate.port}"})
                    response = server.getresponse()
                    status, kind, body = response.status, response.getheader("Content-Type", ""), response.read()
                    server.close()
                else:
                    gate.refused += 1
                    status, kind, body = 403, "application/xml", REFUSED
                self.send_response(status)
                self.send_header("Content-Type", kind)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(body)
            do_GET = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass
        self.gate = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
        self.gate.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.gate.server_port}"
        threading.Thread(target=self.gate.serve_forever, daemon=True).start()

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}"):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer in {seconds} s")

    def close(self):
        self.gate.shutdown()
        self.gate.server_close()
        self.process.kill()
        self.process.wait()
