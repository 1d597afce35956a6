"""PDF and office files in a folder and on a server: found by what they say, with their pages; what cannot be read is told, one root
by one, and nothing else suffers."""
import json
import os
import pathlib
import shutil
import subprocess

from e2e import Case, Scripted, build_dir, main

ROOT = pathlib.Path(__file__).resolve().parents[2]
PDF = ROOT / "tests/plugins/reader_pdf/samples"
OFFICE = ROOT / "tests/plugins/reader_office/samples"
HELPER = (pathlib.Path(build_dir()) / "lib/freshet/plugins/freshet-read-office").exists()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Formats(Case):
    def papers(self):
        folder = self.home / "papers"
        folder.mkdir()
        shutil.copy(PDF / "fpdf2.pdf", folder / "berths.pdf")
        shutil.copy(OFFICE / "handbook.rst", folder)
        if HELPER:
            for kind in ("docx", "pptx", "xlsx"):
                shutil.copy(OFFICE / f"handbook.{kind}", folder)
        (folder / "notes.md").write_text("# Notes\n\nThe heron sleeps at the northern pier.\n")
        return folder

    def hits(self, question, *more):
        return self.freshet.json("query", question, "-k", "20", *more)["hits"]

    def test_folder(self):
        folder = self.papers()
        report = self.freshet.json("refresh", folder)
        self.assertEqual((report["failed"], report["refreshed"]), (0, 6 if HELPER else 3), report)
        hit = next(each for each in self.hits("storm warning moorings drawbridge") if each["uri"].endswith("berths.pdf"))
        self.assertEqual((hit["metadata"]["page"], hit["metadata"]["page_end"], hit["url"].rpartition("#")[2]), (4, 4, "page=4"), hit)
        self.assertIn("signal station", hit["text"])
        self.assertTrue(hit["path"].endswith("Weather"), hit["path"])
        only = self.hits("vessel berth", "--filter", json.dumps({"page": {"$lte": 2}}))
        self.assertTrue(only and all(each["metadata"]["page"] <= 2 for each in only), only)
        names = {each["uri"].rpartition("/")[2] for each in self.hits("berth vessel fees")}
        self.assertTrue(names >= ({"berths.pdf", "handbook.rst"} | ({"handbook.docx", "handbook.xlsx"} if HELPER else set())), names)
        again = self.freshet.json("refresh", folder, "--force")
        self.assertEqual((again["failed"], again["chunks"]["added"]), (0, 0), again)  # read again, the same
        self.assert_in_step()

    def test_web(self):
        site = Scripted()
        self.addCleanup(site.close)
        pages = {"/berths": ((PDF / "fpdf2.pdf").read_bytes(), "application/pdf"),
                 "/mute.pdf": ((PDF / "typst.pdf").read_bytes(), "application/octet-stream"),
                 "/guide.rst": ((OFFICE / "handbook.rst").read_bytes(), "text/plain")}
        if HELPER:
            pages["/letter"] = ((OFFICE / "handbook.docx").read_bytes(), DOCX)
            pages["/get?id=7"] = ((OFFICE / "handbook.odt").read_bytes(), "application/octet-stream")
        for path, (body, media_type) in pages.items():
            site.answer(path, 200, body, **{"Content-Type": media_type})
        urls = [site.url + path for path in pages]
        config = self.home / "freshet.toml"
        config.write_text(f'[[source]]\nloader = "url"\noptions = {{ urls = {json.dumps(urls)} }}\n')
        report = self.freshet.json("refresh", "--config", config)
        self.assertEqual((report["failed"], report["refreshed"]), (0, len(pages)), report)
        found = self.hits("storm warning moorings")
        self.assertEqual({each["uri"] for each in found}, set(urls))
        hit = next(each for each in found if each["uri"] == site.url + "/berths")
        self.assertEqual((hit["metadata"]["page"], hit["url"]), (4, site.url + "/berths#page=4"))

    def test_address(self):
        """A PDF is enough of an address, on a server and on the disk."""
        site = Scripted()
        self.addCleanup(site.close)
        site.answer("/berths", 200, (PDF / "typst.pdf").read_bytes(), **{"Content-Type": "application/pdf"})
        for address in (site.url + "/berths", PDF / "cairo.pdf"):
            report = self.freshet.json("refresh", address)
            self.assertEqual((report["failed"], report["refreshed"]), (0, 1), report)
        self.assertEqual(len({each["uri"] for each in self.hits("storm warning moorings")}), 2)

    def test_trouble(self):
        """One bad file each: told by its name, and the others are as they would be without it."""
        folder = self.papers()
        data = (PDF / "fpdf2.pdf").read_bytes()
        bad = {"cut.pdf": data[:1500], "no.pdf": b"%PDF-1.5\nnothing\n", "cut.epub": (OFFICE / "handbook.epub").read_bytes()[:-300],
               "picture.docx": b"\x89PNG\r\n\x1a\n" + bytes(100)}
        for name, content in bad.items():
            (folder / name).write_bytes(content)
        report = self.freshet.json("refresh", folder, check=1)
        failed = {root["uri"].rpartition("/")[2]: root for root in report["roots"] if root["outcome"] == "failed"}
        self.assertEqual(set(failed), set(bad), report)
        self.assertTrue(all(root["error"]["code"] in ("parse", "unsupported", "limit") for root in failed.values()), failed)
        self.assertEqual(report["refreshed"], 6 if HELPER else 3)
        again = self.freshet.json("refresh", folder, check=1)  # refused for good: not tried again, and nothing lost
        self.assertEqual((again["refreshed"], again["removed"]), (0, 0), again)
        self.assert_in_step()

    def test_without_poppler(self):
        folder = self.papers()
        bin = self.home / "bin"
        bin.mkdir()
        done = subprocess.run(self.freshet.command("refresh", folder, "--json"), capture_output=True, text=True,
                              env={**os.environ, "PATH": str(bin)})
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1, report)
        root = next(root for root in report["roots"] if root["uri"].endswith("berths.pdf"))
        self.assertIn("poppler-utils", json.dumps(root["error"]))
        self.assertIn("notes.md", {each["uri"].rpartition("/")[2] for each in self.hits("heron")}.__str__())
        self.assertEqual(self.freshet.json("refresh", folder, "--force")["failed"], 0)  # it is there again: no refusal was kept

    def test_contract(self):
        plugins = pathlib.Path(build_dir()) / "lib/freshet/plugins"
        for name, sample in [("pdf", PDF / "fpdf2.pdf"), ("office", OFFICE / "handbook.docx")]:
            done = self.freshet.run("plugins", "check", plugins / f"reader_{name}.so", "--sample", f"reader {name}={sample}")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_named_readers(self):
        folder = self.papers()
        config = self.home / "freshet.toml"
        config.write_text(f'readers = []\n[[source]]\nloader = "files"\noptions = {{ path = "{folder}" }}\n')
        report = self.freshet.json("refresh", "--config", config, check=1)
        self.assertIn("no reader for application/pdf", json.dumps(report))
        config.write_text(f'[[readers]]\nname = "pdf"\noptions = {{ max_memory = "1MiB" }}\n[[source]]\nloader = "files"\n'
                          f'options = {{ path = "{folder}" }}\n')
        done = self.freshet.run("refresh", "--config", config, "--json")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("is less than 64MiB", done.stdout)

    def test_a_reader_that_came_later_reads_what_others_had_read(self):
        (self.home / "code").mkdir()
        (self.home / "code" / "tides.py").write_text('class Gauge:\n    """Reads the tide."""\n\n    def level(self):\n        return 3\n')
        (self.home / "code" / "notes.txt").write_text("Notes of the harbour.\n")
        config = self.home / "freshet.toml"
        source = f'[[source]]\nloader = "files"\npolicy = "always"\noptions = {{ path = "{self.home / "code"}" }}\n'
        config.write_text("readers = []\n" + source)
        self.assertEqual(self.freshet.json("refresh", "--config", config)["refreshed"], 2)
        config.write_text(source)
        for refreshed in (1, 0):
            report = self.freshet.json("refresh", "--config", config)
            self.assertEqual((report["refreshed"], report["unchanged"]), (refreshed, 2 - refreshed), report)
        self.assertEqual(self.hits("level")[0]["metadata"]["language"], "python")


if __name__ == "__main__":
    main()
