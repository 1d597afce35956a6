"""Pages that are no content, and what of a page is noise: sites that say "not found" with status 200, and pages that change at
each load."""
import json

from e2e import Case, Scripted, html, long_text, main


def not_found(path):
    return html("Page not found", ("Sorry", f"We looked for {path} and there is nothing here. Go back to the harbour and ask the keeper."))


class SoftSite(Scripted):
    """Answers with a page and status 200 whatever it is asked for."""

    def __init__(self, missing):
        super().__init__()
        self.missing = missing

    def find(self, path):
        return self.pages.get(path)


class Pages(Case):
    def site(self, missing=None):
        site = Scripted()
        self.addCleanup(site.close)
        for word in ("apple", "birch", "cedar", "daisy", "elder", "fern"):
            site.page(f"/{word}.html", html(word.title(), ("Text", long_text(word, 6))))
        if missing is not None:
            site.missing = missing
        return site

    def listed(self, site, *paths):
        words = ("apple", "birch", "cedar", "daisy", "elder", "fern")
        return site.sitemap([f"/{word}.html" for word in words] + list(paths))

    def failure(self, report, path):
        root, = [root for root in report["roots"] if root["uri"].endswith(path)]
        return root

    def texts(self):
        return "\n".join(row[3] for row in self.freshet.rows().values())

    def probes(self, site):
        return [line for line in site.log if "no-such-page" in line]
