"""A headless Chromium, driven by the protocol of its developer tools over two pipes."""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import time

from program import skip

PATIENCE = 60  # seconds
PROGRAM = shutil.which("chromium") or skip("there is no chromium")


class Browser:
    """One page of its own. Everything that the page asks for is noted in `requested`, what it complains of in `complaints`."""

    def __init__(self, home):
        self.number, self.rest, self.events = 0, b"", []
        self.requested, self.complaints = [], []
        mine_in, theirs_out = os.pipe()
        theirs_in, mine_out = os.pipe()
        self.fds = (mine_in, mine_out)

        def wire():  # in the child: it reads from 3 and writes to 4
            high_in, high_out = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        self.process = subprocess.Popen(
            [PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--remote-debugging-pipe", f"--user-data-dir={home}", "about:blank"],
            close_fds=False, preexec_fn=wire, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(home)})
        os.close(theirs_in)
        os.close(theirs_out)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.page(f"{domain}.enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        for fd in self.fds:
            os.close(fd)

    def read(self, seconds):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while b"\0" not in self.rest:
            if not select.select([self.fds[0]], [], [], max(0, end - time.monotonic()))[0]:
                return None
            piece = os.read(self.fds[0], 1 << 16)
            if not piece:
                raise AssertionError("the browser has ended")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.fds[1], json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            told = self.read(max(0, end - time.monotonic()))
            if told is None:
                raise AssertionError(f"{method}: no answer")
            if told.get("id") == self.number:
                if "error" in told:
                    raise AssertionError(f"{method}: {told['error']}")
                return told["result"]
            self.note(told)

    def note(self, told):
        parameters = told.get("params", {})
        if told.get("method") == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        elif told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(parameters["exceptionDetails"]["exception"].get("description", "an exception"))
        elif told.get("method") == "Log.entryAdded" and parameters["entry"]["level"] in ("warning", "error"):
            self.complaints.append(parameters["entry"]["text"])

    def page(self, method, **parameters):
        return self.call(method, self.session, **parameters)

    def go(self, url):
        self.page("Page.navigate", url=url)

    def value(self, expression):
        """What a piece of JavaScript is, in the page."""
        done = self.page("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise AssertionError(f"{expression}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def wait_for(self, expression, seconds=PATIENCE):
        """Until it is true in the page."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.value(expression)
            if found:
                return found
            self.read_some()
        raise AssertionError(f"never true: {expression}\n{self.value('document.body.innerText')}\n{self.complaints}")

    def read_some(self):
        told = self.read(0.05)
        if told:
            self.note(told)

    def key(self, name):
        """Presses "Tab", "Enter" or "Space"."""
        code, key, text = {"Tab": (9, "Tab", ""), "Enter": (13, "Enter", "\r"), "Space": (32, " ", " ")}[name]
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.page("Input.dispatchKeyEvent", type=kind, key=key, code=name, windowsVirtualKeyCode=code, **typed)

    def look(self, width, dark):
        self.page("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.page("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def screenshot(self, path):
        shot = self.page("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))
