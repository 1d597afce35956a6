"""Many processes refresh one repository while they are stopped, continued and killed at random: no page is refreshed
twice within its TTL, and all are in the end.

FRESHET_CROWD is PROCESSES:PAGES:KILLS, FRESHET_SEED the moments; both are printed.
"""
import collections
import json
import os
import random
import signal
import subprocess
import time

from e2e import Case, Scripted, html, main

PROCESSES, PAGES, KILLS = map(int, os.environ.get("FRESHET_CROWD", "4:300:6").split(":"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
JOBS = 4


class Crowd(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(PAGES)]
        for i, path in enumerate(self.paths):
            self.site.page(path, html(f"Page {i}", ("Text", f"What page {i} has to say is its own.")))
        config = self.home / "freshet.toml"
        config.write_text(f'jobs = {JOBS}\npolicy = {{ ttl = "10h" }}\n[[source]]\nloader = "sitemap"\n'
                          f'options = {{ url = "{self.site.sitemap(self.paths)}" }}\n')
        self.command = self.freshet.command("refresh", "--config", config, "--json")
        self.processes, self.stopped, self.reports = [], set(), []
        self.addCleanup(self.end_all)

    def end_all(self):
        for process in self.processes:
            process.kill()
            process.communicate()

    def start(self):
        self.processes.append(subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))

    def collect(self):
        """The reports of those that have ended by themselves."""
        for process in [each for each in self.processes if each.poll() is not None]:
            out, _ = process.communicate()
            self.assertEqual(process.returncode, 0, out)
            self.reports.append(json.loads(out))
            self.processes.remove(process)

    def disturb(self, chance):
        """Stops one, lets one go on, or kills one; True where it was killed."""
        process = chance.choice(self.processes)
        action = chance.choice(["stop", "stop", "go on", "go on", "kill"])
        if action == "kill":
            process.kill()
            killed = process.wait() == -signal.SIGKILL  # or it had ended before
            if killed:
                process.communicate()
                self.processes.remove(process)
            return killed
        process.send_signal(signal.SIGSTOP if action == "stop" else signal.SIGCONT)
        return False

    def test_no_page_is_refreshed_twice_in_its_ttl(self):
        print(f"FRESHET_SEED={SEED} FRESHET_CROWD={PROCESSES}:{PAGES}:{KILLS}", flush=True)
        chance = random.Random(SEED)
        kills = 0
        while kills < KILLS:
            while len(self.processes) < PROCESSES:
                self.start()
            time.sleep(chance.random() * 0.1)  # what happens meanwhile is the test
            kills += self.disturb(chance)
            self.collect()
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
        for process in self.processes:
            process.wait(600)
        self.collect()
        last = json.loads(subprocess.run(self.command, capture_output=True, text=True, check=True).stdout)
        self.reports.append(last)
        self.assertEqual(last["failed"], 0, last)
        refreshed = collections.Counter(root["uri"] for report in self.reports for root in report["roots"]
                                        if root["outcome"] == "refreshed")
        self.assertEqual([uri for uri, times in refreshed.items() if times > 1], [])
        asked = collections.Counter(path for path in self.site.requests if path.startswith("/page"))
        self.assertEqual(set(asked), set(self.paths))
        # A killed process has asked for some pages whose commits it did not live to see.
        twice = sum(times - 1 for times in asked.values())
        self.assertLessEqual(twice, kills * 64)
        status = self.freshet.json("status")
        self.assertEqual(status["documents"], PAGES)
        self.assertEqual(status["deliveries_pending"], 0)
        self.assert_in_step()
        print(f"{len(self.reports)} runs ended, {kills} were killed; {sum(asked.values())} requests for {PAGES} pages, "
              f"{twice} of them once more", flush=True)


if __name__ == "__main__":
    main()
