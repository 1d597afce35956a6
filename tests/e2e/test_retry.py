"""Attempts by a source's own options, what each of them said, and a batch of names with an outcome each."""
from e2e import Case, Scripted, html, long_text, main


class Flaky:
    """Fails with these statuses in turn, and then answers."""

    def __init__(self, title, *statuses):
        self.statuses = list(statuses)
        self.body = html(title, ("Text", long_text(title, 6))).encode()

    def __call__(self, _):
        if self.statuses:
            return self.statuses.pop(0), {}, b"not now"
        return 200, {"Content-Type": "text/html"}, self.body


class Retry(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.file = self.home / "freshet.toml"

    def configure(self, retry, more=""):
        urls = ", ".join(f'"{self.site.url}{path}"' for path in self.site.pages)
        self.file.write_text(f'retry = {retry}\n{more}\n[[source]]\nname = "site"\nloader = "url"\n'
                             f'options = {{ urls = [{urls}] }}\n')

    def refresh(self, *more, check=0):
        return self.freshet.json("refresh", "--config", self.file, *more, check=check)

    def test_what_failed_before_it_went_well_is_told(self):
        self.site.pages["/a"] = Flaky("One", 503, 500, 502)
        self.site.pages["/b"] = Flaky("Two")
        self.configure('{ attempts = 4, delays = ["10ms", "20ms"] }')
        report = self.refresh()
        roots = {root["uri"]: root for root in report["roots"]}
        a, b = roots[self.site.url + "/a"], roots[self.site.url + "/b"]
        self.assertEqual((a["outcome"], a["attempts"]), ("refreshed", 4))
        self.assertEqual([error["code"] for error in a["earlier"]], ["remote"] * 3)
        self.assertEqual([error["message"][-3:] for error in a["earlier"]], ["503", "500", "502"])
        self.assertEqual(b["attempts"], 1)
        self.assertNotIn("earlier", b)
        self.assertEqual(report["fetched"]["retries"], 3)
        told = self.freshet.json("explain", a["uri"])["attempts"]
        self.assertEqual((told["count"], len(told["errors"])), (4, 3))
        kept = self.freshet.json("runs", "show", self.freshet.json("runs", "list")["runs"][0]["id"])
        self.assertEqual([root["uri"] for root in kept["retried"]], [a["uri"]])

    def test_a_source_may_try_less_often_than_others(self):
        self.site.pages["/a"] = Flaky("One", 503, 503)
        self.configure("{ attempts = 1 }")
        report = self.refresh(check=1)
        root, = report["roots"]
        self.assertEqual((root["outcome"], root["attempts"]), ("failed", 1))
        self.assertEqual(self.freshet.json("explain", root["uri"])["attempts"]["errors"][0]["code"], "remote")

    def test_each_of_a_batch_has_its_outcome_once(self):
        for name in "abc":
            self.site.pages["/" + name] = Flaky("Page " + name)
        self.configure("{ attempts = 1 }", 'policy = { by_url = [{ contains = "/a", policy = "never" }], default = "always" }')
        self.refresh()
        self.site.pages["/b"] = Flaky("Page b", 503)
        names = [word for name in "aabbc" for word in ("--root", self.site.url + "/" + name)]
        report = self.refresh(*names, check=1)
        self.assertEqual(self.outcomes(report), {self.site.url + "/a": "skipped", self.site.url + "/b": "failed",
                                                 self.site.url + "/c": "unchanged"})
        self.assertEqual((report["listed"], report["success_rate"]), (3, 0.5))

    def two_sources(self, more):
        """One has `more` of its own; both ask the same host. Returns what the report says of each."""
        def source(name, more=""):
            urls = ", ".join(f'"{self.site.url}{path}"' for path in self.site.pages if path.startswith("/" + name))
            return f'[[source]]\nname = "{name}"\nloader = "url"\noptions = {{ urls = [{urls}] }}\n{more}\n'
        self.file.write_text('jobs = 1\nretry = { attempts = 1 }\n' + source("one", more) + source("two"))
        report = self.refresh(check=None)
        return report, {source["name"]: source["fetched"] for source in report["sources"]}

    def test_a_source_has_a_rate_of_its_own(self):
        for name in ("one", "two"):
            for i in range(4):
                self.site.pages[f"/{name}{i}"] = Flaky(f"{name} {i}")
        report, fetched = self.two_sources('rate = "3/s"')
        self.assertEqual(report["refreshed"], 8, report)
        self.assertEqual((fetched["one"]["requests"], fetched["one"]["delayed"]), (4, 1), fetched)
        self.assertEqual((fetched["two"]["requests"], fetched["two"]["delayed"]), (4, 0), fetched)
        self.assertEqual(report["fetched"]["delayed"], 1)
        self.assertGreater(report["seconds"], 1)

    def test_a_source_that_keeps_failing_is_left_alone_and_others_are_not(self):
        for i in range(6):
            self.site.pages[f"/one{i}"] = Flaky(f"one {i}", 500, 500, 500)
            self.site.pages[f"/two{i}"] = Flaky(f"two {i}")
        report, fetched = self.two_sources('breaker = { failures = 2, wait = "1h" }')
        self.assertEqual((report["refreshed"], report["failed"]), (6, 6), report)
        self.assertEqual(fetched["one"], {"requests": 2, "retries": 0, "delayed": 0, "turned_away": 4})
        self.assertEqual(fetched["two"], {"requests": 6, "retries": 0, "delayed": 0, "turned_away": 0})
        told = [root["error"]["message"] for root in report["roots"] if root["error"]]
        self.assertEqual(sum("the source failed 2 times in a row" in message for message in told), 4, told)

    def test_labels_are_in_what_is_told(self):
        self.site.pages["/a"] = Flaky("One")
        self.configure("{ attempts = 1 }", 'labels = { run = "refresh {{source}} of {{namespace}}" }')
        self.assertEqual(self.refresh()["label"], "refresh site of default")
        report = self.refresh("--label", "again {{source}}", "--item-label", "{{ uri }}!")
        self.assertEqual(report["label"], "again site")
        done = self.freshet.run("refresh", "--config", self.file, "--item-label", "page {{uri}}", "--verbose", "--force", check=0)
        self.assertIn(f"refreshed page {self.site.url}/a", done.stderr)
        wrong = self.freshet.json("refresh", "--config", self.file, "--label", "{{uri}}", check=2)
        self.assertIn('has no word "uri"', wrong["error"]["message"])


if __name__ == "__main__":
    main()
