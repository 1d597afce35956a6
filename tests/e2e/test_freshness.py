"""Answers that their sources confirm first, what explain says, and servers that asked to be left alone."""
import time

from e2e import Case, Scripted, html, long_text, main


class Freshness(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(4)]
        for path in self.paths:
            self.put(path, "rivers of " + path[1:-5])
        self.sitemap = self.site.sitemap(self.paths)
        self.file = self.home / "freshet.toml"
        self.configure()
        self.freshet.json("--config", str(self.file), "refresh")

    def configure(self, http="attempts = 1"):
        self.file.write_text(f'policy = {{ ttl = "7d" }}\n[http]\n{http}\n'
                             f'[[source]]\nname = "manual"\nloader = "sitemap"\noptions = {{ url = "{self.sitemap}" }}\n')

    def put(self, path, words):
        body = html(path[1:-5], ("Text", words + ". " + long_text(words, 3)))
        self.site.page(path, body, ETag=f'"{hash(body)}"')

    def fresh(self, *more):
        del self.site.requests[:]
        found = self.freshet.json("--config", str(self.file), "query", "rivers", "-k", "100", "--max-age", "0s", *more)
        return {hit["uri"]: hit for hit in found["hits"]}

    def asked(self):
        return sorted(path for path in self.site.requests if path != "/robots.txt")

    def test_what_has_not_changed_costs_one_conditional_request_a_root(self):
        before = {hit["uri"]: hit for hit in self.freshet.json("query", "rivers", "-k", "100")["hits"]}
        hits = self.fresh()
        self.assertEqual(self.asked(), self.paths)
        self.assertEqual(set(hits), set(before))
        for uri, hit in hits.items():
            self.assertIsNone(hit["unconfirmed"])
            self.assertGreater(hit["checked_ms"], before[uri]["checked_ms"])
        self.assertEqual(self.fresh_within("1h"), [])

    def fresh_within(self, age):
        del self.site.requests[:]
        self.freshet.json("--config", str(self.file), "query", "rivers", "--max-age", age)
        return self.asked()

    def test_what_has_changed_is_answered_with(self):
        self.put("/page2.html", "rivers that a beaver dammed")
        hits = self.fresh()
        self.assertIn("beaver", hits[self.site.url + "/page2.html"]["text"])
        self.assert_in_step()

    def test_the_deadline_ends_the_asking_and_not_the_answer(self):
        def hang(handler):
            time.sleep(20)
        with self.site.lock:
            self.site.pages["/page1.html"] = hang
        began = time.monotonic()
        hits = self.fresh("--deadline", "1s")
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(hits[self.site.url + "/page1.html"]["unconfirmed"], "was not confirmed within 1s")
        self.assertIsNone(hits[self.site.url + "/page3.html"]["unconfirmed"])

    def test_a_page_that_fails_is_answered_with_and_told(self):
        self.site.answer("/page1.html", 500)
        hits = self.fresh()
        self.assertIn("500", hits[self.site.url + "/page1.html"]["unconfirmed"])
        text = self.freshet.run("query", "rivers", "-k", "100", "--config", str(self.file), "--max-age", "0s", check=0).stdout
        self.assertIn("unconfirmed: ", text)
        self.assertIn("checked just now, due in 6 days", text)

    def test_the_sources_have_to_be_known(self):
        error = self.freshet.json("query", "rivers", "--max-age", "1h", check=2)["error"]
        self.assertEqual(error["subject"], "--max-age")
        error = self.freshet.json("--config", str(self.file), "query", "rivers", "--deadline", "1s", check=2)["error"]
        self.assertEqual(error["subject"], "--deadline")

    def test_explain_says_who_decides_and_what(self):
        uri = self.site.url + "/page1.html"
        told = self.freshet.json("--config", str(self.file), "explain", uri)
        self.assertEqual([source["name"] for source in told["sources"]], ["manual"])
        self.assertEqual([(each["source"], each["refresh"]) for each in told["decisions"]], [("manual", False)])
        self.freshet.run("trigger", uri, "--reason", "a push", check=0)
        text = self.freshet.run("explain", uri, check=0).stdout
        self.assertIn("trigger   just now: a push", text)
        self.assertIn("again     now", text)
        self.assertEqual(self.freshet.json("explain", uri + "x", check=3)["error"]["code"], "not_found")

    def test_a_host_that_asked_to_be_left_alone_is_left_alone_by_the_next_process(self):
        self.site.answer("/page1.html", 429, Retry_After="3600")
        self.freshet.json("--config", str(self.file), "refresh", "--force", check=1)
        self.put("/page1.html", "rivers again")
        del self.site.requests[:]
        report = self.freshet.json("--config", str(self.file), "refresh", "--policy", "always", check=3)
        self.assertEqual(self.site.requests, [])  # nor is it listed
        self.assertGreater(report["fetched"]["turned_away"], 0)
        self.assertTrue(all(hit["unconfirmed"] for hit in self.fresh().values()))
        self.assertEqual(self.site.requests, [])
        report = self.freshet.json("--config", str(self.file), "refresh", "--force")
        self.assertEqual(report["failed"], 0)
        self.assertEqual(report["success_rate"], 1)

    def test_a_rate_is_kept(self):
        paths = [f"/many{i}.html" for i in range(20)]
        for path in paths:
            self.site.page(path, html("Page", ("Text", long_text("page", 3))))
        self.site.sitemap(paths)
        refresh = ["--config", str(self.file), "refresh", "--force", "--accept-shrink"]
        self.configure('rate = "10/s"')
        report = self.freshet.json(*refresh)
        self.assertGreater(report["refreshed"], 10)
        self.assertGreaterEqual(report["fetched"]["requests"], 21)
        # When a server sees them says little of a busy machine; the eleventh and the twenty-first wait a second each.
        self.assertGreaterEqual(report["seconds"], 2)


if __name__ == "__main__":
    main()
