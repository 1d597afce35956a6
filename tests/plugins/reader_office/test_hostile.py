#!/usr/bin/env python3
"""Office files that are damaged, locked, empty or made to hurt: one clear error each, in bounded time and memory."""
import io
import os
import pathlib
import resource
import sys
import time
import unittest
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
from plugin import Failed, Reader, opened  # noqa: E402
from test_samples import HELPER, LIBRARY, OPTIONS, TYPES  # noqa: E402

PARSE, LIMIT, UNSUPPORTED = 1205, 1204, 1004
ARCHIVES = ["docx", "odt", "epub", "xlsx", "ods", "pptx", "odp"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def sample(kind):
    return (HERE / f"samples/handbook.{kind}").read_bytes()


def changed(kind, name, content):
    """The sample with another content of one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample(kind))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        assert name in old.namelist(), name
        for part in old.namelist():
            with new.open(part, "w") as file:
                if part != name:
                    file.write(old.read(part))
                else:
                    for piece in content:
                        file.write(piece)
    return out.getvalue()


def without_helper(kinds):
    return [kind for kind in kinds if HELPER or kind == "epub"]


class Hostile(unittest.TestCase):
    def fails(self, data, kind, statuses, words="", seconds=90, **options):
        begun = time.monotonic()
        with opened(Reader, LIBRARY, b"office", {**OPTIONS, **options}) as reader:
            with self.assertRaises(Failed) as caught:
                reader.read(data, TYPES[kind], "file:///a")
            self.assertLess(time.monotonic() - begun, seconds)
            self.assertIn(caught.exception.status, statuses, caught.exception)
            self.assertIn(words, caught.exception.message)
            self.assertIn((1, "Arrival"), reader.read(sample("org"), TYPES["org"]).outline())  # as before

    def test_zero_bytes_and_wrong_type(self):
        for kind in TYPES:
            self.fails(b"", kind, [PARSE], "is empty")
        for kind in ARCHIVES:
            self.fails(b"%PDF-1.4 and so on", kind, [PARSE], "these are zip archives")
        self.fails(b"no rtf", "rtf", [PARSE], "begin with")
        for kind in without_helper(ARCHIVES):
            self.fails(b"PK\3\4" + os.urandom(5000), kind, [PARSE])
        self.fails(b'{"cells": ', "ipynb", [PARSE])

    def test_truncated(self):
        for kind in without_helper(ARCHIVES):
            self.fails(sample(kind)[:-900], kind, [PARSE])

    def test_encrypted(self):
        for kind in ("docx", "xlsx", "pptx"):
            self.fails(OLE, kind, [UNSUPPORTED], "is encrypted")
        if HELPER:
            manifest = [b'<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>']
            for kind in ("odt", "odp"):
                self.fails(changed(kind, "META-INF/manifest.xml", manifest), kind, [UNSUPPORTED], "is encrypted")

    def test_zip_bombs(self):
        """Hundreds of megabytes in less than one."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        mebibyte = b"<w:p><w:r><w:t>bomb </w:t></w:r></w:p>" * 27594
        head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        bomb = [head] + [mebibyte] * 200 + [b"</w:body></w:document>"]
        if HELPER:
            self.fails(changed("docx", "word/document.xml", bomb), "docx", [LIMIT, PARSE], max_time="20s")
            sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            corners = [sheet, b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
                       b"</sheetData></worksheet>"]  # two cells, and room for sixteen billion
            self.fails(changed("xlsx", "xl/worksheets/sheet1.xml", corners), "xlsx", [LIMIT], "more memory than 1024MiB")
            rows = b'<row><c t="inlineStr"><is><t>some words in a cell</t></is></c></row>' * 15000
            self.fails(changed("xlsx", "xl/worksheets/sheet1.xml", [sheet] + [rows] * 400), "xlsx", [LIMIT, PARSE], max_time="10s")
            self.fails(changed("pptx", "ppt/presentation.xml", [b"<p>"] + [b" " * (1 << 20)] * 100), "pptx", [PARSE], "more than 64MiB")
            self.fails(changed("odp", "content.xml", [b"<p>"] + [b" " * (1 << 20)] * 100), "odp", [PARSE], "more than 64MiB")
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 400_000)  # KiB, of the host

    @unittest.skipUnless(HELPER, "made without cargo")
    def test_entities(self):
        """A billion laughs, and a file of the machine."""
        laughs = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
        bomb = f'<!DOCTYPE p [<!ENTITY l0 "laugh">{laughs}]><p:presentation xmlns:p="p">&l9;</p:presentation>'.encode()
        self.fails(changed("pptx", "ppt/presentation.xml", [bomb]), "pptx", [PARSE], "ppt/presentation.xml")
        file = b'<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;</p>'
        for kind, name in [("odp", "content.xml"), ("odt", "content.xml"), ("docx", "word/document.xml")]:
            try:
                with opened(Reader, LIBRARY, b"office", OPTIONS) as reader:
                    self.assertNotIn("root:", reader.read(changed(kind, name, [file]), TYPES[kind]).text())
            except Failed as failed:
                self.assertIn(failed.status, (PARSE, LIMIT), failed)

    def test_depth_and_size(self):
        nested = "".join("  " * i + f"- item {i}\n" for i in range(300))
        self.fails(nested.encode(), "org", [LIMIT], "in each other")
        self.fails(b"word after word\n\n" * 20000, "org", [LIMIT], "max_text", max_text="64KiB")
        macros = b"\\def\\a{x\\a\\a}\\a"
        try:
            with opened(Reader, LIBRARY, b"office", {**OPTIONS, "max_time": "5s"}) as reader:
                reader.read(macros, TYPES["tex"])
        except Failed as failed:
            self.assertIn(failed.status, (PARSE, LIMIT), failed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
