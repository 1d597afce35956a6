"""Rows by the hundred thousand, over a way on which one request in ten to one in three goes wrong: when it is quiet
again, the store holds what it should, and each row once.

FRESHET_DELIVERIES is how many rows are written or removed at least, FRESHET_SEED what goes wrong; both are printed. The
control is a store that confirms what it has not done, which is what a client sees that reads no answer: it must be found out.
"""
import json
import os
import random
import sys
import time
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from e2e import Case, main  # noqa: E402
from turbopuffer_server import FAULTS, Turbopuffer  # noqa: E402

OPERATIONS = int(os.environ.get("FRESHET_DELIVERIES", "4000"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
BATCH = 50 if OPERATIONS < 100_000 else 500
PAGES = 20 if OPERATIONS < 100_000 else 100
PARAGRAPHS = OPERATIONS // (10 * PAGES)  # so that five versions of all pages are as many operations


class Counted(list):
    """Keeps how many rows were written or removed, and not the bodies."""
    rows = 0

    def append(self, body):
        self.rows += len(body.get("upsert_columns", {}).get("id", [])) + len(body.get("deletes", []))


class Deliveries(Case):
    def setUp(self):
        super().setUp()
        print(f"FRESHET_SEED={SEED} FRESHET_DELIVERIES={OPERATIONS}", flush=True)
        self.chance = random.Random(SEED)
        self.server = Turbopuffer()
        self.addCleanup(self.server.close)
        self.server.writes = Counted()
        self.pages = self.home / "pages"
        self.pages.mkdir()
        os.environ["FRESHET_TEST_KEY"] = self.server.key
        (self.home / "freshet.toml").write_text(f"""
            source = [{{ name = "pages", loader = "files", options = {{ path = "{self.pages}" }} }}]
            store = {{ name = "turbopuffer", options = {{ base_url = "{self.server.url}", key = "env:FRESHET_TEST_KEY", max_batch = {BATCH} }} }}
            embedder = {{ name = "hash", options = {{ dimension = 16 }} }}
            chunker = {{ max_chunk_size = 60, overlap_size = 0 }}
            [http]
            backoff = "1ms"
            backoff_cap = "10ms"
            """)

    def refresh(self, **options):
        return self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--accept-shrink", "--json", timeout=3600, **options)

    def write_version(self, version):
        """Every page is another one; some come, and some go."""
        for i in range(PAGES):
            path = self.pages / f"page{i}.txt"
            path.unlink(missing_ok=True)
            if (i + version) % 10:
                path.write_text("\n\n".join(f"On page {i} paragraph {p} says version {version} of itself." for p in range(PARAGRAPHS)))

    def disturb(self, outcome):
        """`outcome`: of a request that something happens to."""
        share, disturbed = self.chance.uniform(0.1, 0.3), [0]

        def fault(request):
            with self.server.lock:
                # The first one always, so that no draw leaves all as it is.
                if not request.is_write or (disturbed[0] > 0 and self.chance.random() >= share):
                    return None
                disturbed[0] += 1
                return outcome(request)
        self.server.fault = fault
        return disturbed

    def drift(self):
        done = self.freshet.run("--config", self.home / "freshet.toml", "verify", "--deep", "--json", timeout=3600)
        report = json.loads(done.stdout)
        self.assertIn(done.returncode, (0, 1), report)
        return {key: report[key] for key in ("missing", "stale", "orphaned", "duplicates", "damaged", "foreign", "pending")}

    def test_faults_at_random_leave_nothing_wrong(self):
        begun, disturbed, version = time.monotonic(), 0, 0
        while self.server.writes.rows < OPERATIONS:
            self.write_version(version)
            count = self.disturb(lambda _: self.chance.choice(FAULTS))
            for _ in range(3):
                if self.refresh().returncode == 0:
                    break
            disturbed += count[0]
            self.server.fault = lambda _: None
            self.refresh(check=0)
            self.assertEqual(set(self.drift().values()), {0}, version)
            version += 1
        namespace, = self.server.namespaces.values()
        texts = [row["text"] for row in namespace.rows.values()]
        expected = [text for path in self.pages.iterdir() for text in path.read_text().split("\n\n")]
        self.assertEqual(sorted(texts), sorted(expected))
        self.assertGreater(disturbed, version)
        print(f"{self.server.writes.rows} rows written or removed in {version} versions, {disturbed} requests disturbed, "
              f"{time.monotonic() - begun:.0f} s: 0 missing, 0 stale, 0 orphaned, 0 duplicates", flush=True)

    def test_a_store_that_confirms_what_it_has_not_done_is_found_out(self):
        self.write_version(0)
        self.refresh(check=0)
        self.write_version(1)

        def lie(request):
            body = json.loads(request.raw)
            written, removed = body.get("upsert_columns", {}).get("id", []), body.get("deletes", [])
            return 200, {}, {"status": "OK", "message": "OK", "rows_affected": len(written) + len(removed),
                             "upserted_ids": written, "deleted_ids": removed, "billing": {"billable_logical_bytes_written": 0}}
        self.disturb(lie)
        self.refresh(check=0)
        self.server.fault = lambda _: None
        found = self.drift()
        print(f"without acknowledgement that is true: {found}", flush=True)
        self.assertGreater(found["missing"] + found["orphaned"], 0, found)
        self.freshet.run("--config", self.home / "freshet.toml", "verify", "--repair", "--accept-shrink", check=1)
        self.assertEqual(set(self.drift().values()), {0})


if __name__ == "__main__":
    main()
