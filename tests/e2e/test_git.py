"""Git repositories, over git's own HTTP server and over ssh: what is read, what is asked for, and what is kept on doubt."""
import json
import os
import pathlib
import shutil
import subprocess

from e2e import build_dir, main
from git_case import GitCase, page
from git_server import HttpServer, Repository, SshServer


class Git(GitCase):
    def test_the_first_run_asks_three_times_and_the_next_ones_once(self):
        self.remote.commit({f"docs/page-{i}.md": page(f"page {i}") for i in range(50)})
        report = self.refresh()
        self.assertEqual(report["refreshed"], 50)
        self.assertEqual(self.listing(report), "whole")
        self.assertEqual(self.asked, ["advertisement", "refs", "advertisement", "fetch", "advertisement", "fetch"])
        report = self.refresh()
        self.assertEqual((self.listing(report), report["unchanged"]), ("unchanged", 50))
        self.assertEqual(self.asked, ["advertisement", "refs"])
        self.remote.commit({"docs/page-7.md": page("page 7", "news"), "docs/page-8.md": None, "docs/new.md": page("new")})
        report = self.refresh()
        self.assertEqual((self.listing(report), report["refreshed"],
                          report["removed"]), ("changes", 2, 1))
        self.assertEqual(self.asked, ["advertisement", "refs", "advertisement", "fetch", "advertisement", "fetch"])
        self.assert_in_step()

    def test_a_cache_that_was_lost_brings_what_is_due_and_no_more(self):
        self.remote.commit({f"{i}.md": page(i) for i in range(30)})
        self.refresh()
        self.assertEqual(len(self.cached_blobs()), 30)
        shutil.rmtree(self.freshet.repository / "git")
        report = self.refresh()
        self.assertEqual((self.listing(report), report["unchanged"]), ("unchanged", 30))
        self.assertEqual(self.asked, ["advertisement", "refs"])
        self.remote.commit({"7.md": page(7, "news"), "8.md": page(8, "news")})
        report = self.refresh()
        self.assertEqual((self.listing(report), report["refreshed"]), ("whole", 2))
        self.assertEqual(self.asked, ["advertisement", "refs", "advertisement", "fetch", "advertisement", "fetch"])
        self.assertEqual(self.cached_blobs(), {self.remote.files()[name] for name in ("7.md", "8.md")})
        self.assert_in_step()

    def test_a_forced_push_reads_what_differs(self):
        self.remote.commit({f"{i}.md": page(i) for i in range(10)})
        self.refresh()
        self.remote.git("update-ref", "-d", "refs/heads/main")
        self.remote.commit({**{f"{i}.md": page(i) for i in range(9)}, "9.md": page(9, "another past")})
        report = self.refresh()
        self.assertEqual((self.listing(report), report["refreshed"], report["removed"]), ("changes", 1, 0))
        self.assert_in_step()

    def test_a_branch_that_is_gone_removes_nothing(self):
        self.remote.commit({"a.md": page("a")}, branch="next")
        self.config(ref="next")
        self.refresh()
        self.remote.git("update-ref", "-d", "refs/heads/next")
        self.nothing_is_removed(3, 'no branch or tag "next"')

    def test_a_repository_that_is_gone_or_emptied_removes_nothing(self):
        self.remote.commit({"a.md": page("a")})
        self.refresh()
        self.remote.git("update-ref", "-d", "refs/heads/main")
        self.nothing_is_removed(3, "has no commit")
        shutil.rmtree(self.remote.path)
        self.nothing_is_removed(3, "not found")

    def test_all_files_gone_is_held(self):
        self.remote.commit({"a.md": page("a"), "b.md": page("b"), "c.md": page("c")})
        self.refresh()
        self.remote.commit({"a.md": None, "b.md": None, "c.md": None, "d.md": page("d")})
        report = self.refresh(check=1)
        self.assertEqual((report["removed"], report["held"], report["refreshed"]), (0, 3, 1))

    def test_a_default_branch_with_another_name_changes_nothing(self):
        self.remote.commit({"a.md": page("a"), "b.md": page("b")})
        self.refresh()
        self.remote.git("branch", "-m", "main", "trunk")
        self.remote.git("symbolic-ref", "HEAD", "refs/heads/trunk")
        report = self.refresh()
        self.assertEqual((self.listing(report), self.asked), ("unchanged", ["advertisement", "refs"]))
        self.remote.commit({"a.md": page("a", "news")}, branch="trunk")
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assertEqual(set(self.roots()), {"HEAD/a.md", "HEAD/b.md"})

    def test_a_renamed_file_is_embedded_no_second_time(self):
        self.remote.commit({"old.md": page("a"), "b.md": page("b")})
        self.refresh()
        self.remote.commit({"old.md": None, "new/name.md": page("a")})
        report = self.refresh()
        self.assertEqual((report["refreshed"], report["removed"], report["embedded"]["texts"], report["embedded"]["cached"]),
                         (1, 1, 0, 1))

    def test_branches_tags_and_commits_are_refs(self):
        first = self.remote.commit({"a.md": page("a", "the first")})
        self.remote.git("tag", "light", "main")
        self.remote.git("tag", "-a", "-m", "heavy", "v1.0", "main")
        self.remote.commit({"a.md": page("a", "the second")})
        for ref, words in (("light", "first"), ("v1.0", "first"), (first, "first"), ("main", "second")):
            self.config(ref=ref)
            (self.home / "repository-x").mkdir(exist_ok=True)
            freshet = type(self.freshet)(os.environ.get("FRESHET_BUILD", "build"), self.home / f"repository-{ref}")
            self.refresh(freshet=freshet)
            (_, uri, _, text), = freshet.rows().values()
            self.assertEqual((uri, words in text), (self.uri("a.md", ref), True), text)
            self.refresh(freshet=freshet)
            self.assertEqual(self.asked, [] if ref == first else ["advertisement", "refs"])

    def test_globs_mean_what_they_did_in_python(self):
        files = ["README.md", "docs/README.md", "docs/a.md", "docs/deep/b.md", "docs/deep/b.txt", "src/x.py", "flows/f.py", "c.md"]
        self.remote.commit({path: page(path) for path in files})
        for include, exclude, want in (
                ([], [], files), (["**/*"], [], files), (["*.md"], [], ["README.md", "c.md"]),
                (["**/*.md"], [], [f for f in files if f.endswith(".md")]), (["docs/"], [], [f for f in files if f.startswith("docs")]),
                (["docs"], ["docs/deep"], ["docs/README.md", "docs/a.md"]), (["docs/*.md"], [], ["docs/README.md", "docs/a.md"]),
                (["docs/**/*.md"], ["**/README.md"], ["docs/a.md", "docs/deep/b.md"]), (["flows/**", "c.md"], [], ["flows/f.py", "c.md"])):
            self.config(include=include, exclude=exclude)
            self.refresh("--accept-shrink")
            self.assertEqual(set(self.roots()), {f"HEAD/{path}" for path in want}, (include, exclude))

    def test_what_is_no_text_is_said_so(self):
        pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n"
        link = self.remote.blob("/etc/passwd")
        self.remote.commit({"a.md": page("a"), "movie.md": pointer, "core": b"\x7fELF\0\0\0", "logo.png": b"\x89PNG\0",
                            "link.md": ("120000", link)})
        report = self.refresh(check=1)
        failures = self.failures(report)
        self.assertEqual(set(failures), {"/HEAD/movie.md", "/HEAD/core"})
        self.assertIn("git lfs", failures["/HEAD/movie.md"]["message"])
        self.assertIn("not a text", failures["/HEAD/core"]["message"])
        self.assertEqual({row[1] for row in self.freshet.rows().values()}, {self.uri("a.md")})

    def test_names_of_any_bytes(self):
        names = ["a b.md", "\u00e4.md", "100%.md", "quote'\".md", "new\nline.md", "#a?b.md", "-rf.md", ":(glob)x.md"]
        self.remote.commit({name: page(f"page {i}") for i, name in enumerate(names)} | {b"latin\xe4.md": page("latin")})
        report = self.refresh()
        self.assertEqual(report["refreshed"], len(names) + 1, report)
        self.remote.commit({"a b.md": page("page 0", "news")})
        self.assertEqual(self.refresh()["refreshed"], 1)
        for uri in list(self.roots()):
            report = self.refresh("--root", f"{self.url}/{uri}")
            self.assertEqual((report["listed"], report["failed"]), (1, 0), uri)
        self.assert_in_step()

    def test_one_file_that_is_asked_for_is_as_it_is_now(self):
        self.remote.commit({"a.md": page("a"), "b.md": page("b")})
        self.refresh()
        self.remote.commit({"a.md": page("a", "news"), "b.md": page("b", "news")})
        report = self.refresh("--root", self.uri("a.md"))
        self.assertEqual((report["listed"], report["refreshed"]), (1, 1), report)
        self.assertEqual(sorted("news" in row[3] for row in self.freshet.rows().values()), [False, True])
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assert_in_step()

    def test_metadata_says_where_a_file_is(self):
        commit = self.remote.commit({"docs/a.md": page("a")})
        self.config(web="github")
        self.refresh()
        (_, uri, title, _), = self.freshet.rows().values()
        base = f"http://127.0.0.1:{self.server.port}/docs/blob"
        self.assertEqual((uri, title), (f"{base}/HEAD/docs/a.md", "a"))
        hit, = self.freshet.json("query", "all about", "--mode", "text")["hits"]
        self.assertEqual({key: hit["metadata"][key] for key in ("path", "link", "commit", "committed", "permalink")},
                         {"path": "docs/a.md", "link": uri, "commit": commit, "committed": "2026-11-20T16:00:00+00:00",
                          "permalink": f"{base}/{commit}/docs/a.md"})

    def changes(self):
        """What each file's metadata says of its last change."""
        found = {}
        for hit in self.freshet.json("query", "all about", "--mode", "text", "-k", "50")["hits"]:
            found[hit["metadata"]["path"]] = (hit["metadata"].get("changed"), hit["metadata"].get("changed_commit"))
        return found

    def test_with_a_history_each_file_has_its_last_change(self):
        when = "2026-11-20T16:00:00+00:00"
        self.remote.commit({"old.md": page("old"), "a.md": page("a"), "b.md": page("b")})
        of_a = self.remote.commit({"a.md": page("a", "news")})
        self.remote.git("branch", "side")
        of_b = self.remote.commit({"b.md": page("b", "news")}, branch="side")
        tree = self.remote.git("rev-parse", "side^{tree}").decode().strip()
        merge = self.remote.git("commit-tree", "-p", "main", "-p", "side", "-m", "merge", tree).decode().strip()
        self.remote.git("update-ref", "refs/heads/main", merge)
        self.refresh()
        self.assertEqual(set(self.changes().values()), {(None, None)})
        self.config(history=3)  # the merge, and one commit on either side of it
        self.refresh("--force")
        self.assertEqual(self.changes(), {"old.md": (None, None), "a.md": (when, of_a), "b.md": (when, of_b)})
        self.assertEqual(self.listing(self.refresh()), "unchanged")
        self.assertEqual(self.asked, ["advertisement", "refs"])
        of_c = self.remote.commit({"c.md": page("c")})
        self.refresh()
        self.assertEqual(self.changes()["c.md"], (when, of_c))

    def test_a_token_goes_to_its_origin_alone_and_is_told_to_nobody(self):
        self.remote.commit({"a.md": page("a")})
        self.server.token = "x-access-token:geheim-4711"
        report = self.refresh(check=3)
        self.assertEqual(report["sources"][0]["error"]["code"], "denied", report)
        os.environ["GIT_TEST_TOKEN"] = "geheim-4711"
        self.addCleanup(os.environ.pop, "GIT_TEST_TOKEN")
        self.config(token="env:GIT_TEST_TOKEN")
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.server.token = "x-access-token:another"
        done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--json")
        self.assertNotIn("geheim", done.stdout + done.stderr)
        self.assertIn("denied", done.stdout)
        other = HttpServer(self.home / "remotes")
        self.addCleanup(other.close)
        self.server.refuse = lambda server, handler: server.answer(handler, 301, Location=other.url + handler.path)
        report = self.nothing_is_removed(3, "redirects")
        self.assertEqual(other.requests, [])
        for path in self.freshet.repository.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"geheim", path.read_bytes(), path)

    def test_over_ssh_with_a_key(self):
        self.remote.commit({"a.md": page("a")})
        ssh = SshServer()
        self.addCleanup(ssh.close)
        user = os.environ.get("USER") or subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.url = f"ssh://{user}@127.0.0.1:{ssh.port}{self.remote.path}"
        self.config(ssh_key=f"file:{ssh.home}/user", known_hosts=f"{ssh.home}/known_hosts")
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assertEqual(self.listing(self.refresh()), "unchanged")
        self.remote.commit({"a.md": page("a", "news")})
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.config(ssh_key=f"file:{ssh.home}/other", known_hosts=f"{ssh.home}/known_hosts")
        self.nothing_is_removed(3, "Permission denied")
        (self.home / "nobody").write_text("")
        self.config(ssh_key=f"file:{ssh.home}/user", known_hosts=f"{self.home}/nobody")
        self.nothing_is_removed(3, "Host key verification failed")

    def test_a_local_repository_by_its_path(self):
        self.remote.commit({"a.md": page("a"), "b.md": page("b")})
        self.url = str(self.remote.path)
        self.config()
        self.assertEqual(self.refresh()["refreshed"], 2)
        self.remote.commit({"a.md": page("a", "news")})
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.url = f"file://{self.remote.path}"
        self.config()
        self.assertEqual(self.refresh()["refreshed"], 0)

    def test_the_users_configuration_and_hooks_are_not_used(self):
        self.remote.commit({"a.md": page("a")})
        home, trap = self.home / "home", self.home / "trap"
        home.mkdir()
        (home / ".gitconfig").write_text(f'[url "http://127.0.0.1:1/"]\n\tinsteadOf = {self.server.url}/\n'
                                         f'[core]\n\tsshCommand = touch {trap}\n\tfsmonitor = touch {trap}\n'
                                         f'[credential]\n\thelper = "!touch {trap}"\n[init]\n\ttemplateDir = {home}\n')
        (home / "hooks").mkdir()
        for name in ("post-checkout", "reference-transaction", "post-index-change"):
            (home / "hooks" / name).write_text(f"#!/bin/sh\ntouch {trap}\n")
            (home / "hooks" / name).chmod(0o755)
        before = {name: os.environ.get(name) for name in ("HOME", "XDG_CONFIG_HOME", "GIT_DIR")}
        os.environ.update(HOME=str(home), XDG_CONFIG_HOME=str(home), GIT_DIR=str(self.home / "nowhere"))
        try:
            self.assertEqual(self.refresh()["refreshed"], 1)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
        self.assertFalse(trap.exists())

    def test_addresses_that_are_none(self):
        for url, word in (("--upload-pack=touch x", "not the address"), ("ext::sh -c touch", "helper program"),
                          ("git://127.0.0.1/x", "not one of"), ("https://user:pw@example.org/x.git", "password"),
                          ("https://example.org/", "no repository"), ("ssh://-oProxyCommand=x/y", "no usable host")):
            self.url = url
            self.config()
            done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--json")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(word, done.stdout + done.stderr, url)
        self.url = f"{self.server.url}/docs.git"
        for ref in ("--exec=x", "a..b", "a b", "@{-1}"):
            self.config(ref=ref)
            self.assertIn("not the name of a branch", (lambda d: d.stdout + d.stderr)(self.freshet.run(
                "--config", self.home / "freshet.toml", "refresh", "--json")), ref)

    def test_sha256(self):
        self.remote = Repository(self.home / "remotes" / "long.git", object_format="sha256")
        self.url = f"{self.server.url}/long.git"
        self.remote.commit({"a.md": page("a")})
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.remote.commit({"a.md": page("a", "news")})
        self.assertEqual(self.refresh()["refreshed"], 1)

    def test_it_keeps_the_contract_of_a_loader(self):
        self.remote.commit({f"{i}.md": page(i) for i in range(5)})
        plugin = pathlib.Path(build_dir()).resolve() / "lib" / "freshet" / "plugins" / "loader_git.plugin.json"
        options = {"url": str(self.remote.path), "cache": str(self.home / "cache")}
        done = self.freshet.run("plugins", "check", plugin, "--options", f"loader git={json.dumps(options)}", "--json")
        verdicts = {case["case"]: case["verdict"] for case in json.loads(done.stdout)["cases"]}
        self.assertEqual({name for name, verdict in verdicts.items() if verdict not in ("pass", "skip")}, set(), done.stdout)
        self.assertGreaterEqual(sum(verdict == "pass" for verdict in verdicts.values()), 12, verdicts)


if __name__ == "__main__":
    main()
