"""Git repositories, over git's own HTTP server and over ssh: what is read, what is asked for, and what is kept on doubt."""
import os
import pathlib
import shutil
import subprocess

from e2e import Case, main
from git_server import BACKEND, HttpServer, Repository, SshServer, environment

if not BACKEND.is_file():
    from e2e import skip
    skip("git has no http-backend here")

TEXT = "# {0}\n\nAll about {0}, which is a page of its own with {1} in it.\n"


def page(name, what="nothing"):
    return TEXT.format(name, what)


class Git(Case):
    def setUp(self):
        super().setUp()
        self.remote = Repository(self.home / "remotes" / "docs.git")
        self.server = HttpServer(self.home / "remotes")
        self.addCleanup(self.server.close)
        self.url = f"{self.server.url}/docs.git"
        self.options = {}

    def config(self, **options):
        self.options = options
        lines = [f"{key} = {self.toml(value)}" for key, value in {"url": self.url, **options}.items()]
        text = ('store = "sqlite"\nembedder = "hash"\n[[source]]\nname = "docs"\nloader = "git"\npolicy = "always"\n[source.options]\n'
                + "\n".join(lines) + "\n")
        (self.home / "freshet.toml").write_text(text)

    def toml(self, value):
        if isinstance(value, list):
            return "[" + ", ".join(map(self.toml, value)) + "]"
        return str(value).lower() if isinstance(value, (bool, int)) else f'"{value}"'

    def refresh(self, *more, check=0, freshet=None):
        if not (self.home / "freshet.toml").exists():
            self.config()
        report = (freshet or self.freshet).json("--config", self.home / "freshet.toml", "refresh", *more, check=check)
        self.asked = self.server.take()
        return report

    def uri(self, path, ref="HEAD"):
        return f"{self.url}/{ref}/{path}"

    def listing(self, report):
        return report["sources"][0]["kind"]

    def roots(self, freshet=None):
        prefix = f"{self.url}/"
        return {root["uri"].removeprefix(prefix): root for root in (freshet or self.freshet).json("roots", "list")["roots"]}

    def test_the_first_run_asks_three_times_and_the_next_ones_once(self):
        self.remote.commit({f"docs/page-{i}.md": page(f"page {i}") for i in range(50)})
        report = self.refresh()
        self.assertEqual(report["refreshed"], 50)
        self.assertEqual(self.listing(report), "whole")
        self.assertEqual(self.asked, ["advertisement", "refs", "advertisement", "fetch", "advertisement", "fetch"])
        report = self.refresh()
        self.assertEqual((self.listing(report), report["unchanged"]), ("unchanged", 50))
        self.assertEqual(self.asked, ["advertisement", "refs"])
        self.remote.commit({"docs/page-7.md": page("page 7", "news"), "docs/page-8.md": None, "docs/new.md": page("new")})
        report = self.refresh()
        self.assertEqual((self.listing(report), report["refreshed"],
                          report["removed"]), ("changes", 2, 1))
        self.assertEqual(self.asked, ["advertisement", "refs", "advertisement", "fetch", "advertisement", "fetch"])
        self.assert_in_step()


if __name__ == "__main__":
    main()
