#!/usr/bin/env python3
"""One document in ten formats: the same sections and text. Sheets and slides in two or three each: the same, too."""
import os
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
from plugin import Reader, opened  # noqa: E402

PLUGINS = pathlib.Path(os.environ["FRESHET_BUILD"]) / "lib/freshet/plugins"
LIBRARY = PLUGINS / "reader_office.so"
OPTIONS = {"notes": True, "comments": False, "max_time": "60s", "max_memory": "1GiB", "max_text": "64MiB"}
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
TYPES = {"docx": OOXML + "wordprocessingml.document", "odt": ODF + "text", "epub": "application/epub+zip", "rtf": "application/rtf",
         "ipynb": "application/x-ipynb+json", "rst": "text/x-rst", "adoc": "text/asciidoc", "org": "text/org", "tex": "application/x-tex",
         "dbk": "application/docbook+xml", "xlsx": OOXML + "spreadsheetml.sheet", "ods": ODF + "spreadsheet",
         "xls": "application/vnd.ms-excel", "pptx": OOXML + "presentationml.presentation", "odp": ODF + "presentation"}
HELPER = (PLUGINS / "freshet-read-office").exists()

SECTIONS = [
    (1, "Arrival", "Every vessel reports to the watchtower before it passes the breakwater. The café at the quay opens at six.\n\n"
                   "Whoever arrives at night waits at the southern mooring."),
    (2, "Fees", "Fees are calculated from the length of the vessel and the number of nights.\n\n| Berth | Length | Fee |\n|---|---|---|\n"
                "| North one | 12 m | 18 |\n| South two | 60 m | 140 |"),
    (1, "Departure", "Departure is announced two hours in advance, by telephone or in person.\n\n- Disconnect the electricity\n"
                     "- Return the borrowed equipment"),
    (2, "Weather", "When a storm warning is displayed, all moorings are doubled."),
]


def needs_helper(test):
    return unittest.skipUnless(HELPER, "made without cargo")(test)


class Office(unittest.TestCase):
    def read(self, data, kind, **options):
        with opened(Reader, LIBRARY, b"office", {**OPTIONS, **options}) as reader:
            return reader.read(data, TYPES[kind], f"file:///a.{kind}")

    def sample(self, kind, **options):
        return self.read((HERE / f"samples/handbook.{kind}").read_bytes(), kind, **options)

    def sections(self, made):
        self.assertEqual(made.sections[0][3].strip(), "")
        return [(level, title, text.strip()) for level, title, _, text, _ in made.sections[1:]]

    def test_one_document(self):
        formats = ["epub", "rtf", "ipynb", "rst", "adoc", "org", "tex", "dbk"] + (["docx", "odt"] if HELPER else [])
        for kind in formats:
            with self.subTest(kind):
                made = self.sample(kind)
                self.assertEqual(self.sections(made), SECTIONS)
                if kind != "ipynb":  # which has no title
                    self.assertEqual((made.title, made.metadata["author"]), ("The Harbour Handbook", "Ada Quay"))
        self.assertEqual(self.sample("rst").sections[1][2], "file:///a.rst#arrival")
        print(f"{len(formats)} formats: the same sections and text")

    def test_same_again(self):
        for kind in ("adoc", "epub"):  # no date of today, no place of today
            self.assertEqual(vars(self.sample(kind)), vars(self.sample(kind)))

    @needs_helper
    def test_slides(self):
        for kind in ("pptx", "odp"):
            with self.subTest(kind):
                made = self.sample(kind)
                self.assertEqual(made.outline(), [(1, "Arrival"), (1, "Fees"), (1, "Departure"), (1, "Weather")])
                self.assertEqual([made.pages_of(title) for _, title in made.outline()], [[1], [2], [3], [4]])
                texts = [text.strip() for _, _, text in self.sections(made)]
                self.assertEqual(texts[0], SECTIONS[0][2])
                self.assertEqual(texts[1], "\n".join(SECTIONS[1][2].splitlines()[2:]))
                self.assertEqual(texts[3], SECTIONS[3][2] + "\n\nNotes: Mention the lifeboat.")
                self.assertNotIn("lifeboat", self.sample(kind, notes=False).text())
                self.assertEqual(made.title, "The Harbour Handbook")

    @needs_helper
    def test_sheets(self):
        for kind in ("xlsx", "ods", "xls"):
            with self.subTest(kind):
                made = self.sample(kind)
                self.assertEqual([title for _, title in made.outline()], ["Berths", "Inspections"])
                self.assertIn("| Berth | Length | Fee |\n|---|---|---|\n| North one | 12 m | 18 |\n| South two | 60 m | 140 |", made.text())
                true = "1" if kind == "ods" else "TRUE"  # as LibreOffice wrote it
                self.assertIn(f"| North one | 2026-05-04 | {true} | 0.5 |", made.text())
                self.assertNotIn("not for anybody", made.text())  # of a hidden sheet
        self.assertIn("Comment on A2: Closed in winter", self.sample("xlsx", comments=True).text())

    def test_notes_and_comments(self):
        text = b"Berths_\n\nA berth [#]_ is free.\n\n.. [#] Ask for it.\n\n.. _Berths: https://example.org/berths\n"
        self.assertEqual(self.read(text, "rst").text().split(), "Berths A berth[1] is free. [1] Ask for it.".split())
        self.assertEqual(self.read(text, "rst", notes=False).text().split(), "Berths A berth is free.".split())

    def test_nothing_is_fetched_or_included(self):
        with tempfile.TemporaryDirectory() as folder:
            secret = pathlib.Path(folder) / "secret.txt"
            secret.write_text("hidden words")
            for kind, text in [("rst", f".. include:: {secret}\n\nThe text.\n"), ("org", f"#+INCLUDE: {secret}\n\nThe text.\n"),
                               ("tex", f"\\input{{{secret}}} The text."), ("adoc", f"include::{secret}[]\n\nThe text.\n"),
                               ("rst", f".. csv-table::\n   :file: {secret}\n\nThe text.\n")]:
                with self.subTest(kind):
                    try:
                        self.assertNotIn("hidden words", self.read(text.encode(), kind).text())
                    except Exception as problem:
                        self.assertIn("205", str(getattr(problem, "status", problem)))

    def test_without_the_programs(self):
        path = os.environ["PATH"]
        try:
            os.environ["PATH"] = "/nowhere"
            for kind, program, package in [("rst", "pandoc", "pandoc"), ("adoc", "asciidoctor", "asciidoctor")]:
                with self.assertRaises(Exception) as caught:
                    self.sample(kind)
                self.assertEqual((caught.exception.subject, caught.exception.message),
                                 (program, f"is not installed: Debian has it in the package {package}"))
        finally:
            os.environ["PATH"] = path


if __name__ == "__main__":
    unittest.main(verbosity=2)
