"""A disk that is full or read-only: what can be read is read, all else says so with the path, and
the next run after it heals.

Mounts small file systems in a mount namespace of its own, which takes root.
"""
import ctypes
import os
import shutil
import sqlite3
import subprocess

from e2e import Case, Freshet, build_dir, main, skip

READING = (["status"], ["query", "river"], ["roots", "list"], ["check"])


def own_mounts():
    """False where this process may not have mounts of its own."""
    new_namespace = 0x00020000
    if ctypes.CDLL(None, use_errno=True).unshare(new_namespace) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True).returncode == 0


class Disk(Case):
    def setUp(self):
        super().setUp()
        self.docs = self.home / "docs"
        self.docs.mkdir()
        self.disk = self.home / "disk"
        self.disk.mkdir()
        self.freshet = Freshet(build_dir(), self.disk / "repository")
        self.refresh = ["refresh", "--files", self.docs, "--embedder", "hash"]
        self.write_docs(0)

    def write_docs(self, edition):
        for i in range(30):
            (self.docs / f"page{i}.md").write_text(f"# Page {i}\n\nText about river {i}, edition {edition}.\n")

    def mount(self, *arguments):
        subprocess.run(["mount", *map(str, arguments)], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(arguments[-1])], capture_output=True)

    def fill(self):
        """Leaves no block free."""
        for number in range(2):
            with open(self.disk / f"filler{number}", "ab", buffering=0) as filler:
                try:
                    while True:
                        filler.write(bytes(4096))
                except OSError:
                    pass

    def make_room(self):
        for filler in self.disk.glob("filler*"):
            filler.unlink()

    def assert_full(self, done):
        """One error object that names a path on the disk, or a report that has such an error."""
        self.assertIn(done.returncode, (1, 3), done.stdout)
        self.assertIn('"full"', done.stdout)
        self.assertIn("the disk is full", done.stdout)
        self.assertIn(str(self.disk), done.stdout)

    def test_a_disk_that_fills_up_during_the_first_run(self):
        for size in (64, 128, 256, 512, 1024):
            with self.subTest(size=size):
                self.mount("-t", "tmpfs", "-o", f"size={size}k", "none", self.disk)
                done = self.freshet.run(*self.refresh, "--json")
                self.assertGreaterEqual(done.returncode, 0, "ended by a signal")
                if size < 256 or done.returncode != 0:
                    self.assert_full(done)
                subprocess.run(["mount", "-o", "remount,size=64m", self.disk], check=True)
                self.freshet.json(*self.refresh)
                self.assert_in_step()
                subprocess.run(["umount", str(self.disk)], check=True)

    def test_a_full_disk_can_be_read_and_heals(self):
        self.mount("-t", "tmpfs", "-o", "size=4m", "none", self.disk)
        self.freshet.json(*self.refresh)
        before = [self.freshet.json(*command) for command in READING[1:]]
        self.fill()
        self.freshet.json("status")
        self.assertEqual([self.freshet.json(*command) for command in READING[1:]], before)
        self.write_docs(1)
        self.assert_full(self.freshet.run(*self.refresh, "--json"))
        (self.freshet.repository / "lock.mdb").unlink()  # a page of it that is not there is a signal
        self.fill()
        self.assert_full(self.freshet.run("status", "--json"))
        self.make_room()
        self.freshet.json(*self.refresh)
        self.assert_in_step()
        self.assertIn("edition 1", self.freshet.json("query", "river", "-k", "1")["hits"][0]["text"])

    def test_a_read_only_disk_can_be_read(self):
        self.freshet.json(*self.refresh)
        before = [self.freshet.json(*command) for command in READING]
        self.mount("--bind", self.disk, self.disk)
        subprocess.run(["mount", "-o", "remount,ro,bind", self.disk], check=True)
        self.assertEqual([self.freshet.json(*command) for command in READING], before)
        uri = before[2]["roots"][0]["uri"]
        for command in (self.refresh, ["check", "--repair"], ["roots", "delete", uri], ["roots", "flag", uri, "a=1"]):
            error = self.freshet.json(*command, check=3)["error"]
            self.assertEqual(error, {"code": "denied", "message": "cannot be written: the file system is read-only",
                                     "subject": str(self.freshet.repository)})
        error = Freshet(build_dir(), self.disk / "new").json(*self.refresh, check=3)["error"]
        self.assertEqual(error["message"], "cannot be created: the file system is read-only")

    def test_a_read_only_store_with_changes_left_in_its_log_says_so(self):
        self.freshet.json(*self.refresh)
        store = sqlite3.connect(self.freshet.repository / "store.sqlite", isolation_level=None)
        self.addCleanup(store.close)
        store.execute("CREATE TABLE left_over(x)")
        copy = self.home / "copy"
        shutil.copytree(self.freshet.repository, copy)
        (copy / "store.sqlite-shm").unlink()
        self.mount("--bind", copy, copy)
        subprocess.run(["mount", "-o", "remount,ro,bind", copy], check=True)
        freshet = Freshet(build_dir(), copy)
        freshet.json("status")
        error = freshet.json("query", "river", check=3)["error"]
        self.assertIn("-wal", error["message"])
        self.assertTrue(error["subject"].endswith("store.sqlite"), error)


if __name__ == "__main__":
    if os.geteuid() != 0 or not own_mounts():
        skip("needs root and a mount namespace of its own")
    main()
