"""Programs of the Python and the Node package registry that tests use: in folders of their own, made once and kept in build-venvs/."""
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys

from program import skip

VENVS = pathlib.Path(__file__).resolve().parents[2] / "build-venvs"


def once(name, make):
    """The folder `name` in build-venvs/, which `make` fills the first time; another process waits for it."""
    home = VENVS / name.replace(" ", "+").replace("/", "+")
    VENVS.mkdir(exist_ok=True)
    with open(VENVS / f"{home.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            make(home)
            (home / "complete").touch()
    return home


def install(requirement):
    """The virtual environment with `requirement`, one or several with blanks between, in it; without the registry the test is skipped."""
    def make(home):
        for command in ([sys.executable, "-m", "venv", home],
                        [home / "bin" / "pip", "install", "--quiet", "--retries", "1", *requirement.split()]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                why = ((done.stderr + done.stdout).strip().splitlines() or ["no reason given"])[-1]
                skip(f"{requirement} cannot be had from the Python package registry: {why}")
    return once(requirement, make)


def run_with(requirement):
    """Goes on in a Python that has `requirement`: called first of all, it starts the program again."""
    home = install(requirement)
    if pathlib.Path(sys.prefix) != home:
        os.execv(home / "bin" / "python", [str(home / "bin" / "python"), "-B", *sys.argv])
    return home


def install_npm(requirement, skip=skip):
    """The folder with `requirement` of the Node registry in its node_modules; without npm or the registry the program is skipped,
    or what `skip` skips."""
    npm = shutil.which("npm") or skip("npm is not here")

    def make(home):
        done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", home, requirement], capture_output=True, text=True)
        if done.returncode != 0:
            skip(f"{requirement} cannot be had from the Node package registry: {done.stderr.strip()[-300:]}")
    return once(f"npm+{requirement}", make)


def install_go(module):
    """The folder of `module`, "PATH@VERSION" of the Go module proxy, as it was published; without Go or the proxy the test is skipped."""
    go = shutil.which("go") or skip("go is not here")

    def make(home):
        done = subprocess.run([go, "mod", "download", "-json", module], cwd=home, capture_output=True, text=True, env={
            **os.environ, "GOMODCACHE": str(home / "modules"), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local"})
        if done.returncode != 0:
            skip(f"{module} cannot be had from the Go module proxy: {(done.stderr + done.stdout).strip()[-300:]}")
        os.symlink(json.loads(done.stdout)["Dir"], home / "module")
        shutil.rmtree(home / "modules" / "cache")
    return (once(f"go+{module}", make) / "module").resolve()
