#!/usr/bin/env python3
"""Plugins that know the structs in other sizes than the host: the same sources, built with copies of the installed headers
in which every struct was made longer or shorter. They keep their contract, and one refresh uses all of them."""
import json
import os
import re
import shutil
import sys

from outside import HERE, INCLUDE, Case, build_c, build_cxx, main

PLUGINS = HERE / "plugins"
sys.path[:0] = [str(HERE.parent / "abi"), str(PLUGINS / "embedder_openai_cpp")]
from check_contract import member_of, plain  # noqa: E402
from fake_openai import Server  # noqa: E402

SOURCES = {"loader": PLUGINS / "loader_lines_c/loader_lines.c", "reader": PLUGINS / "reader_csv_cpp/reader_csv.cpp",
           "embedder": PLUGINS / "embedder_openai_cpp/embedder_openai.cpp", "store": PLUGINS / "old_store_cpp/old_store.cpp"}


def names(declarations):
    return {name for each in declarations for name, _ in member_of(each)}


def resize(header, change):
    """Rewrites a header. `change` gives the declarations that a struct has, of those it has and those it has at least.
    Returns the names that went, and how many structs are another size."""
    text = plain(header.read_text())
    least = dict(re.findall(r"FRESHET_SIZE_TO\((freshet_\w+), (\w+)\)", text))
    gone, changed = set(), 0

    def rewrite(struct):
        nonlocal changed
        name, declarations = struct.group(1), [each for each in struct.group(2).split(";") if each.strip()]
        required = next((i for i, each in enumerate(declarations) if least.get(name) in names([each])), len(declarations) - 1)
        made = change(declarations, declarations[:required + 1])
        gone.update(names(declarations) - names(made))
        changed += made != declarations
        return f"typedef struct {name} {{{';'.join(made)};}} {name};"

    header.write_text(re.sub(r"typedef struct (\w+) \{(.*?)\}\s*\1\s*;", rewrite, text, flags=re.S))
    return gone, changed


def forget(header, gone):
    """Takes from the sdk what sets or calls a member that is gone, as it was before there was one."""
    for name in gone:
        text, count = re.subn(rf"^ *((out)?\.{name} = [^;,]*[;,]|if \(raw_\.{name} != nullptr\) .*;)\n", "", header.read_text(), flags=re.M)
        assert count == 1, f"{header.name} sets or calls {name} in {count} places"
        header.write_text(text)


class Sizes(Case):
    def build(self, change):
        """Builds the plugins whose structs are another size; {kind: manifest}."""
        include, changed, made = self.home / "include", {}, {}
        shutil.copytree(INCLUDE, include)
        for header in sorted((include / "freshet/plugin").glob("*.h")):
            gone, changed[header.stem] = resize(header, change)
            forget(include / f"freshet/sdk/{header.stem}.hpp", gone) if gone else None
        of_all = changed["host"] + changed["entry"]
        for kind in [kind for kind in SOURCES if changed[kind] or of_all]:
            source, library = SOURCES[kind], self.home / "built.so"
            (build_c if source.suffix == ".c" else build_cxx)(source, library, include)
            made[kind] = self.install(source.parent / f"{source.stem}.plugin.json", library)
        return sum(changed.values()), made

    def prepare(self):
        os.environ["FRESHET_TEST_KEY"] = "a-key-of-the-test"
        self.server = Server("a-key-of-the-test")
        self.addCleanup(self.server.close)
        self.lines, self.table = self.home / "lines.txt", self.pages() / "capitals.csv"
        self.lines.write_text("A river carries water.\nA glacier carries ice.\n")
        self.table.write_text("country,city\nNorway,Oslo\n")

    def keeps_contracts(self, made):
        embedder = json.dumps({"url": self.server.url, "key": "env:FRESHET_TEST_KEY"})
        more = {"loader": ["--options", f'loader lines={json.dumps({"path": str(self.lines)})}'],
                "reader": ["--sample", f"reader csv={self.table}"], "embedder": ["--options", f"embedder openai={embedder}"], "store": []}
        for kind, manifest in made.items():
            with self.subTest(kind):
                self.assertTrue(self.freshet.json("plugins", "check", manifest, *more[kind])["good"])

    def refreshes(self, made):
        """One run with all of them. In memory, the store holds nothing for the next process: this one alone can tell."""
        files = f'[[source]]\nloader = "files"\noptions = {{ path = "{self.table.parent}", included_extensions = [] }}\n'
        lines = f'[[source]]\nloader = "lines"\noptions = {{ path = "{self.lines}" }}\n'
        reader = '[[readers]]\nname = "csv"\n'
        embedder = f'[embedder]\nname = "openai"\noptions = {{ url = "{self.server.url}", key = "env:FRESHET_TEST_KEY" }}\n'
        tables = ('store = "old"\n' if "store" in made else "") + ("" if "embedder" in made else 'embedder = "hash"\n')
        tables += (embedder if "embedder" in made else "") + files + (lines if "loader" in made else "") + (reader if "reader" in made else "")
        report = self.refresh("--config", self.configure(tables))
        roots = 4 + 2 * ("loader" in made)
        self.assertEqual((report["refreshed"], report["embedded"]["texts"]), (roots, roots), report)
        self.assertEqual(report["delivered"], {"upserts": roots, "removals": 0, "pending": 0}, report)

    def take(self, change):
        self.prepare()
        count, made = self.build(change)
        self.keeps_contracts(made)
        self.refreshes(made)
        return count, set(made)

    def test_one_member_longer(self):
        count, kinds = self.take(lambda all_, _: [*all_, "\n  int64_t grown"])
        self.assertEqual(kinds, set(SOURCES))
        self.assertGreater(count, 20)

    def test_one_member_shorter(self):
        count, kinds = self.take(lambda all_, least: all_ if len(all_) == len(least) else all_[:-1])
        self.assertLessEqual({"store"}, kinds)
        self.assertGreaterEqual(count, 2)

    def test_as_in_version_1(self):
        count, kinds = self.take(lambda _, least: least)
        self.assertLessEqual({"store"}, kinds)
        self.assertGreaterEqual(count, 2)


if __name__ == "__main__":
    main()
