"""Submodules of git repositories: their files under their paths, at the commits that are pinned, and whose URLs are asked for."""
from e2e import Freshet, build_dir, main
from git_case import GitCase, page
from git_server import HttpServer, Repository


class Submodules(GitCase):
    def setUp(self):
        super().setUp()
        self.library = self.repository("lib")
        self.pinned = self.library.commit({"README.md": page("library"), "docs/use.md": page("use")})

    def repository(self, name, root="remotes"):
        return Repository(self.home / root / f"{name}.git")

    def pin(self, modules, more=None, at=None):
        """Commits .gitmodules and what it speaks of: {path: (url, commit)}."""
        text = "".join(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n' for path, (url, _) in modules.items())
        files = {path: ("160000", commit) for path, (_, commit) in modules.items()}
        return (at or self.remote).commit({".gitmodules": text, **files, **(more or {})})

    def with_submodules(self, **more):
        self.config(submodules=True, include=["**/*.md"], **more)

    def paths(self):
        return set(path.removeprefix("HEAD/") for path in self.roots())

    def metadata(self, path):
        return next(root for uri, root in self.roots().items() if uri == f"HEAD/{path}")["loader_metadata"]

    def test_files_are_under_the_path_at_the_commit_that_is_pinned(self):
        self.pin({"third/lib": ("../lib.git", self.pinned)}, {"README.md": page("top")})
        newer = self.library.commit({"docs/use.md": page("use", "news"), "docs/more.md": page("more"), "README.md": None})
        self.with_submodules()
        report = self.refresh()
        self.assertEqual((self.paths(), self.listing(report)), ({"README.md", "third/lib/README.md", "third/lib/docs/use.md"}, "whole"))
        self.assertFalse(any("news" in row[3] for row in self.freshet.rows().values()))
        report = self.refresh()
        self.assertEqual((self.listing(report), report["unchanged"], self.asked), ("unchanged", 3, ["advertisement", "refs"]))
        self.remote.commit({"README.md": page("top", "news")})
        self.assertEqual((self.listing(report := self.refresh()), report["refreshed"]), ("changes", 1))
        self.pin({"third/lib": ("../lib.git", newer)})
        report = self.refresh()
        self.assertEqual((self.listing(report), report["refreshed"], report["removed"]), ("whole", 2, 1))
        self.assertEqual(self.paths(), {"README.md", "third/lib/docs/use.md", "third/lib/docs/more.md"})
        self.assert_in_step()
        afresh = Freshet(build_dir(), self.home / "afresh")
        self.refresh(freshet=afresh)
        self.assertEqual({id: row[1:] for id, row in self.freshet.rows().items()}, {id: row[1:] for id, row in afresh.rows().items()})
        one = self.refresh("--force", "--root", self.uri("third/lib/docs/use.md"))
        self.assertEqual((one["listed"], one["failed"]), (1, 0))

    def test_what_is_known_of_a_file_is_of_its_own_repository(self):
        top = self.pin({"lib": ("../lib.git", self.pinned)}, {"README.md": page("top")})
        self.with_submodules(web="none")
        self.refresh()
        for path, commit, submodule in (("README.md", top, None), ("lib/README.md", self.pinned, "lib")):
            hit, = [hit for hit in self.freshet.json("query", "page", "--mode", "text", "-k", "9")["hits"] if hit["uri"] == self.uri(path)]
            said = self.freshet.json("explain", hit["uri"])
            text = str(said)
            self.assertIn(commit, text)
            self.assertEqual("'submodule': 'lib'" in text, submodule is not None, text)

    def test_submodules_of_submodules_and_urls_of_all_kinds(self):
        deep = self.repository("deep")
        commit = deep.commit({"deep.md": page("deep")})
        inner = self.pin({"in/deep": ("./../deep.git", commit)}, at=self.library)
        self.pin({"lib": (f"{self.server.url}/lib.git", inner), "again": ("../lib", self.pinned)}, {"a.md": page("a")})
        self.with_submodules()
        self.refresh()
        self.assertEqual(self.paths(), {"a.md", "lib/README.md", "lib/docs/use.md", "lib/in/deep/deep.md", "again/README.md", "again/docs/use.md"})
        self.assert_in_step()

    def test_one_that_cannot_be_had_is_told_and_removes_nothing(self):
        self.pin({"lib": ("../lib.git", self.pinned)}, {"a.md": page("a"), "b.md": page("b")})
        self.with_submodules()
        self.refresh()
        before = self.paths()
        hidden = self.home / "remotes" / "hidden"
        (self.home / "remotes" / "lib.git").rename(hidden)
        newer = Repository.commit(self.library_at(hidden), {"README.md": page("library", "news")})
        self.pin({"lib": ("../lib.git", newer)}, {"a.md": page("a", "news"), "b.md": None})
        report = self.refresh(check=1)
        self.assertEqual((self.listing(report), report["refreshed"], report["removed"], self.paths()), ("part", 1, 0, before))
        self.assertIn("submodule lib: ", report["sources"][0]["note"])
        self.assertIn("/lib.git", report["sources"][0]["note"])
        hidden.rename(self.home / "remotes" / "lib.git")
        report = self.refresh()
        self.assertEqual((self.listing(report), report["refreshed"], report["removed"]), ("whole", 1, 1))
        self.assertEqual(self.paths(), before - {"b.md"})
        self.assert_in_step()

    def library_at(self, path):
        library = object.__new__(Repository)
        library.path = path
        return library

    def test_urls_that_may_not_be_asked_for(self):
        own = f"127.0.0.1:{self.server.port}"
        bad = {"file": (f"file://{self.home}/remotes/lib.git", "is by file"), "path": (f"{self.home}/remotes/lib.git", "is by file"),
               "ssh": ("git@127.0.0.1:lib.git", "is by ssh"), "helper": ("ext::sh -c touch% pwned", "helper program"),
               "option": ("-oProxyCommand=touch pwned", "no address"), "scheme": ("ftp://127.0.0.1/lib.git", "scheme ftp"),
               "host": ("https://169.254.169.254/latest", "on another host: name 169.254.169.254"),
               "port": (f"http://127.0.0.1:{self.server.port - 1}/lib.git", "on another host"),
               "up": ("../../../lib.git", "leads out of the host"), "user": (f"https://user:secret@{own}/lib.git", "user name or a password"),
               "name": ("lib.git", "no address"), "none": ("", "has no URL")}
        self.pin({path: (url, self.pinned) for path, (url, _) in bad.items()}, {"a.md": page("a")})
        self.with_submodules()
        report = self.refresh(check=1)
        self.assertEqual((self.listing(report), self.paths()), ("part", {"a.md"}))
        for path, (_, words) in bad.items():
            self.assertRegex(report["sources"][0]["note"], f"submodule {path}: [^;]*{words}")
        self.assertNotIn("user:secret", str(report))
        self.assertEqual(self.asked, ["advertisement", "refs", "advertisement", "fetch", "advertisement", "fetch", "advertisement", "fetch"])
        self.assertEqual([path for path in self.home.rglob("*pwned*")], [])

    def test_another_host_is_asked_where_it_is_named_and_gets_no_token(self):
        elsewhere = self.repository("other", root="elsewhere")
        commit = elsewhere.commit({"other.md": page("other")})
        other = HttpServer(self.home / "elsewhere")
        self.addCleanup(other.close)
        seen, serve = [], other.serve

        def watched(handler, body):
            seen.append(handler.headers.get("Authorization"))
            return serve(handler, body)
        other.serve = watched
        self.server.token = "x-access-token:secret-of-the-first"
        self.pin({"lib": ("../lib.git", self.pinned), "other": (f"{other.url}/other.git", commit)}, {"a.md": page("a")})
        (self.home / "token").write_text("secret-of-the-first")
        (self.home / "token").chmod(0o600)
        self.with_submodules(token=f"file:{self.home}/token", submodule_hosts=[f"127.0.0.1:{other.port}"])
        self.refresh()
        self.assertEqual(self.paths(), {"a.md", "lib/README.md", "lib/docs/use.md", "other/other.md"})
        self.assertTrue(seen)
        self.assertEqual(set(seen), {None})

    def test_what_is_left_out_is_not_asked_for(self):
        self.pin({"lib": ("../lib.git", self.pinned), "gone": ("../gone.git", self.pinned)}, {"a.md": page("a"), "docs/b.md": page("b")})
        for include, exclude in ((["**/*.md"], ["gone"]), (["**/*.md"], ["gone/**"]), (["*.md", "docs/", "lib/**/*.md"], [])):
            self.config(submodules=True, include=include, exclude=exclude)
            report = self.refresh()
            self.assertEqual((self.listing(report), self.paths()), ("whole", {"a.md", "docs/b.md", "lib/README.md", "lib/docs/use.md"}))
        self.config(submodules=True, include=["docs/"])
        report = self.refresh("--accept-shrink")
        self.assertEqual((self.paths(), self.asked), ({"docs/b.md"}, ["advertisement", "refs"]))

    def test_one_that_is_removed_goes_under_the_guard(self):
        self.pin({"lib": ("../lib.git", self.pinned)}, {"a.md": page("a")})
        self.with_submodules()
        self.refresh()
        self.remote.commit({"lib": None, ".gitmodules": None})
        report = self.refresh(check=1)
        self.assertEqual((report["held"], report["removed"]), (2, 0))
        self.assertEqual((self.refresh("--accept-shrink")["removed"], self.paths()), (2, {"a.md"}))

    def test_a_file_of_urls_that_is_broken_is_told(self):
        self.remote.commit({".gitmodules": "[submodule \"lib\"\npath", "lib": ("160000", self.pinned), "a.md": page("a")})
        self.with_submodules()
        report = self.refresh(check=1)
        self.assertEqual((self.listing(report), self.paths()), ("part", {"a.md"}))
        self.assertRegex(report["sources"][0]["note"], r"submodule lib: .*config.*\(\.gitmodules\)")

    def test_a_chain_without_an_end_is_cut(self):
        commit = self.pinned
        for _ in range(10):
            commit = self.pin({"in": ("../lib.git", commit)}, at=self.library)
        self.pin({"in": ("../lib.git", commit)}, {"a.md": page("a")})
        self.with_submodules()
        report = self.refresh(check=1)
        self.assertIn("more than 8 submodules deep", report["sources"][0]["note"])
        self.assertIn("a.md", self.paths())

    def test_on_this_disk_only_beside_a_repository_on_it(self):
        secret = self.repository("secret", root="private")
        commit = secret.commit({"secret.md": page("secret")})
        (self.home / "remotes" / "link.git").symlink_to(secret.path)
        self.pin({"lib": ("../lib.git", self.pinned), "secret": (str(secret.path), commit), "link": ("../link.git", commit),
                  "up": ("../../private/secret.git", commit)}, {"a.md": page("a")})
        self.url = str(self.remote.path)
        self.with_submodules()
        report = self.freshet.json("--config", self.home / "freshet.toml", "refresh", check=1)
        texts = [row[3] for row in self.freshet.rows().values()]
        self.assertEqual((report["refreshed"], any("secret" in text for text in texts)), (3, False))
        for path in ("secret", "link", "up"):
            self.assertRegex(report["sources"][0]["note"], f"submodule {path}: [^;]*lies outside of the folder")


if __name__ == "__main__":
    main()
