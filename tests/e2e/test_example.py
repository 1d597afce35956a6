"""One command for what people kept up by a script: a site by its sitemap and the repository of its project, into the embedded
store and a remote one. The second run asks once for the refs and once for each page and listing, and writes nothing."""
import os

from e2e import Case, Scripted, html, long_text, main, skip
from git_server import BACKEND, HttpServer, Repository
from turbopuffer_server import Turbopuffer

if not BACKEND.is_file():
    skip("git has no http-backend here")

PAGES = 20


class Example(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for i in range(PAGES):
            self.write(i, "first")
        self.sitemap = self.site.sitemap([f"/guide/{i}.html" for i in range(PAGES)])
        tag = {"Content-Type": "application/xml", "ETag": '"map"'}
        self.site.pages["/sitemap.xml"] = (200, tag, self.site.pages["/sitemap.xml"][2])
        self.project = Repository(self.home / "remotes" / "project.git")
        self.project.commit({"README.md": f"# Project\n\n{long_text('project', 5)}\n", "src/flow.py": "def flow():\n    '''Flows.'''\n"})
        self.git = HttpServer(self.home / "remotes")
        self.addCleanup(self.git.close)
        self.remote = Turbopuffer()
        self.addCleanup(self.remote.close)
        os.environ["FRESHET_TEST_KEY"] = self.remote.key
        self.config = self.write_config({"embedder": "hash", "stores": [
            "sqlite", {"name": "turbopuffer", "options": {"base_url": self.remote.url, "key": "env:FRESHET_TEST_KEY"}}]})

    def write(self, i, edition):
        self.site.page(f"/guide/{i}.html", html(f"Page {i}", ("Text", long_text(f"{edition}{i}", 5))), ETag=f'"{edition}{i}"')

    def refresh(self):
        """The report, and what the site, the git server and the remote store were asked."""
        del self.site.requests[:], self.remote.requests[:]
        self.git.take()
        report = self.freshet.json("--config", self.config, "refresh", self.sitemap, f"{self.git.url}/project.git")
        return report, list(self.site.requests), self.git.take(), [verb for verb, _ in self.remote.requests]

    def rows_there(self):
        return sum(len(space.rows) for space in self.remote.namespaces.values())

    def test_one_command_and_the_second_run_writes_nothing(self):
        report, *_ = self.refresh()
        self.assertEqual((report["refreshed"], report["failed"]), (PAGES + 2, 0), report)
        self.assertEqual([source["way"].split()[1] for source in report["sources"]], ["sitemap", "git"], report["sources"])
        self.assertEqual(self.rows_there(), len(self.freshet.rows()))
        report, site, git, remote = self.refresh()
        self.assertEqual((report["refreshed"], report["delivered"]["upserts"], report["delivered"]["removals"], report["embedded"]["texts"]), (0, 0, 0, 0))
        asked = [path for path in site if path != "/robots.txt"]
        self.assertEqual(sorted(asked), sorted(["/sitemap.xml", *(f"/guide/{i}.html" for i in range(PAGES))]))
        self.assertEqual(report["fetched"]["not_modified"], PAGES + 1)  # and the sitemap
        self.assertEqual(len([what for what in git if "fetch" in str(what)]), 0, git)
        self.assertLessEqual(len(git), 2, git)  # the advertisement, of version 2 two requests
        self.assertFalse([verb for verb in remote if verb.startswith("POST") and not verb.endswith("query")], remote)
        print(f"second run: {len(asked)} conditional requests, {len(git)} to git ({git}), {len(remote)} to the remote store ({remote})")

    def test_one_page_and_one_file_that_change_are_all_that_is_read(self):
        self.refresh()
        self.write(3, "second")
        self.project.commit({"README.md": f"# Project\n\n{long_text('changed', 5)}\n"})
        report, *_ = self.refresh()
        self.assertEqual(sorted(root["uri"].rpartition("/")[2] for root in report["roots"] if root["outcome"] == "refreshed"),
                         ["3.html", "README.md"])
        self.assertEqual(self.rows_there(), len(self.freshet.rows()))
        self.assert_in_step()


if __name__ == "__main__":
    main()
