"""A repository behind git's own HTTP server, and the program that reads it."""
import subprocess

from e2e import Case, skip
from git_server import BACKEND, HttpServer, Repository, environment

if not BACKEND.is_file():
    skip("git has no http-backend here")

TEXT = "# {0}\n\nAll about {0}, which is a page of its own with {1} in it.\n"


def page(name, what="nothing"):
    return TEXT.format(name, what)


class GitCase(Case):
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

    def contents(self, freshet):
        """All that is stored but the digest, which is of the metadata, too: of the commit that a file was read at."""
        return {identity: row[1:] for identity, row in freshet.rows().items()}

    def failures(self, report):
        return {root["uri"].removeprefix(self.url): root["error"] for root in report["roots"] if root["outcome"] == "failed"}

    def nothing_is_removed(self, check, *words):
        before = self.freshet.rows()
        report = self.refresh(check=check)
        self.assertEqual((report["removed"], self.freshet.rows()), (0, before))
        text = report["sources"][0].get("error", {}).get("message", "") + report["sources"][0].get("note", "")
        for word in words:
            self.assertIn(word, text)
        return report

    def cached_blobs(self):
        """The blobs that lie in the cache, whatever remote they are of."""
        return {line.split()[0] for mirror in (self.freshet.repository / "git").glob("*/HEAD")
                for line in mirror_objects(mirror.parent) if line.endswith(" blob")}


def mirror_objects(directory):
    done = subprocess.run(["git", "--git-dir", str(directory), "cat-file", "--batch-all-objects", "--unordered",
                           "--batch-check=%(objectname) %(objecttype)"], capture_output=True, text=True, check=True, env=environment())
    return done.stdout.splitlines()
