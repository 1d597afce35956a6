"""A dry run: what it says of what it cannot know, and that it writes nothing anywhere."""
import hashlib
import os

from e2e import Case, Scripted, html, long_text, main


def tree(folder):
    """Every name below the folder with what a write would change; but how LMDB notes its readers, and that there
    was something for a while in the folder for temporary files."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.stat()
        at_rest = path.name not in ("lock.mdb", "tmp")
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and at_rest else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_size, at_rest and status.st_mtime_ns, content)
    return found


class Plan(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(12)]
        for path in self.paths:
            self.site.page(path, html(path[1:-5], ("Text", long_text(path[1:-5], 20))))
        self.sitemap = self.site.sitemap(self.paths[:8])
        self.temporary = self.home / "tmp"
        self.temporary.mkdir()
        os.environ["TMPDIR"] = str(self.temporary)
        self.addCleanup(os.environ.pop, "TMPDIR")

    def refresh(self, *more, check=0):
        return self.freshet.json("refresh", "--sitemap", self.sitemap, *more, check=check)

    def plan(self, *more):
        return self.refresh("--dry-run", *more)["plan"]

    def test_what_nothing_is_known_of_is_unknown(self):
        plan = self.plan()
        self.assertEqual((plan["fetch"], plan["new"]), (8, 8))
        for key in ("new_chunks", "new_tokens", "tokens", "cost"):
            self.assertIsNone(plan[key], key)
        text = self.freshet.run("refresh", "--sitemap", self.sitemap, "--dry-run", check=0).stdout
        self.assertIn("unknown", text)
        self.assertNotIn(" 0 tokens, ", text)

    def test_stored_roots_say_what_new_ones_may_have(self):
        self.refresh("--embedder", "hash")
        self.site.sitemap(self.paths)
        (self.home / "freshet.toml").write_text(
            'embedder = { name = "hash", price_per_million_tokens = 2 }\n'
            f'[[source]]\nloader = "sitemap"\noptions = {{ url = "{self.sitemap}" }}\n')
        command = ("--config", self.home / "freshet.toml", "refresh", "--dry-run")
        plan = self.freshet.json(*command)["plan"]
        self.assertEqual((plan["fetch"], plan["new"]), (12, 4))
        self.assertEqual(plan["cost"]["high"], plan["tokens"]["high"] * 2 / 1e6)
        self.assertIn("which costs", self.freshet.run(*command, check=0).stdout)
        chunks, tokens = plan["new_chunks"], plan["new_tokens"]
        report = self.refresh()
        self.assertLessEqual(chunks["low"], report["chunks"]["added"])
        self.assertGreaterEqual(chunks["high"], report["chunks"]["added"])
        self.assertLessEqual(tokens["low"], report["embedded"]["tokens"])
        self.assertGreaterEqual(tokens["high"], report["embedded"]["tokens"])

    def test_listed_sizes_say_what_new_files_may_have(self):
        docs = self.home / "docs"
        docs.mkdir()
        (docs / "a.md").write_text(long_text("a", 40))
        plan = self.freshet.json("refresh", "--files", docs, "--dry-run")["plan"]
        self.assertLess(plan["new_tokens"]["low"], plan["new_tokens"]["high"])
        whole = ((docs / "a.md").stat().st_size + 3) // 4
        self.assertGreaterEqual(plan["new_tokens"]["high"], whole)
        self.assertLess(plan["new_tokens"]["high"], whole * 2)
        report = self.freshet.json("refresh", "--files", docs, "--embedder", "hash")
        self.assertGreaterEqual(plan["new_tokens"]["high"], report["embedded"]["tokens"])

    def test_the_most_holds_where_chunks_overlap(self):
        docs = self.home / "docs"
        docs.mkdir()
        for i in range(12):
            (docs / f"{i}.md").write_text(long_text(f"word{i}", 60))
        (self.home / "freshet.toml").write_text("[chunker]\nmax_chunk_size = 300\noverlap_size = 150\n")
        command = ("--config", self.home / "freshet.toml", "refresh", "--files", docs, "--embedder", "hash")
        listed = self.freshet.json(*command, "--dry-run")["plan"]["tokens"]
        embedded = self.freshet.json(*command)["embedded"]["tokens"]
        self.assertGreater(embedded, sum(page.stat().st_size for page in docs.iterdir()) * 1.2 / 4)
        self.assertLessEqual(embedded, listed["high"])
        known = self.freshet.json(*command, "--dry-run", "--force")["plan"]
        self.assertEqual((known["new"], known["fetch"]), (0, 12))
        self.assertLessEqual(embedded, known["tokens"]["high"])

    def test_what_titles_and_another_model_cost(self):
        config = self.home / "freshet.toml"
        for path in self.paths:  # the first chunk of each begins with its titles, which are not said twice, and the second does not
            self.site.page(path, html(path[1:-5], ("Keys", long_text("key", 40)), ("Locks", long_text("lock", 40))))

        def configure(titles, dimension, size=1500):
            config.write_text(
                f'embedder = {{ name = "hash", options = {{ dimension = {dimension} }}, price_per_million_tokens = 2 }}\n'
                f'on_change = "reembed"\nchunker = {{ embed_titles = {titles}, max_chunk_size = {size} }}\npolicy = {{ ttl = "1d" }}\n'
                f'[[source]]\nloader = "sitemap"\noptions = {{ url = "{self.sitemap}" }}\n')
            return "--config", config, "refresh"

        self.freshet.json(*configure("false", 64))
        self.assertIsNone(self.freshet.json(*configure("false", 64), "--dry-run")["plan"]["reembed"])
        for why, titles, dimension in (("titles", "true", 64), ("model", "true", 65), ("no titles", "false", 65)):
            command = configure(titles, dimension)
            plan = self.freshet.json(*command, "--dry-run")["plan"]
            self.assertEqual((plan["reembed"]["why"], plan["fetch"]), (why, 0))
            self.assertEqual(plan["tokens"], {"low": plan["reembed"]["tokens"], "high": plan["reembed"]["tokens"]})
            self.assertEqual(plan["cost"]["high"], plan["tokens"]["high"] * 2 / 1e6)
            said = self.freshet.run(*command, "--dry-run", check=0).stdout
            self.assertIn(f"would embed the {plan['reembed']['chunks']} chunks that are stored again", said)
            report = self.freshet.json(*command)
            self.assertGreater(report["embedded"]["tokens"], 0, why)
            self.assertLessEqual(report["embedded"]["tokens"], plan["reembed"]["tokens"], why)
            if why == "model":
                self.assertGreater(report["embedded"]["tokens"], plan["reembed"]["tokens"] * .9)
        plan = self.freshet.json(*configure("false", 65, size=300), "--dry-run")["plan"]
        self.assertEqual((plan["reembed"], plan["reread"], plan["fetch"], plan["new"]), (None, 8, 8, 0))
        report = self.freshet.json(*configure("false", 65, size=300))
        self.assertGreater(report["embedded"]["tokens"], 0)
        self.assertLessEqual(report["embedded"]["tokens"], plan["tokens"]["high"])

    def test_a_dry_run_where_nothing_is_leaves_nothing(self):
        before = tree(self.home)
        self.assertEqual(self.plan()["new"], 8)
        self.assertEqual(tree(self.home), before)

    def test_a_dry_run_leaves_a_repository_as_it_was(self):
        self.refresh("--embedder", "hash")
        self.site.sitemap(self.paths)
        before = tree(self.home)
        for more in ((), ("--force",), ("--rebuild",), ("--embedder", "hash"), ("--jobs", "2")):
            self.plan(*more)
            self.assertEqual(tree(self.home), before, more)

    def test_a_dry_run_of_a_new_namespace_does_not_make_it(self):
        self.refresh()
        before = tree(self.home)
        self.assertEqual(self.plan("--namespace", "other")["new"], 8)
        self.assertEqual(tree(self.home), before)
        self.assertEqual([space["name"] for space in self.freshet.json("namespaces")["namespaces"]], ["default"])

    def test_what_is_no_repository_is_still_an_error(self):
        self.freshet.repository.mkdir(mode=0o700)
        (self.freshet.repository / "data.mdb").write_bytes(b"no repository" * 1000)
        (self.freshet.repository / "data.mdb").chmod(0o600)
        self.assertIn("error", self.refresh("--dry-run", check=3))


if __name__ == "__main__":
    main()
