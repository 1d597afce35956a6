"""Law 6: nothing is removed on doubt."""
from e2e import Case, Scripted, html, long_text, main


class Listings(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(12)]
        for path in self.paths:
            self.site.page(path, html(path[1:-5], ("Text", long_text(path[1:-5], 6))))
        self.sitemap = self.site.sitemap(self.paths)
        (self.home / "freshet.toml").write_text('[http]\nattempts = 1\nbackoff = "10ms"\n')
        self.refresh = ["--config", str(self.home / "freshet.toml"), "refresh", "--sitemap", self.sitemap]
        self.freshet.json(*self.refresh)
        self.before = self.freshet.rows()

    def nothing_is_removed(self, code, *words):
        report = self.freshet.json(*self.refresh, check=code)
        self.assertEqual(report["removed"], 0, report)
        self.assertEqual(self.freshet.rows(), self.before)
        source = report["sources"][0]
        text = source.get("note", "") + source.get("error", {}).get("message", "")
        for word in words:
            self.assertIn(word, text)
        return report

    def test_a_sitemap_that_fails(self):
        self.site.answer("/sitemap.xml", 500, b"")
        self.nothing_is_removed(3, "500")

    def test_a_sitemap_that_is_not_found(self):
        self.site.answer("/sitemap.xml", 404, b"<html>not here</html>")
        self.nothing_is_removed(3, "404")

    def test_a_sitemap_that_is_a_login_page(self):
        self.site.page("/sitemap.xml", "<html><body><form><input type=password></form></body></html>")
        self.nothing_is_removed(3, "sitemap")

    def test_an_empty_sitemap(self):
        self.site.sitemap([])
        self.nothing_is_removed(1, "empty")

    def test_a_sitemap_cut_in_half(self):
        status, headers, body = self.site.pages["/sitemap.xml"]
        self.site.pages["/sitemap.xml"] = (status, headers, body[:len(body) // 2])
        self.nothing_is_removed(1)

    def test_a_sitemap_cut_before_its_last_page(self):
        status, headers, body = self.site.pages["/sitemap.xml"]
        self.site.pages["/sitemap.xml"] = (status, headers, body[:body.rindex(b"<url>")])
        report = self.nothing_is_removed(1)  # one page might go, had the listing been complete
        self.assertEqual((report["held"], report["sources"][0]["complete"]), (0, False))

    def test_an_index_one_of_whose_sitemaps_fails(self):
        rest = self.site.sitemap(self.paths[:11], "/rest.xml")
        last = self.site.sitemap(self.paths[11:], "/last.xml")
        index = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (rest, last))
        self.site.answer("/sitemap.xml", 200, ('<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                                               f"{index}</sitemapindex>").encode(), Content_Type="application/xml")
        self.assertEqual(self.freshet.json(*self.refresh)["listed"], 12)
        self.site.answer("/last.xml", 503, b"")
        report = self.nothing_is_removed(1, "503")
        self.assertEqual((report["listed"], report["held"]), (11, 0))
        self.site.answer("/last.xml", 404, b"")
        self.nothing_is_removed(1, "404")

    def test_a_sitemap_that_lists_half_is_held_until_the_operator_says_so(self):
        self.site.sitemap(self.paths[:6])
        report = self.nothing_is_removed(1, "held")
        self.assertEqual(report["held"], 6)
        again = self.nothing_is_removed(1, "held")
        self.assertEqual(again["held"], 6)
        accepted = self.freshet.json(*self.refresh, "--accept-shrink")
        self.assertEqual((accepted["removed"], accepted["held"]), (6, 0))
        self.assert_in_step()

    def test_additions_are_applied_while_removals_are_held(self):
        self.site.page("/new.html", html("New", ("Text", long_text("novelty"))))
        self.site.sitemap(self.paths[:6] + ["/new.html"])
        report = self.freshet.json(*self.refresh, check=1)
        self.assertEqual((report["refreshed"], report["held"], report["removed"]), (1, 6, 0))

    def test_one_page_that_vanished_is_removed(self):
        self.site.sitemap(self.paths[1:])
        report = self.freshet.json(*self.refresh)
        self.assertEqual((report["removed"], report["held"]), (1, 0))
        self.assertFalse([row for row in self.freshet.rows().values() if row[1].endswith("/page0.html")])
        self.assert_in_step()

    def test_a_page_that_another_source_still_has_stays(self):
        (self.home / "page.toml").write_text(
            f'[[source]]\nloader = "url"\noptions = {{ urls = ["{self.site.url}/page0.html"] }}\n')
        self.freshet.json("--config", str(self.home / "page.toml"), "refresh")
        self.site.sitemap(self.paths[1:])
        report = self.freshet.json(*self.refresh)
        self.assertEqual(report["removed"], 0, report)
        self.assertEqual(self.freshet.rows(), self.before)

    def test_a_dry_run_changes_nothing_and_says_what_it_would_cost(self):
        self.site.page("/new.html", html("New", ("Text", long_text("novelty"))))
        self.site.sitemap(self.paths + ["/new.html"])
        self.site.requests.clear()
        plan = self.freshet.json(*self.refresh, "--dry-run")
        self.assertEqual((plan["plan"]["fetch"], plan["plan"]["new"]), (13, 1))
        self.assertGreater(plan["plan"]["known_chunks"], 11)
        self.assertGreater(plan["plan"]["known_tokens"], 100)
        self.assertFalse([path for path in self.site.requests if path.startswith("/page")])
        self.assertEqual(self.freshet.rows(), self.before)
        report = self.freshet.json(*self.refresh)
        self.assertEqual(report["refreshed"], 1)

    def test_one_paragraph_changed_touches_that_section_alone(self):
        sections = [(f"Part {i}", long_text(f"word{i}", 12)) for i in range(8)]
        self.site.page("/page3.html", html("page3", *sections))
        self.freshet.json(*self.refresh)
        sections[4] = ("Part 4", long_text("word4", 12).replace("sentence 5", "sentence five"))
        self.site.page("/page3.html", html("page3", *sections))
        report = self.freshet.json(*self.refresh)
        self.assertEqual(report["refreshed"], 1)
        self.assertEqual((report["chunks"]["added"], report["chunks"]["removed"]), (1, 1), report["chunks"])
        self.assertEqual((report["delivered"]["upserts"], report["delivered"]["removals"]), (1, 1))
        self.assert_in_step()


if __name__ == "__main__":
    main()
