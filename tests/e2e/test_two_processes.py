"""Two processes refresh one repository at once: both end well, and no root is done twice."""
import json
import subprocess

from e2e import Case, Scripted, html, long_text, main


class TwoProcesses(Case):
    def test_both_end_well_and_no_root_is_done_twice(self):
        site = Scripted()
        self.addCleanup(site.close)
        paths = [f"/page{i}.html" for i in range(80)]
        for path in paths:
            site.page(path, html(path[1:-5], ("One", long_text(path[1:-5])), ("Two", long_text("other"))))
        sitemap = site.sitemap(paths)
        command = self.freshet.command("refresh", "--sitemap", sitemap, "--jobs", "4", "--json")
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        reports = []
        for process in processes:
            out, err = process.communicate(timeout=240)
            self.assertEqual(process.returncode, 0, err)
            reports.append(json.loads(out))
        asked = [path for path in site.requests if path.startswith("/page")]
        self.assertEqual(sorted(asked), sorted(paths), "each page is fetched once")
        self.assertEqual(sum(report["refreshed"] for report in reports), len(paths))
        for report in reports:
            done = report["refreshed"] + report["busy"] + report["unchanged"] + report["skipped"]
            self.assertEqual((done, report["failed"]), (len(paths), 0), report)
        self.assertEqual(self.freshet.json("status")["deliveries_pending"], 0)
        self.assert_in_step()


if __name__ == "__main__":
    main()
