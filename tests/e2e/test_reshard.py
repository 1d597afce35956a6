"""Four shards become seven and four again, and freshet reshard is killed with -9 at random moments: nothing is read, embedded, sent or
lost, and each new shard is in step.

FRESHET_RESHARD_KILLS sets how often at least it is killed in all, FRESHET_RESHARD_PAGES the size of the site, FRESHET_SEED the moments.
"""
import json
import os
import pathlib
import random
import shutil
import sys
import time

from e2e import Case, Freshet, build_dir, html, long_text, main

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from turbopuffer_server import Turbopuffer  # noqa: E402

KILLS = int(os.environ.get("FRESHET_RESHARD_KILLS", "10"))
PAGES = int(os.environ.get("FRESHET_RESHARD_PAGES", "60"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))


class Reshard(Case):
    def setUp(self):
        super().setUp()
        self.server = Turbopuffer()
        self.addCleanup(self.server.close)
        os.environ["FRESHET_TEST_KEY"] = self.server.key
        self.store = "turbopuffer=" + json.dumps({"base_url": self.server.url, "key": "env:FRESHET_TEST_KEY", "prefix": "reshard-"})
        self.pages = self.home / "pages"
        self.pages.mkdir()
        for number in range(PAGES):
            (self.pages / f"page{number}.html").write_text(html(f"Page {number}", *[(f"Part {part}", long_text(f"w{number}x{part}", 14)) for part in range(3)]))

    def shards(self, name, count):
        return [Freshet(build_dir(), self.home / f"{name}-{index}") for index in range(count)]

    def refreshed(self, shards):
        """One run of each; what all of them did."""
        sums = {}
        for index, shard in enumerate(shards):
            report = shard.json("refresh", "--files", self.pages, "--shard", f"{index}/{len(shards)}", "--store", self.store, "--embedder", "hash")
            for key in ("refreshed", "removed", "failed", "held"):
                sums[key] = sums.get(key, 0) + report[key]
            for key in ("upserts", "removals", "pending"):
                sums[key] = sums.get(key, 0) + report["delivered"][key]
            sums["embedded"] = sums.get("embedded", 0) + report["embedded"]["texts"]
        return sums

    def roots(self, shards):
        """{URI: what is known of it}"""
        found = {}
        for shard in shards:
            self.assertEqual(shard.json("check")["repository"]["problem_count"], 0)
            self.assertTrue(shard.json("verify")["in_step"])
            for root in shard.json("roots", "list")["roots"]:
                self.assertNotIn(root["uri"], found)
                found[root["uri"]] = root
        return found

    def command(self, old, new):
        return ["reshard", "--from", *(each.repository for each in old), "--to", *(each.repository for each in new)]

    def time_of(self, old, count):
        """How long it takes where nobody ends it, with copies."""
        copies = self.shards("copy", len(old))
        for each, copy in zip(old, copies):
            shutil.copytree(each.repository, copy.repository)
        begun = time.monotonic()
        self.freshet.json(*self.command(copies, self.shards("timed", count)))
        whole = time.monotonic() - begun
        for each in [*copies, *self.shards("timed", count)]:
            shutil.rmtree(each.repository)
        return whole

    def move(self, old, new, moments, kills):
        """Kills it so often, or until it has ended before; returns how often it was killed."""
        whole, killed = self.time_of(old, len(new)), 0
        while killed < kills:
            process = self.freshet.start(*self.command(old, new))
            time.sleep(moments.random() * whole * 0.9)
            process.kill()
            killed += process.wait() == -9
            if process.returncode == 0:
                break
        report = self.freshet.json(*self.command(old, new))
        self.assertEqual((report["roots"], report["pending"], report["to_fill"]), (PAGES, 0, []))
        return killed

    def test_killed_at_any_moment_it_loses_nothing(self):
        print(f"FRESHET_SEED={SEED} FRESHET_RESHARD_KILLS={KILLS}", flush=True)
        moments = random.Random(SEED)
        now = self.shards("first", 4)
        self.assertEqual(self.refreshed(now)["refreshed"], PAGES)
        before, killed, rounds = self.roots(now), 0, 0
        while killed < KILLS:
            for count in (7, 4):
                rounds += 1
                new = self.shards(f"round{rounds}", count)
                killed += self.move(now, new, moments, max(3, KILLS // 8))
                left = now[0].json("refresh", "--files", self.pages, "--shard", f"0/{len(now)}", check=2)["error"]
                self.assertIn("left by freshet reshard", left["message"])
                for each in now:
                    shutil.rmtree(each.repository)
                writes = len(self.server.writes)
                self.assertEqual(self.roots(new), before)
                self.assertEqual(set(self.refreshed(new).values()), {0})
                self.assertEqual(len(self.server.writes), writes)
                now, before = new, self.roots(new)  # that run confirmed each
        print(f"killed {killed} times in {rounds} moves", flush=True)


if __name__ == "__main__":
    main()
