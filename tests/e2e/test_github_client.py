"""The stand-in for GitHub serves a widely used client of GitHub's API: what that reads is what was put in."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import packages  # noqa: E402

packages.run_with("PyGithub==2.10.0")
import github  # noqa: E402
from github_server import GitHub  # noqa: E402


class Client(unittest.TestCase):
    def setUp(self):
        self.server = GitHub()
        self.addCleanup(self.server.close)
        self.repo = github.Github(base_url=self.server.url, auth=github.Auth.Token(self.server.token), per_page=100,
                                  retry=None).get_repo("octo/docs")

    def test_issues_of_many_pages_with_labels_and_comments(self):
        for i in range(250):
            number = self.server.issue(f"Issue {i}", f"Body {i}", labels=["bug"] if i % 5 == 0 else [], pull_request=i % 50 == 1)
            self.server.comment(number, f"Comment on {i}") if i % 25 == 0 else None
        found = list(self.repo.get_issues(state="all", sort="created", direction="asc"))
        self.assertEqual([issue.number for issue in found], list(range(1, 251)))
        self.assertEqual([issue.number for issue in found if issue.pull_request], [2, 52, 102, 152, 202])
        self.assertEqual({issue.number for issue in found if [label.name for label in issue.labels] == ["bug"]},
                         set(range(1, 251, 5)))
        self.assertEqual([comment.body for comment in self.repo.get_issue(26).get_comments()], ["Comment on 25"])

    def test_what_was_touched_since(self):
        for i in range(5):
            self.server.issue(f"Issue {i}")
        since = self.repo.get_issue(4).updated_at
        self.server.edit(2, state="closed")
        self.assertEqual([issue.number for issue in self.repo.get_issues(state="all", since=since, sort="updated", direction="asc")],
                         [4, 5, 2])
        self.assertEqual([issue.number for issue in self.repo.get_issues(state="closed")], [2])

    def test_releases(self):
        for i in range(120):
            self.server.release(f"v{i}", f"Release {i}", f"Notes {i}")
        found = list(self.repo.get_releases())
        self.assertEqual([release.tag_name for release in found], [f"v{i}" for i in reversed(range(120))])
        self.assertEqual(self.repo.get_release(found[3].id).body, "Notes 116")

    def test_refusals(self):
        self.server.issue("One")
        self.server.delete(1)
        with self.assertRaises(github.GithubException) as refused:
            self.repo.get_issue(1)
        self.assertEqual(refused.exception.status, 410)
        self.server.limited = [(403, "API rate limit exceeded", {"X_RateLimit_Remaining": 0, "X_RateLimit_Reset": 1})]
        with self.assertRaises(github.RateLimitExceededException):
            self.repo.get_issue(1)
        self.server.token = "another"
        with self.assertRaises(github.BadCredentialsException):
            self.repo.get_issue(1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
