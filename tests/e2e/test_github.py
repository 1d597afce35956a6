"""Issues and releases from a strict stand-in for GitHub: every one once, then only what changed, and patience with limits."""
import json
import os
import time
import unittest

from e2e import Case, Freshet, build_dir, main
from github_server import GitHub
from tracker_case import TrackerCase


class Github(TrackerCase):
    def stand_in(self):
        github = GitHub()
        github.clock = int(time.time()) - 100_000
        return github

    def refresh(self, *more, check=0):
        self.github.counted = 0
        report = super().refresh(*more, check=check)
        self.asked = [path.split("?")[0].removeprefix("/repos/octo/docs") for path, _ in self.github.requests]
        return report

    def test_a_tracker_of_many_pages(self):
        for i in range(1234):
            number = self.github.issue(f"Issue {i}", f"Words about {i}, and more of them.", labels=["bug"] if i % 2 else [],
                                       pull_request=i % 10 == 9)
            if i % 100 == 0:
                for j in range(3):
                    self.github.comment(number, f"Comment {j} on {i}.")
        issues = {n for n, issue in self.github.issues.items() if "pull_request" not in issue}
        reset = int(time.time()) + 2
        limit = (403, "API rate limit exceeded", {"X_RateLimit_Remaining": 0, "X_RateLimit_Reset": reset})
        pages = 0

        def before(path):
            nonlocal pages
            pages += path.startswith("/repos/octo/docs/issues?")
            if pages == 5:
                pages += 1
                self.github.limited = [limit]
        self.github.before = before
        self.config(include_comments=True)
        begun = time.monotonic()
        report = self.refresh()
        self.github.before = None
        self.assertGreater(time.monotonic() - begun, 1)  # it waited for the reset
        self.assertEqual((report["refreshed"], report["listed"], self.kind(report)), (len(issues), len(issues), "whole"))
        self.assertEqual(self.numbers(), issues)
        self.assertEqual(self.asked.count("/issues"), 2 * 13 + 1)  # twice, since something might go meanwhile; one was refused
        self.assertEqual(len(self.asked), 2 * 13 + 1 + 13)  # and those with comments
        self.assertIn("Comment 2 on 100.", self.text_of(101))
        self.assertEqual(self.kind(self.refresh()), "unchanged")
        report = self.refresh()
        self.assertEqual((self.kind(report), self.asked, self.github.counted), ("unchanged", ["/issues"], 0))

        self.github.edit(7, body="Edited words.")
        self.github.edit(8, state="closed", closed_at="2026-11-20T16:00:00Z")
        self.github.delete(1)
        self.github.transfer(12)
        report = self.refresh()
        self.assertEqual((self.kind(report), report["refreshed"], report["removed"]), ("changes", 2, 0))
        self.assertEqual(self.asked, ["/issues"])
        self.assertIn("Edited words.", self.text_of(7))
        report = self.refresh("--force")  # as an interval would: all is listed
        self.assertEqual((self.kind(report), report["removed"]), ("whole", 2))
        self.assertEqual(self.numbers(), issues - {1, 12})
        self.assert_in_step()

    def test_what_the_options_take(self):
        for i in range(6):
            self.github.issue(f"Issue {i}", f"Words.\n<!-- a hint -->\nMore words.\n### Checklist\n- [ ] done", labels=["bug"] if i < 3 else ["idea"])
        self.github.edit(2, state="closed")
        self.github.issue("A change", pull_request=True)
        self.github.comment(3, "From a person.")
        self.github.comment(3, "From a robot.", user="robot")
        self.github.comment(3, "From nobody.", user=None)
        for options, want in (({}, {1, 2, 3, 4, 5, 6}), ({"state": "open"}, {1, 3, 4, 5, 6}), ({"state": "closed"}, {2}),
                              ({"labels": ["bug"]}, {1, 2, 3}), ({"pull_requests": True}, {1, 2, 3, 4, 5, 6, 7}),
                              ({"n_issues": 3}, {4, 5, 6}), ({"since": "2090-01-01"}, set())):
            self.config(**options)
            self.refresh("--accept-shrink")
            self.assertEqual(self.numbers(), want, options)
        self.config(include_comments=True, ignore_users=["robot"])
        self.refresh()
        text = self.text_of(3)
        self.assertIn("From a person.", text)
        self.assertIn("From nobody.", text)
        for words in ("robot", "hint", "Checklist"):
            self.assertNotIn(words, text)

    def test_another_option_reads_what_is_known_once_more(self):
        self.github.issue("One", "Words.\n### Checklist\n- [ ] done")
        self.github.comment(1, "A comment.")
        for options, words in (({}, ()), ({"include_comments": True}, ("A comment.",)), ({"include_comments": True, "ignore_users": ["bob"]}, ()),
                               ({"ignore_body_after": ""}, ("Checklist",)), ({}, ())):
            self.config(**options)
            self.assertEqual(self.refresh()["refreshed"], 1, options)
            self.assertEqual([word for word in ("A comment.", "Checklist") if word in self.text_of(1)], list(words), options)
            self.assertEqual(self.refresh()["refreshed"], 0, options)

    def test_a_tracker_of_gitea_has_issues(self):
        self.github.issue("An issue", "Words.")
        self.github.issue("A change", "Words.", pull_request=True)
        for issue in self.github.issues.values():
            issue.setdefault("pull_request", None)  # as Gitea and Forgejo say that it is none
        self.refresh()
        self.assertEqual(self.numbers(), {1})

    def test_an_issue_that_the_options_no_longer_take_goes(self):
        for i in range(10):
            self.github.issue(f"Issue {i}", "Words.", labels=["bug"])
        self.config(state="open", labels=["bug"])
        self.refresh()
        self.github.edit(4, state="closed")
        self.assertEqual(self.refresh()["removed"], 1)
        self.github.edit(4, state="open")
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.github.edit(5, labels=[])
        self.assertEqual(self.refresh()["removed"], 1)

    def test_one_that_goes_while_the_pages_come_hides_no_other(self):
        for i in range(250):
            self.github.issue(f"Issue {i}", f"Words about {i}.")
        self.refresh()
        deleted = []

        def before(path):
            if "page=2" in path and not deleted:
                deleted.append(5)
                self.github.delete(5)
        self.github.before = before
        report = self.refresh("--force", check=1)
        self.github.before = None
        self.assertEqual((self.kind(report), report["removed"]), ("part", 0))
        self.assertIn("came or went", report["sources"][0]["note"])
        self.assertEqual(self.refresh("--force")["removed"], 1)
        self.assertEqual(self.numbers(), set(range(1, 251)) - {5})

    def test_what_changes_while_the_pages_come_is_read_by_the_next_run(self):
        self.github.clock = int(time.time()) - 300
        for i in range(150):
            self.github.issue(f"Issue {i}", f"Words about {i}.")
        self.github.clock = int(time.time()) + 5
        edited = []

        def before(path):
            if "page=2" in path and not edited:
                edited.append(3)
                self.github.edit(3, body="Edited meanwhile.")
                self.github.edit(140, body="Edited later.")
        self.github.before = before
        self.refresh()
        self.github.before = None
        self.assertNotIn("Edited meanwhile.", self.text_of(3))
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assertIn("Edited meanwhile.", self.text_of(3))

    def test_limits_that_last_longer_than_the_wait_fail_and_remove_nothing(self):
        self.github.issue("One", "Words.")
        self.config(max_wait="1s")
        for status, message, headers in ((429, "slow down", {"Retry_After": 3600}), (403, "You have exceeded a secondary rate limit", {}),
                                         (403, "API rate limit exceeded", {"X_RateLimit_Remaining": 0, "X_RateLimit_Reset": int(time.time()) + 3600})):
            self.github.limited = []
            self.freshet = Freshet(build_dir(), self.home / f"repository-{status}-{message[:3]}")  # an older one leaves the host alone
            self.refresh()
            self.github.limited = [(status, message, headers)] * 20
            report = self.refresh(check=3)
            self.assertEqual(report["sources"][0]["error"]["code"], "rate_limited", report)
            self.assertEqual((report["removed"], len(self.asked), len(self.freshet.rows())), (0, 1, 1))

    def test_answers_that_are_none(self):
        self.github.issue("One", "Words.")
        self.refresh()
        before = self.freshet.rows()
        self.github.token = "another"
        self.assertEqual(self.refresh(check=3)["sources"][0]["error"]["code"], "denied")
        self.github.token = os.environ["GITHUB_TEST_TOKEN"]
        self.config(repo="octo/nothing")
        self.assertIn("no such repository", self.refresh(check=3)["sources"][0]["error"]["message"])
        self.config()
        self.github.limited = [(502, "bad gateway", {})] * 20
        self.assertEqual(self.refresh(check=3)["sources"][0]["error"]["code"], "remote")
        self.github.limited = []
        self.assertEqual(self.freshet.rows(), before)
        for repo in ("octo", "octo/../x", "octo/do cs", "https://github.com/octo/docs"):
            self.config(repo=repo)
            done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--json")
            self.assertIn("owner/name", done.stdout + done.stderr)

    def test_a_next_page_elsewhere_or_in_a_circle(self):
        for i in range(150):
            self.github.issue(f"Issue {i}", "Words.")
        paged = self.github.paged
        same = f"{self.github.api('/issues')}?state=all&sort=created&direction=asc&per_page=100"
        for link, words, code in (("https://evil.example/x?page=2", "not of its API", 3), (same, "circle", 1)):
            self.github.paged = lambda *a, link=link: (paged(*a)[0], f'<{link}>; rel="next"')
            report = self.refresh(check=code)
            self.assertIn(words, report["sources"][0]["error"]["message"])
        self.github.paged = paged

    def test_releases(self):
        for i in range(130):
            self.github.release(f"v1.{i}", f"Release {i}", f"What is new in {i}.")
        self.github.release("v2-draft", "Draft", draft=True)
        self.config("github_releases")
        report = self.refresh()
        self.assertEqual((report["refreshed"], self.asked), (130, ["/releases", "/releases"]))
        report = self.refresh()
        self.assertEqual((self.kind(report), self.asked, self.github.counted), ("unchanged", ["/releases"], 0))
        newest = max(self.github.releases)
        self.github.release("v2.0", "", "Everything is new.")
        self.github.releases[newest - 1]["body"] = "Edited."
        self.assertEqual(self.refresh()["refreshed"], 2)
        del self.github.releases[newest - 1]
        self.assertEqual(self.refresh()["removed"], 1)
        self.assert_in_step()

    def test_they_keep_the_contract_of_a_loader(self):
        for i in range(5):
            self.github.issue(f"Issue {i}", "Words.")
            self.github.release(f"v{i}", f"Release {i}", "Words.")
        self.keep_the_contract(20, "github_issues", "github_releases")


@unittest.skipUnless("GITHUB_TOKEN" in os.environ, "GITHUB_TOKEN is not set")
class Live(Case):
    def test_github_itself(self):
        """A small, old tracker of GitHub's own: each kind is listed, and the next run asks once."""
        for loader in ("github_issues", "github_discussions", "github_releases"):
            with self.subTest(loader):
                freshet = Freshet(build_dir(), self.home / loader)
                (self.home / "freshet.toml").write_text(
                    f'store = "sqlite"\nembedder = "hash"\n[[source]]\nloader = "{loader}"\npolicy = "always"\n[source.options]\n'
                    f'repo = "{os.environ.get("FRESHET_GITHUB_REPO", "octokit/graphql-schema")}"\ntoken = "env:GITHUB_TOKEN"\n')
                report = freshet.json("--config", self.home / "freshet.toml", "refresh")
                self.assertEqual((report["failed"], report["sources"][0]["complete"]), (0, True))
                report = freshet.json("--config", self.home / "freshet.toml", "refresh")
                self.assertEqual((report["refreshed"], report["sources"][0]["fetched"]["requests"]), (0, 1))


if __name__ == "__main__":
    main()
