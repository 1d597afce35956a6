"""Feeds as other people's programs make them, by their bare address: Hugo's, and RSS and Atom of a Python library."""
import shutil
import subprocess
import textwrap

from e2e import Case, Freshet, Nginx, build_dir, long_text, main
from packages import install
from test_sites import PAGES, make_hugo

FEEDGEN = "feedgen==1.0.0"
MAKE = textwrap.dedent("""
    import json, sys
    from feedgen.feed import FeedGenerator
    url, items = sys.argv[1], json.load(sys.stdin)
    feed = FeedGenerator()
    feed.id(url + "/"), feed.title("Harbor <news> & more"), feed.link(href=url + "/"), feed.description("What is new"), feed.language("en")
    for i, (title, text) in enumerate(items):
        item = feed.add_entry(order="append")
        item.id(f"{url}/{i}"), item.title(title), item.link(href=f"{url}/{i}.html"), item.author(name="Ada L.", email="ada@example.org")
        item.category(term="boats"), item.published("2026-11-20T16:00:00Z"), item.updated("2026-11-21T16:00:00Z")
        item.summary("In short."), item.content(f"<h2>On {title}</h2><p>{text}</p>", type="html")
    feed.rss_file("rss.xml"), feed.atom_file("atom.xml")
    """)


class Feeds(Case):
    def setUp(self):
        super().setUp()
        self.folder = self.home / "made"
        self.folder.mkdir()

    def serve(self, folder):
        self.server = Nginx(folder)
        self.addCleanup(self.server.close)
        return self.server

    def refresh(self, address):
        self.server.requests()
        report = self.freshet.json("refresh", address, "--policy", '"always"')
        self.assertEqual((report["failed"], report["sources"][0]["way"]), (0, "a feed"), report)
        return report, [line for line in self.server.requests() if "robots.txt" not in line]

    def texts(self):
        found = {}
        for _, uri, _, text in self.freshet.rows().values():
            found[uri] = found.get(uri, "") + text
        return found

    def test_hugo(self):
        served = self.home / "served"
        served.mkdir()
        server = self.serve(served)
        made, _ = make_hugo(self.folder, server.url + "/")
        shutil.copytree(made, served, dirs_exist_ok=True)
        report, asked = self.refresh(f"{server.url}/index.xml")
        self.assertEqual(sum("/index.xml" in line for line in asked), 1, asked)
        wanted = {f"{server.url}/{name}/" for name in ("about", *(f"guide/p{i}" for i in range(PAGES)))}
        self.assertLessEqual(wanted, set(self.texts()))
        self.assertEqual(report["refreshed"], len(self.texts()))
        for i in range(PAGES):
            self.assertIn(long_text(f"guide/p{i}", 3), " ".join(self.texts()[f"{server.url}/guide/p{i}/"].split()))

    def feedgen(self, *items):
        done = subprocess.run([install(FEEDGEN) / "bin" / "python", "-c", MAKE, self.server.url], cwd=self.folder, capture_output=True, text=True,
                              input="[" + ", ".join(f'["{title}", "{long_text(title, 3)}"]' for title in items) + "]")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_rss_and_atom_of_a_library(self):
        self.serve(self.folder)
        for file in ("rss.xml", "atom.xml"):
            with self.subTest(file):
                self.freshet = Freshet(build_dir(), self.home / file)
                self.feedgen("Rivers", "Glaciers", "Deserts")
                report, asked = self.refresh(f"{self.server.url}/{file}")
                self.assertEqual((report["refreshed"], [line for line in asked if line.endswith(".xml")]), (3, [f"200 GET /{file}"]))
                texts = self.texts()
                self.assertEqual(set(texts), {f"{self.server.url}/{i}.html" for i in range(3)})
                self.assertIn(long_text("Glaciers", 3), " ".join(texts[f"{self.server.url}/1.html"].split()))
                hit = self.freshet.json("query", "glaciers", "--mode", "text", "--filter", '{"categories":{"$has":"boats"}}')["hits"][0]
                self.assertIn("Ada L.", hit["metadata"]["author"])
                self.feedgen("Rivers", "Glaciers", "Volcanoes", "Deserts")  # one between: the places that follow have other content
                report, _ = self.refresh(f"{self.server.url}/{file}")
                self.assertEqual((report["refreshed"], report["removed"]), (2, 0))
                self.assert_in_step()


if __name__ == "__main__":
    main()
