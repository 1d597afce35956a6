"""A history replayed commit by commit: what is read is what the commit changed, and the end is what a fresh start would be.

FRESHET_GIT_FILES, FRESHET_GIT_COMMITS and FRESHET_SEED make it long; its figures are printed."""
import os
import random
import time

from e2e import Freshet, build_dir, main
from git_case import GitCase, page

FILES = int(os.environ.get("FRESHET_GIT_FILES", "250"))
COMMITS = int(os.environ.get("FRESHET_GIT_COMMITS", "12"))
SEED = int(os.environ.get("FRESHET_SEED", "7"))


class History(GitCase):
    def draw(self, files, number):
        """The next commit: some files that differ, some that are new, go, or get another name."""
        changes = {}
        for path in self.random.sample(sorted(files), min(len(files), self.random.randint(1, 12))):
            what = self.random.random()
            if what < 0.6:
                changes[path] = page(path, f"commit {number}")
            elif what < 0.8:
                changes[path] = None
            else:
                changes[path], changes[f"moved/{number}/{path.rsplit('/', 1)[1]}"] = None, files[path]
        for i in range(self.random.randint(0, 4)):
            changes[f"docs/new-{number}-{i}.md"] = page(f"new {number} {i}")
        if self.random.random() < 0.3:
            changes[f"src/code-{number}.py"] = f"x = {number}\n"  # not asked for
        return changes

    def test_a_history_commit_by_commit(self):
        self.random = random.Random(SEED)
        files = {f"docs/{i % 50}/page-{i}.md": page(f"page {i}") for i in range(FILES)}
        self.remote.commit(files)
        self.config(include=["**/*.md"])
        begun = time.monotonic()
        self.assertEqual(self.refresh()["refreshed"], FILES)
        first, read, requests, begun_anew, longest = time.monotonic() - begun, 0, 0, 0, 0.0
        self.assertLessEqual(len(self.asked), 4 + 2 * (1 + FILES // 1024))
        for number in range(COMMITS):
            changes = self.draw(files, number)
            self.remote.commit(changes)
            named = {path for path, text in changes.items() if path.endswith(".md") and text is not None and files.get(path) != text}
            gone = {path for path, text in changes.items() if text is None and path in files}
            files = {path: text for path, text in {**files, **changes}.items() if text is not None and path.endswith(".md")}
            begun = time.monotonic()
            report = self.refresh()
            longest = max(longest, time.monotonic() - begun)
            read, requests = read + report["refreshed"], requests + len(self.asked)
            self.assertEqual({root["uri"] for root in report["roots"] if root["outcome"] == "refreshed"},
                             {self.uri(path) for path in named}, number)
            self.assertEqual((report["removed"], report["held"], report["failed"]), (len(gone), 0, 0), number)
            anew = self.listing(report) == "whole"  # the cache had too many packs: all is listed, and due from several batches
            begun_anew += anew
            self.assertLessEqual(len(self.asked), 4 + 2 * (1 + FILES // 1024) if anew else 6, self.asked)
        afresh = Freshet(build_dir(), self.home / "afresh")
        self.refresh(freshet=afresh)
        self.assertEqual(self.contents(self.freshet), self.contents(afresh))
        self.assert_in_step()
        print(f"\n{FILES} files in {first:.1f} s; {COMMITS} commits: {read} files read, {requests} requests, "
              f"the cache begun anew {begun_anew} times, at most {longest:.2f} s each; seed {SEED}")


if __name__ == "__main__":
    main()
