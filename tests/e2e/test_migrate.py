"""A repository and a store that an older version left, and the site they were made from: nothing is read or embedded again.

fixtures/frozen-1 was made by the last version that wrote schema 1, from the pages below. A proxy stands in for their site,
whose name is the same everywhere. Besides the namespace `default`, which was delivered whole, it holds `waiting`, which has
deliveries pending and one in flight, and `empty`.
"""
import gzip
import shutil

from e2e import ROOT, Case, Scripted, html, long_text, main
from sites import sitemap

SITE = "http://frozen.test"
FROZEN = ROOT / "tests" / "fixtures" / "frozen-1"


class Migrate(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for i in range(4):
            text = long_text(f"page{i}", 60 if i == 1 else 6)
            page = html(f"page{i}", ("Text", text), ("Same", "One paragraph that each page has, word for word."))
            self.site.page(f"{SITE}/page{i}.html", page, ETag=f'"{i}"')
        other = html("page0", ("Text", long_text("page0", 6)))
        other = other.replace("<head>", f'<head><link rel=canonical href="{SITE}/page0.html">')
        self.site.page(f"{SITE}/other.html", other, ETag='"o"')
        pages = [f"{SITE}/page{i}.html" for i in range(4)]
        for name, urls in (("one", pages + [f"{SITE}/other.html", f"{SITE}/missing.html"]), ("two", pages[2:])):
            self.site.answer(f"{SITE}/{name}.xml", 200, sitemap(urls).encode(), Content_Type="application/xml")
        self.config = self.home / "freshet.toml"
        self.config.write_text(f'[http]\nproxy = "{self.site.url}"\n')
        self.thaw()

    def thaw(self):
        self.freshet.repository.mkdir(mode=0o700)
        shutil.copyfile(FROZEN / "data.mdb", self.freshet.repository / "data.mdb")
        (self.freshet.repository / "store.sqlite").write_bytes(gzip.decompress((FROZEN / "store.sqlite.gz").read_bytes()))
        for file in self.freshet.repository.iterdir():
            file.chmod(0o600)

    def refresh(self, namespace, check=1):  # one page is missing
        return self.freshet.json("--namespace", namespace, "refresh", "--config", self.config, "--sitemap", f"{SITE}/one.xml",
                                 "--sitemap", f"{SITE}/two.xml", "--embedder", "hash", "--policy", '"always"', check=check)

    def in_step(self, namespace):
        report = self.freshet.json("--namespace", namespace, "check")
        self.assertEqual(report["repository"]["problem_count"], 0, report)
        self.assertTrue(report["store"]["in_step"], report)

    def test_only_what_changed_its_form_is_written(self):
        # A newer reader reads every page again and finds the same chunks, but for what was another name of page0.html: only a
        # link to another spelling of the own address makes a page that, now. What waited to be delivered may go out once before
        # its new form is committed, and once after.
        for namespace, written, new in (("default", {10}, 1), ("waiting", {10, 11}, 2)):
            with self.subTest(namespace=namespace):
                before = {row[1:] for row in self.freshet.rows(namespace).values()}
                report = self.refresh(namespace)
                self.assertEqual((report["refreshed"], report["failed"]), (5, 1), report)
                self.assertEqual((report["chunks"]["added"], report["chunks"]["removed"]), (new, 0), report)
                self.assertIn(report["delivered"]["upserts"], written, report)
                self.assertEqual(report["delivered"]["removals"], 9, report)
                self.assertEqual(report["delivered"]["pending"], 0, report)
                self.in_step(namespace)
                after = {row[1:] for row in self.freshet.rows(namespace).values()}
                self.assertEqual(len(after - before), 1)
                self.assertEqual(before - after, set())
                report = self.refresh(namespace)
                self.assertEqual((report["delivered"]["upserts"], report["delivered"]["removals"]), (0, 0), report)
        self.assertEqual(self.freshet.json("--namespace", "empty", "status")["roots"], 0)

    def test_the_old_repository_is_readable_only_after_it_was_opened_for_writing(self):
        refused = self.freshet.run("status", check=3)
        self.assertIn("made by an older freshet (schema 1", refused.stderr)
        self.refresh("default")
        self.assertEqual(self.freshet.json("status")["chunks"], 10)


if __name__ == "__main__":
    main()
