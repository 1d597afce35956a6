#!/usr/bin/env python3
"""Plugins as Python classes: they keep the contract, and work in real runs."""
import gc
import logging
import threading
import unittest

from support import Case, main
import freshet
import providers
from freshet import _policy_callbacks, errors, provide
from freshet.provide import plugin

MORE = {"loader shelf": {"pages": {f"p{each}": f"# Page {each}\n\nThis is page {each} about rivers.\n" for each in range(12)}}}


class Conformance(Case):
    def setUp(self):
        super().setUp()
        self.addCleanup(freshet.register(*providers.ALL, name="ours").unregister)

    def test_every_kind_keeps_its_contract(self):
        sample = self.home / "a.lines"
        sample.write_text("= Rivers\nA river carries water.\n= Ice\nA glacier carries ice.\n")
        report = freshet.check_plugin("ours", settings=MORE, samples={"reader lines": sample})
        bad = [case for case in report["cases"] if case["verdict"] not in ("pass", "skip")]
        self.assertEqual(bad, [])
        self.assertEqual((report["good"], report["untried"]), (True, []), report)
        tried = {case["subject"] for case in report["cases"] if case["verdict"] == "pass"}
        self.assertLessEqual({f"{each.kind} {each.name}" for each in providers.ALL}, tried)
        skipped = sorted(f'{case["subject"]} {case["case"]}: {case["detail"]}' for case in report["cases"] if case["verdict"] == "skip")
        print(len(report["cases"]), "cases,", len(skipped), "skipped:", *skipped, sep="\n  ")


class Runs(Case):
    def setUp(self):
        super().setUp()
        providers.Memory.places.clear()
        providers.Shelf.prepared.clear()
        self.addCleanup(freshet.register(*providers.ALL, name="ours").unregister)

    def config(self, pages, **more):
        return {"sources": [freshet.Source("shelf", {"pages": pages}, name="shelf")], "embedder": "letters", "store": "memory", **more}

    def test_a_run_through_all_of_them(self):
        repository = self.open()
        pages = {f"p{each}": f"# Page {each}\n\nThis page is about {word}.\n" for each, word in enumerate(("rivers", "ice", "rain"))}
        report = repository.refresh(self.config(pages, chunker={"transform": ["shouting"]}))
        self.assertEqual((report.refreshed, report.failed, report["delivered"]["upserts"]), (3, 0, 3), report.failures)
        self.assertGreater(report["embedded"]["tokens"], 0)
        self.assertEqual(sorted(providers.Shelf.prepared), [(f"shelf:/p{each}", None) for each in range(3)])
        self.assertEqual(repository.query("ice", limit=1, mode="text")[0].uri, "shelf:/p1")
        self.assertEqual(repository.query("ice", limit=1, mode="vector")[0].metadata["shouted"], True)
        self.assertTrue(repository.verify(deep=True)["in_step"])
        again = repository.refresh(self.config(pages, chunker={"transform": ["shouting"]}))
        self.assertEqual((again.unchanged, again["delivered"]["upserts"]), (3, 0))
        del pages["p2"]
        gone = repository.refresh(self.config(pages, chunker={"transform": ["shouting"]}, accept_shrink=True))
        self.assertEqual((gone.unchanged, gone.removed, gone["delivered"]["removals"]), (2, 1, 1))

    def test_a_reader_is_used_where_it_is_named_or_by_default(self):
        page = self.home / "lines/a.lines"
        page.parent.mkdir()
        page.write_text("= Ice\nA glacier carries ice.\n")
        source = freshet.Files(page.parent, options={"included_extensions": [".lines"]})

        class Always(providers.Lines):
            name, by_default = "always", True

        def title(directory, **more):
            with freshet.open(self.home / directory) as repository:
                repository.refresh(sources=[source], **more)
                return repository.root(page.as_uri()).title
        self.assertEqual((title("without"), title("named", readers=["lines"])), ("= Ice", page.as_uri()))
        with freshet.register(Always, name="by-default"):
            self.assertEqual(title("by-default"), page.as_uri())

    def test_a_class_stands_in_a_configuration_itself(self):
        class Two(provide.Loader):
            name = "two"

            def list(self, call, state):
                yield "two:/1"
                return provide.Listing.WHOLE

            def fetch(self, call, entry, known_version):
                return provide.Content("# One\n\nThe only one.\n", "text/markdown")
        report = self.open().refresh(sources=[freshet.Source(Two)])
        self.assertEqual(report.refreshed, 1, report.failures)

    def failing(self, error):
        class Failing(providers.Shelf):
            name = "failing"

            def fetch(self, call, entry, known_version):
                raise error
        with freshet.register(Failing, name="failing"), freshet.open(self.home / "failing") as repository:
            report = repository.refresh(sources=[freshet.Source("failing", {"pages": {"a": "x"}})])
        return report.failures[0]["error"]

    def test_an_exception_becomes_an_error_with_the_last_line_of_its_traceback(self):
        error = self.failing(ValueError("no such page\nin any book"))
        self.assertEqual(error["code"], "plugin")
        self.assertIn("in any book", error["message"])
        error = self.failing(ZeroDivisionError("division by zero"))
        self.assertIn("ZeroDivisionError: division by zero", error["message"])

    def test_an_exception_of_freshet_keeps_its_code(self):
        error = self.failing(errors.Denied("the shelf wants a key", subject="shelf:/"))
        self.assertEqual((error["code"], error["subject"]), ("denied", "shelf:/"))
        self.assertIn("the shelf wants a key", error["message"])

    def test_the_traceback_is_in_the_log(self):
        with self.assertLogs("freshet", logging.DEBUG) as logs:
            self.failing(KeyError("whole"))
        self.assertIn("in fetch", "\n".join(logs.output))

    def test_a_part_of_a_listing_removes_nothing(self):
        class Forgetful(providers.Shelf):
            name = "forgetful"
            forgets = None

            def list(self, call, state):
                yield from [] if self.forgets else super().list(call, state)
                return None if self.forgets == "silently" else self.forgets or provide.Listing.WHOLE
        repository = self.open()
        source = freshet.Source(Forgetful, {"pages": {f"p{each}": f"page {each}" for each in range(3)}})
        repository.refresh(sources=[source])
        Forgetful.forgets = provide.Listing.part("the upper shelf is locked")
        report = repository.refresh(sources=[source], accept_shrink=True)
        self.assertEqual((report.removed, report["sources"][0]["complete"]), (0, False))
        self.assertIn("the upper shelf is locked", report["sources"][0]["note"])
        Forgetful.forgets = "silently"  # the end of a generator is no proof that it gave everything
        self.assertEqual(repository.refresh(sources=[source], accept_shrink=True).removed, 0)
        Forgetful.forgets = provide.Listing.WHOLE
        self.assertEqual(repository.refresh(sources=[source], accept_shrink=True).removed, 3)

    def test_what_a_plugin_says_outside_of_a_run_is_in_the_log_until_that_is_ended(self):
        class Talking(providers.Letters):
            name = "talking"

            def embed(self, call, texts, query):
                self.host.log(f"is asked for {texts}", "warning")
                return super().embed(call, texts, query)
        repository = self.open()
        repository.refresh(sources=[freshet.Files(self.pages)], embedder=Talking)
        with self.assertLogs("freshet", logging.WARNING) as lines:
            repository.embed(["ice"])
        self.assertEqual([(line.name[:22], line.levelname) for line in lines.records], [("freshet.python.talking", "WARNING")])
        freshet.logs.end()
        self.addCleanup(freshet.logs.begin)
        with self.assertNoLogs("freshet", logging.WARNING):
            repository.embed(["ice"])

    def test_a_name_that_is_taken_is_refused(self):
        with self.assertRaisesRegex(errors.InvalidArgument, "ours"):
            freshet.register(providers.Shelf, name="others")

    def test_nothing_is_left_when_it_is_unregistered(self):
        gc.collect()
        begun = len(plugin._registrations)

        class Other(providers.Letters):
            name = "other"
        with freshet.register(Other, name="other"), freshet.open(self.home / "other") as repository:
            repository.refresh(sources=[freshet.Files(self.pages)], embedder="other")
        for _ in range(100):
            if len(plugin._registrations) == begun:
                break
            threading.Event().wait(0.05)
        self.assertEqual(len(plugin._registrations), begun)


class Policies(Case):
    def test_a_policy_is_asked_and_released(self):
        class Choosy(freshet.CustomPolicy):
            def decide(self, known, now):
                return freshet.Decision("deserts" not in known.uri, "no deserts")

            def accept(self, known, document):
                return "ice" not in document.text

        repository = self.open()
        report = repository.refresh(sources=[freshet.Files(self.pages, policy=Choosy())])
        self.assertEqual((report.refreshed, report.skipped), (1, 2), dict(report))
        repository.close()
        gc.collect()
        self.assertEqual(len(_policy_callbacks._policies), 0)

    def test_an_exception_is_a_no_with_its_last_line(self):
        class Broken(freshet.CustomPolicy):
            def decide(self, known, now):
                return {}["nothing"]
        report = self.open().refresh(sources=[freshet.Files(self.pages, policy=Broken())])
        self.assertEqual(report.failed, 3)
        self.assertIn("KeyError: 'nothing'", report.failures[0]["error"]["message"])

    def test_by_url_matching_and_combinations(self):
        always, never = freshet.Policy.always(), freshet.Policy.never_existing()
        repository = self.open()
        source = freshet.Files(self.pages, policy=freshet.Policy.by_url(lambda uri: always if "ice" in uri or "rivers" in uri else never))
        self.assertEqual(repository.refresh(sources=[source]).refreshed, 3)
        self.assertEqual(repository.refresh(sources=[source]).skipped, 2)
        chosen = freshet.Policy.matching(lambda uri: "rivers" in uri)
        self.assertTrue(chosen.should_reread(repository, self.uri("rivers.md")))
        self.assertFalse(chosen.should_reread(repository, self.uri("deserts.md")))
        self.assertEqual((freshet.Policy.ttl(3600) | "triggered").to_json(), {"any": [{"ttl": "1h"}, "triggered"]})
        self.assertFalse((chosen & "triggered").decide(repository, self.uri("rivers.md")).refresh)


if __name__ == "__main__":
    main()
