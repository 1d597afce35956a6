"""Backup and restore: incremental, whole or refused by name, while runs go on and processes are killed."""
import fcntl
import json
import os
import signal
import threading

from e2e import Case, Freshet, Scripted, build_dir, html, long_text, main

PAGES = 40


class BackupCase(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for i in range(PAGES):
            self.put(i, "first")
        self.target = self.home / "backup"

    def put(self, i, word):
        text = [long_text(f"{word}{i}x{n}", 12) for n in range(12)]
        self.site.page(f"/p{i}.html", html(f"Page {i}", *[(f"Part {n}", each) for n, each in enumerate(text)]), ETag=f'"{word}{i}"')
        self.site.sitemap([f"/p{n}.html" for n in range(PAGES) if f"/p{n}.html" in self.site.pages])

    def refresh(self, freshet=None, check=0):
        return (freshet or self.freshet).json("refresh", "--sitemap", f"{self.site.url}/sitemap.xml", "--embedder", "hash",
                                              "--policy", '"always"', check=check)

    def backup(self, *arguments, check=0):
        return self.freshet.json("backup", self.target, *arguments, check=check)

    def restore(self, name="elsewhere/docs", *arguments, check=0):
        told = self.freshet.json("restore", self.target, self.home / name, *arguments, check=check)
        return told if check else Freshet(build_dir(), self.home / name)

    def pieces(self):
        return {path.name for path in (self.target / "pieces").rglob("*") if path.is_file()}

    def named(self):
        """What the snapshots that are there need."""
        return {digest for path in (self.target / "snapshots").iterdir() for digest in json.loads(path.read_text())["pieces"]}

    def refused(self, code, words, *arguments):
        error = self.freshet.json(*arguments, check=3 if code not in ("invalid_argument",) else 2)["error"]
        self.assertEqual(error["code"], code, error)
        self.assertIn(words, error["message"] + " " + error["subject"])
        return error


class Elsewhere(BackupCase):
    def test_the_next_run_reads_only_what_changed(self):
        self.refresh()
        self.freshet.json("check")
        self.backup()
        for i in (3, 7):
            self.put(i, "second")
        self.put(PAGES, "new")
        self.site.sitemap([f"/p{n}.html" for n in range(PAGES + 1)])
        self.freshet.repository.rename(self.home / "gone")  # the machine is another one
        other = self.restore()
        self.assertFalse((other.repository / "store.sqlite").exists())
        read = []
        original = dict(self.site.pages)
        for path, (status, headers, body) in original.items():
            def answer(request, status=status, headers=headers, body=body):
                if request.headers.get("If-None-Match") != headers.get("ETag") and "ETag" in headers:
                    read.append(request.path)
                return status, headers, body
            self.site.pages[path] = answer
        report = self.refresh(other)
        self.assertEqual(sorted(read), sorted(["/p3.html", "/p7.html", f"/p{PAGES}.html"]))
        self.assertEqual((report["refreshed"], report["failed"], report["removed"]), (3, 0, 0), report)
        # What is embedded is what changed; the store that was not in the backup is filled all the same.
        self.assertEqual(report["embedded"]["texts"], report["chunks"]["added"], report)
        self.assertEqual(report["delivered"]["pending"], 0, report)
        self.assert_in_step(other)
        self.assertEqual(len(other.rows()), other.json("status")["chunks"])
        self.assertTrue(other.json("query", "second3x0")["hits"])
        # It goes on in the same backup.
        taken = other.json("backup", self.target)
        self.assertEqual(len(taken["snapshots"]), 2)
        self.assertLess(taken["written"]["pieces"], taken["pieces"])


class Incremental(BackupCase):
    def test_only_what_is_new_is_written(self):
        self.refresh()
        first = self.backup()
        self.assertEqual(first["written"]["bytes"], first["bytes"])
        self.assertGreater(first["pieces"], 8)
        again = self.backup()
        self.assertEqual(again["written"], {"bytes": 0, "pieces": 0})
        self.put(5, "changed")
        self.refresh()
        changed = self.backup()
        self.assertGreater(changed["written"]["pieces"], 0)
        # Of a small repository one page touches most pieces: its records lie by their digests, all over it.
        self.assertLess(changed["written"]["bytes"], changed["bytes"])
        print(f"one page of {PAGES}: {changed['written']['bytes']:,} of {changed['bytes']:,} bytes")
        listed = self.freshet.json("backup", self.target, "--list")["snapshots"]
        self.assertEqual([each["id"] for each in listed], changed["snapshots"])
        # Each of them can be had.
        for i, each in enumerate(listed):
            other = self.restore(f"copy{i}", "--snapshot", each["id"][:22])
            page = other.json("roots", "show", f"{self.site.url}/p5.html")
            self.assertIn("changed5" if i == 2 else "first5", page["version"])

    def test_keep_removes_the_oldest_and_what_they_alone_need(self):
        for word in ("a", "b", "c", "d"):
            for i in range(PAGES):
                self.put(i, word)
            self.refresh()
            taken = self.backup("--keep", "2")
        self.assertEqual(len(taken["snapshots"]), 2)
        self.assertEqual(len(taken["removed"]), 1)
        self.assertGreater(taken["removed_pieces"], 0)
        self.assertEqual(self.pieces(), self.named())
        self.restore("last")
        self.restore("first", "--snapshot", taken["snapshots"][0])

    def test_orphans_are_removed_and_halves_written_anew(self):
        self.refresh()
        taken = self.backup()
        orphan = self.target / "pieces" / "00" / ("00" + "1" * 62)
        orphan.parent.mkdir(exist_ok=True)
        orphan.write_bytes(b"half of something")
        (self.target / "incoming").write_bytes(b"half")
        half = next(path for path in (self.target / "pieces").rglob("*") if path.is_file() and path != orphan)
        half.write_bytes(half.read_bytes()[:1000])
        again = self.backup()
        self.assertEqual((again["written"]["pieces"], again["removed_pieces"]), (1, 1), again)
        self.assertFalse(orphan.exists())
        self.restore("whole", "--snapshot", taken["snapshot"])


class WhileRunsGoOn(BackupCase):
    def test_each_snapshot_is_of_one_commit(self):
        self.refresh()
        stop = threading.Event()

        def refresh_on():
            word = 0
            while not stop.is_set():
                word += 1
                for i in range(0, PAGES, 3):
                    self.put(i, f"w{word}")
                self.refresh()
        worker = threading.Thread(target=refresh_on)
        worker.start()
        try:
            taken = [self.backup() for _ in range(4)]
        finally:
            stop.set()
            worker.join()
        for i, each in enumerate(taken):
            other = self.restore(f"copy{i}", "--snapshot", each["snapshot"])  # which checks it
            self.assertEqual(other.json("status")["roots"], PAGES)

    def test_killed_at_any_moment_the_earlier_backup_is_whole(self):
        self.refresh()
        first = self.backup()
        cut = 0
        for round in range(int(os.environ.get("FRESHET_BACKUP_KILLS", 6))):
            for i in range(PAGES):
                self.put(i, f"r{round}")
            self.refresh()
            before = {path.name for path in (self.target / "snapshots").iterdir()}
            there = self.pieces()
            process = self.freshet.start("backup", self.target)
            while process.poll() is None and len(self.pieces() - there) <= round % 8:
                pass
            process.send_signal(signal.SIGKILL)
            process.wait()
            after = {path.name for path in (self.target / "snapshots").iterdir()}
            self.assertTrue(before <= after)
            cut += before == after
            self.restore(f"old{round}", "--snapshot", first["snapshot"])
        self.assertGreater(cut, 0, "no backup was cut short")
        self.backup()
        self.assertEqual(self.pieces(), self.named())
        self.restore("new")

    def test_a_restore_that_is_killed_leaves_no_repository(self):
        self.refresh()
        self.backup()
        process = self.freshet.start("restore", self.target, self.home / "half")
        while process.poll() is None and not (self.home / "half.restoring" / "data.mdb").exists():
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        if not (self.home / "half").exists():
            self.restore("half")
        self.assertFalse((self.home / "half.restoring").exists())


class Refused(BackupCase):
    def setUp(self):
        super().setUp()
        self.refresh()
        self.taken = self.backup()

    def restore_refused(self, code, words, *more):
        error = self.refused(code, words, "restore", self.target, self.home / "new", *more)
        self.assertFalse((self.home / "new").exists())
        self.assertFalse((self.home / "new.restoring").exists())
        return error

    def test_a_damaged_piece(self):
        piece = next(path for path in (self.target / "pieces").rglob("*") if path.is_file())
        whole = bytearray(piece.read_bytes())
        whole[len(whole) // 2] ^= 1
        piece.write_bytes(whole)
        self.restore_refused("corrupt", piece.name)
        piece.unlink()
        self.restore_refused("corrupt", piece.name)

    def test_a_torn_snapshot(self):
        file = self.target / "snapshots" / f"{self.taken['snapshot']}.json"
        text = file.read_text()
        file.write_text(text[:-100])
        self.restore_refused("corrupt", file.name)
        self.refused("corrupt", file.name, "backup", self.target)
        self.refused("corrupt", file.name, "backup", self.target, "--list")
        file.write_text(text)
        self.restore("new")

    def test_what_is_no_backup(self):
        other = self.home / "photos"
        other.mkdir(mode=0o700)
        (other / "a.jpg").write_bytes(b"x")
        for command in (("backup", other), ("backup", other, "--list"), ("restore", other, self.home / "new")):
            self.refused("invalid_argument", "is not a freshet backup", *command)
        self.assertEqual([path.name for path in other.iterdir()], ["a.jpg"])
        self.refused("not_found", "is not there", "restore", self.home / "nowhere", self.home / "new")
        self.refused("invalid_argument", "s3://BUCKET/PREFIX", "backup", "ftp://host/x")

    def test_a_newer_form(self):
        mark = self.target / "freshet-backup.json"
        mark.write_text(mark.read_text().replace("1", "2"))
        self.restore_refused("version", "form 2")
        self.refused("version", "form 2", "backup", self.target)

    def test_another_repository(self):
        other = Freshet(build_dir(), self.home / "another")
        self.refresh(other)
        error = other.json("backup", self.target, check=2)["error"]
        self.assertIn(str(self.freshet.repository), error["message"])

    def test_what_is_there_is_not_overwritten(self):
        before = (self.freshet.repository / "data.mdb").read_bytes()
        self.refused("invalid_argument", "a restore overwrites none", "restore", self.target, self.freshet.repository)
        self.assertEqual((self.freshet.repository / "data.mdb").read_bytes(), before)
        (self.home / "empty").mkdir(mode=0o700)
        self.restore("empty")
        self.restore_refused("not_found", "is no snapshot", "--snapshot", "1999")

    def test_two_at_once(self):
        with open(self.target / "lock", "r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            self.refused("busy", "under way", "backup", self.target)

    def test_by_the_configuration(self):
        file = self.write_config({"backup": {"target": "backup", "keep": 1}, "repository": "repository"})
        told = json.loads(self.freshet.run("backup", "--config", file, "--json", check=0).stdout)
        self.assertEqual(len(told["snapshots"]), 1)
        file = self.write_config({"backup": {"target": "backup", "kep": 1}})
        self.refused("invalid_argument", "keep", "backup", "--config", file)

    def test_what_is_wrong_with_it_is_told_by_its_place(self):
        file = self.home / "freshet.toml"
        file.write_text('[backup]\ntarget = "s3://docs"\nregion = "the north"\nkeep = "14"\naccess_key = "AKIAIOSFODNN7EXAMPLE"\nkep = 1\n')
        told = json.loads(self.freshet.run("config", "check", file, "--json", check=2).stdout)["problems"]
        self.assertEqual({(each["at"], each["line"], each["column"]) for each in told},
                         {("backup.region", 3, 1), ("backup.keep", 4, 1), ("backup.access_key", 5, 1), ("backup.kep", 6, 1)})
        self.assertNotIn("AKIA", json.dumps(told))
        shown = self.freshet.run("backup", "--config", file, check=2).stderr
        self.assertRegex(shown, r"freshet.toml:\d+:")
        file.write_text('backup = "s3://docs"\n')
        self.assertIn("freshet.toml:1:", self.freshet.run("config", "check", file, check=2).stderr)
        self.assertIn("freshet.toml:1:", self.freshet.run("backup", "--config", file, check=2).stderr)

    def test_a_secret_in_a_file_that_others_read_is_warned_of(self):
        key = self.home / "key"
        key.write_text("AKIAIOSFODNN7EXAMPLE\n")
        key.chmod(0o644)
        file = self.write_config({"backup": {"target": "s3://docs/x", "endpoint": "http://127.0.0.1:9", "access_key": f"file:{key}", "secret_key": f"file:{key}"},
                                  "repository": "repository", "http": {"attempts": 1}})
        told = self.freshet.run("backup", "--config", file, "--verbose", check=3)
        self.assertIn("others may read this secret", told.stderr)
        self.assertNotIn("AKIA", told.stderr)


if __name__ == "__main__":
    main()
