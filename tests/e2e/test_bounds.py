"""What a page may cost: the bytes of the repository and of the store, however the page is made, are at most a small
multiple of those of its text. docs/chunking.md states the factor.

FRESHET_BOUNDS random pages (5) from seed FRESHET_SEED (1) on come on top of those with a name.
"""
import os
import random
import sys

from e2e import Case, main

FACTOR = 32  # without vectors
FREE = 1 << 20
DIMENSION = 256  # of the hash embedder
COUNT = int(os.environ.get("FRESHET_BOUNDS", "5"))
SEED = int(os.environ.get("FRESHET_SEED", "1"))


def words(count, seed=0):
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abcdefghijklmnop", k=rng.randint(3, 9))) for _ in range(count))


def paragraphs(count):
    return "".join(f"<p>{words(150, i)}</p>" for i in range(count))


def page(body, title="t", head=""):
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def headings(level, text, count, between=""):
    return "".join(f"<h{level} id=i{i}>{text}{i}</h{level}>{between}" for i in range(count))


LONG = "A long title " * 8000
NAMED = {
    "plain": page("<h1>x</h1>" + paragraphs(300)),
    "title": page("<h1>x</h1>" + paragraphs(300), LONG),
    "heading": page(f"<h1>{LONG}</h1>" + paragraphs(300)),
    "path": page("".join(f"<h{i}>{LONG}</h{i}>" for i in range(1, 7)) + paragraphs(300)),
    "anchor": page(f'<h1 id="{"a" * 100000}">x</h1>' + paragraphs(300)),
    "anchors": page("".join(f'<h2 id="{"%" * 320}{i}">a</h2>b' for i in range(1000))),
    "metadata": page("<h1>x</h1>" + paragraphs(300), head="".join(
        f'<meta name={name} content="{"中文" * 600}">' for name in ("description", "author", "keywords"))),
    "tiny sections": page(headings(2, "", 30000, "b")),
    "headings alone": page(headings(1, "a", 30000)),
    "tiny in a long path": page("".join(f"<h{i}>{'p' * 1000}</h{i}>" for i in range(1, 6)) + headings(6, "", 5000, "b")),
    "table": page("<table><tr>" + "<th>a" * 300 + ("<tr>" + "<td>b" * 300) * 100 + "</table>"),
    "table of spans": page("<table>" + "<tr><td colspan=100 rowspan=100>x" * 3000 + "</table>"),
    "nested lists": page("<ul><li>a" * 300 + "<li>b" * 20000),
}
MARKDOWN = {
    "front matter": "---\n" + "".join(f"k{i}: {'v' * 600}\n" for i in range(100)) + "---\n# x\n\n" +
                    "\n\n".join(words(150, i) for i in range(300)),
    "sparse tables": ("|" + "a|" * 30 + "\n|" + "-|" * 30 + "\n" + "|x\n" * 30 + "\n") * 100,
    "headings": "".join(f"# {i}\nb\n" for i in range(30000)),
}


def random_page(rng):
    """Some of everything that a chunk repeats, in sizes from nothing to far too much."""
    size = lambda most: int(most ** rng.random())
    text = lambda most: words(1 + size(most) // 7, rng.random())
    sections = "".join(
        f'<h{rng.randint(1, 6)} id="{rng.randint(0, 9 ** 9)}{"i" * size(2000)}">{text(3000)}</h6><p>{text(2000)}'
        for _ in range(size(3000)))
    metas = "".join(f'<meta name={name} content="{text(8000)}">' for name in ("description", "author", "keywords"))
    return page(sections, text(100000), metas)


class Bounds(Case):
    def stored(self, name, text, *options):
        folder = self.home / name
        docs = folder / "docs"
        docs.mkdir(parents=True)
        (docs / ("page.md" if name in MARKDOWN else "page.html")).write_text(text)
        self.freshet.repository = folder / "repository"
        report = self.freshet.json("refresh", "--files", str(docs), *options, check=None)
        size = sum((folder / "repository" / file).stat().st_size for file in ("data.mdb", "store.sqlite"))
        return size, report["chunks"]["added"], report

    def check_page(self, name, text):
        stored, chunks, report = self.stored(name, text)
        size = max(len(text.encode()), sum(len(row[3].encode()) for row in self.freshet.rows().values()) if chunks else 0)
        error = (report["roots"][0].get("error") or {}).get("message", "")[-60:]
        print(f"{name}: {size >> 10} KB, {chunks} chunks, {stored >> 10} KB stored, {stored / size:.1f} times {error}", file=sys.stderr)
        self.assertLessEqual(stored, FACTOR * size + FREE, name)
        return stored, chunks

    def test_pages_with_a_name(self):
        for name, text in {**NAMED, **MARKDOWN}.items():
            self.check_page(name, text)

    def test_vectors_come_on_top_twice_for_each_chunk(self):
        for name in ("path", "tiny sections"):
            without, chunks = self.check_page(name, NAMED[name])
            stored, with_vectors, _ = self.stored(name + " with vectors", NAMED[name], "--embedder", "hash")
            self.assertEqual(with_vectors, chunks)
            self.assertLessEqual(stored - without, 3 * 4 * DIMENSION * chunks + FREE)

    def test_random_pages(self):
        for i in range(COUNT):
            self.check_page(f"seed {SEED + i}", random_page(random.Random(SEED + i)))


if __name__ == "__main__":
    main()
