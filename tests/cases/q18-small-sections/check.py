#!/usr/bin/env python3
"""Small sections share a chunk, each under its heading; the large one has its own."""
import pathlib, shutil, subprocess, sys, tempfile
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
import run

home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-case-"))
subprocess.run([run.FRESHET, "--repository", str(home / "r"), "refresh", "--files", str(here / "tree"), "--quiet"], check=True)
chunks = [row["text"] for row in run.rows(home / "r")]
shutil.rmtree(home)
small = [text for text in chunks if "At six." in text]
for text in chunks:
    print(len(text), text.splitlines()[0])
good = len(small) == 1 and all(part in small[0] for part in ("High", "Low\nAt noon.", "Neap")) and "Spring" not in small[0]
sys.exit(not (good and any(text.startswith("Spring\n") for text in chunks)))
