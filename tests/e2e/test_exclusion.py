"""What a person took out stays out: of the repository, of the store, and of every refresh, until it is let in again."""
from e2e import Case, Scripted, html, long_text, main


class Exclusion(Case):
    WORDS = ("apple", "birch", "cedar", "daisy", "elder", "fern")

    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for word in self.WORDS:
            self.site.page(f"/{word}.html", html(word.title(), ("Text", long_text(word, 6))))
        self.paths = [f"/{word}.html" for word in self.WORDS]
        self.apple = self.site.url + "/apple.html"

    def refresh(self, *more, paths=None, check=0):
        return self.freshet.json("refresh", "--sitemap", self.site.sitemap(paths or self.paths), *more, check=check)

    def stored(self):
        return {row[1].removeprefix(self.site.url) for row in self.freshet.rows().values()}

    def asked_for(self, path):
        return sum(each == path for each in self.site.requests)

    def test_a_deleted_page_leaves_the_store_at_once_and_stays_away(self):
        self.refresh()
        done = self.freshet.json("roots", "delete", self.apple, "--why", "withdrawn")
        self.assertGreater(done["store"]["removals"], 0)
        self.assertEqual((done["store"]["pending"], done["excluded"]), (0, True))
        self.assertNotIn("/apple.html", self.stored())
        self.assert_in_step()
        hits = self.freshet.json("query", "apple sentence")["hits"]
        self.assertNotIn(self.apple, {hit["uri"] for hit in hits})
        before = self.asked_for("/apple.html")
        for more in ((), ("--force",)):
            report = self.refresh(*more)
            self.assertEqual((report["excluded"], report["unchanged"] + report["refreshed"], report["removed"]), (1, 5, 0), report)
            told, = [root for root in report["roots"] if root["uri"] == self.apple]
            self.assertEqual((told["outcome"], told["reason"]), ("excluded", "withdrawn"))
        self.assertEqual(self.asked_for("/apple.html"), before)
        self.assert_in_step()
        listed, = self.freshet.json("roots", "excluded")["excluded"]
        self.assertEqual((listed["uri"], listed["why"]), (self.apple, "withdrawn"))
        self.assertIn(f"{self.apple}  excluded just now: withdrawn", self.freshet.run("roots", "excluded").stdout)

    def test_what_is_included_again_comes_back_though_the_listing_stood(self):
        day = ("--policy", '{"ttl":"24h"}')
        self.refresh(*day)
        self.freshet.json("roots", "exclude", self.apple)
        self.assertEqual(self.refresh(*day)["refreshed"], 0)
        said = self.freshet.run("roots", "include", self.apple, check=0).stdout
        self.assertIn("the next refresh lists every source anew", said)
        self.assertEqual(self.refresh(*day)["refreshed"], 1)
        self.assertIn("/apple.html", self.stored())
        self.assert_in_step()
        again = self.freshet.run("roots", "include", self.apple, check=3)
        self.assertIn("is not excluded", again.stderr)

    def test_what_is_deleted_once_comes_back(self):
        self.refresh()
        done = self.freshet.run("roots", "delete", "--once", self.apple, check=0)
        self.assertIn("comes back with the next refresh", done.stdout)
        self.assertNotIn("/apple.html", self.stored())
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assertIn("/apple.html", self.stored())

    def test_a_page_is_excluded_before_it_is_known(self):
        self.refresh(paths=self.paths[1:])
        self.freshet.json("roots", "exclude", self.apple, self.site.url + "/birch.html")
        report = self.refresh()
        self.assertEqual((report["excluded"], report["refreshed"], self.asked_for("/apple.html")), (2, 0, 0), report)
        visit = self.freshet.json("refresh", "--url", self.apple)
        self.assertEqual((visit["excluded"], visit["refreshed"]), (1, 0), visit)
        self.freshet.json("refresh", "--sitemap", self.site.sitemap(self.paths), "--root", self.apple)
        self.assertEqual(self.asked_for("/apple.html"), 0)
        self.assert_in_step()

    def test_another_name_of_it_brings_nothing_back(self):
        page = html("Apple", ("Text", long_text("apple", 12)))
        self.site.page("/apple.htm", page.replace("<head>", f'<head><link rel=canonical href="{self.apple}">'))
        self.site.answer("/old.html", 301, b"", Location="/apple.html")
        paths = [*self.paths, "/apple.htm", "/old.html"]
        self.refresh(paths=paths)
        self.freshet.json("roots", "exclude", self.apple)
        for _ in range(2):
            report = self.refresh(paths=paths)
            outcomes = self.outcomes(report)
            for path in ("/apple.html", "/apple.htm", "/old.html"):
                # A listing that did not change names nothing, what stays out neither.
                self.assertEqual(outcomes.get(self.site.url + path, "excluded"), "excluded", report["roots"])
            self.assertNotIn("/apple.html", self.stored())
            self.assert_in_step()
        self.freshet.json("roots", "include", self.apple)
        self.refresh(paths=paths)
        self.assertIn("/apple.html", self.stored())
        self.assert_in_step()

    def test_a_plan_counts_what_is_excluded_and_does_not_fetch_it(self):
        self.refresh()
        self.freshet.json("roots", "exclude", self.apple)
        plan = self.refresh("--dry-run", "--force")
        self.assertEqual((plan["excluded"], plan["plan"]["fetch"]), (1, 5), plan)

    def test_a_store_that_cannot_be_reached_gets_it_with_the_next_refresh(self):
        self.refresh()
        store = self.freshet.repository / "store.sqlite"
        aside = store.rename(self.home / "aside")
        store.mkdir()
        failed = self.freshet.json("roots", "exclude", self.apple, check=1)
        self.assertGreater(failed["store"]["pending"], 0)
        self.assertIn("message", failed["store"]["error"])
        said = self.freshet.run("roots", "exclude", self.apple, check=1).stdout
        self.assertIn("pending, and the next refresh delivers them: ", said)
        store.rmdir()
        aside.rename(store)
        self.assertEqual(self.refresh()["delivered"]["pending"], 0)
        self.assertNotIn("/apple.html", self.stored())
        self.assert_in_step()

    def test_a_store_that_was_lost_is_filled_again(self):
        self.refresh()
        (self.freshet.repository / "store.sqlite").unlink()
        self.freshet.json("roots", "exclude", self.apple)
        self.assertEqual(self.stored(), set(self.paths) - {"/apple.html"})
        self.assert_in_step()

    def test_a_name_that_is_not_known_is_refused_where_it_is_to_be_deleted(self):
        self.refresh()
        refused = self.freshet.run("roots", "delete", self.site.url + "/none.html", self.apple, check=3)
        self.assertIn("is not a known root", refused.stderr)
        self.assertEqual(self.freshet.json("roots", "list")["count"], 6)
        self.assertEqual(self.freshet.json("roots", "excluded"), {"excluded": []})


if __name__ == "__main__":
    main()
