#!/usr/bin/env python3
"""Prints how many chunks after the first begin a sentence; fails where fewer than half of them do."""
import pathlib, shutil, subprocess, sys, tempfile, unicodedata
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
import run


def chunks_of(limits):
    """{file name: (source, [chunk, …])} with chunks of at most `limits` (size, overlap)."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-case-"))
    (home / "work").mkdir()
    subprocess.run([sys.executable, str(here / "make.py"), str(home / "work")], check=True)
    (home / "freshet.toml").write_text("[chunker]\nmax_chunk_size = %d\noverlap_size = %d\n" % limits)
    subprocess.run([run.FRESHET, "--repository", str(home / "r"), "--config", str(home / "freshet.toml"), "refresh",
                    "--files", str(home / "work"), "--quiet"], check=True)
    stored = run.rows(home / "r")
    out = {f.name: (f.read_text(), [r["text"] for r in stored if r["uri"].endswith(f.name)]) for f in sorted((home / "work").iterdir())}
    shutil.rmtree(home)
    return out



wrong = 0
for name, (source, chunks) in chunks_of((203, 40)).items():
    good = 0
    for text in chunks[1:]:
        places = [p for p in range(len(source)) if source.startswith(text[:60], p)]
        good += any(source[:p].rstrip()[-1:] in "।۔။。.!?" for p in places)
    wrong += 2 * good < len(chunks) - 1
    print(f"{name}: {good} of {len(chunks) - 1} begin a sentence")
sys.exit(wrong > 0)
