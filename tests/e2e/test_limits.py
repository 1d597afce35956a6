"""What the process may not do (ulimit -f, ulimit -n), where its output goes, and a damaged
repository: the program says what it is, never ends by a signal, and the next run heals.
"""
import errno
import json
import os
import resource
import signal
import subprocess

from e2e import Case, main


class Limits(Case):
    def setUp(self):
        super().setUp()
        self.docs = self.home / "docs"
        self.docs.mkdir()
        self.refresh = ["refresh", "--files", self.docs, "--embedder", "hash"]
        self.write_docs(0)

    def write_docs(self, edition, count=30):
        for i in range(count):
            (self.docs / f"page{i}.md").write_text(f"# Page {i}\n\nText about river {i}, edition {edition}.\n")

    def run_with(self, *arguments, limit=None, value=0, stdout=subprocess.PIPE, close=()):
        """Runs the program under a limit, or with some of the standard streams closed."""
        def prepare():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and so would its child
            if limit is not None:
                resource.setrlimit(limit, (value, value))
            for number in close:
                os.close(number)
        done = subprocess.run(self.freshet.command(*arguments), stdout=stdout, stderr=subprocess.PIPE, text=True,
                              preexec_fn=prepare, timeout=120)
        self.assertGreaterEqual(done.returncode, 0, f"{arguments} ended by a signal")
        return done

    def assert_heals(self):
        self.freshet.json(*self.refresh)
        self.assert_in_step()

    def test_a_limit_on_the_size_of_files(self):
        for size in (0, 40, 4096, 40_000, 60_000, 100_000, 200_000):
            with self.subTest(size=size):
                self.write_docs(size)
                done = self.run_with(*self.refresh, "--json", limit=resource.RLIMIT_FSIZE, value=size)
                report = json.loads(done.stdout)
                if size <= 100_000:
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn('"full"', done.stdout)
                    self.assertIn("the limit on the size of a file is reached (ulimit -f)", done.stdout)
                elif done.returncode != 0:
                    self.assertIn('"full"', json.dumps(report))
                self.assert_heals()

    def test_a_limit_on_open_files(self):
        told = 0
        for count in (8, 10, 12, 13, 14, 15, 16, 18, 20, 24, 32, 64):
            with self.subTest(count=count):
                self.write_docs(count)
                done = self.run_with(*self.refresh, "--json", limit=resource.RLIMIT_NOFILE, value=count)
                if done.returncode == 127:
                    continue  # not even its libraries could be loaded
                told += "too many open files" in done.stdout
                if done.returncode != 0:
                    self.assertIn("too many open files", done.stdout.lower())
                json.loads(done.stdout)
                self.assert_heals()
        self.assertGreaterEqual(told, 2)

    def test_output_that_cannot_be_written(self):
        self.freshet.json(*self.refresh)
        for command in (["roots", "list"], ["query", "river"], ["check"], self.refresh, ["--version"], ["--help"]):
            for form in ([], ["--json"]) if command[0] in ("roots", "check") else ([],):
                with self.subTest(command=command, form=form), open("/dev/full", "w") as full:
                    done = self.run_with(*command, *form, stdout=full)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(f"standard output: cannot be written: {os.strerror(errno.ENOSPC)}", done.stderr)
        with open("/dev/full", "w") as full:
            failing = self.run_with("roots", "show", "nothing", "--json", stdout=full)
        self.assertEqual(failing.returncode, 3)  # the failure itself, as without --json
        self.assertIn("standard output", failing.stderr)

    def test_a_reader_that_closes_its_end_is_no_news(self):
        self.freshet.json(*self.refresh)
        process = subprocess.Popen(self.freshet.command("roots", "list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
        self.assertEqual((process.wait(), error), (1, b""))

    def test_no_file_of_the_repository_takes_the_place_of_a_closed_stream(self):
        for close in ((1,), (0, 2), (0, 1, 2)):
            for command in (["refresh", "--files", self.docs, "--embedder", "none-such", "--verbose"],
                            [*self.refresh, "--force", "--verbose"], ["roots", "list", "--json"]):
                with self.subTest(close=close, command=command):
                    done = self.run_with(*command, close=close)
                    if 1 in close and command[0] == "roots" and 2 not in close:
                        self.assertIn("standard output", done.stderr)
                    for path in self.freshet.repository.glob("*"):
                        self.assertNotIn(b"freshet: ", path.read_bytes(), path)
                        if not path.name.startswith("store"):
                            self.assertNotIn(b'{"roots":[', path.read_bytes(), path)
                self.assert_heals()

    def damage_last_root(self):
        """Damages the root that is listed last, behind the back of the seal."""
        uri = self.freshet.json("roots", "list")["roots"][-1]["uri"].encode()
        path = self.freshet.repository / "data.mdb"
        status = path.stat()
        data = path.read_bytes()
        self.assertIn(uri, data)
        path.write_bytes(data.replace(uri, uri[:-4] + b"X.md"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def test_a_listing_that_ends_early_is_one_object_with_an_error(self):
        self.write_docs(0, count=600)  # more than one page of a listing
        self.freshet.json(*self.refresh)
        self.damage_last_root()
        listing = self.freshet.json("roots", "list", check=3)
        self.assertEqual(listing["error"]["code"], "corrupt")
        self.assertEqual(set(listing["error"]), {"code", "message", "subject"})
        self.assertEqual(listing["count"], len(listing["roots"]))
        self.assertGreater(listing["count"], 0)
        self.assertLess(listing["count"], 600)


if __name__ == "__main__":
    main()
