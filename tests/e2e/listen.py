"""A service that listens, and what is asked of it."""
import http.client
import json
import os
import socket

from service_case import Service

TOKEN = "correct-horse-battery"

CONFIG = """
embedder = "hash"
policy = {{ any = ["triggered", {{ ttl = "10w" }}] }}

[service]
listen = "127.0.0.1:0"
rest = "0s"
{service}

[[source]]
name = "notes"
loader = "files"
schedule = "6h"
options = {{ path = "notes", include = ["**/*.md"] }}
{source}
"""


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Listening(Service):
    """The program, and the address that it listens on."""

    def __init__(self, freshet, config, *more, **environment):
        super().__init__(freshet, config, *more, **environment)
        self.url = self.wait_for_event("listening")["message"].removeprefix("listens on ").rstrip("/")
        self.host, port = self.url.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)

    def ask(self, path, method="GET", body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            if isinstance(body, (dict, list)):
                body, headers = json.dumps(body), {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def json(self, path, status=200, **more):
        answer = self.ask(path, **more)
        if answer.status != status:
            raise AssertionError(f"{path}: {answer.status}, not {status}: {answer.body}")
        return answer.json()

    def post(self, path, body, status=202, headers=None):
        return self.json(path, status, method="POST", body=body, headers=headers)

    def raw(self, data, timeout=30):
        """All that is answered to these bytes."""
        with socket.create_connection((self.host, self.port), timeout) as connection:
            connection.sendall(data)
            answer = b""
            while piece := connection.recv(1 << 16):
                answer += piece
        return answer

    def memory(self):
        """KiB in memory."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def start(case, service="", source="", **environment):
    """The service of a folder of notes, which has made its first run."""
    (case.home / "notes").mkdir(exist_ok=True)
    config = case.home / "freshet.toml"
    config.write_text(CONFIG.format(service=service, source=source))
    listening = Listening(case.freshet, config, **environment)
    case.addCleanup(listening.kill)
    listening.config = config
    return listening


def write_page(case, name, word):
    path = case.home / "notes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# Page {name}\n\nIts word is {word}.\n")
    return f"file://{path}"


def words(case):
    """Of each page, the word that the store has."""
    return {uri: text.split("Its word is ")[1].split(".")[0]
            for _, uri, _, text in case.freshet.rows().values() if "Its word is " in text}
