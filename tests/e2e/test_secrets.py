"""A known secret comes out nowhere, however a server or a configuration spells it."""
import base64
import json
import os
import urllib.parse

from e2e import Case, Scripted, html, long_text, main

SECRET = 'S3cr3t+Canary/9f8e"7d6c'
INNER = base64.b64encode(b"us:" + SECRET.encode()).decode()[4:-4]  # in Basic credentials
FORMS = {
    "plain": SECRET,
    "upper": SECRET.upper(),
    "lower": SECRET.lower(),
    "percent": urllib.parse.quote(SECRET, safe=""),
    "form": urllib.parse.quote_plus(SECRET).lower(),
    "json": json.dumps(SECRET)[1:-1],
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "basic": base64.b64encode(b"us:" + SECRET.encode()).decode(),
    "userinfo": f"http://us:{urllib.parse.quote(SECRET, safe='')}@h.example/",
    "parameter": f"http://h.example/?token={urllib.parse.quote(SECRET, safe='')}",
}
TRACES = [SECRET, json.dumps(SECRET)[1:-1], urllib.parse.quote(SECRET, safe=""), urllib.parse.quote_plus(SECRET), INNER]


class Secrets(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        os.environ["FRESHET_TEST_TOKEN"] = SECRET
        self.addCleanup(os.environ.pop, "FRESHET_TEST_TOKEN")

    def configure(self, urls, authorization="Bearer secret:env:FRESHET_TEST_TOKEN"):
        (self.home / "freshet.toml").write_text(
            f'[[source]]\nloader = "url"\n[source.options]\nurls = {json.dumps(urls)}\n'
            f'headers = {{ Authorization = {json.dumps(authorization)} }}\n')
        return ["--config", str(self.home / "freshet.toml"), "refresh"]

    def assert_clean(self, channel, text):
        for trace in TRACES:
            at = text.lower().find(trace.lower())
            self.assertEqual(at, -1, f"{channel}: {text[max(0, at - 200):at + 200]}")

    def channels(self, refresh):
        """Everything that a user may read, and what stands in the repository."""
        shown = {}
        for name, arguments in {"text": [*refresh, "--verbose"], "json": [*refresh, "--json", "--verbose"],
                                "status": ["status"], "status --json": ["status", "--json"],
                                "roots": ["roots", "list"], "roots --json": ["roots", "list", "--json"],
                                "check": ["check", "--json"], "query": ["query", "sentence"],
                                "query --json": ["query", "sentence", "--json"]}.items():
            done = self.freshet.run(*arguments)
            self.assertGreaterEqual(done.returncode, 0, done.stderr)
            shown[name] = done.stdout + done.stderr
            if name == "json":
                self.last_json = done.stdout
        return shown

    def repository_bytes(self):
        return (self.freshet.repository / "data.mdb").read_bytes().decode("latin-1")

    def test_a_server_that_sends_the_secret_back(self):
        for place in ("Location", "Content-Type", "Content-Encoding", "Content-Length"):
            for form, spelled in FORMS.items():
                path = f"/{place}-{form}"
                status = 302 if place == "Location" else 200
                value = "ftp://x.example/?a=" + spelled if place == "Location" else spelled
                if place == "Content-Type":
                    value = "application/" + spelled

                def answer(handler, status=status, place=place, value=value):
                    handler.send_response(status)
                    handler.send_header(place, value)
                    if place != "Content-Length":
                        handler.send_header("Content-Length", "4")
                    handler.end_headers()
                    if status == 200:
                        handler.wfile.write(b"\x00\x01\x02\x03")
                    handler.close_connection = True
                self.site.pages[path] = answer
        paths = [path for path in self.site.pages]
        refresh = self.configure([self.site.url + path for path in paths])
        shown = self.channels(refresh)
        errors = {root["uri"]: root["error"]["message"] for root in json.loads(self.last_json)["roots"] if root["error"]}
        for form in FORMS:
            self.assertIn("***", errors[f"{self.site.url}/Location-{form}"], form)
        for channel, text in shown.items():
            self.assert_clean(channel, text)
        self.assert_clean("data.mdb", self.repository_bytes())

    def test_a_secret_in_the_configured_url(self):
        self.site.page("/page?token=S3cr3tCanary1", html("Page", ("First", long_text("apple"))))
        self.site.answer("/bad?token=S3cr3tCanary1", 302, b"", Location="ftp://x.example/s3cr3tcanary1")
        refresh = self.configure([self.site.url + path + "?token=S3cr3tCanary1" for path in ("/page", "/bad")])
        shown = self.channels(refresh)
        for channel, text in shown.items():
            self.assertNotIn("s3cr3tcanary1", text.lower(), channel)
        for channel in ("text", "json", "roots", "roots --json", "query", "query --json"):
            self.assertIn(self.site.url + "/page?token=***", shown[channel], channel)
        root = self.freshet.json("roots", "show", self.site.url + "/page?token=***")  # as it was shown
        self.assertEqual(root["uri"], self.site.url + "/page?token=***")
        self.freshet.run("roots", "delete", self.site.url + "/page?token=S3cr3tCanary1", check=0)

    def test_the_name_of_a_source(self):
        self.site.page("/page?token=S3cr3tCanary1", html("Page", ("First", long_text("apple"))))
        shown = self.channels(self.configure([self.site.url + "/page?token=S3cr3tCanary1"]))
        for channel in ("json", "status", "status --json"):
            self.assertIn("/page?token=***", shown[channel], channel)
            self.assertNotIn("s3cr3tcanary1", shown[channel].lower(), channel)

    def test_a_reference_inside_a_longer_text_is_resolved(self):
        seen = []

        def answer(handler):
            seen.append(handler.headers["Authorization"])
            return 200, {"Content-Type": "text/html"}, html("Page", ("First", long_text("apple"))).encode()
        self.site.pages["/page"] = answer
        self.freshet.json(*self.configure([self.site.url + "/page"]))
        self.assertEqual(seen, ["Bearer " + SECRET])

    def test_a_reference_that_cannot_be_resolved_sends_nothing(self):
        self.site.page("/page", html("Page"))
        for authorization, words in {"Bearer:secret:env:FRESHET_TEST_TOKEN": "a word of its own",
                                     "Bearer env:FRESHET_TEST_TOKEN": 'begins with "secret:" here',
                                     "Bearer secret:FRESHET_TEST_TOKEN": "names no secret",
                                     "Bearer secret:env:FRESHET_NO_SUCH": "is not set"}.items():
            done = self.freshet.run(*self.configure([self.site.url + "/page"], authorization))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stdout + done.stderr)
        self.assertEqual([path for path in self.site.requests if path == "/page"], [])

    def test_the_line_of_the_configuration_that_an_error_shows(self):
        command = self.configure([self.site.url + "/page"], "Bearer:secret:env:X S3cr3tCanary1")
        done = self.freshet.run(*command)
        self.assertIn("Authorization", done.stderr)
        self.assertNotIn("S3cr3tCanary1", done.stderr)

    def test_a_secret_written_out_is_warned_of_and_masked(self):
        self.site.answer("/page", 302, b"", Location="ftp://x.example/?a=literal-9f8e7d6c")
        shown = self.channels(self.configure([self.site.url + "/page"], "Bearer literal-9f8e7d6c"))
        for channel, text in shown.items():
            self.assertNotIn("literal-9f8e7d6c", text.lower(), channel)
        self.assertIn("headers.Authorization holds a secret written out", shown["text"])
        self.assertNotIn("literal-9f8e7d6c", self.repository_bytes())


if __name__ == "__main__":
    main()
