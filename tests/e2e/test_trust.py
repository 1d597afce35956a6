"""What somebody planted in a repository's directory is not written to, whichever command is given."""
import os
import unittest

from e2e import Case, main

PRECIOUS = b"precious line\n" * 90


class Trust(Case):
    def setUp(self):
        super().setUp()
        (self.home / "docs").mkdir()
        (self.home / "docs" / "a.md").write_text("# A\n\nhello there\n")
        self.refresh = ("refresh", "--files", self.home / "docs")
        self.victim = self.home / "victim"
        self.victim.write_bytes(PRECIOUS)
        self.directory = self.freshet.repository

    def assert_refused(self, *arguments, words):
        done = self.freshet.run(*arguments)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(words, done.stdout + done.stderr)
        self.assertEqual(self.victim.read_bytes(), PRECIOUS)

    def plant(self, name, how):
        target = self.directory / name
        if target.exists():
            target.unlink()
        if how == "link":
            target.symlink_to(self.victim)
        elif how == "dangling":
            target.symlink_to(self.home / "new")
        else:
            os.link(self.victim, target)

    def test_no_file_of_a_repository_is_reached_through_a_link(self):
        for number, name in enumerate(("data.mdb", "lock.mdb", "freshet.seal", "store.sqlite", "store.sqlite-wal",
                                       "store.sqlite-shm")):
            for how, words in (("link", "symbolic link"), ("dangling", "symbolic link"), ("hard", "hard links")):
                with self.subTest(name=name, how=how):
                    self.directory = self.freshet.repository = self.home / f"r{number}{how}"
                    self.freshet.json(*self.refresh)
                    self.plant(name, how)
                    self.assert_refused(*self.refresh, words=words)
                    self.assert_refused("query", "hello", words=words)
                    if not name.startswith("store"):  # the others have no need of the store
                        self.assert_refused("status", words=words)
                    self.assertFalse((self.home / "new").exists())

    def test_a_directory_that_others_may_write_is_refused_and_the_option_is_named(self):
        for mode in (0o777, 0o1777, 0o770):
            with self.subTest(mode=oct(mode)):
                self.directory = self.freshet.repository = self.home / f"d{mode:o}"
                self.directory.mkdir()
                os.chmod(self.directory, mode)
                (self.directory / "lock.mdb").symlink_to(self.victim)
                self.assert_refused(*self.refresh, words="allow_shared")
                self.assert_refused("--allow-shared", *self.refresh, words="symbolic link")
                (self.directory / "lock.mdb").unlink()
                store = '--store=sqlite={"allow_shared":true}'
                self.freshet.json("--allow-shared", *self.refresh, store)
                self.freshet.json("--allow-shared", "status")
                self.freshet.json("--allow-shared", "query", "hello")

    @unittest.skipIf(os.geteuid() != 0, "only root can give a directory away")
    def test_a_directory_of_another_user_is_refused(self):
        self.directory.mkdir()
        os.chown(self.directory, 65534, 65534)
        self.assert_refused(*self.refresh, words="it belongs to user 65534")


if __name__ == "__main__":
    main()
