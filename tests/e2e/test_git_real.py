"""The history of a package that others wrote and published, replayed commit by commit: merges, renames, and files that are no text.

FRESHET_GIT_COMMITS says how many of its last commits; "all" is the whole of it. Its figures are printed."""
import os
import time

from e2e import Freshet, build_dir, main
from git_case import GitCase
from packages import install_go

# Its tests bring the object databases of real repositories, of which this one is go-git's own.
FIXTURES = install_go("github.com/go-git/go-git-fixtures/v4@v4.3.1") / "data"
PACK, HEAD = FIXTURES / "pack-3559b3b47e695b33b0913237a4df3357e739831c.pack", "e8788ad9165781196e917292d6055cba1d78664e"
READ = (".go", ".md", ".yml")
COMMITS = os.environ.get("FRESHET_GIT_COMMITS", "20")


EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class Real(GitCase):
    def setUp(self):
        super().setUp()
        self.remote.git("index-pack", "--stdin", data=PACK.read_bytes())

    def at(self, commit):
        """Puts the branch there. The files of the commit, and their blobs."""
        self.remote.git("update-ref", "refs/heads/main", commit)
        return self.remote.files()

    def binary(self, commit):
        """The files that git takes for no text."""
        told = self.remote.git("diff", "--numstat", "-z", EMPTY_TREE, commit).decode().split("\0")
        return {line.split("\t")[2] for line in told if line.startswith("-\t-\t")}

    def follow(self, before, files):
        """Refreshes, and finds exactly what the commit says: how many files were read, and how many changes were held."""
        gone, differ = set(before) - set(files), {self.uri(path) for path, blob in files.items() if before.get(path) != blob}
        report = self.refresh(check=None)
        outcomes = self.outcomes(report)
        shrunk = {root["uri"] for root in report["roots"] if root["outcome"] == "failed" and root["error"]["code"] == "held"}
        self.assertEqual({uri for uri, outcome in outcomes.items() if outcome == "refreshed"} | shrunk, differ)
        many = len(gone) > max(1, len(before) // 5)  # law 6: a fifth of a source goes on a person's word alone
        self.assertEqual((report["held"], report["removed"], report["failed"]),
                         (len(gone) if many else 0, 0 if many else len(gone), len(shrunk)))
        if many or shrunk:
            accepted = self.refresh("--accept-shrink")
            self.assertEqual((accepted["removed"], accepted["refreshed"]), (len(gone) if many else 0, len(shrunk)))
        return len(differ), len(shrunk) + (len(gone) if many else 0)

    def test_what_is_no_text_is_told(self):
        files, binary = self.at(HEAD), self.binary(HEAD)
        report = self.refresh(check=1)
        failures = self.failures(report)
        by_name = {path for path in files if path.endswith((".pack", ".idx", ".tgz"))}  # as excluded_extensions has them
        self.assertLess(by_name, binary)
        self.assertEqual(set(failures), {f"/HEAD/{path}" for path in binary - by_name})
        self.assertEqual((report["refreshed"], report["listed"]), (len(files) - len(binary), len(files) - len(by_name)))
        for error in failures.values():
            self.assertIn("not a text: exclude it", error["message"])

    def test_commit_by_commit(self):
        commits = self.remote.git("rev-list", "--first-parent", "--reverse", HEAD).decode().split()
        commits = commits if COMMITS == "all" else commits[-int(COMMITS) - 1:]
        self.config(include=[f"**/*{end}" for end in READ])
        before, read, held, longest = {}, 0, 0, 0.0
        for commit in commits:
            files = {path: blob for path, blob in self.at(commit).items() if path.endswith(READ)}
            begun = time.monotonic()
            with self.subTest(commit):
                differ, were_held = self.follow(before, files)
            longest = max(longest, time.monotonic() - begun)
            read, held, before = read + differ, held + were_held, files
        afresh = Freshet(build_dir(), self.home / "afresh")
        self.assertEqual(self.refresh(freshet=afresh)["refreshed"], len(files))
        self.assertEqual(self.contents(self.freshet), self.contents(afresh))
        self.assert_in_step()
        print(f"\n{len(commits)} commits of go-git, {len(files)} files at their end: {read} files read, {held} held until a person agreed, at most {longest:.2f} s each")


if __name__ == "__main__":
    main()
