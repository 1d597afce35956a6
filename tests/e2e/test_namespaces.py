"""Namespaces of the program: listed, dropped, and dropped to the end whatever kills it in between."""
import os
import random
import time

from e2e import Case, long_text, main

KILLS = int(os.environ.get("FRESHET_KILLS_DROP", "25"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))


class Namespaces(Case):
    def setUp(self):
        super().setUp()
        self.docs = self.home / "docs"
        self.docs.mkdir()
        for i in range(60):
            (self.docs / f"page{i}.md").write_text(f"# Page {i}\n\n{long_text(f'w{i}x', 40)}\n")

    def fill(self, name):
        return self.freshet.json("--namespace", name, "refresh", "--files", self.docs, "--embedder", "hash")

    def names(self):
        return {space["name"]: space for space in self.freshet.json("namespaces")["namespaces"]}

    def test_a_namespace_is_dropped_and_the_others_are_not(self):
        self.fill("keep")
        self.fill("old")
        self.assertEqual(sorted(self.names()), ["keep", "old"])
        self.assertEqual(self.freshet.json("namespaces", "drop", "old"), {"name": "old", "dropped": True})
        self.assertEqual(sorted(self.names()), ["keep"])
        self.assertTrue(self.freshet.json("--namespace", "keep", "check", "--deep")["store"]["in_step"])
        error = self.freshet.json("--namespace", "old", "query", "w1x", check=3)["error"]
        self.assertEqual(error["message"], "no such namespace; there is keep")
        self.freshet.json("namespaces", "drop", "old", check=3)

    def test_a_drop_that_is_killed_is_ended_by_the_next(self):
        print(f"FRESHET_SEED={SEED} FRESHET_KILLS_DROP={KILLS}", flush=True)
        moments = random.Random(SEED)
        self.fill("keep")
        self.fill("old")
        begun = time.monotonic()
        self.freshet.run("namespaces", "drop", "old", check=0)
        whole = time.monotonic() - begun
        killed = halves = 0
        for _ in range(KILLS):
            self.fill("old")
            process = self.freshet.start("namespaces", "drop", "old")
            time.sleep(moments.random() * whole * 1.1)
            process.kill()
            killed += process.wait() == -9
            left = self.names().get("old")
            if left is not None:
                halves += left["dropping"]
                self.freshet.run("--namespace", "old", "status", check=3 if left["dropping"] else 0)
                self.freshet.run("namespaces", "drop", "old", check=0)
            self.assertEqual(sorted(self.names()), ["keep"])
            self.assertTrue(self.freshet.json("--namespace", "keep", "check")["store"]["in_step"])
        print(f"{killed} killed, {halves} of them half way")
        self.fill("old")
        self.assertTrue(self.freshet.json("--namespace", "old", "check", "--deep")["store"]["in_step"])


if __name__ == "__main__":
    main()
