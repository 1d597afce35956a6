"""Runs of the program for one page, one source or a prefix."""
from e2e import Case, Scripted, html, long_text, main


class Only(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(8)]
        for path in self.paths:
            self.site.page(path, html(path[1:-5], ("Text", long_text(path[1:-5], 6))))
        self.sitemap = self.site.sitemap(self.paths)
        self.notes = self.home / "notes"
        self.notes.mkdir()
        (self.notes / "one.md").write_text("# One\n\nOn lakes.\n")
        self.file = self.home / "freshet.toml"
        self.file.write_text(f'[[source]]\nname = "manual"\nloader = "sitemap"\noptions = {{ url = "{self.sitemap}" }}\n'
                             f'[[source]]\nname = "notes"\nloader = "files"\noptions = {{ path = "{self.notes}" }}\n')
        self.refresh("")

    def refresh(self, *more, check=0):
        return self.freshet.json("--config", str(self.file), "refresh", *[word for word in more if word], check=check)

    def change(self, path):
        self.site.page(path, html("Changed", ("Text", long_text("changed", 6))))
        return self.site.url + path

    def sources(self):
        return sorted(source["name"] for source in self.freshet.json("status")["sources"])

    def test_one_page_of_a_sitemap_makes_no_second_source_and_goes_with_the_sitemap(self):
        page = self.change("/page3.html")
        report = self.freshet.json("refresh", "--url", page)
        self.assertEqual(self.outcomes(report), {page: "refreshed"})
        self.assertEqual(self.sources(), ["manual", "notes"])
        self.site.sitemap([path for path in self.paths if path != "/page3.html"])
        self.assertEqual(self.refresh("")["removed"], 1)
        self.assert_in_step()

    def test_one_root_is_fetched_alone(self):
        page = self.change("/page3.html")
        self.change("/page4.html")
        del self.site.requests[:]
        report = self.refresh("--root", page)
        self.assertEqual(self.outcomes(report), {page: "refreshed"})
        self.assertEqual([path for path in self.site.requests if path != "/robots.txt"], ["/page3.html"])

    def test_one_source_is_listed_alone(self):
        del self.site.requests[:]
        report = self.refresh("--source", "notes", "--force")
        self.assertEqual([source["name"] for source in report["sources"]], ["notes"])
        self.assertEqual(self.site.requests, [])

    def test_a_prefix(self):
        page = self.change("/page3.html")
        report = self.refresh("--prefix", self.site.url + "/page3")
        self.assertEqual(self.outcomes(report), {page: "refreshed"})

    def test_a_source_of_another_name_is_a_wrong_configuration(self):
        error = self.refresh("--source", "manaul", check=2)["error"]
        self.assertIn('did you mean "manual"?', error["message"])

    def test_a_misspelt_plugin_is_a_wrong_configuration_with_its_line(self):
        self.file.write_text(self.file.read_text().replace('"sitemap"', '"sitemp"'))
        done = self.freshet.run("--config", str(self.file), "refresh", check=2)
        self.assertIn("freshet.toml:3", done.stderr)
        self.assertIn('did you mean "sitemap"?', done.stderr)


if __name__ == "__main__":
    main()
