"""The real Chroma server on loopback, and a client of its makers."""
import ctypes
import os
import pathlib
import signal
import subprocess
import time

from packages import run_with
from sites import free_port

HOME = run_with("chromadb==1.5.9")
os.environ["ANONYMIZED_TELEMETRY"] = "FALSE"
import chromadb  # noqa: E402

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def end_with_the_test():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Chroma:
    """A server that keeps its data in `folder`; killed and started again it has the same address."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self, seconds=120):
        self.process = subprocess.Popen(
            [HOME / "bin" / "chroma", "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=end_with_the_test)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                return chromadb.HttpClient("127.0.0.1", self.port).heartbeat()
            except Exception:  # whatever the client makes of a refused connection
                if self.process.poll() is not None:
                    raise AssertionError(f"chroma ended with {self.process.returncode}")
                time.sleep(0.1)
        raise AssertionError(f"chroma did not answer in {seconds} s")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def database(self, name):
        """Makes a database, and returns a client of it."""
        chromadb.AdminClient(self._settings()).create_database(name)
        return chromadb.HttpClient("127.0.0.1", self.port, database=name)

    def _settings(self):
        return chromadb.Settings(chroma_api_impl="chromadb.api.fastapi.FastAPI",
                                 chroma_server_host="127.0.0.1", chroma_server_http_port=self.port)
