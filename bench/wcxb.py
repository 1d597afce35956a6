#!/usr/bin/env python3
"""The main content of pages, by WCXB's own measure, beside other extractors on the same pages in one run.

    bench/wcxb.py DIRECTORY [--split dev] [--every N] [--program build/bin/read_text] [--worst N]

DIRECTORY is a copy of the benchmark (split/html/*.html.gz, split/ground-truth/*.json), which is no part of this repository. A word
counts as often as it stands in both texts; precision, recall and F1 are of each page, and means over the pages. Peers are those that
this Python can import: trafilatura, rs_trafilatura, resiliparse, readability (pip install trafilatura rs-trafilatura resiliparse
readability-lxml). --every N takes each Nth page of every type but documentation, of which it takes all."""
import argparse, collections, gzip, importlib.util, json, pathlib, re, subprocess, sys, tempfile


def words(text):
    return collections.Counter(re.findall(r"\w+", (text or "").lower()))


def measure(found, wanted):
    found, wanted = words(found), words(wanted)
    if not wanted or not found:
        same = float(not wanted and not found)
        return same, same, same
    both = sum((found & wanted).values())
    precision, recall = both / sum(found.values()), both / sum(wanted.values())
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def type_of(truth):
    kind = ((truth.get("_internal") or {}).get("page_type") or {})
    kind = kind.get("primary", "article") if isinstance(kind, dict) else kind
    return "collection" if kind == "category" else kind


def pages(folder, every):
    """(name, type, bytes, gold text) of each page that is to be measured."""
    seen = collections.Counter()
    for file in sorted((folder / "ground-truth").glob("*.json")):
        truth = json.loads(file.read_text())
        gold, kind = truth.get("ground_truth"), type_of(truth)
        if not isinstance(gold, dict):
            continue
        seen[kind] += 1
        if kind == "documentation" or seen[kind] % every == 1 % every:
            yield file.stem, kind, gzip.decompress((folder / "html" / f"{file.stem}.html.gz").read_bytes()), gold.get("main_content") or ""


def read_by_freshet(program, all_pages):
    with tempfile.TemporaryDirectory(prefix="freshet-wcxb-") as folder:
        files = []
        for name, _, html, _ in all_pages:
            file = pathlib.Path(folder) / f"{name}.html"
            file.write_bytes(html)
            files.append(str(file))
        done = subprocess.run([program, *files], capture_output=True, text=True, check=True)
    lines = map(json.loads, done.stdout.splitlines())
    return {line["name"]: line.get("text", "") for line in lines}


def peers():
    """{name: html bytes -> text} of those that are installed."""
    def trafilatura(html):
        return sys.modules["trafilatura"].extract(html)

    def resiliparse(html):
        from resiliparse.extract.html2text import extract_plain_text
        from resiliparse.parse.encoding import bytes_to_str, detect_encoding
        return extract_plain_text(bytes_to_str(html, detect_encoding(html)), main_content=True)

    def readability(html):
        from lxml import html as tree
        from readability import Document
        return tree.fromstring(Document(html.decode("utf-8", "replace")).summary()).text_content()

    def rs_trafilatura(html):
        found = sys.modules["rs_trafilatura"].extract(html.decode("utf-8", "replace"))
        for name in ("content_text", "main_content", "text", "content"):
            if getattr(found, name, None) is not None:
                return getattr(found, name)
        return found if isinstance(found, str) else ""

    out = {}
    for one in (trafilatura, rs_trafilatura, resiliparse, readability):
        if importlib.util.find_spec(one.__name__):
            importlib.import_module(one.__name__)
            out[one.__name__] = one
    return out


def run_peer(read, all_pages):
    texts, failed = {}, 0
    for name, _, html, _ in all_pages:
        try:
            texts[name] = read(html) or ""
        except Exception:  # a page that it cannot read is a page without text
            failed += 1
    return texts, failed


def row(system, texts, all_pages, failed=0):
    per_type = collections.defaultdict(list)
    for name, kind, _, gold in all_pages:
        one = measure(texts.get(name, ""), gold)
        per_type[kind].append(one)
        per_type["all"].append(one)
    for kind in sorted(per_type):
        count = len(per_type[kind])
        precision, recall, f1 = (sum(values) / count for values in zip(*per_type[kind]))
        print(f"{system:15} {kind:14} {count:5}  F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}")
    if failed:
        print(f"{system:15} failed on {failed} pages")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directory", type=pathlib.Path)
    options.add_argument("--split", default="dev")
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--program", default="build/bin/read_text")
    options.add_argument("--worst", type=int, default=0, help="names the pages of each type with the lowest F1")
    given = options.parse_args()
    all_pages = list(pages(given.directory / given.split, max(given.every, 1)))
    texts = read_by_freshet(given.program, all_pages)
    row("freshet", texts, all_pages)
    for system, read in peers().items():
        found, failed = run_peer(read, all_pages)
        row(system, found, all_pages, failed)
    if given.worst:
        scored = sorted((kind, measure(texts.get(name, ""), gold)[2], name) for name, kind, _, gold in all_pages)
        for kind, group in ((k, [s for s in scored if s[0] == k]) for k in sorted({s[0] for s in scored})):
            print(kind, " ".join(f"{name}={f1:.2f}" for _, f1, name in group[:given.worst]))


if __name__ == "__main__":
    main()
