"""What is no content of a page: "not found" with status 200, and places that change at each load."""
from e2e import Case, Scripted, html, long_text, main

WORDS = ("apple", "birch", "cedar", "daisy", "elder", "fern")
MARK = "no-such-page"


class Soft(dict):
    """Has a page for every address."""

    def __init__(self, pages, missing):
        super().__init__(pages)
        self.missing = missing

    def get(self, path, default=None):
        if path in self or path == "/robots.txt":
            return super().get(path, default)
        return 200, {"Content-Type": "text/html; charset=utf-8"}, self.missing(path).encode()


def not_found(path):
    return html("Page not found", ("Sorry", f"We looked for {path} and there is nothing here. Go back to the harbour and ask the keeper."))


class Pages(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for word in WORDS:
            self.site.page(f"/{word}.html", html(word.title(), ("Text", long_text(word, 6))))

    def soft(self, missing=not_found):
        self.site.pages = Soft(self.site.pages, missing)

    def refresh(self, *more, config=None):
        listing = self.site.sitemap([f"/{word}.html" for word in WORDS] + list(more))
        source = {"loader": "sitemap", "options": {"url": listing}, "policy": {"ttl": "1ms"}, **(config or {})}
        report = self.freshet.json("refresh", "--config", self.write_config({"sources": [source]}), check=None)
        self.assertIn("refreshed", report, report)
        return report

    def of(self, report, path):
        root, = [root for root in report["roots"] if root["uri"] == self.site.url + path]
        return root

    def texts(self):
        return "\n".join(row[3] for row in self.freshet.rows().values())

    def asked(self):
        return [path for path in self.site.requests if MARK in path]

    def test_a_page_that_is_listed_and_not_there(self):
        self.soft()
        report = self.refresh("/gone.html", "/lost.html")
        self.assertEqual((report["refreshed"], report["failed"], report["asked_absent"]), (6, 2, 1))
        error = self.of(report, "/gone.html")["error"]
        self.assertIn("reads as the answer to", str(error))
        self.assertNotIn("nothing here", self.texts())
        self.assertEqual(len(self.asked()), 1)
        again = self.refresh("/gone.html", "/lost.html", "/never.html")  # what was learnt is kept for a week
        self.assertEqual((again["refreshed"], again["asked_absent"], len(self.asked())), (0, 0, 1))
        self.assertNotIn("nothing here", self.texts())

    def test_a_page_that_goes_keeps_its_content(self):
        self.refresh()
        self.assertEqual(self.asked(), [])  # nothing gave cause
        before = self.texts()
        del self.site.pages["/fern.html"]
        self.soft(lambda path: html("Harbor", ("Welcome", "We are the harbour of the north, open from dawn to dusk for boats of every kind.")))
        report = self.refresh()
        self.assertEqual((report["failed"], report["asked_absent"]), (1, 1), report["roots"])
        self.assertEqual(self.texts(), before)
        self.assert_in_step()

    def test_a_page_about_pages_that_are_not_found(self):
        self.site.page("/status.html", html("Status 404", ("Not found", "The code 404 says that a page was not found. Here is how we log it.")))
        report = self.refresh("/status.html")
        self.assertEqual((report["failed"], report["asked_absent"], len(self.asked())), (0, 1, 1))
        self.assertIn("how we log it", self.texts())

    def test_pages_that_lead_to_one_that_says_so(self):
        self.site.page("/404.html", not_found("it"))
        for path in ("/gone.html", "/lost.html"):
            self.site.answer(path, 301, Location="/404.html")
        pages = self.site.pages

        class Leads(dict):
            def get(self, path, default=None):
                return (301, {"Location": "/404.html"}, b"") if MARK in path else super().get(path, default)
        self.site.pages = Leads(pages)
        report = self.refresh("/gone.html", "/lost.html")
        self.assertEqual((report["refreshed"], report["failed"]), (6, 2), report["roots"])
        self.assertNotIn("nothing here", self.texts())

    def test_by_option_it_is_taken_as_it_is(self):
        self.soft()
        report = self.refresh("/gone.html", config={"soft_404": False})
        self.assertEqual((report["failed"], self.asked()), (0, []))
        self.assertIn("nothing here", self.texts())

    def pier(self, minutes, views, text="Pier A is for ferries."):
        self.site.page("/pier.html", html("Pier A", ("Now", f"Updated {minutes} minutes ago, {views} views.", text)))
        return self.refresh("/pier.html")

    def test_places_that_change_at_each_load(self):
        self.pier(7, 37)
        self.assertEqual(self.pier(14, 74)["refreshed"], 1)
        for load in range(3, 6):
            report = self.pier(7 * load, 37 * load)
            self.assertEqual((report["refreshed"], report["embedded"]["texts"], report["delivered"]["upserts"]), (0, 0, 0))
            self.assertIn("change at each load", self.of(report, "/pier.html")["reason"])
        uri = self.site.url + "/pier.html"
        places = self.freshet.json("explain", uri)["volatile_places"]
        self.assertEqual([place["learnt"] for place in places], [True, True])
        self.assertIn("volatile", self.freshet.run("explain", uri).stdout)
        self.assertEqual(self.pier(42, 222, "Pier A is for 2 ferries.")["refreshed"], 1)  # an edit is an edit
        self.assertEqual(self.pier(49, 259, "Pier A is for 3 ferries.")["refreshed"], 1)
        self.assertIn("3 ferries", self.texts())
        self.assert_in_step()

    def test_by_option_each_change_is_one(self):
        config = {"volatile_places": False}
        for load in range(4):
            self.site.page("/pier.html", html("Pier A", ("Now", f"{load + 10} views.")))
            self.assertEqual(self.refresh("/pier.html", config=config)["refreshed"], 7 if load == 0 else 1)

    def test_hits_that_say_the_same_are_folded(self):
        prose = long_text("pilot", 8)
        for name in ("one", "two", "three"):
            self.site.page(f"/{name}.html", html(f"Pilot {name}", ("Text", prose)))
        self.refresh("/one.html", "/two.html", "/three.html")
        plain = self.freshet.json("query", "pilot")["hits"]
        folded = self.freshet.json("query", "pilot", "--fold")["hits"]
        self.assertEqual(len(plain) - len(folded), 2)
        self.assertEqual([len(hit.get("also_at", [])) for hit in folded if "pilot" in hit["text"]], [2])
        self.assertNotIn("also_at", plain[0])


main()
