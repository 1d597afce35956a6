#!/usr/bin/env python3
"""freshet.ray on a real Ray of this machine: the union of the shards is what one repository has, killed actors included. With FRESHET_SHARD_PAGES
so many pages; 1,000 by default."""
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from packages import run_with  # noqa: E402

run_with("ray==2.60.0 opentelemetry-sdk==1.45.2")
os.environ.update({"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0", "RAY_AUTH_MODE": "disabled", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"})
import tempfile  # noqa: E402

from support import ENVIRONMENT, Case, main  # noqa: E402
import freshet  # noqa: E402
import freshet.ray  # noqa: E402
import ray  # noqa: E402
from freshet import errors  # noqa: E402
from freshet.shards import Shard, ShardsFailed, shards_of  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from otlp import Collector  # noqa: E402
from sites import Scripted  # noqa: E402

PAGES = int(os.environ.get("FRESHET_SHARD_PAGES", "1000"))
SHARDS = 4


def setUpModule():
    global home
    home = tempfile.TemporaryDirectory(prefix="fr")  # Ray has sockets below it, whose paths are short
    environment = {key: ENVIRONMENT[key] for key in ("PYTHONPATH", "FRESHET_LIBRARY", "PYTHONDONTWRITEBYTECODE") if key in ENVIRONMENT}
    ray.init(num_cpus=4 * SHARDS, include_dashboard=False, log_to_driver=False, _temp_dir=home.name, object_store_memory=100 << 20,
             runtime_env={"env_vars": {**environment, "FRESHET_LIBRARY": os.environ["FRESHET_LIBRARY"]}})


def tearDownModule():
    ray.shutdown()
    home.cleanup()


def letters():
    """Vectors that are the same for the same text; this is loaded in the pool's actors."""
    def embed(texts, query):
        return [[float(text.count(letter)) + 0.01 for letter in "etaoinsh"] for text in texts]
    return embed


def contents(directories):
    """{uri: [(chunk's id, its text)]} of all of them together."""
    found = {}
    for directory in directories:
        with freshet.open(directory) as repository:
            assert repository.verify(deep=True)["in_step"], directory
            for root in repository.roots():
                if root.chunks:
                    assert root.uri not in found, f"{root.uri} is in two shards"
                    found[root.uri] = [(chunk.id, chunk.text) for chunk in repository.root_chunks(root.uri)]
    return found


class Shards(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.names = [f"/p{number}.html" for number in range(PAGES)]
        for name in self.names:
            self.site.page(name, f"<html><title>{name}</title><main><h1>{name}</h1><p>The page {name}, and what is on it.</p></main></html>")
        self.sitemap = self.site.sitemap(self.names)

    def parts(self, **more):
        """Four repositories that share a site by the last digit of its pages' names: any configurations may be shards."""
        digits = ("[048]", "[159]", "[26]", "[37]")
        return [Shard(str(self.home / f"part{index}"), {"sources": [{"loader": "sitemap", "options": {"url": self.sitemap, "include": [{"regex": f"{each}[.]html"}]}}],
                                                        "policy": {"ttl": "24h"}, **more}, http={"per_host": 4}) for index, each in enumerate(digits)]

    def whole(self, **more):
        with freshet.open(self.home / "whole") as repository:
            repository.refresh(sources=[{"loader": "sitemap", "options": {"url": self.sitemap}}], **more)
        return contents([self.home / "whole"])

    def test_the_union_is_what_one_has_and_a_pool_embeds(self):
        shards, told = self.parts(embedder="ray"), []
        pool = freshet.ray.EmbedderPool(letters, model="letters", dimension=8, actors=2)
        self.addCleanup(pool.close)
        report = freshet.ray.refresh(shards, pool=pool, on_progress=told.append)
        self.assertEqual((report["refreshed"], report["failed"], report["delivered"]["upserts"], report.exit_code), (PAGES, 0, PAGES, 0))
        self.assertEqual(sum(ray.get([each.count.remote() for each in pool.actors])), PAGES)
        self.assertEqual(sum(each["total"] for each in told[-1]), PAGES)
        with pool.register():
            self.assertEqual(contents(each.directory for each in shards), self.whole(embedder="ray"))
        self.assertEqual(freshet.ray.refresh(shards, pool=pool)["skipped"], PAGES)

    def test_a_killed_actor_goes_on_from_its_repository(self):
        shards, killed = self.parts(embedder="hash"), []

        quick = dict(self.site.pages)

        def late(page):
            return lambda _: time.sleep(0.06) or page
        for name in self.names:
            self.site.pages[name] = late(self.site.pages[name])

        def kill(told):
            """Two of them, once a third is done."""
            if not killed and sum(each["done"] for each in told) > PAGES // 4:
                for each in told[:2]:
                    os.kill(each["pid"], signal.SIGKILL)
                    killed.append(each["pid"])
        report = freshet.ray.refresh(shards, on_progress=kill)
        self.site.pages.update(quick)
        self.assertEqual(len(killed), 2)
        self.assertEqual(report["failed"], 0)
        pages = [path for path in self.site.requests if path.startswith("/p")]
        self.assertEqual(len(set(pages)), PAGES)
        self.assertLessEqual(len(pages) - PAGES, 2 * 64, "more than what two lost actors had under way was asked for again")
        self.assertEqual(contents(each.directory for each in shards), self.whole(embedder="hash"))

    def test_a_shard_that_fails_is_named_and_the_others_stand(self):
        shards = self.parts()
        wrong = Shard(str(self.home / "wrong"), {"sources": [{"loader": "sitemap", "options": {"url": f"{self.site.url}/none.xml"}}]})
        with self.assertRaisesRegex(ShardsFailed, r"1 of 2 shards failed: .*wrong: .*none.xml: HTTP status 404"):
            freshet.ray.refresh([shards[0], wrong])
        self.assertGreater(len(contents([shards[0].directory])), PAGES // 5)
        with self.assertRaisesRegex(errors.InvalidArgument, "directories: has one twice"):
            shards_of({}, ["a", "./a"])

    def test_shards_are_the_whole_together(self):
        directories = [self.home / f"shard{index}" for index in range(SHARDS)]
        report = freshet.ray.refresh(shards_of({"sources": [self.sitemap], "embedder": "hash"}, directories))
        self.assertEqual(report["refreshed"], PAGES)
        self.assertEqual(contents(directories), self.whole(embedder="hash"))

    def test_the_sources_are_listed_once_for_all(self):
        directories = [self.home / f"shard{index}" for index in range(SHARDS)]
        sources = [{"loader": "sitemap", "options": {"url": self.sitemap}}]
        shards = shards_of({"sources": sources, "embedder": "hash", "policy": {"ttl": "24h"}}, directories)
        report = freshet.ray.refresh(shards, listing=self.home / "listing")
        self.assertEqual(report["refreshed"], PAGES)
        self.assertEqual(sum(path.endswith(".xml") for path in self.site.requests), 1, self.site.requests[:8])
        self.assertEqual(contents(directories), self.whole(embedder="hash"))
        with self.assertRaisesRegex(errors.InvalidArgument, "other sources each"):
            freshet.ray.refresh(self.parts(), listing=self.home / "listing")

    def test_each_shard_is_a_part_of_the_trace_of_its_caller(self):
        collector = Collector()
        self.addCleanup(collector.close)
        directories = [self.home / f"shard{index}" for index in range(SHARDS)]
        shards = shards_of({"sources": [self.site.sitemap(self.names[:40])], "embedder": "hash"}, directories, otel={"endpoint": collector.url})
        with TracerProvider().get_tracer("nightly").start_as_current_span("refresh") as around:
            freshet.ray.refresh(shards)
        context, spans = around.get_span_context(), collector.spans()
        self.assertEqual({each["traceId"] for each in spans}, {f"{context.trace_id:032x}"})
        runs = [each["parentSpanId"] for each in spans if each["name"] == "freshet run"]
        self.assertEqual(runs, SHARDS * [f"{context.span_id:016x}"])
        self.assertEqual(sum(each["name"] == "freshet fetch" for each in spans), 40)


if __name__ == "__main__":
    main()
