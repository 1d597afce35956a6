"""A process whose clock was ahead: the next one, with the right clock, refreshes everything once, and then no more."""
import datetime
import os
import pathlib
import time

from e2e import Case, Scripted, build_dir, html, long_text, main, skip

SHIM = pathlib.Path(build_dir()).resolve() / "lib" / "shifted_clock.so"
HOUR, YEAR = 3600, 365 * 86400


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Clock(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(5)]
        self.sitemap = self.site.sitemap(self.paths)

    def publish(self, edition):
        for path in self.paths:
            self.site.page(path, html(path[1:-5], ("One", f"edition{edition} {long_text(path[1:-5])}")))

    def refresh(self, policy, *arguments, ahead=0):
        before = dict(os.environ)
        try:
            if ahead:
                os.environ.update(LD_PRELOAD=str(SHIM), SHIFTED_CLOCK=str(ahead))
            return self.freshet.json("refresh", "--sitemap", self.sitemap, "--policy", policy, *arguments)
        finally:
            os.environ.clear()
            os.environ.update(before)

    def editions(self):
        return {word for *_, text in self.freshet.rows().values() for word in text.split() if word.startswith("edition")}

    def test_the_next_runs(self):
        for policy in ('"always"', '{"ttl":"24h"}'):
            for ahead in (2 * HOUR, 10 * YEAR):
                for flag in ((), ("--force",), ("--rebuild",)):
                    with self.subTest(policy=policy, ahead=ahead, flag=flag):
                        self.freshet.repository = self.home / f"r{policy[1:4]}{ahead}{''.join(flag)}".replace('"', "")
                        self.publish(1)
                        report = self.refresh(policy, ahead=ahead)
                        self.assertEqual(report["refreshed"], 5, report)
                        self.assertGreater(instant(report["started"]), time.time() + ahead - HOUR)
                        status = self.freshet.json("status")
                        self.assertEqual((status["due"], status["fresh"]), (5, 0), status)
                        self.publish(2)
                        report = self.refresh(policy, *flag)
                        self.assertEqual((report["refreshed"], report["busy"], report["skipped"]), (5, 0, 0), report)
                        self.assertEqual(self.editions(), {"edition2"})
                        report = self.refresh(policy)
                        self.assertEqual((report["refreshed"], report["busy"]), (0, 0), report)


if __name__ == "__main__":
    if not SHIM.exists():
        skip(f"{SHIM} is not there")
    main()
