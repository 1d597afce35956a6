#!/usr/bin/env python3
"""Runs the freshet program as its users do. Usage: cli_test.py PROGRAM [unittest options]"""
import functools
import http.server
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import unittest

PROGRAM = ""


class CliTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "LC_ALL": "C.UTF-8"}
        for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_program(self, *arguments, repository=True):
        command = [PROGRAM, *map(str, arguments)]
        if repository:
            command += ["--repository", str(self.root / "repository")]
        return subprocess.run(command, env=self.environment, cwd=self.root, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=120)

    def run_json(self, *arguments, exit_code=0, **more):
        result = self.run_program(*arguments, "--json", **more)
        self.assertEqual(result.returncode, exit_code, result.stdout + result.stderr)
        return json.loads(result.stdout)  # which refuses anything beside the one object

    def make_docs(self, count=2):
        for number in range(count):
            self.write(f"docs/page{number}.md", f"# Page {number}\n\nThis page is about river number {number}.\n")
        return self.root / "docs"

    def refresh(self, *arguments, **more):
        return self.run_json("refresh", "--files", self.make_docs(), *arguments, **more)


class CommandLine(CliTest):
    def test_version_and_help(self):
        version = self.run_program("--version", repository=False)
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^freshet \d+\.\d+\.\d+\n$")
        shown = self.run_program("--help", repository=False)
        self.assertEqual(shown.returncode, 0)
        for word in ("refresh", "query", "status", "check", "roots", "plugins", "Examples:"):
            self.assertIn(word, shown.stdout)
        for command in (["refresh"], ["query"], ["roots"], ["roots", "flag"], ["plugins", "check"]):
            shown = self.run_program(*command, "--help", repository=False)
            self.assertEqual(shown.returncode, 0, command)
            self.assertTrue(shown.stdout)
        self.assertIn("--accept-shrink", self.run_program("refresh", "--help").stdout)

    def test_usage_errors_exit_2(self):
        for arguments in ([], ["nothing"], ["refresh", "--nothing"], ["query"], ["roots"], ["roots", "show"],
                          ["roots", "flag", "x"], ["plugins"], ["refresh", "--jobs", "many", "--url", "http://x/"],
                          ["refresh"], ["refresh", "--include", "*.md", "--url", "http://x.example/"],
                          ["refresh", "--files", "docs", "--policy", "{"],
                          ["refresh", "--files", "docs", "--store", "sqlite={"],
                          ["refresh", "--files", "docs", "--jobs", "0"],
                          ["refresh", "--files", "docs", "--policy", "sometimes"],
                          ["refresh", "--files", "docs", "--namespace", "a/b"],
                          ["refresh", "--files", "docs", "--config", "missing.toml"]):
            with self.subTest(arguments=arguments):
                result = self.run_program(*arguments)
                self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
                self.assertTrue(result.stderr.startswith("freshet: "), result.stderr)
                self.assertEqual(result.stdout, "")
                error = self.run_json(*arguments, exit_code=2)["error"]
                self.assertEqual(set(error), {"code", "message", "subject"})
                self.assertEqual(error["code"], "invalid_argument")

    def test_a_mistyped_word_gets_a_suggestion(self):
        for arguments, meant in ((["refersh"], "refresh"), (["refresh", "--sitmap", "x"], "--sitemap"),
                                 (["plugins", "lst"], "list"), (["query", "x", "--mdoe=text"], "--mode"),
                                 (["status", "--jsn"], "--json")):
            error = self.run_program(*arguments, repository=False).stderr
            self.assertIn(f'did you mean "{meant}"?', error)
        self.assertNotIn("did you mean", self.run_program("zzzzzz", repository=False).stderr)

    def test_help_names_the_whole_command_and_has_its_own_examples(self):
        shown = self.run_program("plugins", "check", "--help", repository=False).stdout
        self.assertIn("Usage: freshet plugins check", shown)
        self.assertIn("freshet plugins check ./", shown)
        self.assertNotIn("freshet refresh", shown)

    def test_completion_offers_what_may_follow(self):
        script = self.run_program("completion", "bash", repository=False).stdout
        for words, offered in ((["freshet", "ref"], ["refresh"]), (["freshet", "roots", "l"], ["list"]),
                               (["freshet", "--json", "roots", "sh"], ["show"]),
                               (["freshet", "roots", "exc"], ["exclude", "excluded"]),
                               (["freshet", "roots", "delete", "--w"], ["--why"]),
                               (["freshet", "refresh", "--acc"], ["--accept-shrink"]),
                               (["freshet", "query", "--rep"], ["--repository"])):
            asked = f"{script}\nCOMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _freshet; echo ${{COMPREPLY[@]}}"
            result = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=False)
            self.assertEqual((result.stdout.split(), result.stderr), (offered, ""), words)
        for shell in ("zsh", "fish"):
            script = self.write(f"completion.{shell}", self.run_program("completion", shell, repository=False).stdout)
            result = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.run_json("completion", "csh", repository=False, exit_code=2)

    def test_the_manual_names_every_command_and_is_sound(self):
        page = self.write("freshet.1", self.run_program("manual", repository=False).stdout)
        result = subprocess.run(["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-P-c", str(page)], capture_output=True, text=True, check=True)
        self.assertEqual(result.stderr, "")
        for word in ("freshet roots flag URI", "freshet roots exclude URI", "freshet roots excluded", "--once", "--accept-shrink", "EXIT STATUS", "FRESHET_PLUGIN_PATH"):
            self.assertIn(word, re.sub(".\b", "", result.stdout))  # bold is struck twice

    def test_a_repository_that_is_not_there_exits_3(self):
        for arguments in (["status"], ["check"], ["query", "x"], ["roots", "list"], ["roots", "show", "x"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_json(*arguments, exit_code=3)["error"]["code"], "not_found")
        self.assertFalse((self.root / "repository").exists())

    def test_global_options_stand_before_or_after_the_command(self):
        self.refresh()
        where = ["--repository", str(self.root / "repository")]
        for arguments in (["--json", *where, "status"], ["status", "--json", *where], ["--json", "status", *where]):
            result = self.run_program(*arguments, repository=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout)["roots"], 2)
        result = self.run_program("roots", "list", *where, "--json", repository=False)
        self.assertEqual(json.loads(result.stdout)["count"], 2)

    def test_the_repository_comes_from_the_environment_or_the_data_directory(self):
        self.environment["FRESHET_REPOSITORY"] = str(self.root / "by-variable")
        self.refresh(repository=False)
        self.assertTrue((self.root / "by-variable").is_dir())
        del self.environment["FRESHET_REPOSITORY"]
        self.environment["XDG_DATA_HOME"] = str(self.root / "data")
        self.refresh(repository=False)
        self.assertTrue((self.root / "data/freshet").is_dir())
        del self.environment["XDG_DATA_HOME"]
        self.refresh(repository=False)
        self.assertTrue((self.root / "home/.local/share/freshet").is_dir())


class Configuration(CliTest):
    def test_a_file_says_all_that_the_command_line_can(self):
        self.make_docs()
        config = self.write("freshet.toml", f"""
            namespace = "guide"
            embedder = "hash"
            [store]
            name = "sqlite"
            [[source]]
            name = "docs"
            loader = "files"
            policy = {{ ttl = "1h" }}
            [source.options]
            path = "{self.root}/docs"
            [chunker]
            max_chunk_size = 500
            overlap_size = 50
        """)
        self.assertEqual(self.run_json("refresh", "--config", config)["refreshed"], 2)
        again = self.run_json("refresh", "--config", config)
        self.assertEqual((again["refreshed"], again["skipped"]), (0, 2))
        forced = self.run_json("refresh", "--config", config, "--policy", "always")
        self.assertEqual((forced["unchanged"], forced["skipped"]), (2, 0))
        self.assertEqual(self.run_json("status", "--config", config)["namespace"], "guide")
        self.assertEqual(self.run_json("status", exit_code=3)["error"]["subject"], "default")  # another namespace

    def test_what_is_wrong_in_a_file_is_named(self):
        for text, subject in (("namespce = 'x'\n[[source]]\nloader='files'", "namespce"),
                              ("[[source]]\nloader = 'files'\npolicy = 5", "sources[0].policy"),
                              ("[[source]]\nlaoder = 'files'", "sources[0].loader"),
                              ("[http]\ntimeuot = '5s'\n[[source]]\nloader = 'files'", "http.timeuot"),
                              ("[[source]]\nloader = 'files'\noptions = { pth = '/x' }", "sources[0].options")):
            with self.subTest(text=text):
                error = self.run_json("refresh", "--config", self.write("freshet.toml", text), exit_code=2)["error"]
                self.assertTrue(error["subject"].startswith(subject), error)

    def test_a_wrong_value_is_shown_in_its_line(self):
        path = self.write("freshet.toml", "jobs = 4\n[[source]]\nname = 'manual'\nloader = 'files'\n"
                                          "options = { path = '/x', excludes = [] }\n")
        error = self.run_json("refresh", "--config", path, exit_code=2)["error"]
        self.assertEqual((error["file"], error["line"], error["column"]), (str(path), 5, 26))
        self.assertEqual((error["source"], error["subject"]), ("manual", "sources[0].options.excludes"))
        shown = self.run_program("refresh", "--config", path).stderr.splitlines()
        self.assertEqual(shown[0], f'freshet: {path}:5:26: source "manual": options.excludes: is not a known key; '
                                   'did you mean "exclude"?')
        self.assertEqual(shown[1:], ["  5 | options = { path = '/x', excludes = [] }", "    | " + " " * 25 + "^"])

    def test_a_misspelt_name_exits_2_with_the_nearest_of_its_kind(self):
        files = self.make_docs()
        for arguments, subject, meant in ((["--store", "sqlit"], "store.name", "sqlite"), (["--embedder", "hahs"], "embedder.name", "hash"),
                                          (["--policy", "alwyas"], "policy", "always")):
            error = self.run_json("refresh", "--files", files, *arguments, exit_code=2)["error"]
            self.assertEqual(error["subject"], subject)
            self.assertIn(f'did you mean "{meant}"?', error["message"])
        for text, subject, meant in (("[[source]]\nloader = 'flies'", "sources[0].loader", "files"),
                                     ("[[source]]\nloader = 'sitmap'", "sources[0].loader", "sitemap"),
                                     ("store = 'sqilte'\n[[source]]\nloader = 'files'\noptions.path = '/x'", "store.name", "sqlite"),
                                     ("readres = []", "readres", "readers"), ("[chunkr]", "chunkr", "chunker"), ("[[sorce]]", "sorce", "source"),
                                     ("[http]\nper_hots = 1", "http.per_hots", "per_host")):
            with self.subTest(text=text):
                path = self.write("freshet.toml", text)
                for command in (["refresh", "--config"], ["config", "check"]):
                    said = self.run_program(*command, path)
                    self.assertEqual(said.returncode, 2, said.stderr)
                    self.assertRegex(said.stderr, rf'{re.escape(subject)}: .*did you mean "{meant}"\?')

    def test_an_option_of_a_plugin_that_stands_too_high_is_said_to_be_one(self):
        for text, subject in (("[[source]]\nloader = 'sitemap'\nurl = 'http://x/'", "sources[0].url"),
                              ("[store]\nname = 'sqlite'\nfilename = 'x'", "store.filename")):
            error = self.run_json("refresh", "--config", self.write("freshet.toml", text), exit_code=2)
            problem = next(each for each in error.get("problems", [dict(error["error"], at=error["error"]["subject"])]) if each["at"] == subject)
            self.assertEqual(problem["message"], 'is not a known key; what the plugin takes goes into "options"')

    def test_a_refused_run_says_all_that_is_wrong(self):
        path = self.write("freshet.toml", "jobs = 0\nforse = true\nstore = 'sqlit'\n[http]\nper_hots = 1\n")
        said = self.run_program("refresh", "--config", path)
        self.assertEqual((said.returncode, said.stdout), (2, ""))
        for number, word in ((1, "jobs"), (2, "forse"), (3, "store"), (5, "http.per_hots")):
            self.assertRegex(said.stderr, rf"{re.escape(str(path))}:{number}:\d+: {re.escape(word)}")
        self.assertIn("freshet: refresh: has no source: ", said.stderr)
        report = self.run_json("refresh", "--config", path, exit_code=2)
        self.assertEqual(sorted(each["at"] for each in report["problems"]), ["forse", "http.per_hots", "jobs", "refresh", "store.name"])
        self.assertEqual(report["error"]["code"], "invalid_argument")
        report = self.run_json("refresh", "--files", self.make_docs(), "--jobs", "0", "--embedder", "hahs", exit_code=2)
        self.assertEqual(sorted(each["at"] for each in report["problems"]), ["embedder.name", "jobs"])

    def test_two_sources_of_one_name_are_refused(self):
        one = f"[[source]]\nname = 'a'\nloader = 'files'\noptions.path = '{self.make_docs()}'\n"
        path = self.write("freshet.toml", one + "[[source]]\nname = 'a'\nloader = 'sitemap'\noptions.url = 'http://x.example/'\n")
        error = self.run_json("refresh", "--config", path, exit_code=2)["error"]
        self.assertEqual((error["subject"], error["line"]), ("sources[1].name", 6))
        self.assertIn("is the name of another source, too", error["message"])

    def test_what_a_plugin_refuses_itself_has_its_place(self):
        one = f"[[source]]\nname = 'docs'\nloader = 'files'\noptions.path = '{self.make_docs()}'\n"
        for options, at in (("urls = []", "urls"), ("urls = ['ftp://x/']", "urls[0]")):
            path = self.write("freshet.toml", one + f"[[source]]\nname = 'pages'\nloader = 'url'\noptions = {{ {options} }}\n")
            error = self.run_json("refresh", "--config", path, exit_code=2)["error"]
            self.assertEqual((error["subject"], error["source"], error["line"]), (f"sources[1].options.{at}", "pages", 8))

    def test_a_source_without_a_name_is_told_once(self):
        said = self.run_program("refresh", "--sitemap", "http://127.0.0.1:1/sitemap.xml", "--policy", "always")
        self.assertEqual(said.returncode, 3)
        self.assertEqual((said.stdout + said.stderr).count("127.0.0.1:1/sitemap.xml"), 1, said.stdout + said.stderr)

    def test_a_relative_path_is_below_the_folder_of_the_file(self):
        self.make_docs()
        (self.root / "elsewhere").mkdir()
        path = self.write("freshet.toml", "repository = 'state'\nstore = { name = 'sqlite', options = { path = 'rows.sqlite' } }\n"
                                          "[[source]]\nloader = 'files'\noptions = { path = 'docs' }\n")
        for folder in (self.root, self.root / "elsewhere"):
            result = subprocess.run([PROGRAM, "refresh", "--json", "--config", os.path.relpath(path, folder)], cwd=folder,
                                    env=self.environment, capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertEqual(json.loads(result.stdout)["listed"], 2)
        self.assertEqual(json.loads(result.stdout)["unchanged"], 2)  # the same source and store as before
        self.assertEqual({each.name for each in self.root.iterdir()}, {"docs", "elsewhere", "freshet.toml", "state", "rows.sqlite"})

    def test_every_documented_key_is_known(self):
        page = pathlib.Path(__file__).resolve().parents[3] / "docs/configuration.md"
        keys = re.findall(r"^\| `(\w+)` \|", page.read_text(), re.M)
        self.assertGreater(len(keys), 10)
        for key in keys:
            path = self.write("freshet.toml", f"{key} = 1979-05-27\n")  # a date is right for none
            error = self.run_json("refresh", "--config", path, exit_code=2)["error"]
            self.assertNotIn("known key", error["message"], key)

    def test_what_lacks_a_value_is_shown_where_it_begins(self):
        path = self.write("freshet.toml", "[[source]]\nloader = 'sitemap'\noptions = { }\n")
        error = self.run_json("refresh", "--config", path, exit_code=2)["error"]
        self.assertEqual((error["line"], error["column"]), (3, 1), error)

    def test_what_the_command_line_says_has_no_line(self):
        path = self.write("freshet.toml", "store = 'sqlite'\n")
        error = self.run_json("refresh", "--files", self.make_docs(), "--config", path, "--store",
                              'sqlite={"pth":"x"}', exit_code=2)["error"]
        self.assertNotIn("line", error)

    def test_init_writes_a_file_that_is_right_and_never_overwrites_one(self):
        self.assertEqual(self.run_json("init", repository=False), {"file": "freshet.toml"})
        self.assertEqual(self.run_json("status", "--config", "freshet.toml", exit_code=3)["error"]["code"], "not_found")
        text = (self.root / "freshet.toml").read_text()
        error = self.run_json("init", repository=False, exit_code=2)["error"]
        self.assertEqual(error["subject"], "freshet.toml")
        self.assertEqual((self.root / "freshet.toml").read_text(), text)
        # Every key that is commented out is a known one, too.
        everything = "\n".join(line[2:] if line.startswith("# ") and "=" in line.split("#")[1] else line
                               for line in text.splitlines())
        self.write("all.toml", everything.replace("# [", "["))
        error = self.run_json("refresh", "--config", "all.toml", "--dry-run", exit_code=3)
        self.assertNotIn("known key", json.dumps(error))

    def test_what_is_no_file_or_no_toml_is_refused(self):
        broken = self.write("broken.toml", "a = [1\n")
        for path in (self.root, broken, "/dev/zero", self.root / "none.toml"):
            error = self.run_json("refresh", "--config", path, exit_code=2)["error"]
            self.assertIn(str(path), error["subject"])
        large = self.write("large.toml", "# x\n" * (1 << 19))
        self.assertIn("1 MiB", self.run_json("refresh", "--config", large, exit_code=2)["error"]["message"])
        os.mkfifo(self.root / "fifo")
        self.run_json("refresh", "--config", self.root / "fifo", exit_code=2)


class Refreshing(CliTest):
    def test_a_folder_end_to_end(self):
        report = self.refresh("--embedder", "hash")
        self.assertEqual((report["listed"], report["refreshed"], report["failed"]), (2, 2, 0))
        for key in ("chunks", "embedded", "delivered", "fetched", "seconds", "peak_memory_bytes", "sources", "roots"):
            self.assertIn(key, report)
        self.assertEqual({root["outcome"] for root in report["roots"]}, {"refreshed"})
        self.assertEqual(self.refresh()["unchanged"], 2)
        hits = self.run_json("query", "river number 1", "-k", "1")["hits"]
        self.assertEqual(len(hits), 1)
        self.assertEqual(set(hits[0]) & {"score", "text", "uri", "title", "path", "chunk_id", "metadata"},
                         {"score", "text", "uri", "title", "path", "chunk_id", "metadata"})
        self.assertEqual(self.run_json("query", "river", "--mode", "text", "-k", "5")["hits"][0]["title"][:4], "Page")
        status = self.run_json("status")
        for key in ("roots", "chunks", "fresh", "due", "failing", "deliveries_pending", "runs"):
            self.assertIn(key, status)
        self.assertEqual((status["roots"], status["deliveries_pending"]), (2, 0))
        self.assertEqual(len(status["runs"]), 2)
        check = self.run_json("check")
        self.assertTrue(check["repository"]["ok"])
        self.assertTrue(check["store"]["in_step"])
        self.run_json("check", "--repair")

    def test_a_query_for_a_reader_with_little_room(self):
        self.refresh()
        asked = ("query", "river number 1", "--also", "river number 0", "--mode", "text", "-k", "1")
        hits = self.run_json(*asked, "--section")["hits"]
        self.assertEqual({hit["query"] for hit in hits}, {0, 1})
        self.assertEqual(len({hit["chunk_id"] for hit in hits}), len(hits))
        for hit in hits:
            self.assertIn(hit["text"].split("\n")[-1], hit["context"])
        room = hits[0]["tokens"] if "tokens" in hits[0] else len(hits[0]["context"])
        few = self.run_json(*asked, "--expand", "1", "--max-tokens", str(room))["hits"]
        self.assertLessEqual(sum(hit["tokens"] for hit in few), room)
        told = self.run_program(*asked, "--expand", "1").stdout
        self.assertIn("river", told)
        self.assertIn("--max-tokens", self.run_json(*asked, "--max-tokens", "none", exit_code=2)["error"]["message"])

    def test_a_dry_run_changes_nothing(self):
        report = self.refresh("--dry-run")
        self.assertTrue(report["dry_run"])
        self.assertEqual(report["plan"]["fetch"], 2)
        self.assertEqual(self.run_json("status", exit_code=3)["error"]["code"], "not_found")

    def test_patterns_choose_files(self):
        self.write("docs/skip.txt", "Not this one.")
        report = self.refresh("--include", "**/*.md", "--exclude", "**/page0.md")
        self.assertEqual([root["uri"].rsplit("/", 1)[1] for root in report["roots"]], ["page1.md"])

    def test_people_get_a_summary(self):
        self.make_docs()
        result = self.run_program("refresh", "--files", self.root / "docs")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("2 refreshed", result.stdout)
        self.assertNotIn("\033", result.stdout + result.stderr)  # no terminal, no progress line
        quiet = self.run_program("refresh", "--files", self.root / "docs", "--quiet")
        self.assertEqual((quiet.stdout, quiet.stderr), ("", ""))
        self.assertIn("2 roots", self.run_program("status").stdout)
        self.assertIn("in step", self.run_program("check").stdout)
        self.assertIn("page1.md", self.run_program("roots", "list").stdout)
        self.assertIn("river", self.run_program("query", "river", "--mode", "text").stdout)
        verbose = self.run_program("refresh", "--files", self.root / "docs", "--verbose")
        self.assertIn("unchanged file://", verbose.stderr)

    def test_a_source_that_cannot_be_listed_exits_3(self):
        result = self.run_program("refresh", "--files", self.root / "missing")
        self.assertIn(result.returncode, (2, 3), result.stdout + result.stderr)
        self.assertIn("missing", result.stdout + result.stderr)

    def test_removals_that_would_take_too_much_are_held(self):
        docs = self.make_docs(30)
        self.run_json("refresh", "--files", docs)
        for number in range(2, 30):
            (docs / f"page{number}.md").unlink()
        held = self.run_json("refresh", "--files", docs, exit_code=1)
        self.assertEqual((held["held"], held["removed"]), (28, 0))
        shown = self.run_program("refresh", "--files", docs)
        self.assertEqual(shown.returncode, 1)
        self.assertIn("--accept-shrink", shown.stdout)
        accepted = self.run_json("refresh", "--files", docs, "--accept-shrink")
        self.assertEqual((accepted["held"], accepted["removed"]), (0, 28))

    def test_escapes_in_foreign_text_are_shown_and_not_obeyed(self):
        evil = "Evil &#x1b;]0;owned&#7; &#x202e; txt &#x2028; title &#xe0041;"
        self.write("docs/evil \u202e.html", f"<title>{evil}</title><h1>{evil}</h1><p>River &#x1b;[31mred &#x9b; text.</p>")
        self.run_json("refresh", "--files", self.root / "docs")
        for arguments in (["query", "river", "--mode", "text"], ["query", "river", "--mode", "text", "--json"],
                          ["roots", "list", "--json"], ["roots", "list"], ["status"]):
            result = self.run_program(*arguments)
            self.assertEqual(result.returncode, 0, result.stderr)
            for character in "\x1b\x07\u202e\u2028\u009b\U000e0041":
                self.assertNotIn(character, result.stdout, f"{arguments} {character!r}")


class Terminal(CliTest):
    def test_progress_is_shown_on_a_terminal_only_and_the_line_is_cleared(self):
        self.make_docs(200)
        for arguments, wanted in (([], True), (["--quiet"], False), (["--json"], False)):
            leader, follower = pty.openpty()
            process = subprocess.Popen([PROGRAM, "refresh", "--files", str(self.root / "docs"), "--force", "--repository",
                                        str(self.root / "repository"), *arguments],
                                       stdout=subprocess.PIPE, stderr=follower, env=self.environment)
            os.close(follower)
            shown = b""
            while True:
                try:
                    part = os.read(leader, 4096)
                except OSError:
                    break
                if not part:
                    break
                shown += part
            process.communicate()
            os.close(leader)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(b"roots" in shown, wanted, shown)
            if wanted:
                self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-80:])


class SlowServer(http.server.BaseHTTPRequestHandler):
    asked = threading.Event()
    released = threading.Event()

    def do_GET(self):
        self.asked.set()
        self.released.wait(60)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"Text.")

    def log_message(self, *arguments):
        pass


class QuietServer(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Signals(CliTest):
    def start_slow_run(self):
        SlowServer.asked.clear()
        SlowServer.released.clear()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowServer)
        server.daemon_threads = True
        server.handle_error = lambda *arguments: None  # clients go away, on purpose
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.addCleanup(SlowServer.released.set)
        process = subprocess.Popen([PROGRAM, "refresh", "--url", f"http://127.0.0.1:{server.server_port}/page", "--json",
                                    "--repository", str(self.root / "repository")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.assertTrue(SlowServer.asked.wait(60), "the run never asked for the page")
        return process

    def test_the_first_signal_stops_the_run_with_its_report(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start_slow_run()
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 128 + number, err)
            self.assertTrue(json.loads(out)["cancelled"])

    def test_the_first_signal_stops_other_commands_too(self):
        manifest = pathlib.Path(PROGRAM).parents[1] / "fixtures" / "constructor_hangs" / "constructor_hangs.plugin.json"
        begun = time.monotonic()
        process = subprocess.Popen([PROGRAM, "plugins", "check", str(manifest), "--json"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.environment)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        while len(os.listdir(f"/proc/{process.pid}/task")) < 2:  # the one that waits for signals
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(json.loads(out)["error"]["code"], "cancelled", err)
        self.assertEqual(process.returncode, 130)
        self.assertLess(time.monotonic() - begun, 15)  # a case alone has 20 s

    def test_a_signal_stops_a_run_whose_plugin_does_not_return(self):
        plugins = pathlib.Path(PROGRAM).parents[1] / "fixtures" / "held"
        os.mkfifo(self.root / "go")
        config = self.root / "held.toml"
        config.write_text(f'plugin_directories = ["{plugins}"]\n[[source]]\nloader = "held"\n'
                          f'options = {{ folder = "{self.root}", in = "list" }}\n')
        process = subprocess.Popen([PROGRAM, "refresh", "--config", str(config), "--repository", str(self.root / "repository")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        with open(self.root / "go", "w"):  # it is held, and stays so
            process.send_signal(signal.SIGINT)
            err = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("list did not return within 10s", err)

    def test_a_reader_that_goes_away_does_not_kill_it(self):
        self.refresh()
        process = subprocess.Popen([PROGRAM, "roots", "list", "--json", "--repository", str(self.root / "repository")],
                                   stdout=subprocess.PIPE, env=self.environment)
        process.stdout.close()
        self.assertGreaterEqual(process.wait(timeout=60), 0)  # not by a signal


class Query(CliTest):
    def test_a_filter_that_ended_the_search_is_told(self):
        fixtures = pathlib.Path(PROGRAM).parents[1] / "fixtures" / "faulty"  # whose store finds rows without end
        config = self.write("freshet.toml", f"plugin_directories = ['{fixtures}']\nstore = 'endless'\n")
        self.refresh("--config", config)
        asked = ("query", "river", "--config", config, "--mode", "text", "--filter", '{"title":"no page has this title"}')
        self.assertEqual(self.run_program(*asked).stdout.splitlines()[0], "nothing found")
        self.assertIn("the filter was tested on the best 10,000 rows alone: there may be more that pass it", self.run_program(*asked).stdout)
        self.assertEqual(self.run_json(*asked)["ended_after"], 10000)


class Roots(CliTest):
    def test_show_flag_and_delete(self):
        self.refresh()
        uris = [root["uri"] for root in self.run_json("roots", "list")["roots"]]
        self.assertEqual(len(uris), 2)
        shown = self.run_json("roots", "show", uris[0])
        self.assertEqual(shown["uri"], uris[0])
        self.assertGreater(shown["chunks"], 0)
        flags = self.run_json("roots", "flag", uris[0], "priority=high", "refresh_ttl_hours=6", "immutable=true")["flags"]
        self.assertEqual(flags, {"priority": "high", "refresh_ttl_hours": 6, "immutable": True})
        flags = self.run_json("roots", "flag", uris[0], "immutable=")["flags"]
        self.assertEqual(flags, {"priority": "high", "refresh_ttl_hours": 6})
        self.run_json("roots", "flag", uris[0], "nonsense", exit_code=2)
        self.run_json("roots", "flag", "unknown", "a=1", exit_code=3)
        self.assertGreater(self.run_json("roots", "delete", uris[0])["deleted"], 1)
        self.run_json("roots", "delete", uris[0], exit_code=3)
        self.assertEqual(self.run_json("roots", "list")["count"], 1)
        self.assertIn(uris[1], self.run_program("roots", "show", uris[1]).stdout)


class ConfigCheck(CliTest):
    def test_a_file_with_nothing_wrong_exits_0(self):
        path = self.write("freshet.toml", f"[[source]]\nloader = 'files'\noptions = {{ path = '{self.make_docs()}' }}\n")
        self.assertEqual(self.run_json("config", "check", path, repository=False), {"ok": True, "problems": []})
        self.assertEqual(self.run_program("config", "check", "--config", path).stdout, f"{path}: nothing is wrong\n")
        self.assertFalse((self.root / "repository").exists())

    def test_all_that_is_wrong_is_said_with_its_line(self):
        path = self.write("freshet.toml", "jobs = 0\nforse = true\n[[source]]\nname = 'manual'\nloader = 'files'\n"
                                          "options = { path = '/x', excludes = [] }\n[[source]]\nloader = 'filse'\n")
        report = self.run_json("config", "check", path, exit_code=2, repository=False)
        self.assertFalse(report["ok"])
        found = {(problem["at"], problem.get("line")) for problem in report["problems"]}
        self.assertEqual(found, {("jobs", 1), ("forse", 2), ("sources[0].options.excludes", 6), ("sources[1].loader", 8)})
        result = self.run_program("config", "check", path)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        for line in (1, 2, 6, 8):
            self.assertIn(f"{path}:{line}:", result.stderr)
        self.assertIn('source "manual": options.excludes: is not a known key; did you mean "exclude"?', result.stderr)
        self.assertIn('forse: is not a known key; did you mean "force"?', result.stderr)

    def test_it_needs_a_file(self):
        self.assertEqual(self.run_json("config", "check", exit_code=2)["error"]["subject"], "FILE")
        self.run_json("config", "check", self.root / "none.toml", exit_code=2)


class ConfigSchema(CliTest):
    """The schema for editors, held against what the library takes and refuses, value by value."""

    def setUp(self):
        super().setUp()
        import jsonschema  # of python3-jsonschema
        self.schema = self.run_json("config", "schema", repository=False)
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft7Validator(self.schema)

    def taken(self, text):
        return self.validator.is_valid(tomllib.loads(text))

    def refused_at(self, text):
        """Where the library has something against it."""
        path = self.write("freshet.toml", text)
        result = self.run_program("config", "check", path, "--json", repository=False)
        return {problem["at"] for problem in json.loads(result.stdout)["problems"]}

    def rule(self, schema):
        while "$ref" in schema:
            schema = {**self.schema["definitions"][schema["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def leaves(self):
        """Every key below the top, its table and its rule; but for what is in arrays and in plugins' options."""
        for key, schema in self.schema["properties"].items():
            rule = self.rule(schema)
            if key == "backup":  # which `freshet backup` alone reads
                continue
            if "properties" not in rule:
                yield "", key, rule
                continue
            for inner, below in rule["properties"].items():
                below = self.rule(below)
                if "properties" not in below:
                    yield key, inner, below
                else:
                    for last, lowest in below["properties"].items():
                        yield f"{key}.{inner}", last, self.rule(lowest)

    def file_of(self, values):
        """values: {(table, key): a value in TOML}"""
        tables = {}
        for (table, key), value in values.items():
            tables.setdefault(table, []).append(f"{key} = {value}")
        return "\n".join((f"[{table}]\n" if table else "") + "\n".join(lines) for table, lines in sorted(tables.items())) + "\n"

    def test_what_init_writes_and_what_the_docs_show_is_right(self):
        self.run_json("init", repository=False)
        texts = [(self.root / "freshet.toml").read_text()]
        docs = pathlib.Path(__file__).resolve().parents[3]
        for page in [docs / "README.md", *(docs / "docs").glob("*.md")]:
            texts += re.findall(r"^```toml\n(.*?)^```", page.read_text(), re.M | re.S)
        self.assertGreater(len(texts), 1)
        for text in texts:
            self.assertEqual([error.message for error in self.validator.iter_errors(tomllib.loads(text))], [], text)

    def test_every_key_is_known_to_the_library(self):
        lists = {(table, key): "[[1]]" for table, key, _ in self.leaves() if key not in ("source", "repository")}  # right for none
        self.assertGreater(len(lists), 45)
        text = self.file_of(lists)
        refused = {at.split("[")[0] for at in self.refused_at(text)}
        self.assertEqual({".".join(filter(None, place)) for place in lists} - refused, set())
        for problem in json.loads(self.run_program("config", "check", self.root / "freshet.toml", "--json").stdout)["problems"]:
            self.assertNotIn("known key", problem["message"], problem["at"])

    def test_ranges_and_choices_are_those_of_the_library(self):
        def values(choose):
            return {(table, key): value for table, key, rule in self.leaves() for value in choose(rule)}
        for bound, step in (("minimum", -1), ("maximum", 1)):
            inside = values(lambda rule: [rule[bound]] if bound in rule else [])
            inside.pop(("chunker", "overlap_size"))  # which is below max_chunk_size
            inside.pop(("", "plan_days"))  # which wants a dry run
            text = self.file_of(inside)
            self.assertEqual((self.refused_at(text) - {"chunker.overlap_size"}, self.taken(text)), (set(), True), text)
            for place, value in inside.items():
                beyond = self.file_of({place: value + step})
                self.assertFalse(self.taken(beyond), beyond)
            text = self.file_of({place: value + step for place, value in inside.items()})
            self.assertEqual(self.refused_at(text), {".".join(filter(None, place)) for place in inside})
        for choice in (0, -1):
            text = self.file_of(values(lambda rule: [json.dumps(rule["enum"][choice])] if "enum" in rule else []))
            self.assertEqual((self.refused_at(text), self.taken(text)), (set(), True), text)
        defaults = self.file_of(values(lambda rule: [json.dumps(rule["default"])] if "default" in rule else []))
        self.assertEqual((self.refused_at(defaults), self.taken(defaults)), (set(), True), defaults)

    def test_what_the_library_refuses_is_refused_while_it_is_written(self):
        good = "[[source]]\nloader = 'sitemap'\noptions = { url = 'https://x.example/s.xml', max_bytes = 1000 }\n"
        self.assertTrue(self.taken(good))
        for text in ("namespce = 'x'", "[htpp]", "[http]\nper_hots = 1", "[http]\ntimeout = '5 seconds'", "store = 'sqlit'", "embedder = 'hahs'",
                     "store = { name = 'sqlite', filename = 'x' }", "store = { name = 'sqlite', options = { pth = 'x' } }",
                     "policy = 'alwyas'", "policy = { tll = '1h' }", "policy = { ttl = 5 }", "only = {}",
                     "[[source]]\nlaoder = 'files'", "[[source]]\nloader = 'flies'", "[[source]]\nloader = 'files'",
                     "[[source]]\nloader = 'sitemap'\nurl = 'https://x.example/'", "[[source]]\nloader = 'sitemap'\noptions = {}",
                     good.replace("max_bytes", "max_byte"), good.replace("1000", "true"), good + "list_every = 5"):
            with self.subTest(text=text):
                self.assertFalse(self.taken(text))
                self.assertNotEqual(self.refused_at(text), set())

    def test_every_documented_key_is_in_it(self):
        docs = pathlib.Path(__file__).resolve().parents[3] / "docs"
        for page, place in (("configuration.md", self.schema), ("http.md", self.schema["definitions"]["http"]),
                            ("chunking.md", self.schema["properties"]["chunker"])):
            text = (docs / page).read_text().split("\nThe transformer `excerpt`")[0]  # which has options of its own
            for first in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, re.M):
                for key in re.findall(r"\w+", first):
                    self.assertIn(key, place["properties"], page)


class Shards(CliTest):
    def test_the_shards_of_a_folder_add_up(self):
        (self.root / "docs").mkdir()
        for number in range(30):
            (self.root / "docs" / f"{number}.md").write_text(f"# Page {number}\n\nIts text.\n")
        shards = [self.root / f"shard-{index}" for index in range(3)]
        for index, shard in enumerate(shards):
            self.run_json("refresh", "--files", self.root / "docs", "--shard", f"{index}/3", "--repository", shard, repository=False)
        together = self.run_json("status", *shards, repository=False)
        self.assertEqual((together["roots"], together["missing"]), (30, []))
        self.assertEqual([each["shard"] for each in together["shards"]], [{"index": index, "count": 3} for index in range(3)])
        self.assertEqual(self.run_json("status", shards[2], shards[0], repository=False)["missing"], [1])
        self.assertIn("named before", self.run_json("status", shards[0], shards[0], repository=False, exit_code=2)["error"]["message"])
        refused = self.run_json("refresh", "--files", self.root / "docs", "--repository", shards[1], repository=False, exit_code=2)["error"]
        self.assertEqual(refused["subject"], "shard")
        self.assertIn("filled as shard 1/3", refused["message"])
        self.assertEqual(self.run_json("reset", "--repository", shards[0], repository=False, exit_code=2)["error"]["code"], "invalid_argument")
        for wrong in ("3/3", "0", "0/0", "-1/2", "a/b"):
            error = self.run_json("refresh", f"--shard={wrong}", "--files", self.root / "docs", repository=False, exit_code=2)["error"]
            self.assertEqual(error["subject"], "--shard")

    def test_one_listing_serves_all_shards(self):
        docs, listing = self.make_docs(12), self.root / "listing"
        self.assertEqual(self.run_json("listing", docs, "--out", listing, repository=False)["listed"], 12)
        self.assertFalse((self.root / "repository").exists())
        shards = [self.root / f"shard-{index}" for index in range(3)]
        self.write("docs/late.md", "# Late\n\nNot in the listing.\n")
        for index, shard in enumerate(shards):
            self.run_json("refresh", docs, "--shard", f"{index}/3", "--listing", listing, "--repository", shard, repository=False)
        self.assertEqual(self.run_json("status", *shards, repository=False)["roots"], 12)
        refused = self.run_json("refresh", docs, "--include", "*.md", "--listing", listing, exit_code=2)["error"]
        self.assertEqual(refused["subject"], "listing")
        self.assertIn("other options", refused["message"])
        error = self.run_json("listing", self.root / "none", "--out", self.root / "no", repository=False, exit_code=2)["error"]
        self.assertIn("none", error["message"] + error["subject"])
        self.assertFalse((self.root / "no").exists())


class Namespaces(CliTest):
    def test_they_are_listed_and_dropped(self):
        self.refresh("--namespace", "old")
        self.refresh("--namespace", "new")
        listed = self.run_json("namespaces")["namespaces"]
        self.assertEqual([(space["name"], space["roots"]) for space in listed], [("new", 2), ("old", 2)])
        self.assertIn("old  2 roots, 2 chunks", self.run_program("namespaces").stdout)
        self.assertEqual(self.run_json("namespaces", "list")["namespaces"], listed)
        self.assertEqual(self.run_program("namespaces", "drop", "old").stdout, "dropped old\n")
        self.assertEqual([space["name"] for space in self.run_json("namespaces")["namespaces"]], ["new"])
        error = self.run_json("namespaces", "drop", "nwe", exit_code=3)["error"]
        self.assertEqual(error["message"], "no such namespace; there is new")

    def test_a_namespace_whose_store_is_no_more_is_dropped_without_it(self):
        self.refresh()
        self.run_program("namespaces", "drop", "default", "--keep-rows")
        self.assertTrue((self.root / "repository" / "store.sqlite").exists())
        self.assertEqual(self.run_program("namespaces").stdout, "no namespaces\n")


class PluginsCommand(CliTest):
    def test_list_names_kinds_and_schemas(self):
        report = self.run_json("plugins", "list", repository=False)
        names = {(plugin["kind"], plugin["name"]) for plugin in report["plugins"]}
        self.assertIn(("loader", "files"), names)
        self.assertIn(("store", "sqlite"), names)
        self.assertTrue(all(plugin["schema"] for plugin in report["plugins"]))
        self.assertIn("files", self.run_program("plugins", "list").stdout)

    def test_check_runs_the_cases_of_a_plugin(self):
        plugins = self.run_json("plugins", "list", repository=False)["plugins"]
        manifest = next(plugin["manifest"] for plugin in plugins if plugin["name"] == "hash")
        report = self.run_json("plugins", "check", manifest, repository=False)
        self.assertTrue(report["good"])
        self.assertGreater(len(report["cases"]), 3)
        self.assertIn("keeps its contract", self.run_program("plugins", "check", manifest).stdout)

    def test_check_of_what_needs_options_is_no_pass(self):
        plugins = self.run_json("plugins", "list", repository=False)["plugins"]
        manifest = next(plugin["manifest"] for plugin in plugins if plugin["name"] == "files")
        report = self.run_json("plugins", "check", manifest, repository=False, exit_code=1)
        self.assertEqual((report["good"], report["untried"]), (False, ["loader files"]))
        self.assertIn("nothing could be tried of loader files", self.run_program("plugins", "check", manifest).stdout)
        folder = json.dumps({"path": str(self.root)})
        report = self.run_json("plugins", "check", manifest, "--options", f"loader files={folder}", repository=False)
        self.assertEqual((report["good"], report["untried"]), (True, []))
        said = self.run_program("plugins", "check", manifest, "--options", f"loader files={folder}").stdout
        skipped = sum(case["verdict"] == "skip" for case in report["cases"])
        self.assertIn(f"as far as it was tried; skipped: {skipped} of loader files\n", said)

    def test_a_strict_check_takes_a_skipped_case_for_a_failure(self):
        plugins = self.run_json("plugins", "list", repository=False)["plugins"]
        manifest = next(plugin["manifest"] for plugin in plugins if plugin["name"] == "files")
        options = ("--options", "loader files=" + json.dumps({"path": str(self.root)}), "--strict")
        report = self.run_json("plugins", "check", manifest, *options, repository=False, exit_code=1)
        self.assertIn("skip", [case["verdict"] for case in report["cases"]])
        self.assertFalse(report["good"])
        self.assertIn("--strict does not allow", self.run_program("plugins", "check", manifest, *options).stdout)

    def test_a_check_reaches_the_origins_that_it_may(self):
        pages = functools.partial(QuietServer, directory=str(self.root))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), pages)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        (self.root / "page.html").write_text("<p>A page.")
        origin = f"http://127.0.0.1:{server.server_port}"
        plugins = self.run_json("plugins", "list", repository=False)["plugins"]
        manifest = next(plugin["manifest"] for plugin in plugins if plugin["name"] == "url")
        options = ("--options", "loader url=" + json.dumps({"urls": [origin + "/page.html"]}))

        def verdict(*more):
            report = self.run_json("plugins", "check", manifest, *options, *more, repository=False, exit_code=1)
            return next(case["verdict"] for case in report["cases"]
                        if case["subject"] == "loader url" and case["case"] == "fetches")

        self.assertEqual(verdict("--network", origin), "pass")
        self.assertEqual(verdict(), "skip")

    def test_check_names_what_is_wrong_with_its_options(self):
        for option, value, subject in (("--options", "loader files", "loader files"), ("--options", "loader files=[1]", "[1]"),
                                       ("--sample", "x", "x"), ("--sample", "reader x=/no/such", "/no/such")):
            result = self.run_program("plugins", "check", "/x", option, value, "--json", repository=False)
            self.assertGreater(result.returncode, 1)
            self.assertEqual(json.loads(result.stdout)["error"]["subject"], subject)

    def test_check_says_which_file_is_missing(self):
        error = self.run_json("plugins", "check", "/no/such/file.plugin.json", exit_code=3)["error"]
        self.assertEqual(error["code"], "plugin")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
