"""What tests of the service begin with: the program as it runs, and a folder of pages with a word each."""
import json
import os
import queue
import signal
import subprocess
import threading
import time

from e2e import Case

PATIENCE = 120  # seconds, on a machine that does other things besides

CONFIG = """
embedder = "hash"
policy = {{ any = ["triggered", {{ ttl = "10w" }}] }}

[[source]]
name = "notes"
loader = "files"
schedule = "{schedule}"
options = {{ path = "notes", include = ["**/*.md"] }}
"""


class Service:
    """The program, and the lines that it prints."""

    def __init__(self, freshet, config, *more, command="service", **environment):
        self.process = subprocess.Popen(freshet.command(command, "--config", config, "--json", *more),
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def wait_for(self, wanted):
        """The next line for which `wanted` is true."""
        end = time.monotonic() + PATIENCE
        while True:
            line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            if line is None:
                raise AssertionError(f"it ended: {self.process.wait()}, after {self.seen[-5:]}")
            self.seen.append(line)
            if wanted(line):
                return line

    def wait_for_event(self, name):
        return self.wait_for(lambda line: line.get("event") == name)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    def stop(self):
        """As a supervisor does: not before it has said that it is ready, or the signal meets the loader."""
        if not any(line.get("event") == "ready" for line in self.seen):
            self.wait_for_event("ready")
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


class ServiceCase(Case):
    def setUp(self):
        super().setUp()
        (self.home / "notes").mkdir()
        self.config = self.home / "freshet.toml"
        self.configure("6h")

    def configure(self, schedule):
        self.config.write_text(CONFIG.format(schedule=schedule))

    def page(self, number):
        return self.home / "notes" / f"page{number}.md"

    def write(self, number, word):
        self.page(number).write_text(f"# Page {number}\n\nIts word is {word}.\n")

    def trigger(self, number):
        self.freshet.json("trigger", f"file://{self.page(number)}")

    def words(self):
        """Of each page, the word that the store has."""
        found = {}
        for _, uri, _, text in self.freshet.rows().values():
            if "Its word is " in text:
                found[uri] = text.split("Its word is ")[1].split(".")[0]
        return found

    def start(self, *more, **environment):
        service = Service(self.freshet, self.config, *more, **environment)
        self.addCleanup(service.kill)
        return service
