"""Git repositories made by the tests, and real servers for them: smart HTTP by git's own http-backend, and ssh."""
import base64
import contextlib
import http.server
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

from sites import free_port, wait_for_port

BACKEND = pathlib.Path("/usr/lib/git-core/git-http-backend")
WHO = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
       for what, value in (("NAME", "A. Writer"), ("EMAIL", "writer@example.org"), ("DATE", "2026-11-20T16:00:00+00:00"))}


def environment(**more):
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", **WHO, **more}


class Repository:
    """A bare repository whose commits are written without a work tree: any path will do."""

    def __init__(self, path, branch="main", object_format="sha1"):
        self.path = pathlib.Path(path)
        self.git("init", "-q", "--bare", "-b", branch, f"--object-format={object_format}", str(path), at=None)
        for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            self.git("config", key, "true")

    def git(self, *arguments, at=True, data=None):
        where = ["--git-dir", str(self.path)] if at else []
        done = subprocess.run(["git", *where, *arguments], input=data, capture_output=True, env=environment(), check=False)
        if done.returncode != 0:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def blob(self, content):
        data = content if isinstance(content, bytes) else content.encode()
        return self.git("hash-object", "-w", "--stdin", data=data).decode().strip()

    def commit(self, files, branch="main", message="a change", parent=True):
        """Sets files: {path: text, bytes, None to remove, or (mode, object id)}; returns the commit's id."""
        lines = [f"commit refs/heads/{branch}", "committer A. Writer <writer@example.org> 1795190400 +0000",
                 f"data {len(message)}", message]
        out = "\n".join(lines).encode() + b"\n"
        if parent and self.has(branch):
            out += f"from refs/heads/{branch}^0\n".encode()
        elif not parent:
            out += b"deleteall\n"
        for path, content in files.items():
            name = path if isinstance(path, bytes) else path.encode()
            quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
            if content is None:
                out += b"D " + quoted + b"\n"
            elif isinstance(content, tuple):
                out += f"M {content[0]} {content[1]} ".encode() + quoted + b"\n"
            else:
                data = content if isinstance(content, bytes) else content.encode()
                out += b"M 100644 inline " + quoted + b"\n" + f"data {len(data)}\n".encode() + data + b"\n"
        self.git("fast-import", "--quiet", "--force", data=out)
        return self.head(branch)

    def has(self, branch):
        return subprocess.run(["git", "--git-dir", str(self.path), "rev-parse", "-q", "--verify", f"refs/heads/{branch}"],
                              capture_output=True, env=environment(), check=False).returncode == 0

    def head(self, branch="main"):
        return self.git("rev-parse", f"refs/heads/{branch}").decode().strip()

    def files(self, branch="main"):
        return {line.split("\t", 1)[1]: line.split()[2]
                for line in self.git("ls-tree", "-r", "-z", branch).decode().split("\0") if line}


class HttpServer:
    """Every repository below `root`, over smart HTTP. `requests` tells what was asked: (method, path, what of)."""

    def __init__(self, root, token=None):
        self.root, self.token, self.requests, self.refuse = pathlib.Path(root), token, [], None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.serve(self, b"")

            def do_POST(self):
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline().split(b";")[0], 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.serve(self, body)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a client that goes is no fault of ours
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler, status, body=b"", **headers):
        handler.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(body)

    def serve(self, handler, body):
        path, _, query = handler.path.partition("?")
        self.requests.append(what_of(handler.command, path, query, body, handler.headers.get("Content-Encoding")))
        if self.refuse:
            return self.refuse(self, handler)
        wanted = f"Basic {base64.b64encode(self.token.encode()).decode()}" if self.token else None
        if wanted and handler.headers.get("Authorization") != wanted:
            return self.answer(handler, 401, b"who are you", WWW_Authenticate='Basic realm="git"')
        backend = subprocess.Popen([str(BACKEND)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(
            GIT_PROJECT_ROOT=str(self.root), GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
            REQUEST_METHOD=handler.command, CONTENT_TYPE=handler.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(len(body)), HTTP_CONTENT_ENCODING=handler.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=handler.headers.get("Git-Protocol", ""), REMOTE_ADDR="127.0.0.1"))
        with backend, contextlib.suppress(BrokenPipeError):
            backend.stdin.write(body)
            backend.stdin.close()
            return self.pass_on(handler, backend.stdout)

    def pass_on(self, handler, output):
        """The answer of the backend, as it comes: what it says while it is at work is to keep the client waiting."""
        headers = dict(line.split(": ", 1) for line in iter(lambda: output.readline().decode().strip(), "") if ": " in line)
        handler.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
            handler.send_header(name, value)
        handler.end_headers()
        while part := output.read1(65536):
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    def take(self):
        """What was asked since the last look."""
        seen, self.requests = self.requests, []
        return seen

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def what_of(method, path, query, body, encoding):
    """"advertisement", "refs", "fetch" or the like: what one request of the protocol, version 2, is for."""
    if method == "GET":
        return "advertisement" if query == "service=git-upload-pack" else f"GET {path}"
    if encoding == "gzip":
        import gzip
        body = gzip.decompress(body)
    if b"command=ls-refs" in body:
        return "refs"
    return "fetch" if b"command=fetch" in body else f"POST {path}"


class SshServer:
    """sshd on a high port, with keys and settings of its own folder; the user is the one who runs the test."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-sshd-"))
        self.port = free_port()
        for key in ("host", "user", "other"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.home / key)], check=True)
        (self.home / "authorized").write_text((self.home / "user.pub").read_text())
        (self.home / "known_hosts").write_text(
            f"[127.0.0.1]:{self.port} {(self.home / 'host.pub').read_text().rsplit(' ', 1)[0]}\n")
        os.makedirs("/run/sshd", exist_ok=True)
        (self.home / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.home}/host\nAuthorizedKeysFile {self.home}/authorized\n"
            f"StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\n"
            f"AcceptEnv GIT_PROTOCOL\nPermitRootLogin prohibit-password\nLogLevel ERROR\n")
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(self.home / "config")],
                                        stderr=subprocess.DEVNULL)
        wait_for_port(self.port)

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home)
