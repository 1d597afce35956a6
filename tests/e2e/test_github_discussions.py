"""Discussions of GitHub: its own published schema says what may be asked, and each one is found once, with all that was said in it."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from packages import install_npm, run_with  # noqa: E402
run_with("graphql-core==3.2.6")  # starts this program again, with it
import graphql  # noqa: E402
from e2e import main  # noqa: E402
from github_graphql import Discussions  # noqa: E402
from tracker_case import TrackerCase  # noqa: E402

PACKAGE = install_npm("@octokit/graphql-schema@15.26.1")
SCHEMA = graphql.build_schema((PACKAGE / "node_modules/@octokit/graphql-schema/schema.graphql").read_text(), assume_valid=True, assume_valid_sdl=True,
                              no_location=True)


class Talk(TrackerCase):
    loader = "github_discussions"
    kinds = "discussions"

    def stand_in(self):
        return Discussions(SCHEMA)

    def test_each_once_then_what_changed(self):
        for i in range(123):
            self.github.clock += 1000 * (i == 122)
            self.github.discussion(f"Question {i}", f"Words about {i}, and more of them.", category="Ideas" if i % 3 == 0 else "Q&A")
        report = self.refresh()
        self.assertEqual((report["refreshed"], self.kind(report), len(self.github.requests)), (123, "whole", 3))
        self.assertEqual(self.numbers(), set(range(1, 124)))
        report = self.refresh()
        self.assertEqual((self.kind(report), report["unchanged"], len(self.github.requests)), ("unchanged", 123, 1))
        self.github.clock += 1000
        self.github.edit(7, body="Edited words.")
        self.github.edit(8, closed=True)
        new = self.github.discussion("A new one", "Words.")
        self.github.comment(9, "A comment.")
        del self.github.discussions[1]
        report = self.refresh()
        self.assertEqual((self.kind(report), report["refreshed"], report["removed"], len(self.github.requests)), ("changes", 4, 0, 1))
        self.assertIn("Edited words.", self.text_of(7))
        report = self.refresh("--force")  # as an interval would: all is listed
        self.assertEqual((self.kind(report), report["removed"], self.numbers()), ("whole", 1, set(range(2, 124)) | {new}))
        self.assert_in_step()

    def test_all_that_was_said(self):
        number = self.github.discussion("How?", "The question.<!-- a hint -->", labels=["bug", "docs"], user=None)
        for i in range(60):
            comment = self.github.comment(number, f"Comment {i}.", answer=i == 57)
        for i in range(130):
            self.github.comment(number, f"Reply {i}.", on=comment, user="robot" if i == 3 else "eve")
        self.refresh()
        self.assertNotIn("Comment 0.", self.text_of(number))
        self.config(include_comments=True, ignore_users=["robot"])
        self.refresh()
        text = self.text_of(number)
        for words in ("How?", "The question.", *(f"Comment {i}." for i in range(60)), *(f"Reply {i}." for i in range(130) if i != 3), "Answer: bob on"):
            self.assertEqual(text.count(words), 1, words)
        for words in ("hint", "Reply 3."):
            self.assertNotIn(words, text)
        self.assertEqual(len(self.github.requests), 1 + 2 + 1)  # the list, two pages of comments, the second one of replies
        for key, value in (("labels", {"$has": "bug"}), ("category", "Q&A"), ("answered", True), ("author", "ghost"), ("state", "open")):
            hits = self.freshet.json("query", "question", "--mode", "text", "--filter", json.dumps({key: value}))["hits"]
            self.assertTrue(hits, key)

    def test_what_the_options_take(self):
        for i in range(6):
            self.github.discussion(f"Question {i}", "Words.", category="Ideas" if i < 3 else "Q&A")
        self.github.edit(2, closed=True)
        for options, want in (({}, {1, 2, 3, 4, 5, 6}), ({"state": "closed"}, {2}), ({"state": "open", "categories": ["Ideas"]}, {1, 3}),
                              ({"categories": ["Q&A"]}, {4, 5, 6})):
            self.config(**options)
            self.refresh("--accept-shrink")
            self.assertEqual(self.numbers(), want, options)
        self.github.clock += 1000
        self.github.edit(5, category={"name": "Ideas"})
        self.assertEqual((self.refresh()["removed"], self.numbers()), (1, {4, 6}))
        report = self.refresh("--root", "https://github.com/octo/docs/discussions/4")
        self.assertEqual((report["listed"], report["failed"]), (1, 0))

    def test_one_that_goes_while_the_pages_come_hides_no_other(self):
        for i in range(120):
            self.github.discussion(f"Question {i}", "Words.")

        def before(variables):
            if variables.get("after"):
                self.github.discussions.pop(5, None)
        self.github.before = before
        report = self.refresh(check=1)
        self.assertEqual((self.kind(report), report["refreshed"]), ("part", 120))
        self.assertIn("says that there are 119", report["sources"][0]["note"])
        self.github.before = None
        self.assertEqual(self.refresh()["removed"], 1)

    def test_limits_errors_and_what_is_not_there(self):
        self.github.discussion("One", "Words.")
        limit = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
        self.github.limited = [(200, limit, {"Retry_After": 1}), (403, {"message": "secondary rate limit"}, {"Retry_After": 1})]
        self.assertEqual((self.refresh()["refreshed"], len(self.github.requests)), (1, 3))  # it waited
        before = self.freshet.rows()
        for answer, code in (((200, {"errors": [{"message": "Something went wrong"}]}, {}), "remote"), ((200, [], {}), "remote"),
                             ((200, {"data": None}, {}), "remote"), ((502, {}, {}), "remote"), ((401, {"message": "Bad credentials"}, {}), "denied")):
            self.github.limited = [answer] * 20
            self.assertEqual(self.refresh(check=3)["sources"][0]["error"]["code"], code, answer)
        self.github.limited = []
        self.config(repo="octo/nothing")
        self.assertIn("no such repository", self.refresh(check=3)["sources"][0]["error"]["message"])
        self.assertEqual(self.freshet.rows(), before)
        for options, words in (({"base_url": f"{self.github.url}/api/v1"}, "have no discussions"), ({"token": ""}, "token")):
            self.config(**options)
            done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--json")
            self.assertIn(words, done.stdout + done.stderr)

    def test_they_keep_the_contract_of_a_loader(self):
        for i in range(5):
            self.github.discussion(f"Question {i}", "Words.")
        self.keep_the_contract(10, "github_discussions", token="env:GITHUB_TEST_TOKEN")


if __name__ == "__main__":
    main()
