#!/usr/bin/env python3
"""Every chunk's fences are closed, and opened with their language."""
import pathlib, shutil, subprocess, sys, tempfile
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
import run

home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-case-"))
subprocess.run([run.FRESHET, "--repository", str(home / "r"), "refresh", "--files", str(here / "tree"), "--quiet"], check=True)
chunks = [row["text"] for row in run.rows(home / "r")]
shutil.rmtree(home)
wrong = [text for text in chunks if text.count("```") % 2 or not any(line == "```python" for line in text.splitlines())]
for text in wrong:
    print("odd fences:", text[:60].replace("\n", "|"), "…", text[-40:].replace("\n", "|"))
too_long = [text for text in chunks if len(text) > 1500]
print(len(chunks), "chunks,", len(too_long), "too long")
sys.exit(bool(wrong or too_long) or len(chunks) < 2)
