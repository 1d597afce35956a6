#!/usr/bin/env python3
"""PDFs that are damaged, locked, empty or made to hurt: one clear error each, in bounded time and memory."""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
from plugin import Failed, Reader, opened  # noqa: E402

LIBRARY = pathlib.Path(os.environ["FRESHET_BUILD"]) / "lib/freshet/plugins/reader_pdf.so"
OPTIONS = {"max_time": "60s", "max_memory": "1GiB", "max_text": "64MiB", "tables": True, "running_heads": False}
SAMPLE = (HERE / "samples/fpdf2.pdf").read_bytes()
PARSE, LIMIT, UNSUPPORTED, IO = 1205, 1204, 1004, 1301


def pdf(*pages, filters="/FlateDecode"):
    """A PDF with these content streams, each given as it is stored."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>",
               b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))),
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for i, page in enumerate(pages):
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>" % (5 + 2 * i))
        objects.append(b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(page), filters.encode(), page))
    data, places = b"%PDF-1.4\n", []
    for i, one in enumerate(objects):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (i + 1, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + (b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
                   % (len(objects) + 1, table, len(objects) + 1, len(data)))


def repeated(part, times, begin=b""):
    packer = zlib.compressobj(9)
    packed = packer.compress(begin)
    block = part * 10000
    for _ in range(times // 10000):
        packed += packer.compress(block)
    return packed + packer.flush()


TEXT = zlib.compress(b"BT /F 12 Tf 50 700 Td (A page with words of its own) Tj ET")
NOTHING = zlib.compress(b"0 0 100 100 re f")


class Hostile(unittest.TestCase):
    def fails(self, data, status, words, seconds=60, **options):
        begun = time.monotonic()
        with opened(Reader, LIBRARY, b"pdf", {**OPTIONS, **options}) as reader:
            with self.assertRaises(Failed) as caught:
                reader.read(data, "application/pdf", "file:///a.pdf")
            self.assertLess(time.monotonic() - begun, seconds)
            self.assertEqual((caught.exception.status, words in caught.exception.message), (status, True), caught.exception)
            self.assertIn("Arrival", [title for _, title in reader.read(SAMPLE, "application/pdf").outline()])  # as before

    def made(self, *how):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["qpdf", *how, str(HERE / "samples/fpdf2.pdf"), f"{folder}/a.pdf"], check=True)
            return pathlib.Path(folder, "a.pdf").read_bytes()

    def test_no_pdf(self):
        self.fails(b"", PARSE, "is empty")
        self.fails(b"PK\3\4 something else", PARSE, "does not begin with %PDF-")
        self.fails(b"%PDF-1.4\n", PARSE, "no PDF that can be read")
        self.fails(b"%PDF-1.7\n" + os.urandom(100_000), PARSE, "no PDF that can be read")

    def test_truncated(self):
        for part in (2, 5, 10):
            data = SAMPLE[:len(SAMPLE) // part]
            with opened(Reader, LIBRARY, b"pdf", OPTIONS) as reader:
                try:
                    reader.read(data, "application/pdf")  # what poppler mends is read
                except Failed as failed:
                    self.assertIn(failed.status, (PARSE, UNSUPPORTED), failed)

    def test_encrypted(self):
        self.fails(self.made("--encrypt", "user", "owner", "256", "--"), UNSUPPORTED, "encrypted")

    def test_pages_without_text(self):
        self.fails(pdf(NOTHING, NOTHING), UNSUPPORTED, "none of its 2 pages has text")
        with opened(Reader, LIBRARY, b"pdf", OPTIONS) as reader:
            made = reader.read(pdf(TEXT, NOTHING, NOTHING, TEXT, NOTHING), "application/pdf", "file:///scan.pdf")
            self.assertEqual(made.metadata["pages_without_text"], "2-3, 5")
            self.assertIn((2, "file:///scan.pdf: no text on page 2-3, 5, which is a picture, or blank"), reader.logged)

    def test_bombs(self):
        # 80 MB of drawing in 80 KB; the same once more around it; a page of ten million words.
        drawing = repeated(b"0 0 m 1 1 l S\n", 6_000_000)
        self.fails(pdf(drawing), LIMIT, "processor time", max_time="1s")
        self.fails(pdf(zlib.compress(drawing, 9), filters="[/FlateDecode/FlateDecode]"), LIMIT, "processor time", max_time="1s")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        words = repeated(b"(word after word)'\n", 1_000_000, b"BT /F 1 Tf 0.0002 TL 5 700 Td ")
        self.ends(pdf(words), max_time="5s", max_memory="96MiB")
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 300_000)  # KiB, of the host
        page = zlib.compress(b"BT /F 12 Tf 12 TL 50 750 Td " + b"(ten words in a line of a page of its own)'\n" * 50 + b"ET")
        self.fails(pdf(*[page] * 30), LIMIT, "more text than", max_text="32KiB")

    def ends(self, data, seconds=60, **options):
        """Read, as poppler leaves out what lies on top of each other, or refused: in time either way."""
        begun = time.monotonic()
        with opened(Reader, LIBRARY, b"pdf", {**OPTIONS, **options}) as reader:
            try:
                reader.read(data, "application/pdf")
            except Failed as failed:
                self.assertIn(failed.status, (LIMIT, PARSE), failed)
        self.assertLess(time.monotonic() - begun, seconds)

    def test_loops(self):
        loop = SAMPLE.replace(b"/Type /Pages", b"/Type /Pages /Parent 1 0 R", 1)
        tree = pdf(TEXT).replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]")
        for data in (loop, tree):
            begun = time.monotonic()
            with opened(Reader, LIBRARY, b"pdf", OPTIONS) as reader:
                try:
                    reader.read(data, "application/pdf")
                except Failed as failed:
                    self.assertIn(failed.status, (PARSE, UNSUPPORTED), failed)
            self.assertLess(time.monotonic() - begun, 20)

    def test_no_poppler(self):
        path = os.environ["PATH"]
        try:
            os.environ["PATH"] = "/nowhere"
            with opened(Reader, LIBRARY, b"pdf", OPTIONS) as reader, self.assertRaises(Failed) as caught:
                reader.read(SAMPLE, "application/pdf")
        finally:
            os.environ["PATH"] = path
        self.assertEqual((caught.exception.status, caught.exception.subject, caught.exception.message),
                         (IO, "pdftotext", "is not installed: Debian has it in the package poppler-utils"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
