"""The official Python client of OpenAI, in a virtual environment below the build directory."""
import pathlib
import subprocess
import sys

from program import build_dir, skip

VERSION = "3.57.0"


def openai_python():
    """The interpreter that has it. Made at the first use and kept; the test is skipped where there is no PyPI."""
    home = pathlib.Path(build_dir()).resolve() / f"openai-python-{VERSION}"
    python, done = home / "bin" / "python", home / "done"
    if not done.exists():
        for command in ([sys.executable, "-m", "venv", "--clear", str(home)],
                        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", f"openai=={VERSION}"]):
            made = subprocess.run(command, capture_output=True, text=True)
            if made.returncode:
                skip(f"the official client cannot be had: {' '.join(command[1:4])}: {(made.stderr or made.stdout).strip().splitlines()[-1:]}")
        done.touch()
    return str(python)
