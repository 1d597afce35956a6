"""A real site under a budget of requests: what its sitemap says is believed as far as it is right."""
import time

from e2e import Case, Scripted, html, long_text, main
from sites import sitemap

PAGES = 24
# A purse of three requests a page is full within a tenth of a second, so that no test has to wait for it.
POLICY = '{"adaptive":{"budget":"1000/1s","max_staleness":"30d","min_interval":"0s"}}'


class Adaptive(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.editions = [0] * PAGES
        for number in range(PAGES):
            self.put(number)

    def path(self, number):
        return f"/guide{number % 3}/page{number}.html"

    def put(self, number):
        text = long_text(f"edition{self.editions[number]} of {number}", 20)
        self.site.page(self.path(number), html(f"page {number}", ("Text", text)))

    def list_pages(self, lastmod):
        """`lastmod` of an edition is a day for each."""
        text = sitemap([self.site.url + self.path(number) for number in range(PAGES)])
        for number in range(PAGES):
            day = f"2026-01-{1 + (self.editions[number] if lastmod == 'honest' else 0):02}"
            loc = f"<loc>{self.site.url}{self.path(number)}</loc>"
            text = text.replace(loc, f"{loc}<lastmod>{day}</lastmod>")
        self.site.answer("/sitemap.xml", 200, text.encode(), Content_Type="application/xml")

    def refresh(self):
        return self.freshet.json("refresh", "--sitemap", self.site.url + "/sitemap.xml", "--policy", POLICY)

    def learnt(self, number):
        (self.home / "freshet.toml").write_text(
            f"policy = {POLICY.replace(':', ' = ')}\n[[source]]\nloader = \"sitemap\"\n"
            f'options = {{ url = "{self.site.url}/sitemap.xml" }}\n')
        told = self.freshet.json("--config", self.home / "freshet.toml", "explain", self.site.url + self.path(number))
        return told["decisions"][0]["learnt"]

    def test_what_a_sitemap_says_is_learnt_and_told(self):
        self.list_pages("honest")
        self.assertEqual(self.refresh()["refreshed"], PAGES)
        for edition in range(1, 5):
            for number in range(edition, PAGES, 6):
                self.editions[number] += 1
                self.put(number)
            self.list_pages("honest")
            for _ in range(8):
                time.sleep(.01)  # for the purse, not for luck: what is not earned yet is asked for by the next run
                report = self.refresh()
                self.assertEqual(report["failed"], 0)
        signal = self.learnt(1)["signals"]["times"]
        self.assertEqual(signal["precision"], 1)
        self.assertIsNotNone(self.learnt(1)["listing_says"])
        found = self.freshet.run("explain", self.site.url + self.path(1), check=0).stdout
        self.assertIn("checked", found)

    def test_a_plan_tells_the_days_to_come(self):
        self.list_pages("honest")
        self.refresh()
        command = ("plan", "--sitemap", self.site.url + "/sitemap.xml", "--days", "5")
        days = self.freshet.json(*command, "--policy", '{"ttl":"2d"}')["plan"]["requests_by_day"]
        self.assertEqual(days, [0, 0, PAGES, 0, PAGES] if days[1] == 0 else [0, PAGES, 0, PAGES, 0])
        text = self.freshet.run(*command, "--policy", '{"ttl":"2d"}', check=0).stdout
        self.assertIn("requests for known roots by day", text)
        self.assertIn(f"in all {2 * PAGES}, {round(2 * PAGES / 5)} a day on the average", text)
        most = self.freshet.json(*command, "--policy", POLICY)["plan"]["requests_by_day"]
        self.assertEqual(len(most), 5)
        self.assertIn("plan_days", self.freshet.run("refresh", "--config", self.bad_config(), check=2).stderr)

    def bad_config(self):
        (self.home / "bad.toml").write_text('plan_days = 3\n[[source]]\nloader = "files"\noptions = { path = "." }\n')
        return self.home / "bad.toml"


if __name__ == "__main__":
    main()
