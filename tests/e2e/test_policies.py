"""A policy of an application's own, over HTTP: what it declines is offered again, also by a server that says "not modified"."""
import ctypes as c
import json
import pathlib

from e2e import Case, Scripted, build_dir, html, long_text, main

KNOWN = "metadata flags", "ingested_ms checked_ms changed_ms listed_modified_ms", "exists triggered"
TEXTS, TIMES, NUMBERS = (names.split() for names in KNOWN)


class Known(c.Structure):
    _fields_ = ([("struct_size", c.c_size_t), ("uri", c.c_char_p)] + [(name, c.c_char_p) for name in TEXTS]
                + [(name, c.c_int64) for name in TIMES] + [(name, c.c_int32) for name in NUMBERS])


class Decision(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("refresh", c.c_int32), ("reserved", c.c_int32), ("ask_again_ms", c.c_int64),
                ("reason", c.c_char * 96)]


DECIDE = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.POINTER(Known), c.c_int64, c.POINTER(Decision))
ACCEPT = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.POINTER(Known), c.c_void_p, c.POINTER(c.c_int32))


class CustomPolicy(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("payload", c.c_void_p), ("decide", DECIDE), ("accept", ACCEPT),
                ("release", c.c_void_p)]


class Policies(Case):
    def setUp(self):
        super().setUp()
        self.library = c.CDLL(str(pathlib.Path(build_dir()).resolve() / "lib" / "libfreshet.so.0"))
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.page("/apple.html", "apple", "1")
        self.repository = c.c_void_p()
        self.call("repository_open", str(self.home / "repository").encode(), None, c.byref(self.repository))
        self.addCleanup(self.library.freshet_repository_close, self.repository)

    def page(self, path, word, etag, head=""):
        page = html(word.title(), ("Text", long_text(word, 6))).replace("<head>", "<head>" + head)
        self.site.page(path, page, ETag=f'"{etag}"')

    def call(self, name, *arguments):
        error = c.c_void_p()
        status = getattr(self.library, "freshet_" + name)(*arguments, c.byref(error))
        self.library.freshet_error_to_string.restype = c.c_char_p
        self.assertEqual(status, 0, status and self.library.freshet_error_to_string(error))

    def refresh(self, decide=lambda known: True, accept=lambda known: True, paths=("/apple.html",)):
        """The report of a run whose policy is made of these; what they raise is a failure."""
        def decided(_, known, now, out):
            try:
                out.contents.refresh = decide(known.contents)
                out.contents.ask_again_ms = now + 60_000
                return 0
            except Exception as error:
                out.contents.reason = repr(error).encode()[:95]
                return 1005

        def accepted(_, known, document, out):
            out.contents.value = accept(known.contents)
            return 0

        functions = CustomPolicy(c.sizeof(CustomPolicy), None, DECIDE(decided), ACCEPT(accepted), None)
        policy, run, text = c.c_void_p(), c.c_void_p(), c.c_char_p()
        self.call("policy_custom", c.byref(functions), c.byref(policy))
        source = {"loader": "sitemap", "options": {"url": self.site.sitemap(list(paths))}}
        config = json.dumps({"store": "sqlite", "sources": [source]}).encode()
        self.call("refresh_run", self.repository, config, policy, None, c.byref(run))
        self.call("refresh_report", run, c.byref(text), None)
        report = json.loads(text.value)
        self.library.freshet_refresh_free(run)
        self.library.freshet_policy_free(policy)
        return report

    def texts(self):
        return "".join(row[3] for row in self.freshet.rows().values())

    def test_a_declined_page_is_offered_again_by_a_server_with_validators(self):
        self.refresh()
        self.page("/apple.html", "birch", "2")
        offered = []
        for _ in range(2):
            report = self.refresh(accept=lambda known: offered.append(known.exists) or False)
            self.assertEqual((report["skipped"], report["failed"]), (1, 0), report["roots"])
        self.assertEqual(offered, [1, 1])
        self.assertNotIn("birch", self.texts())
        self.page("/apple.html", "apple", "1")  # the old page again: it is what is stored
        self.assertEqual(self.refresh(accept=lambda known: False)["fetched"]["not_modified"], 1)
        self.page("/apple.html", "birch", "2")
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assertIn("birch", self.texts())
        self.assert_in_step()

    def test_accept_is_asked_about_the_root_that_a_page_names(self):
        self.page("/cedar.htm", "cedar", "1", '<link rel="canonical" href="/cedar.html">')
        seen = []
        report = self.refresh(accept=lambda known: seen.append((known.uri.decode(), known.exists)) or False, paths=["/cedar.htm"])
        self.assertEqual((report["skipped"], report["failed"], report["refreshed"]), (1, 0, 0), report["roots"])
        self.assertEqual(seen, [(self.site.url + "/cedar.html", 0)])
        self.assertEqual(self.refresh(paths=["/cedar.htm"])["refreshed"], 1)
        self.page("/cedar.htm", "daisy", "2", '<link rel="canonical" href="/cedar.html">')
        self.refresh(accept=lambda known: seen.append((known.uri.decode(), known.exists)) or False, paths=["/cedar.htm"])
        self.assertEqual(seen[1:], [(self.site.url + "/cedar.html", 1)])
        self.assertNotIn("daisy", self.texts())
        self.assertEqual(self.refresh(paths=["/cedar.htm"])["refreshed"], 1)
        self.assertIn("daisy", self.texts())
        self.assert_in_step()

    def test_an_exception_is_a_no_for_its_page_alone(self):
        self.page("/birch.html", "birch", "1")
        paths = ["/apple.html", "/birch.html"]

        def decide(known):
            return {"/apple.html": True}[known.uri.decode().removeprefix(self.site.url)]

        report = self.refresh(decide, paths=paths)
        self.assertEqual((report["refreshed"], report["failed"], report["exit_code"]), (1, 1, 1), report["roots"])
        failed, = [root for root in report["roots"] if root["outcome"] == "failed"]
        self.assertEqual((failed["uri"], failed["reason"]), (self.site.url + "/birch.html", "policy_failed"))
        self.assertIn("KeyError('/birch.html')", failed["error"]["message"])
        again = self.refresh(paths=paths)
        self.assertEqual((again["refreshed"], again["failed"]), (1, 0), again["roots"])


if __name__ == "__main__":
    main()
