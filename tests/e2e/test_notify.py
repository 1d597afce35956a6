"""Webhooks are told of what goes wrong and of its end: once, signed, and across a restart."""
import hashlib
import hmac
import http.server
import json
import os
import queue
import threading
import time

from e2e import main
from service_case import PATIENCE, ServiceCase

SECRET = "a-secret-of-twenty-letters"


class Webhook:
    """A server that keeps what it is sent, and answers as it is told."""

    def __init__(self):
        self.messages = queue.Queue()
        self.status = 200
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.messages.put((self.path, dict(self.headers.items()), body))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def message(self):
        return self.messages.get(timeout=PATIENCE)


class Tests(ServiceCase):
    def setUp(self):
        self.hook = Webhook()
        self.addCleanup(self.hook.close)
        super().setUp()
        os.environ.update(HOOK_URL=self.hook.url + "/hidden-path", HOOK_SECRET=SECRET)
        for i in range(5):
            self.write(i, "first")

    def configure(self, schedule):
        super().configure(schedule)
        text = (self.config.read_text().replace('policy = { any = ["triggered", { ttl = "10w" }] }', 'policy = "always"')
                .replace('schedule = "6h"', 'schedule = "6h"\nwatch = true'))
        self.config.write_text(text + f"""
[service]
rest = "0s"

[[service.notify]]
url = "env:HOOK_URL"
pause = "0s"

[[service.notify]]
url = "{self.hook.url}/signed"
form = "signed"
secret = "env:HOOK_SECRET"
pause = "0s"
""")

    def both(self):
        """The next message to each webhook: the line, and the object, whose signature is looked at."""
        found = {}
        while len(found) < 2:
            path, headers, body = self.hook.message()
            found[path] = body
            if path != "/signed":
                continue
            headers = {key.lower(): value for key, value in headers.items()}
            stamp = headers["x-freshet-timestamp"]
            self.assertLess(abs(time.time() - int(stamp)), 300)
            right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["x-freshet-signature"], "sha256=" + right)
        return json.loads(found["/hidden-path"])["text"], json.loads(found["/signed"])

    def break_folder(self):
        os.rename(self.home / "notes", self.home / "away")

    def mend_folder(self):
        os.rename(self.home / "away", self.home / "notes")

    def test_a_failure_and_its_end_are_told_once(self):
        service = self.start()
        service.wait_for_event("run_ended")
        self.break_folder()
        line, signed = self.both()
        self.assertTrue(line.startswith("notes: could not be listed: "), line)
        self.assertEqual((signed["source"], signed["event"], signed["again"]), ("notes", "failure", False))
        self.assertEqual(signed["namespace"], "default")
        # Another process finds it so, and knows that it was told.
        self.assertEqual(service.stop(), 0)
        service = self.start()
        service.wait_for_event("run_ended")
        self.mend_folder()
        line, signed = self.both()
        self.assertIn("is well again", line)
        self.assertEqual((signed["event"], signed["trouble"]), ("recovery", "failure"))
        self.assertEqual(service.stop(), 0)
        self.assertTrue(self.hook.messages.empty())

    def test_held_removals_are_told_until_they_are_not(self):
        service = self.start()
        service.wait_for_event("run_ended")
        for i in range(4):
            self.page(i).unlink()
        line, signed = self.both()
        self.assertIn("removals are held", line)
        self.assertEqual((signed["source"], signed["event"]), ("notes", "held"))
        for i in range(4):
            self.write(i, "back")
        line, signed = self.both()
        self.assertEqual((signed["event"], signed["trouble"]), ("recovery", "held"))

    def test_a_source_that_is_not_listed_in_time_is_stale(self):
        text = self.config.read_text().replace('form = "signed"', 'form = "signed"\nstale_after = "2s"')
        self.config.write_text(text)
        service = self.start()
        service.wait_for_event("run_ended")
        _, _, body = self.hook.message()
        signed = json.loads(body)
        self.assertEqual((signed["source"], signed["event"]), ("notes", "stale"))
        self.assertEqual(signed["message"], "was not listed as a whole for 2s")
        self.write(1, "second")
        _, _, body = self.hook.message()
        self.assertEqual(json.loads(body)["event"], "recovery")

    def test_a_webhook_that_fails_disturbs_nothing_and_is_told(self):
        self.hook.status = 404
        service = self.start()
        service.wait_for_event("run_ended")
        self.break_folder()
        said = service.wait_for(lambda line: "was not told" in line.get("message", ""))
        self.assertIn("service.notify[", said["message"])
        self.assertNotIn("hidden-path", json.dumps(service.seen))
        self.assertNotIn(self.hook.url, json.dumps(service.seen))
        self.mend_folder()
        service.wait_for(lambda line: line.get("event") == "run_ended" and "error" not in line)
        self.assertEqual(service.stop(), 0)

    def test_what_is_wrong_in_a_webhook_is_named(self):
        sources = self.config.read_text().split("[service]")[0]
        for wrong, where in [('url = "env:HOOK_URL"', None), ('url = "ftp://x"', "service.notify[0].url"),
                             ('url = "env:HOOK_URL"\nform = "signed"', "service.notify[0].secret"),
                             ('url = "env:HOOK_URL"\nform = "signed"\nsecret = "plain"', "service.notify[0].secret"),
                             ('url = "env:HOOK_URL"\non = ["fire"]', "service.notify[0].on[0]")]:
            self.config.write_text(sources + "[[service.notify]]\n" + wrong + "\n")
            done = self.freshet.run("config", "check", self.config)
            if where is None:
                self.assertEqual(done.returncode, 0, done.stderr)
            else:
                self.assertIn(where, done.stderr + done.stdout)


if __name__ == "__main__":
    main()
