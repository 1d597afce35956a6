"""Pages with two names: stored once, under the name that they give themselves, and kept while either is listed."""
from e2e import Case, Scripted, html, long_text, main


class Aliases(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for word in ("apple", "birch", "cedar", "daisy", "elder", "fern"):
            self.site.page(f"/{word}.html", html(word.title(), ("Text", long_text(word, 6))))
        self.others = ["/birch.html", "/cedar.html", "/daisy.html", "/elder.html", "/fern.html"]

    def refresh(self, paths, *more):
        return self.freshet.json("refresh", "--sitemap", self.site.sitemap(paths + self.others), *more)

    def reason(self, report, path):
        reason, = [root["reason"] for root in report["roots"] if root["uri"] == self.site.url + path]
        return reason

    def uris(self):
        return sorted({row[1].removeprefix(self.site.url) for row in self.freshet.rows().values()})

    def canonical(self, path, target):
        page = html("Apple", ("Text", long_text("apple", 12)))
        self.site.page(path, page.replace("<head>", f'<head><link rel="canonical" href="{target}">'))

    def kept(self, *paths):
        self.assertEqual(self.uris(), sorted([*paths, *self.others]))
        self.assert_in_step()

    def test_a_permanent_redirect_to_a_page_that_is_listed_too(self):
        self.site.answer("/old.html", 301, b"", Location="/apple.html")
        first = self.refresh(["/old.html", "/apple.html"])
        self.assertEqual((first["listed"], first["failed"]), (7, 0), first["roots"])
        self.kept("/apple.html")
        again = self.refresh(["/old.html", "/apple.html"])
        # A listing that did not change names nothing: one look serves both names.
        self.assertEqual((again["unchanged"], again["refreshed"], again["removed"]), (6, 0, 0), again["roots"])
        self.assertEqual(again["delivered"]["upserts"], 0)
        gone = self.refresh(["/apple.html"])  # the other name is no longer listed, and had no rows
        self.assertEqual(gone["failed"], 0)
        self.kept("/apple.html")
        hits = self.freshet.json("query", "apple sentence")["hits"]
        self.assertEqual(hits[0]["uri"], self.site.url + "/apple.html")

    def test_a_canonical_name_that_is_not_listed(self):
        self.canonical("/apple.htm", "/apple.html")
        self.refresh(["/apple.htm"])
        self.kept("/apple.html")
        for _ in range(2):
            again = self.refresh(["/apple.htm"])
            self.assertEqual((again["refreshed"], again["removed"], again["failed"]), (0, 0, 0), again["roots"])
            self.assertEqual(self.reason(again, "/apple.htm"), "same bytes")
            self.kept("/apple.html")
        status, headers, body = self.site.pages["/apple.htm"]
        self.site.pages["/apple.htm"] = (status, headers, body + b"<!-- built again -->")
        rebuilt = self.refresh(["/apple.htm"])
        self.assertEqual((rebuilt["refreshed"], rebuilt["chunks"]["added"]), (0, 0))
        self.assertIn("another name of", self.reason(rebuilt, "/apple.htm"))
        self.site.pages["/apple.htm"] = (status, headers, body.replace(b"sentence 3", b"sentence three"))
        changed = self.refresh(["/apple.htm"])
        self.assertEqual((changed["refreshed"], changed["chunks"]["added"]), (1, 1), changed)
        self.kept("/apple.html")
        self.refresh([], "--accept-shrink")  # two roots of seven: both names
        self.kept()

    def test_two_names_that_both_say_the_third(self):
        self.canonical("/apple", "/apple.html")
        self.canonical("/apple/", "/apple.html")
        report = self.refresh(["/apple", "/apple/"])
        self.assertEqual(report["failed"], 0, report["roots"])
        self.kept("/apple.html")
        self.refresh(["/apple/"])
        self.kept("/apple.html")
        self.refresh([], "--accept-shrink")
        self.kept()

    def test_a_name_whose_content_was_deleted_is_read_again(self):
        self.canonical("/apple.htm", "/apple.html")
        self.refresh(["/apple.htm"])
        self.freshet.json("roots", "delete", "--once", self.site.url + "/apple.html")
        self.refresh(["/apple.htm"])
        self.kept("/apple.html")

    def test_another_chunker_reaches_what_is_known_by_another_name_alone(self):
        self.canonical("/apple.htm", "/apple.html")
        self.refresh(["/apple.htm"])
        (self.home / "freshet.toml").write_text("[chunker]\nmax_chunk_size = 100\noverlap_size = 0\n")
        before = len(self.freshet.rows())
        sitemap = self.site.sitemap(["/apple.htm"] + self.others)
        report = self.freshet.json("--config", str(self.home / "freshet.toml"), "refresh", "--sitemap", sitemap)
        self.assertEqual(report["refreshed"], 6, report["roots"])
        self.assertGreaterEqual(len(self.freshet.rows()), 2 * before)

    def test_a_shrunken_page_does_not_shrink_the_one_it_names(self):
        self.canonical("/apple.htm", "/apple.html")
        self.refresh(["/apple.htm"])
        before = self.freshet.rows()
        self.site.page("/apple.htm", '<html><head><link rel="canonical" href="/apple.html"></head><body>Soon!</body></html>')
        sitemap = self.site.sitemap(["/apple.htm"] + self.others)
        report = self.freshet.json("refresh", "--sitemap", sitemap, check=1)
        self.assertEqual([root["reason"] for root in report["roots"] if root["outcome"] == "failed"], ["held"])
        self.assertEqual(self.freshet.rows(), before)
        self.freshet.json("refresh", "--sitemap", sitemap, "--accept-shrink")
        self.assertNotEqual(self.freshet.rows(), before)
        self.kept("/apple.html")

    def test_a_canonical_name_of_another_site_is_not_believed(self):
        self.canonical("/apple.htm", "https://elsewhere.example/apple.html")
        self.refresh(["/apple.htm"])
        self.kept("/apple.htm")

    def test_a_page_that_stops_being_another_name(self):
        self.canonical("/apple.htm", "/apple.html")
        self.refresh(["/apple.htm", "/apple.html"])
        self.kept("/apple.html")
        self.site.page("/apple.htm", html("Print", ("Text", long_text("printer", 6))))
        self.refresh(["/apple.htm", "/apple.html"])
        self.kept("/apple.html", "/apple.htm")


if __name__ == "__main__":
    main()
