"""Sitemaps from run to run, behind a real server that counts: what did not change is not sent again, and what goes
from a sitemap goes from the store all the same."""
from e2e import Case, Nginx, html, long_text, main

ALWAYS = ["--policy", '"always"']


class SitemapState(Case):
    def setUp(self):
        super().setUp()
        self.site = self.home / "site"
        self.site.mkdir()
        self.parts = {"a.xml": [f"a{i}.html" for i in range(8)], "b.xml": [f"b{i}.html" for i in range(8)]}
        self.server = Nginx(self.site)
        self.addCleanup(self.server.close)
        for name, pages in self.parts.items():
            for page in pages:
                self.write_page(page)
            self.server.write_sitemap(pages, name)
        index = "".join(f"<sitemap><loc>{self.server.url}/{name}</loc></sitemap>" for name in self.parts)
        (self.site / "index.xml").write_text(f"<sitemapindex>{index}</sitemapindex>")
        self.server.settle(self.site / "index.xml")
        self.index = f"{self.server.url}/index.xml"

    def write_page(self, page):
        (self.site / page).write_text(html(page, ("Text", long_text(page, 4))))

    def refresh(self, sitemap, *more, check=0):
        """The report of a run, the sitemaps that it asked for, and the bytes of them that were sent."""
        self.server.requests()
        report = self.freshet.json("refresh", "--embedder", "hash", "--sitemap", sitemap, *ALWAYS, *more, check=check)
        lines = [line for line in self.server.requests_with_size() if line[2].endswith(".xml")]
        self.assert_in_step()
        return report, sorted((status, path) for status, _, path, _ in lines), sum(line[3] for line in lines)

    def kind(self, report):
        return report["sources"][0]["kind"]

    def test_an_unchanged_sitemap_costs_one_conditional_request(self):
        sitemap = f"{self.server.url}/a.xml"
        report, asked, sent = self.refresh(sitemap)
        self.assertEqual((self.kind(report), asked), ("whole", [(200, "/a.xml")]))
        self.assertEqual(sent, (self.site / "a.xml").stat().st_size)
        report, asked, sent = self.refresh(sitemap)
        self.assertEqual((self.kind(report), asked, sent), ("unchanged", [(304, "/a.xml")], 0))
        self.assertEqual((report["listed"], report["unchanged"], report["removed"]), (8, 8, 0))

        self.server.write_sitemap(self.parts["a.xml"][1:], "a.xml")
        report, asked, _ = self.refresh(sitemap)
        self.assertEqual((self.kind(report), asked, report["removed"]), ("whole", [(200, "/a.xml")], 1))

        for more in (["--force"], ["--dry-run"], ["--exclude", "a7"]):
            with self.subTest(more):  # what begins from nothing, and what is another source's listing
                report, asked, _ = self.refresh(sitemap, *more)
                self.assertEqual((self.kind(report), asked), ("whole", [(200, "/a.xml")]))

    def test_of_an_index_only_what_changed_is_sent_and_all_that_goes_is_removed(self):
        first, asked, _ = self.refresh(self.index)
        self.assertEqual((first["refreshed"], asked), (16, [(200, "/a.xml"), (200, "/b.xml"), (200, "/index.xml")]))
        report, asked, sent = self.refresh(self.index)
        self.assertEqual(asked, [(304, "/a.xml"), (304, "/b.xml"), (304, "/index.xml")])
        self.assertEqual((self.kind(report), sent, report["unchanged"]), ("unchanged", 0, 16))

        self.write_page("b8.html")
        self.server.write_sitemap(self.parts["b.xml"] + ["b8.html"], "b.xml")
        report, asked, sent = self.refresh(self.index)
        self.assertEqual(asked, [(200, "/b.xml"), (304, "/a.xml"), (304, "/index.xml")])
        self.assertEqual((self.kind(report), sent), ("changes", (self.site / "b.xml").stat().st_size))
        self.assertEqual((report["listed"], report["refreshed"], report["unchanged"], report["removed"]), (17, 1, 16, 0))

        self.server.write_sitemap(self.parts["b.xml"][1:] + ["b8.html"], "b.xml")
        report, asked, _ = self.refresh(self.index)
        self.assertEqual((self.kind(report), report["removed"], report["unchanged"]), ("whole", 1, 16))
        report, _, sent = self.refresh(self.index)
        self.assertEqual((self.kind(report), sent, report["removed"]), ("unchanged", 0, 0))

    def test_what_is_held_is_said_again(self):
        self.refresh(self.index)
        self.server.write_sitemap(self.parts["b.xml"][:1], "b.xml")
        for _ in range(2):
            report, _, _ = self.refresh(self.index, check=1)
            self.assertEqual((self.kind(report), report["held"], report["removed"]), ("whole", 7, 0))
        report, _, _ = self.refresh(self.index, "--accept-shrink")
        self.assertEqual(report["removed"], 7)

    def test_a_page_that_changes_under_an_unchanged_sitemap_is_refreshed(self):
        self.refresh(self.index)
        (self.site / "a3.html").write_text(html("a3", ("Text", long_text("novelty", 4))))
        report, _, sent = self.refresh(self.index)
        self.assertEqual((self.kind(report), sent, report["refreshed"], report["unchanged"]), ("unchanged", 0, 1, 15))


if __name__ == "__main__":
    main()
