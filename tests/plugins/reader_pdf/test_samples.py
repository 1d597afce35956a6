#!/usr/bin/env python3
"""PDFs of three dozen makers: the words that pdftotext finds, in order; sections, pages, tables; no running heads."""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
from plugin import Reader, opened  # noqa: E402

LIBRARY = pathlib.Path(os.environ["FRESHET_BUILD"]) / "lib/freshet/plugins/reader_pdf.so"
OPTIONS = {"max_time": "60s", "max_memory": "1GiB", "max_text": "64MiB", "tables": True, "running_heads": False}
SAMPLES = sorted(HERE.glob("samples/*.pdf"))
TITLES = ["Arrival", "Fees", "Departure", "Weather"]

# What stands at the head and the foot of pages, as lines of pdftotext; and where the words beside it are not all.
HEADS = {
    "enscript_ghostscript": None, "gropdf": r"-\d-", "grops_ghostscript": r"-\d-", "pdfmake": r"page \d", "prawn": r"page \d of 4",
    "libreoffice_writer": "Harbour office", "libreoffice_calc": r"Page \d", "reportlab_platypus": r"Harbour office, page \d",
    "pdftex_heads": r"Harbour office|Second edition|Harbour office Second edition|\d", "typst": r"Harbour office|\d", "weasyprint": r"Harbour office|\d",
    "xetex": r"\d", "luatex": r"\d", "pdftex_columns": r"\d", "dvips_ghostscript": r"\d", "dvipdfmx": r"\d",
}
for copy, of in [("pypdf", "pdftex_heads"), ("pikepdf", "dvipdfmx"), ("qpdf_linear", "pdftex_columns"), ("qpdf_owner", "pdftex_columns"),
                 ("ghostscript_rewritten", "xetex")]:
    HEADS[copy] = HEADS[of]
# No outline, and headings in the type of the text.
WITHOUT_HEADINGS = {"enscript_ghostscript", "gropdf", "grops_ghostscript", "libreoffice_calc"}
# Not those of weasyprint and LibreOffice Calc, whose cells stand no further apart than words do, nor of xhtml2pdf, whose rows
# are far from each other.
WITH_TABLE = ["chromium", "chromium_columns", "dvipdfmx", "dvips_ghostscript", "fpdf2", "libreoffice_writer", "luatex",
              "pdfmake", "pdftex_columns", "pdftex_heads", "reportlab_platypus", "typst", "wkhtmltopdf", "xetex"]
ROWS = ["| Berth | Length | Depth | Fee |", "|---|---|---|---|", "| North one | 12 m | 3.5 m | 18 |", "| North two | 24 m | 4.0 m | 36 |",
        "| South one | 40 m | 7.5 m | 95 |", "| South two | 60 m | 9.0 m | 140 |"]


def pdftotext(path, *how):
    text = subprocess.run(["pdftotext", *how, str(path), "-"], capture_output=True, text=True, check=True).stdout
    text = text.replace("\u00ad\n", "").replace("\f", "\n")
    return re.sub(r"(?<=\w)-\n(?=[a-z])", "", text)  # as the other order has it already


def found_in_order(words, ours):
    """The part of `words` that `ours` has, in the same order."""
    matcher = difflib.SequenceMatcher(None, words, ours, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(words)


class Samples(unittest.TestCase):
    def read(self, path, **options):
        with opened(Reader, LIBRARY, b"pdf", {**OPTIONS, **options}) as reader:
            return reader.read(path.read_bytes(), "application/pdf", f"file:///{path.name}")

    def words(self, path, how):
        """Those of pdftotext that are no running head."""
        heads = HEADS.get(path.stem)
        lines = pdftotext(path, *how).splitlines()
        return " ".join(line for line in lines if not heads or not re.fullmatch(heads, line.strip())).split()

    def test_words(self):
        self.assertGreaterEqual(len(SAMPLES), 30)
        worst = 1.0
        for path in SAMPLES:
            with self.subTest(path.stem):
                # pdftotext mixes columns here and there, and then the order in which the file draws its text is right. What
                # is no head in one page's document stays in it.
                ours = re.sub(r"\||---", " ", self.read(path).text()).split()
                as_drawn = self.read(path, tables=False).text().split()
                part = max(found_in_order(self.words(path, how), words) for how in ([], ["-raw"]) for words in (ours, as_drawn))
                worst = min(worst, part)
                self.assertGreaterEqual(part, 0.99)
        print(f"{len(SAMPLES)} samples: at least {worst:.4f} of pdftotext's words in order")

    def test_outline(self):
        for path in SAMPLES:
            if path.stem in WITHOUT_HEADINGS:
                continue
            with self.subTest(path.stem):
                outline = [(level, re.sub(r"^[\d.]+ ", "", title)) for level, title in self.read(path).outline()]
                self.assertEqual([title for _, title in outline if title in TITLES], TITLES)
                self.assertLessEqual(len(outline), len(TITLES) + 2, outline)  # the title, its author
                levels = {title: level for level, title in outline}
                if levels["Fees"] != levels["Arrival"]:  # the makers of one size have one level
                    self.assertGreater(levels["Fees"], levels["Arrival"])
                    self.assertEqual((levels["Arrival"], levels["Fees"]), (levels["Departure"], levels["Weather"]))

    def test_sections(self):
        """Each has its own text, in columns too, and no other's."""
        words = {"Arrival": "Every vessel that approaches", "Fees": "Fees are calculated from", "Departure": "Departure is announced",
                 "Weather": "The signal station publishes"}
        for path in SAMPLES:
            if path.stem in WITHOUT_HEADINGS:
                continue
            with self.subTest(path.stem):
                for _, title, _, text, _ in self.read(path).sections:
                    name = re.sub(r"^[\d.]+ ", "", title)
                    if name in words:
                        self.assertEqual([other for other in words if words[other] in " ".join(text.split())], [name])

    def test_tables(self):
        for name in WITH_TABLE:
            with self.subTest(name):
                text = self.read(HERE / f"samples/{name}.pdf").text()
                self.assertIn("\n".join(ROWS), text)
                self.assertNotIn("| North one", self.read(HERE / f"samples/{name}.pdf", tables=False).text())

    def test_running_heads(self):
        for name, heads in [("libreoffice_writer", "Harbour office"), ("reportlab_platypus", "Harbour office"), ("prawn", "page 2 of 4"),
                            ("pdfmake", "page 2"), ("weasyprint", "Harbour office"), ("typst", "Harbour office")]:
            with self.subTest(name):
                self.assertNotIn(heads, self.read(HERE / f"samples/{name}.pdf").text())
                self.assertIn(heads, self.read(HERE / f"samples/{name}.pdf", running_heads=True).text())

    def test_pages_and_metadata(self):
        made = self.read(HERE / "samples/fpdf2.pdf")
        self.assertEqual([made.pages_of(title) for title in TITLES], [[1], [2], [3], [4]])
        self.assertEqual(made.sections[2][2], "file:///fpdf2.pdf#page=2")
        self.assertEqual((made.title, made.metadata["author"], made.metadata["pages"]), ("The Harbour Handbook", "Ada Quay", 4))
        self.assertRegex(made.metadata["created"], r"^20\d\d-\d\d-\d\dT")
        # A section over two pages, and its hyphens.
        made = self.read(HERE / "samples/pdftex_columns.pdf")
        self.assertNotRegex(made.text(), r"[a-z]- [a-z]|danger-|danger ous")
        self.assertIn("dangerous merchandise", made.text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
