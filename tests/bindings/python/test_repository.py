#!/usr/bin/env python3
"""The idioms: a repository, its runs, hits, documents and errors as Python has them."""
import datetime
import gc
import logging
import pathlib
import unittest

from support import PAGES, Case, main
import freshet
from freshet import _handle, errors, logs
from freshet._library import lib


class Errors(Case):
    def test_each_is_of_its_class_and_says_what_is_at_fault(self):
        repository = self.open()
        with self.assertRaises(errors.InvalidArgument) as caught:
            repository.refresh(sources=[freshet.Files(self.pages, options={"max_depht": 3})])
        error = caught.exception
        self.assertEqual((error.code, error.name, error.subject), (1001, "invalid_argument", "sources[0].options.max_depht"))
        self.assertIn('did you mean', error.message)
        self.assertEqual(str(error), f"{error.subject}: {error.message}")
        self.assertIsInstance(error, ValueError)
        self.assertFalse(error.transient)
        with self.assertRaises(LookupError):
            repository.root("file:///nowhere")

    def test_a_cause_is_a_cause(self):
        with self.assertRaises(errors.Error) as caught:
            freshet.list_backup("s3://bucket/place", access_key="env:NO_SUCH_KEY")
        self.assertEqual((caught.exception.subject, caught.exception.__cause__.subject), ("access_key", "env:NO_SUCH_KEY"))

    def test_attempts_are_counted(self):
        repository = self.open()
        with self.assertRaises(errors.Network) as caught:
            freshet.Reader().read_url(repository, "http://127.0.0.1:9/")
        self.assertTrue(caught.exception.transient)
        self.assertGreater(caught.exception.attempts, 0)

    def test_a_closed_one_is_misuse_and_closing_twice_is_nothing(self):
        repository = self.open()
        repository.close()
        repository.close()
        self.assertTrue(repository.closed)
        with self.assertRaises(errors.Misuse):
            repository.info

    def test_what_is_no_text_for_c_is_refused(self):
        repository = self.open()
        with self.assertRaisesRegex(errors.InvalidArgument, "uri: has a NUL byte in it"):
            repository.root("file:///a\0b")
        with self.assertRaises(errors.InvalidArgument):
            repository.root("file:///\udcff")
        for number in (-1, 2**70):
            with self.assertRaisesRegex(errors.InvalidArgument, f"before: is {number}, not from 0 to 4294967295"):
                repository.expand("0" * 32, before=number)
        with self.assertRaises(TypeError):
            repository.triggers(limit=1.5)
        with self.assertRaises(ValueError):
            repository.start(sources=[], max_shrink=float("nan"))
        with self.assertRaisesRegex(TypeError, "object has no form in JSON"):
            repository.refresh(sources=[], embedder=object())
        with self.assertRaisesRegex(TypeError, "a source is a Source, a mapping or an address, not int"):
            repository.refresh(sources=[1])
        with self.assertRaisesRegex(ValueError, "has no time zone"):
            freshet._time.milliseconds(datetime.datetime(2026, 1, 1))


class Everything(Case):
    """Each thing that a repository does, once."""

    def setUp(self):
        super().setUp()
        self.repository = self.open()
        self.source = freshet.Files(self.pages, name="pages", policy=freshet.Policy.ttl(datetime.timedelta(hours=1)))
        self.report = self.repository.refresh(sources=[self.source], embedder="hash")

    def test_a_report(self):
        self.assertEqual((self.report.refreshed, self.report["listed"], self.report.ok, self.report.failures), (3, 3, True, []))
        self.assertEqual(str(self.report), "3 roots listed: 3 refreshed; store: 3 rows written, 0 removed, 0 pending")
        self.assertIn("<td>3</td>", self.report._repr_html_())
        with self.assertRaisesRegex(AttributeError, "a report has no 'refreshd'; it has"):
            self.report.refreshd

    def test_roots(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        root = self.repository.root(self.uri("rivers.md"))
        self.assertEqual((root.title, root.chunks, root.failures, root.error_name), ("Rivers", 1, 0, ""))
        self.assertLess(abs(now - root.ingested), datetime.timedelta(minutes=5))
        self.assertEqual(root.ask_again - root.checked, datetime.timedelta(hours=1))
        self.assertIsNone(root.failed)
        self.assertEqual({each.uri for each in self.repository}, {self.uri(name) for name in PAGES})
        self.assertIn(self.uri("rivers.md"), self.repository)
        self.assertNotIn(self.uri("lakes.md"), self.repository)
        self.repository.set_flags(self.uri("rivers.md"), team="water", old=None)
        self.assertEqual(self.repository.root(self.uri("rivers.md")).flags, {"team": "water"})
        self.assertEqual(self.repository.info.documents, 3)
        self.assertIn("freshet-python", self.repository.status()._repr_html_())
        self.assertEqual(self.repository.delete(self.uri("rivers.md")), 3)

    def test_chunks_and_elements(self):
        chunk = self.repository.root_chunks(self.uri("glaciers.md"))[0]
        self.assertEqual((chunk.root_title, chunk.text), ("Glaciers", "Glaciers\nA glacier carries ice, slowly."))
        self.assertEqual([each.id for each in self.repository.chunks([chunk.id, "0" * 32])], [chunk.id])
        self.assertEqual(self.repository.expand(chunk.id)[-1], chunk)
        with self.assertRaises(IndexError):
            self.repository.root_chunks(self.uri("glaciers.md"))[1]
        path = self.repository.path_from_root(chunk.id)
        self.assertEqual((path[-1], self.repository.element(path[0]).kind), (chunk.id, "root"))
        self.assertEqual(self.repository.element(chunk.parent_id).root_id, path[0])

    def test_hits(self):
        hits = self.repository.query("What carries ice?", limit=2, mode="hybrid")
        self.assertEqual((len(hits), hits[0].title, hits.ended_after), (2, "Glaciers", 0))
        self.assertEqual([hit.uri for hit in hits], [hits[0].uri, hits[-1].uri])
        self.assertEqual([hit.uri for hit in hits[:1]], [hits[0].uri])
        self.assertGreater(hits[0].due, hits[0].checked)
        self.assertIn("A glacier carries ice", hits._repr_html_())
        self.assertEqual(hits.to_json()["hits"][0]["title"], "Glaciers")
        vectors = self.repository.embed(["A glacier carries ice"], query=True)
        self.assertEqual((len(vectors), vectors.dimension, len(vectors[0])), (1, 256, 256))
        self.assertTrue(vectors.model)
        self.assertEqual(self.repository.query_vector(vectors.array(0), limit=1)[0].title, "Glaciers")
        fresh = self.repository.query("ice", max_age=datetime.timedelta(milliseconds=1), deadline="5s", config={"sources": [self.source]})
        self.assertEqual(fresh[0].unconfirmed, "")
        self.assertEqual(len(self.repository.query("ice", filter={"uri": {"$eq": "nothing"}})), 0)

    def test_documents(self):
        document = freshet.Document("notes:/1", "Notes", {"team": "water"})
        chapter = document.add("Chapter", level=1)
        document.add("One", "The text about walruses.", level=2, parent=chapter)
        result = self.repository.write(document.finish())
        self.assertEqual((result.added, result.created, len(result.chunks)), (1, True, 1))
        self.assertEqual(self.repository.deliver()["upserts"], 1)
        self.assertEqual(self.repository.query("walruses", limit=1)[0].metadata["team"], "water")
        stored = self.repository.read("notes:/1")
        self.assertEqual([(each.title, each.level, each.parent) for each in stored], [("Chapter", 1, 0), ("Chapter", 1, 1), ("One", 2, 1)])
        self.assertEqual((stored.text, stored.metadata, stored.title), ("Chapter\n\nOne\nThe text about walruses.", {"team": "water"}, "Notes"))
        again = freshet.Document.from_json(stored.to_json())
        self.assertEqual(again.sections, stored.sections)

    def test_readers(self):
        reader = freshet.Reader()
        self.assertEqual(reader.read("# Title\n\ntext", "a:/1", media_type="text/markdown").sections[0].title, "Title")
        self.assertEqual(reader.read_file(self.pages / "rivers.md").uri, self.uri("rivers.md"))
        titles = []
        report = reader.read_directory(self.pages, lambda document: titles.append(document.sections[0].title))
        self.assertEqual((titles, report["processed"]), (["Deserts", "Glaciers", "Rivers"], 3))
        with self.assertRaisesRegex(ZeroDivisionError, "division"):
            reader.read_directory(self.pages, lambda document: 1 / 0)

    def test_ingest_if_needed(self):
        policy, reader = freshet.Policy.never_existing(), freshet.Reader()
        other = self.home / "other.md"
        other.write_text("# Other\n\nAnother page.\n")
        document = policy.ingest_if_needed(self.repository, reader, other.as_uri())
        self.assertEqual(document.uri, other.as_uri())
        self.assertIsNone(policy.ingest_if_needed(self.repository, reader, other.as_uri()))
        self.assertTrue(policy.should_refresh_document(self.repository, document))
        self.assertFalse(policy.should_reread(self.repository, other.as_uri()))

    def test_policies_have_their_forms(self):
        self.assertEqual(freshet.Policy.business_hours(3600, "09:00", "17:00", days="mon-fri", avoid=True).to_json(),
                         {"business_hours": {"avoid": True, "days": "mon,tue,wed,thu,fri", "timezone": "UTC", "from": "09:00", "to": "17:00", "ttl": "1h"}})
        self.assertIn("metadata", freshet.Policy.metadata(critical=60).to_json())
        self.assertEqual(freshet.Policy.adaptive(max_staleness=30 * 86400, budget_ttl=7 * 86400).to_json(),
                         {"adaptive": {"budget": {"ttl": "7d"}, "max_staleness": "30d", "min_interval": "6h"}})
        with self.assertRaisesRegex(errors.InvalidArgument, "adaptive.budget"):
            freshet.Policy.adaptive(max_staleness=86400)
        with self.assertRaisesRegex(errors.InvalidArgument, "business_hours.from"):
            freshet.Policy.business_hours(3600, "25:00", "17:00")
        self.repository.name_policy("hourly", freshet.Policy.ttl(3600))
        self.assertEqual(self.repository.check_config(sources=[freshet.Files(self.pages, policy={"custom": "hourly"})])["ok"], True)
        self.repository.name_policy("hourly", None)
        self.assertEqual(self.repository.check_config(sources=[freshet.Files(self.pages, policy={"custom": "hourly"})])["ok"], False)

    def test_exclusions_triggers_and_accounts(self):
        uri = self.uri("deserts.md")
        self.assertEqual(self.repository.exclude(uri, "dry"), 3)
        self.assertEqual([(each["uri"], each["why"]) for each in self.repository.excluded()], [(uri, "dry")])
        with self.assertRaises(errors.Excluded):
            self.repository.trigger(uri)
        self.repository.include([uri])
        self.repository.trigger(self.uri("rivers.md"), "they said so")
        self.assertEqual([each["reason"] for each in self.repository.triggers()], ["they said so"])
        self.assertEqual(self.repository.trigger_prefix(self.pages.as_uri()), 2)
        self.assertEqual(self.repository.explain(self.uri("rivers.md"), {"sources": [self.source]})["decisions"][0]["source"], "pages")
        account = self.repository.runs()[0]
        self.assertEqual((account["refreshed"], self.repository.run_account(account["id"])["failures"]), (3, []))

    def test_the_store_and_the_directory(self):
        self.assertTrue(self.repository.verify()["in_step"])
        self.repository.reset_store()
        self.assertEqual(self.repository.repair()["upserts"], 3)
        self.assertEqual(self.repository.check()["problem_count"], 0)
        self.repository.backup(self.home / "copy")
        with freshet.open(self.home / "copy", read_only=True) as copy, self.assertRaises(errors.Misuse):
            self.assertEqual(copy.info.documents, 3)
            copy.delete(self.uri("rivers.md"))
        taken = self.repository.take_backup(self.home / "snapshots", keep=3)
        self.assertEqual([each["id"] for each in freshet.list_backup(self.home / "snapshots")], taken["snapshots"])
        self.assertEqual(freshet.restore_backup(self.home / "snapshots", self.home / "again")["roots"], 3)
        with freshet.open(self.home / "again", read_only=True) as copy:
            self.assertEqual(copy.info.documents, 3)
        with self.assertRaises(errors.InvalidArgument):
            freshet.restore_backup(self.home / "snapshots", self.home / "again")
        with freshet.open(self.home / "repository", namespace="second") as second:
            second.refresh(sources=[self.source])
            self.assertEqual({each["name"] for each in second.namespaces()}, {"default", "second"})
        self.repository.drop_namespace("second")
        self.assertEqual([each["name"] for each in self.repository.namespaces()], ["default"])

    def test_a_run_and_its_roots(self):
        with self.repository.start(sources=[self.source], force=True, labels={"item": "{{uri}} of {{source}}"}) as run:
            events = list(run)
            self.assertGreater(len(events), 3)
            self.assertEqual({event.label for event in events if event.kind == "root_done"},
                             {f"{root.uri} of pages" for root in self.repository.roots()})
            self.assertIsNone(run.next_event())
            self.assertEqual((run.wait().exit_code, run.counts.unchanged + run.counts.refreshed), (0, 3))
            self.assertEqual({root.outcome for root in run.roots()}, {root["outcome"] for root in run.report["roots"]})
            self.assertIn("<table>", run._repr_html_())

    def test_a_service(self):
        with self.repository.service(sources=[freshet.Files(self.pages, name="pages", schedule="1h")]).start() as service:
            self.assertIn("run_ended", (event.kind for event in service))
            service.trigger("pages")
            with self.assertRaises(errors.NotFound):
                service.trigger("nothing")
            service.reload(sources=[freshet.Files(self.pages, name="pages", schedule="2h")])
            self.assertGreaterEqual(service.statistics["runs"]["begun"] if "begun" in service.statistics["runs"] else 1, 1)
            service.stop()
            list(service)

    def test_plugins_are_listed(self):
        with freshet.Plugins() as plugins:
            found = {each.name: each for each in plugins}
            self.assertEqual((found["files"].kind, found["files"].schema["type"]), ("loader", "object"))
            self.assertEqual(len(plugins.to_json()["plugins"]), len(plugins))
            with self.assertRaises(IndexError):
                plugins[len(plugins)]

    def test_logs(self):
        with self.assertLogs("freshet", logging.DEBUG) as lines:
            self.repository.refresh(sources=[self.source], force=True, on_event=logs.log_event)
        self.assertTrue(any(self.uri("rivers.md") in line for line in lines.output), lines.output)
        self.assertEqual(freshet.redact("https://me:password@example.org/"), "https://***@example.org/")


class Predecessors(Case):
    def test_sources_by_the_names_that_people_know(self):
        import re
        loader = freshet.SitemapLoader(urls=["https://a.example/s.xml", "https://b.example/s.xml"], include=[re.compile("/docs/")],
                                       exclude=["/changelog/"])
        self.assertEqual([each["options"]["url"] for each in loader.to_sources()], ["https://a.example/s.xml", "https://b.example/s.xml"])
        self.assertTrue(self.open().check_config(sources=[loader])["ok"])
        with self.assertRaisesRegex(errors.InvalidArgument, "write owner/name"):
            freshet.GitHubRepoLoader(repo="PrefectHQ")
        self.assertEqual(freshet.GitHubRepoLoader(repo="a/b", include_globs=["docs/**"]).to_sources(),
                         [{"loader": "git", "options": {"url": "https://github.com/a/b.git", "include": ["docs/**"]}}])
        with self.assertRaises(errors.InvalidArgument):
            freshet.SitemapLoader(urls=[])

    def test_stores_fit_their_schemas(self):
        repository = self.open()
        for store in (freshet.TurboPuffer(namespace="docs", region="gcp-us-central1"), freshet.Chroma(namespace="docs")):
            self.assertEqual(repository.check_config(sources=[], store=store, embedder="hash")["problems"], [])
            self.assertEqual(store.namespace, "docs")

    def test_a_plugin_that_is_not_there_is_named(self):
        found = {each.name for each in freshet.Plugins()}
        report = self.open().check_config(sources=[freshet.GitHubRepoLoader(repo="a/b")])
        self.assertEqual(report["ok"], "git" in found)
        if "git" not in found:
            self.assertIn('"git": no plugin provides this loader', report["problems"][0]["message"])


class Handles(Case):
    def test_what_is_borrowed_is_freed_by_whoever_reads_last(self):
        repository = self.open()
        repository.refresh(sources=[freshet.Files(self.pages)])
        hits = repository.query("ice")
        count, pointer = lib.freshet_hits_count, hits.pointer
        with _handle.Held(hits), _handle.Held(hits):
            hits.close()
            self.assertTrue(hits.closed)
            self.assertEqual(count(pointer), 1)
        self.assertEqual(count(pointer), 0)

    def test_a_cancel_stops_what_is_in_its_scope(self):
        repository, cancel = self.open(), freshet.Cancel()
        repository.refresh(sources=[freshet.Files(self.pages)])
        cancel.request()
        with cancel.scope(), self.assertRaises(errors.Cancelled):
            repository.query("ice")
        self.assertEqual(len(repository.query("ice")), 1)

    def test_nothing_is_left_behind(self):
        """Handles by their count, memory by what the process has."""
        repository = self.open()
        source = freshet.Files(self.pages)
        repository.refresh(sources=[source])

        def round():
            for _ in range(50):
                list(repository.roots())
                [hit for hit in repository.query("ice", mode="text")]
                repository.read(self.uri("rivers.md")).sections
                with self.assertRaises(errors.NotFound):
                    repository.root("none:/")
                freshet.Policy.any([freshet.Policy.always(), freshet.Policy.custom(freshet.CustomPolicy())])
        round()
        gc.collect()
        before, alive = resident(), handles()
        for _ in range(4):
            round()
        gc.collect()
        self.assertEqual(handles(), alive)
        self.assertLess(resident() - before, 4 << 20)


def handles():
    return sum(isinstance(each, _handle.Handle) and not each.closed for each in gc.get_objects())


def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    main()
