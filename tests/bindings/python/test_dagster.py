#!/usr/bin/env python3
"""freshet.dagster by Dagster's own harness: materialize() with an instance that forgets."""
import datetime
import os
import pathlib
import sys
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from packages import run_with  # noqa: E402

run_with("dagster==1.13.28")
os.environ.update({"DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"})

from support import Case, main  # noqa: E402
import freshet  # noqa: E402
from dagster import AssetKey, AssetCheckSeverity, DagsterInstance, materialize  # noqa: E402
from freshet.dagster import FreshetResource, freshet_assets  # noqa: E402

DAY = datetime.timedelta(days=1)


class Dagster(Case):
    def materialize(self, asset, **more):
        return materialize([asset], resources={"freshet": FreshetResource(directory=str(self.home / "repository"), embedder="hash", **more)},
                           instance=self.instance, raise_on_error=False)

    def setUp(self):
        super().setUp()
        self.instance = DagsterInstance.ephemeral()
        self.addCleanup(self.instance.dispose)

    def told(self, key):
        event = self.instance.get_latest_materialization_event(AssetKey(key))
        return {name: value.value for name, value in event.asset_materialization.metadata.items()}

    def test_materialized_with_what_it_did(self):
        asset = freshet_assets("docs", [freshet.Files(self.pages)], fail_after=2 * DAY, warn_after=DAY, group_name="knowledge")
        begun = datetime.datetime.now(datetime.timezone.utc)
        done = self.materialize(asset)
        self.assertTrue(done.success)
        told = self.told(["freshet", "docs"])
        self.assertEqual((told["freshet/refreshed"], told["freshet/documents"], told["freshet/rows_written"], told["freshet/failed"]), (3, 3, 3, 0))
        self.assertIn("3 roots listed: 3 refreshed", told["freshet/report"])
        self.assertGreater(told["freshet/oldest_confirmed"], begun.timestamp() - 5)
        check, = done.get_asset_check_evaluations()
        self.assertEqual((check.check_name, check.passed), ("confirmed_in_time", True))
        spec = list(asset.specs)[0]
        self.assertEqual((spec.group_name, spec.freshness_policy.fail_window.to_timedelta()), ("knowledge", 2 * DAY))
        (self.pages / "rivers.md").unlink()
        again = self.materialize(asset, more={"accept_shrink": True})
        self.assertTrue(again.success)
        self.assertEqual(self.told(["freshet", "docs"])["freshet/removed"], 1)

    def test_an_old_root_fails_the_check(self):
        """A root that its policy leaves alone is as old as it is, however lately somebody looked."""
        sources = [freshet.Files(self.pages, policy="never")]
        asset = freshet_assets("docs", sources, fail_after=2 * DAY, warn_after=DAY)
        self.assertTrue(self.materialize(asset).success)
        now = datetime.datetime.now(datetime.timezone.utc)
        for later, severity in ((3 * DAY, AssetCheckSeverity.ERROR), (1.5 * DAY, AssetCheckSeverity.WARN)):
            with unittest.mock.patch("freshet.dagster._now", return_value=now + later):
                check, = self.materialize(asset).get_asset_check_evaluations()
            self.assertEqual((check.passed, check.severity), (False, severity))

    def test_a_source_that_fails_fails_the_step(self):
        done = self.materialize(freshet_assets("docs", [freshet.Files(self.home / "nowhere")]))
        self.assertFalse(done.success)
        failure = done.get_step_failure_events()[0].event_specific_data
        self.assertIn("nowhere", (failure.user_failure_data.description if failure.user_failure_data else "") + str(failure.error))


if __name__ == "__main__":
    main()
