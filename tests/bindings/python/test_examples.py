#!/usr/bin/env python3
"""Examples as their readers run them, with what they print compared; an application with an embedder and a policy of its own."""
import inspect
import subprocess
import sys

from support import ENVIRONMENT, ROOT, Case, main
import freshet
from handbook import use_handbook
from sites import Scripted

EXAMPLES = ROOT / "examples"


class RefreshKnowledge(Case):
    def setUp(self):
        super().setUp()
        site = Scripted()
        self.addCleanup(site.close)
        for name, text in (("keys", "Rotate the keys on Mondays."), ("ferries", "Ferries run all year."), ("ice", "Ice is slow.")):
            site.page(f"/{name}.html", f"<html><title>{name}</title><main><h1>{name}</h1><p>{text}</p></main></html>")
        self.site, self.sitemap = site, site.sitemap(["/keys.html", "/ferries.html", "/ice.html"])

    def run_it(self, *words, code=0):
        done = subprocess.run([sys.executable, "-B", EXAMPLES / "refresh_knowledge.py", *words], cwd=self.home, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_gathered_once_a_day(self):
        self.assertEqual(self.run_it("docs", self.sitemap),
                         "3 roots listed: 3 refreshed; store: 3 rows written, 0 removed, 0 pending\n")
        asked = len(self.site.requests)
        self.assertEqual(self.run_it("docs", self.sitemap),
                         "3 roots listed: 3 skipped; store: 0 rows written, 0 removed, 0 pending\n")
        self.assertEqual(len(self.site.requests), asked)
        with freshet.open(self.home / "knowledge", namespace="docs") as repository:
            self.assertEqual(repository.query("keys", limit=1)[0].title, "keys")

    def test_the_function_has_the_parameters_that_people_know(self):
        sys.path.insert(0, str(EXAMPLES))
        self.addCleanup(sys.path.remove, str(EXAMPLES))
        from refresh_knowledge import refresh_tpuf_namespace
        known = [each for each in inspect.signature(refresh_tpuf_namespace).parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
        self.assertEqual([(each.name, each.default) for each in known[:2]], [("namespace", inspect.Parameter.empty),
                                                                              ("namespace_loaders", inspect.Parameter.empty)])
        self.assertEqual([(each.name, each.default) for each in known[2:]], [("reset", False), ("batch_size", 100), ("max_concurrent", 8)])
        loaders = [freshet.SitemapLoader(urls=[self.sitemap], exclude=["ferries"])]
        more = {"directory": self.home / "knowledge", "store": "sqlite", "embedder": "hash"}
        self.assertEqual(refresh_tpuf_namespace("docs", loaders, **more)["delivered"]["upserts"], 2)
        again = refresh_tpuf_namespace("docs", loaders, reset=True, **more)
        self.assertEqual((again["delivered"]["upserts"], again.failed), (2, 0))
        with freshet.open(self.home / "tpuf", namespace="docs") as repository:
            store = freshet.TurboPuffer(namespace="docs", region="gcp-us-central1", max_batch=100, concurrent_writes=8)
            self.assertEqual(repository.check_config(sources=loaders, store=store, embedder="hash")["problems"], [])

    def test_a_page_that_fails_is_named(self):
        self.site.answer("/ice.html", 403)
        printed = self.run_it("docs", self.sitemap, code=1).splitlines()
        self.assertEqual(printed[0], "3 roots listed: 2 refreshed, 1 failed; store: 2 rows written, 0 removed, 0 pending")
        self.assertIn("/ice.html: ", printed[1])

    def test_a_repository_without_its_plugin_is_refused(self):
        if "git" in {each.name for each in freshet.Plugins()}:
            self.skipTest("the loader git is there: its own tests have repositories")
        self.assertIn('refresh_knowledge: sources[1].loader: "git": no plugin provides this loader',
                      self.run_it("docs", self.sitemap, "--", "freshet/freshet", code=1))


class Handbook(Case):
    def test_an_embedder_and_a_policy_of_its_own(self):
        use_handbook(self, lambda *words: subprocess.run([sys.executable, "-B", EXAMPLES / "handbook/handbook.py", *words], env=ENVIRONMENT,
                                                         check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout)


if __name__ == "__main__":
    main()
