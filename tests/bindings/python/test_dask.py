#!/usr/bin/env python3
"""freshet.dask on a real cluster of this machine."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from packages import run_with  # noqa: E402

run_with("dask==2026.8.0 distributed==2026.8.0")

from support import Case, main  # noqa: E402
import freshet  # noqa: E402
import freshet.dask  # noqa: E402
from dask.distributed import Client, LocalCluster  # noqa: E402
from freshet.shards import Shard, ShardsFailed  # noqa: E402


class Dask(Case):
    def test_shards_on_workers(self):
        shards = [Shard(str(self.home / name), {"sources": [{"loader": "files", "options": {"path": str(self.pages), "include": [f"{name}*"]}}]})
                  for name in ("rivers", "glaciers", "deserts")]
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            done = []
            report = freshet.dask.refresh(client, shards, on_done=done.append)
            self.assertEqual((report["refreshed"], report.exit_code, len(done)), (3, 0, 3))
            with self.assertRaisesRegex(ShardsFailed, "1 of 2 shards failed: .*nowhere"):
                freshet.dask.refresh(client, [shards[0], Shard(str(self.home / "nowhere"), {"sources": [
                    {"loader": "files", "options": {"path": str(self.home / "none")}}]})], retries=0)
        for each in shards:
            with freshet.open(each.directory) as repository:
                self.assertEqual(repository.info.documents, 1)


if __name__ == "__main__":
    main()
