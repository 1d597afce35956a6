"""The program where the k-th allocation, thread or descriptor cannot be had: it says so, and ends by itself."""
import json
import os
import pathlib
import random
import subprocess

from e2e import Case, Scripted, build_dir, html, long_text, main

COUNT = int(os.environ.get("FRESHET_SCARCITIES", "40"))
SEED = int(os.environ.get("FRESHET_SEED", random.randrange(1 << 30)))
PRELOAD = pathlib.Path(build_dir()).resolve() / "lib" / "scarce.so"
RESOURCES = {"memory": (0, 60_000), "threads": (1, 40), "descriptors": (2, 150)}


class Scarcity(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.publish(0)
        self.sitemap = self.site.sitemap([f"/{page}.html" for page in range(6)])
        (self.home / "freshet.toml").write_text('[http]\nattempts = 1\n')
        self.refresh = ["--config", str(self.home / "freshet.toml"), "refresh", "--sitemap", self.sitemap,
                        "--embedder", "hash", "--policy", '"always"']
        self.freshet.json(*self.refresh)

    def publish(self, edition):
        for page in range(6):
            self.site.page(f"/{page}.html", html(f"Page {page}", ("First", long_text(f"page{page}edition{edition}"))))

    def attempt(self, resource, first, last):
        number, _ = RESOURCES[resource]
        scarce = {**os.environ, "LD_PRELOAD": str(PRELOAD), "FRESHET_SCARCE": f"{number} {first} {last}"}
        done = subprocess.run(self.freshet.command(*self.refresh, "--json"), capture_output=True, text=True, env=scarce,
                              timeout=120)
        told = f"{resource} {first} to {last}, seed {SEED}: exit {done.returncode}\n{done.stderr[-400:]}"
        self.assertIn(done.returncode, (0, 1, 3), told)
        if done.stdout:
            json.loads(done.stdout)
        if done.returncode == 3:
            self.assertIn("error", done.stdout + done.stderr, told)

    def campaign(self, resource):
        draw = random.Random(f"{SEED} {resource}")
        _, most = RESOURCES[resource]
        for edition in range(1, COUNT + 1):
            self.publish(edition)
            first = int(most ** draw.random())
            self.attempt(resource, first, first + draw.choice((0, 30, 1 << 40)))
        report = self.freshet.json(*self.refresh)
        self.assertEqual((report["failed"], report["removed"]), (0, 0), report)
        self.assert_in_step()

    def test_memory(self):
        self.campaign("memory")

    def test_threads(self):
        self.campaign("threads")

    def test_descriptors(self):
        self.campaign("descriptors")


if __name__ == "__main__":
    main()
