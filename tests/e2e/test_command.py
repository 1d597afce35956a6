"""Loaders that are programs: the example, and programs that keep their part of the protocol badly."""
import json
import os
import pathlib
import sys
import textwrap
import time
import zipfile

from e2e import ROOT, Case, build_dir, main

EXAMPLE = ROOT / "examples" / "command" / "confluence_export.py"
PAGE = ("<!DOCTYPE html><html><head><title>Handbook : {0}</title></head><body class='theme-default'><div id='page'>"
        "<div id='main-header'><h1 id='title-heading'>Handbook : {0}</h1></div><div id='content'><div class='page-metadata'>"
        "Created by <span class='author'> Ada L.</span>, on Nov 20, 2026</div><div id='main-content' class='wiki-content'>"
        "<p>{1}</p></div></div></div></body></html>")


class Command(Case):
    def write(self, **pages):
        with zipfile.ZipFile(self.home / "space.zip", "w") as archive:
            archive.writestr("HB/index.html", "<html><title>Handbook</title><ul><li>all pages</li></ul></html>")
            for name, text in pages.items():
                archive.writestr(f"HB/{name}.html", PAGE.format(name.title(), text))
            archive.writestr("HB/attachments/1/2.png", b"\x89PNG")

    def config(self, command, options=None, **more):
        def toml(value):
            if isinstance(value, dict):
                return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
            return json.dumps(value)
        lines = {"command": command, "options": options or {}, **more}
        (self.home / "freshet.toml").write_text(
            'store = "sqlite"\nembedder = "hash"\n[[source]]\nname = "wiki"\nloader = "command"\npolicy = "always"\n[source.options]\n'
            + "".join(f"{key} = {toml(value)}\n" for key, value in lines.items()))

    def example(self):
        self.config([sys.executable, str(EXAMPLE)], {"file": str(self.home / "space.zip"), "link": "https://wiki.example.org/x"})

    def refresh(self, check=0):
        return self.freshet.json("--config", self.home / "freshet.toml", "refresh", check=check)

    def test_the_example_reads_a_space_and_then_what_changed(self):
        self.write(vacation="Thirty days a year.", travel="By train.", food="At noon.")
        self.example()
        self.assertEqual(self.refresh()["refreshed"], 3)
        rows = {row[1]: row[2:] for row in self.freshet.rows().values()}
        self.assertIn("https://wiki.example.org/x/HB/vacation.html", rows)
        hit = self.freshet.json("query", "thirty days", "--mode", "text")["hits"][0]
        self.assertEqual((hit["metadata"]["author"], hit["metadata"]["space"]), ("Ada L.", "Handbook"))
        self.assertEqual(self.refresh()["sources"][0]["kind"], "unchanged")
        self.write(vacation="Thirty days a year.", travel="By train and by ship.", rest="A lot.", food="At noon.")
        report = self.refresh()
        self.assertEqual((report["refreshed"], report["unchanged"], report["removed"]), (2, 2, 0))
        self.write(vacation="Thirty days a year.", travel="By train and by ship.", rest="A lot.")
        self.assertEqual(self.refresh()["removed"], 1)
        (self.home / "space.zip").unlink()
        report = self.refresh(check=3)
        self.assertEqual((report["removed"], report["sources"][0]["error"]["code"]), (0, "not_found"))
        self.assert_in_step()

    def test_the_example_keeps_the_contract_of_a_loader(self):
        self.write(**{f"page{i}": f"This is page {i}." for i in range(5)})
        plugin = pathlib.Path(build_dir()).resolve() / "lib" / "freshet" / "plugins" / "loader_command.plugin.json"
        options = {"command": [sys.executable, str(EXAMPLE)], "options": {"file": str(self.home / "space.zip")}}
        done = self.freshet.run("plugins", "check", plugin, "--options", f"loader command={json.dumps(options)}", "--json")
        verdicts = {case["case"]: case["verdict"] for case in json.loads(done.stdout)["cases"]}
        self.assertEqual({name for name, verdict in verdicts.items() if verdict not in ("pass", "skip")}, set(), done.stdout)
        self.assertGreaterEqual(sum(verdict == "pass" for verdict in verdicts.values()), 12, verdicts)

    def script(self, body, **more):
        """A program that runs `body` for each request `r`; say() writes a line."""
        file = self.home / "program.py"
        file.write_text("import json, os, sys, time\ndef say(**line): print(json.dumps(line), flush=True)\n"
                        "def page(n): say(entry={'uri': f'wiki:/{n}', 'version': 'v1'})\n"
                        "for line in sys.stdin:\n r = json.loads(line)\n" + textwrap.indent(textwrap.dedent(body), " "))
        self.config([sys.executable, str(file)], **more)

    def good(self, fetch="say(content={'text': '# Page\\n\\nOn lakes and ' + r['uri']})"):
        self.script(f"""
            if r['do'] == 'list':
                for n in range(6): page(n)
                say(end={{'kind': 'whole'}})
            else:
                {fetch}
            """)

    def test_what_breaks_the_protocol_fails_and_removes_nothing(self):
        self.good()
        self.assertEqual(self.refresh()["refreshed"], 6)
        before = self.freshet.rows()
        for body, words in (("print('hello', flush=True)", "no JSON object"), ("say(entries=[])", "not entry, gone, end"),
                            ("page(1); sys.exit(4)", "ended with status 4"), ("sys.stderr.write('no key\\n'); sys.exit(1)", "no key"),
                            ("say(entry={'uri': 'wiki:/1', 'verison': 'x'})", '"verison"'), ("say(entry={'uri': 7})", "uri is no text"),
                            ("say(end={'kind': 'all'})", 'kind \\"all\\"'.replace("\\", "")), ("say(end={'kind': 'unchanged'})", "no state was handed in"),
                            ("say(entry={'uri': ''})", "no URI"), ("say(error={'code': 'tired'})", "tired"),
                            ("say(error={'code': 'denied', 'message': 'the login has expired'})", "login has expired")):
            self.script(body)
            # The same source: what it is asked for is the same file.
            report = self.refresh(check=3)
            self.assertEqual(report["removed"], 0)
            self.assertIn(words, report["sources"][0]["error"]["message"], body)
            self.assertEqual(self.freshet.rows(), before, body)

    def test_a_page_that_fails_fails_alone_and_the_next_one_gets_another_copy(self):
        self.good("sys.exit(9) if r['uri'].endswith('/3') else say(error={'code': 'network', 'message': 'cut off'}) "
                  "if r['uri'].endswith('/4') else say(content={'text': '# Page\\n\\nOn ' + r['uri']})")
        report = self.refresh(check=1)
        failed = {root["uri"]: root["error"]["message"] for root in report["roots"] if root["outcome"] == "failed"}
        self.assertEqual((report["refreshed"], set(failed)), (4, {"wiki:/3", "wiki:/4"}))
        self.assertIn("status 9", failed["wiki:/3"])
        self.assertIn("cut off", failed["wiki:/4"])

    def test_one_that_is_silent_is_ended_and_leaves_nothing_behind(self):
        mark = self.home / "pid"
        self.script(f"""
            pid = os.fork()
            if pid == 0: time.sleep(600)
            open({str(mark)!r}, 'w').write(f'{{os.getpid()}} {{pid}}')
            time.sleep(600)
            """, timeout="1s")
        begun = time.monotonic()
        report = self.refresh(check=3)
        self.assertEqual(report["sources"][0]["error"]["code"], "timeout")
        self.assertLess(time.monotonic() - begun, 30)
        for pid in mark.read_text().split():
            self.assertFalse(pathlib.Path(f"/proc/{pid}/exe").exists(), pid)

    def test_a_line_or_a_content_that_is_too_large(self):
        self.good("say(content={'text': 'x' * 3000000})")
        self.config([sys.executable, str(self.home / "program.py")], max_bytes="1MiB")
        report = self.refresh(check=1)
        self.assertEqual({root["error"]["code"] for root in report["roots"]}, {"limit"})
        self.script("sys.stdout.write('{' + ' ' * (100 << 20)); sys.stdout.flush(); time.sleep(60)", max_bytes="1MiB")
        report = self.refresh(check=3)
        self.assertEqual(report["sources"][0]["error"]["code"], "limit", report)
        self.assertLess(report["peak_memory_bytes"], 64 << 20)

    def test_its_environment_is_what_was_given_and_secrets_are_told_to_nobody(self):
        os.environ["WIKI_TOKEN"] = "geheim-4711"
        self.addCleanup(os.environ.pop, "WIKI_TOKEN")
        self.script("say(error={'code': 'denied', 'message': ' '.join(sorted(os.environ)) + ' ' + os.environ['TOKEN']})",
                    environment={"TOKEN": "Bearer secret:env:WIKI_TOKEN"})
        report = self.refresh(check=3)
        message = report["sources"][0]["error"]["message"]
        self.assertNotIn("geheim", json.dumps(report))
        self.assertIn("Bearer ***", message)
        self.assertEqual(set(message.rsplit(": ", 1)[1].split()) - {"HOME", "LANG", "PATH", "TMPDIR", "LC_CTYPE"},
                         {"TOKEN", "Bearer", "***"})

    def test_options_that_are_wrong(self):
        for options, words in (({"command": []}, "command"), ({"command": ["/nowhere/program"]}, "cannot be run"),
                               ({"command": ["true"], "directory": "here"}, "directory"),
                               ({"command": ["true"], "environment": {"A=B": "x"}}, "environment")):
            self.config(**options)
            done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--json")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stdout + done.stderr)


if __name__ == "__main__":
    main()
