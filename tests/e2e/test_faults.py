"""Law 1: what fails changes nothing; the old content still answers."""
from e2e import Case, Scripted, html, long_text, main

FAST = ["--policy", '"always"']


class Faults(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/{word}.html" for word in ("apple", "birch", "cedar", "daisy", "elder", "fern")]
        for path in self.paths:
            word = path[1:-5]
            self.site.page(path, html(word.title(), ("First", long_text(word)), ("Second", long_text(word + "wood"))))
        self.sitemap = self.site.sitemap(self.paths)
        (self.home / "freshet.toml").write_text('[http]\nattempts = 2\nbackoff = "10ms"\n')
        self.refresh = ["--config", str(self.home / "freshet.toml"), "refresh", "--sitemap", self.sitemap]
        self.freshet.json(*self.refresh)
        self.before = self.freshet.rows()

    def fails(self, path, *words):
        """One more refresh: `path` alone fails, the report says why, and its old text still answers."""
        report = self.freshet.json(*self.refresh, *FAST, check=1)
        self.assertEqual((report["failed"], report["removed"]), (1, 0), report)
        failed = [root for root in report["roots"] if root["outcome"] == "failed"]
        self.assertEqual([root["uri"] for root in failed], [self.site.url + path])
        for word in words:
            self.assertIn(word, failed[0]["error"]["message"])
        hits = self.freshet.json("query", path[1:-5] + " sentence")["hits"]
        self.assertTrue(hits and hits[0]["uri"] == self.site.url + path, hits)
        self.assertEqual(self.freshet.rows(), self.before)
        self.assert_in_step()
        return failed[0]

    def test_a_page_that_answers_500(self):
        self.site.answer("/cedar.html", 500, b"<html><body><h1>Internal error</h1></body></html>", Content_Type="text/html")
        root = self.fails("/cedar.html", "500")
        self.assertEqual(root["attempts"], 2)

    def test_a_server_that_asks_to_be_left_alone_is_left_alone_by_the_next_run_too(self):
        good = self.site.pages["/cedar.html"]
        self.site.answer("/cedar.html", 429, b"", Retry_After="3600")
        report = self.freshet.json(*self.refresh, *FAST, check=1)
        failed = {root["uri"]: root["error"] for root in report["roots"] if root["outcome"] == "failed"}
        self.assertIn(self.site.url + "/cedar.html", failed)  # and what came to the host after it
        for error in failed.values():
            self.assertEqual(error["code"], "rate_limited", error)
            self.assertGreater(error["retry_after_ms"], 3_500_000)
        self.assertEqual(self.freshet.rows(), self.before)
        self.site.pages["/cedar.html"] = good
        self.site.requests.clear()
        report = self.freshet.json(*self.refresh, *FAST, check=3)
        self.assertEqual(report["sources"][0]["error"]["code"], "rate_limited")
        self.assertGreater(report["sources"][0]["error"]["retry_after_ms"], 3_500_000)
        self.assertEqual(self.site.requests, [])  # the whole host, its listing too
        self.assertEqual(self.freshet.rows(), self.before)
        forced = self.freshet.json(*self.refresh, "--force")
        self.assertEqual((forced["failed"], forced["skipped"]), (0, 0))
        self.assert_in_step()

    def test_a_login_page_with_status_200(self):
        self.site.page("/cedar.html", "<html><head><title>Sign in</title></head><body><form action=/login method=post>"
                       "<input name=user><input type=password name=password><button>Sign in</button></form></body></html>")
        self.fails("/cedar.html", "login")

    def test_a_redirect_to_a_login_page(self):
        self.site.page("/login", html("Sign in", ("Welcome", long_text("password"))))
        self.site.answer("/cedar.html", 302, b"", Location="/login?next=/cedar.html")
        self.fails("/cedar.html", "login")

    def test_an_empty_body(self):
        self.site.page("/cedar.html", "")
        self.fails("/cedar.html")

    def test_a_page_that_loses_nearly_all_of_its_text(self):
        self.site.page("/cedar.html", html("Cedar"))
        self.fails("/cedar.html", "shrank")

    def test_a_page_that_no_reader_can_read(self):
        self.site.answer("/cedar.html", 200, b"\x89PNG\r\n\x1a\n" + bytes(2000), Content_Type="text/html")
        self.fails("/cedar.html")

    def test_a_body_that_is_cut_off(self):
        def cut(handler):
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            handler.wfile.write(b"<html><body><p>half a")
            handler.close_connection = True
        with self.site.lock:
            self.site.pages["/cedar.html"] = cut
        self.fails("/cedar.html")

    def test_a_page_that_is_not_found_is_kept_until_it_was_missed_three_times(self):
        self.site.answer("/cedar.html", 404, b"gone fishing")
        self.fails("/cedar.html", "not found")
        self.fails("/cedar.html", "not found")
        report = self.freshet.json(*self.refresh, *FAST)
        self.assertEqual((report["removed"], report["failed"]), (1, 0), report)
        self.assert_in_step()

    def test_a_page_that_is_gone_for_good_is_removed_at_once(self):
        self.site.answer("/cedar.html", 410, b"")
        report = self.freshet.json(*self.refresh, *FAST)
        self.assertEqual((report["removed"], report["failed"]), (1, 0), report)
        self.assertFalse([row for row in self.freshet.rows().values() if row[1].endswith("/cedar.html")])
        self.assert_in_step()

    def test_a_failure_is_forgotten_when_the_page_is_back(self):
        good = self.site.pages["/cedar.html"]
        self.site.answer("/cedar.html", 503, b"")
        self.fails("/cedar.html", "503")
        self.site.pages["/cedar.html"] = good
        report = self.freshet.json(*self.refresh, *FAST)
        self.assertEqual((report["failed"], report["unchanged"]), (0, len(self.paths)))
        self.assertEqual(self.freshet.json("status")["failing"], 0)


if __name__ == "__main__":
    main()
