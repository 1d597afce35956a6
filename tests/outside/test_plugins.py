#!/usr/bin/env python3
"""Plugins of strangers, against an installed freshet: each keeps its contract, and a refresh, a query and a check of the
store use it."""
import json
import os
import re
import signal
import subprocess
import sys

from outside import HERE, PREFIX, WORK, Case, Freshet, build_c, build_cmake, copy_source, main, run, tool

PLUGINS = HERE / "plugins"
sys.path.insert(0, str(PLUGINS / "embedder_openai_cpp"))
from fake_openai import Server  # noqa: E402


class LoaderInC(Case):
    def setUp(self):
        super().setUp()
        source = PLUGINS / "loader_lines_c"
        build_c(source / "loader_lines.c", self.home / "loader_lines.so")
        self.manifest = self.install(source / "loader_lines.plugin.json", self.home / "loader_lines.so")
        self.file = self.home / "lines.txt"
        self.file.write_text("A river carries water.\nA glacier carries ice.\n\nA desert has no rain.\n")

    def test_keeps_its_contract(self):
        options = json.dumps({"path": str(self.file)})
        self.check(self.manifest, "--options", f"loader lines={options}", skipped=["lists_since"])

    def test_is_used(self):
        config = self.configure(f'[[source]]\nloader = "lines"\noptions = {{ path = "{self.file}" }}\n')
        self.assertEqual(self.refresh("--config", config)["refreshed"], 3)
        self.assertEqual([hit["uri"] for hit in self.find("ice", "-k", 1)], [f"lines://{self.file}#2"])
        self.assert_in_step(3)
        self.file.write_text("A river carries water.\nA glacier carries much ice.\n\nA desert has no rain.\n")
        report = self.refresh("--config", config)
        self.assertEqual((report["refreshed"], report["unchanged"] + report["skipped"]), (1, 2), report)
        self.assertIn("much", self.find("ice", "-k", 1)[0]["text"])

    def test_a_part_removes_nothing(self):
        config = self.configure(f'[[source]]\nloader = "lines"\noptions = {{ path = "{self.file}" }}\n')
        self.refresh("--config", config)
        self.file.write_text("A river carries water.\nA glacier")
        report = self.refresh("--config", config, check=1)
        self.assertEqual((report["removed"], report["sources"][0]["kind"]), (0, "part"), report)
        self.assert_in_step(3)


class ReaderInC(Case):
    def setUp(self):
        super().setUp()
        source = PLUGINS / "reader_slow_c"
        build_c(source / "reader_slow.c", self.home / "reader_slow.so")
        self.manifest = self.install(source / "reader_slow.plugin.json", self.home / "reader_slow.so")
        self.folder = self.home / "pages"
        self.folder.mkdir()
        (self.folder / "snail.slow").write_text("A snail is in no hurry.")

    def configure_reader(self, page_ms):
        return self.configure(f'[[source]]\nloader = "files"\noptions = {{ path = "{self.folder}", included_extensions = [] }}\n'
                              f'[[readers]]\nname = "slow"\noptions = {{ page_ms = {page_ms} }}\n')

    def test_keeps_its_contract(self):
        self.check(self.manifest, "--options", 'reader slow={"page_ms":1}', "--sample",
                   f"reader slow={self.folder / 'snail.slow'}")

    def test_is_used(self):
        self.assertEqual(self.refresh("--config", self.configure_reader(1))["refreshed"], 1)
        self.assertEqual(self.find("snail")[0]["text"], "A snail is in no hurry.")
        self.assert_in_step(1)

    def test_a_run_that_is_stopped_does_not_wait_for_the_page(self):
        command = self.freshet.command("--verbose", "refresh", "--config", self.configure_reader(60000))
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in started.stderr:
            if "reads, slowly" in line:
                break
        started.send_signal(signal.SIGINT)
        started.communicate(timeout=20)
        self.assertEqual(started.returncode, 130)


class StoreInRust(Case):
    @classmethod
    def setUpClass(cls):
        tool("cargo")
        source = copy_source(PLUGINS / "store_mem_rust")
        run("cargo", "build", "--offline", "--locked", "--target-dir", WORK / "cargo", cwd=source)

    def setUp(self):
        super().setUp()
        self.manifest = self.install(PLUGINS / "store_mem_rust" / "store_mem.plugin.json", WORK / "cargo/debug/libstore_mem.so")

    def test_keeps_its_contract(self):
        self.check(self.manifest, skipped=["finds_both", "filters", "heeds_claims", "replaces_namespaces",
                                           "names_its_namespaces", "finds_no_damage"])

    def test_is_used(self):
        pages = self.pages()
        command = ["--files", pages, "--store", "mem", "--embedder", "hash"]
        self.assertEqual(self.refresh(*command)["delivered"]["upserts"], 3)
        for mode in ("text", "vector"):
            self.assertEqual(self.find("A glacier carries ice", "--mode", mode, "-k", 1)[0]["title"], "Glaciers")
        self.assert_in_step(3)
        (pages / "rivers.md").unlink()
        (pages / "deserts.md").write_text("# Deserts\n\nA desert has cold nights.\n")
        report = self.refresh(*command)
        self.assertEqual(report["delivered"], {"upserts": 1, "removals": 2, "pending": 0}, report)
        self.assert_in_step(2)


class ReaderInCxx(Case):
    @classmethod
    def setUpClass(cls):
        build_cmake(PLUGINS / "reader_csv_cpp", WORK / "reader_csv")

    def setUp(self):
        super().setUp()
        self.manifest = self.install(WORK / "reader_csv" / "reader_csv.plugin.json", WORK / "reader_csv" / "reader_csv.so")
        self.folder = self.home / "tables"
        self.folder.mkdir()
        (self.folder / "capitals.csv").write_text('country,city\nNorway,Oslo\n"Bosnia, Herzegovina",Sarajevo\n')

    def test_keeps_its_contract(self):
        self.check(self.manifest, "--sample", f"reader csv={self.folder / 'capitals.csv'}")

    def test_is_used(self):
        config = self.configure(f'[[source]]\nloader = "files"\noptions = {{ path = "{self.folder}", included_extensions = [] }}\n'
                                '[[readers]]\nname = "csv"\noptions = { title_column = "country" }\n')
        self.assertEqual(self.refresh("--config", config)["refreshed"], 1)
        hit, = self.find("Sarajevo", "-k", 1)
        self.assertIn("Bosnia, Herzegovina\ncountry: Bosnia, Herzegovina\ncity: Sarajevo", hit["text"])
        self.assertEqual(hit["metadata"], {"columns": ["country", "city"]}, hit)
        self.assert_in_step(1)
        (self.folder / "capitals.csv").write_text('country,city\nNorway\n')
        self.refresh("--config", config, check=1)
        self.assertEqual(len(self.find("Sarajevo", "-k", 1)), 1, "what was there stays")


class EmbedderInCxx(Case):
    @classmethod
    def setUpClass(cls):
        build_cmake(PLUGINS / "embedder_openai_cpp", WORK / "embedder_openai")

    def setUp(self):
        super().setUp()
        built = WORK / "embedder_openai"
        self.manifest = self.install(built / "embedder_openai.plugin.json", built / "embedder_openai.so")
        os.environ["FRESHET_TEST_KEY"] = "a-key-of-the-test"
        self.server = Server("a-key-of-the-test")
        self.addCleanup(self.server.close)

    def options(self, model):
        return "openai=" + json.dumps({"url": self.server.url, "key": "env:FRESHET_TEST_KEY", "model": model})

    def test_keeps_its_contract(self):
        self.check(self.manifest, "--options", "embedder " + self.options("small"),
                   skipped=["embeds", "is_stable", "keeps_order", "serves_threads", "takes_full_batches"])

    def test_is_used(self):
        report = self.refresh("--files", self.pages(), "--embedder", self.options("fault-429"))
        self.assertEqual((report["refreshed"], self.server.refused, len(self.server.texts)), (3, 1, 3), report)
        self.assertEqual(report["embedded"]["tokens"], 21, report)
        self.assertEqual(self.find("A glacier carries ice, slowly.", "--mode", "vector", "-k", 1)[0]["title"], "Glaciers")
        self.assert_in_step(3)

    def test_what_the_server_does_wrong_is_not_stored(self):
        pages = self.pages()
        for model in ("fault-short", "fault-nan"):
            freshet = Freshet(PREFIX, self.home / model)
            report = freshet.json("refresh", "--files", pages, "--embedder", self.options(model), check=1)
            self.assertEqual(report["delivered"]["upserts"], 0, report)
        os.environ["FRESHET_TEST_KEY"] = "another-key"
        done = self.freshet.run("refresh", "--files", pages, "--embedder", self.options("small"), check=1)
        self.assertTrue(re.search("denied|401", done.stdout + done.stderr), done)
        self.assertNotIn("another-key", done.stdout + done.stderr)


if __name__ == "__main__":
    main()
