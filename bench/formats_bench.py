#!/usr/bin/env python3
"""What reading PDFs costs beside the program that finds their words.

  bench/formats_bench.py [--build build] FILE.pdf…

Pages a second, one file after the other: pdftotext as people call it, the reader `pdf` through its library, and a refresh of a
folder with all files. Each is the best of three; wall time, and the processor time of the programs."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from plugin import Reader, opened  # noqa: E402
from program import Freshet  # noqa: E402

OPTIONS = {"max_time": "60s", "max_memory": "1GiB", "max_text": "64MiB", "tables": True, "running_heads": False}


def best(work):
    found = None
    for _ in range(3):
        wall, cpu = time.monotonic(), sum(os.times()[:4])
        work()
        took = (time.monotonic() - wall, sum(os.times()[:4]) - cpu)
        found = min(found or took, took)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("files", type=pathlib.Path, nargs="*")
    arguments = parser.parse_args()
    files = arguments.files or sorted((ROOT / "tests/plugins/reader_pdf/samples").glob("*.pdf"))
    library = arguments.build / "lib/freshet/plugins/reader_pdf.so"
    with opened(Reader, library, b"pdf", OPTIONS) as reader:
        pages = sum(reader.read(path.read_bytes(), "application/pdf").metadata["pages"] for path in files)
        rows = [("pdftotext", lambda: [subprocess.run(["pdftotext", path, "-"], stdout=subprocess.DEVNULL, check=True) for path in files]),
                ("reader pdf", lambda: [reader.read(path.read_bytes(), "application/pdf") for path in files])]
        with tempfile.TemporaryDirectory() as folder:
            papers = pathlib.Path(folder) / "papers"
            papers.mkdir()
            for i, path in enumerate(files):
                shutil.copy(path, papers / f"{i}.pdf")

            def refresh():
                shutil.rmtree(pathlib.Path(folder) / "repository", ignore_errors=True)
                report = Freshet(arguments.build, pathlib.Path(folder) / "repository").json("refresh", papers)
                assert report["refreshed"] == len(files), report
            if (arguments.build / "bin/freshet").exists():
                rows.append(("freshet refresh FOLDER", refresh))
            print(f"{len(files)} files, {pages} pages")
            for name, work in rows:
                wall, cpu = best(work)
                print(f"{name:<24} {pages / wall:>8.0f} pages/s {cpu / pages * 1000:>8.2f} ms of the processor a page")


if __name__ == "__main__":
    main()
