"""A tracker of a stand-in for GitHub, and the program that reads it."""
import json
import os
import pathlib

from e2e import Case, build_dir


class TrackerCase(Case):
    loader = "github_issues"
    kinds = "issues"  # as the addresses of its objects have it

    def stand_in(self):
        """The server. It has requests, a url and a token."""
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.github = self.stand_in()
        self.addCleanup(self.github.close)
        os.environ["GITHUB_TEST_TOKEN"] = self.github.token
        self.addCleanup(os.environ.pop, "GITHUB_TEST_TOKEN", None)
        self.config()

    def config(self, loader=None, **options):
        options = {"repo": "octo/docs", "base_url": self.github.url, "token": "env:GITHUB_TEST_TOKEN", **options}
        (self.home / "freshet.toml").write_text(
            f'store = "sqlite"\nembedder = "hash"\n[[source]]\nname = "tracker"\nloader = "{loader or self.loader}"\npolicy = "always"\n'
            "[source.options]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items()))

    def refresh(self, *more, check=0):
        self.github.requests.clear()
        report = self.freshet.json("--config", self.home / "freshet.toml", "refresh", *more, check=check)
        self.assertNotIn("geheim", json.dumps(report))
        return report

    def kind(self, report):
        return report["sources"][0]["kind"]

    def numbers(self):
        return {int(root["uri"].rsplit("/", 1)[1]) for root in self.freshet.json("roots", "list")["roots"]}

    def text_of(self, number):
        return "\n".join(row[3] for row in self.freshet.rows().values() if row[1].endswith(f"/{self.kinds}/{number}"))

    def keep_the_contract(self, least, *loaders, **options):
        """What freshet plugins check finds of these loaders: at least so many cases that pass, and none that fails."""
        plugin = pathlib.Path(build_dir()).resolve() / "lib" / "freshet" / "plugins" / "loader_github.plugin.json"
        text = json.dumps({"repo": "octo/docs", "base_url": self.github.url, **options})
        asked = [word for loader in loaders for word in ("--options", f"loader {loader}={text}")]
        done = self.freshet.run("plugins", "check", plugin, *asked, "--network", self.github.url, "--json")
        cases = [case for case in json.loads(done.stdout)["cases"] if any(loader in json.dumps(case) for loader in loaders)]
        self.assertEqual([case for case in cases if case["verdict"] not in ("pass", "skip")], [])
        self.assertGreaterEqual(sum(case["verdict"] == "pass" for case in cases), least)
