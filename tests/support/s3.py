"""A server that speaks as S3 does, on loopback, and checks the signature of each request."""
import shutil
import subprocess
import time
import urllib.error
import urllib.request

from packages import install_npm
from sites import free_port

SERVER = install_npm("s3rver@3.7.1") / "node_modules" / ".bin" / "s3rver"
KEY_ID, SECRET = "S3RVER", "S3RVER"  # the ones that it knows


class S3:
    def __init__(self, folder, bucket="backups"):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder, self.bucket = folder, bucket
        self.process = subprocess.Popen([shutil.which("node"), SERVER, "--directory", folder, "--address", "127.0.0.1", "--port",
                                         str(self.port), "--silent", "--configure-bucket", bucket], stderr=subprocess.DEVNULL)
        self.wait()

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(self.url):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer in {seconds} s")

    def close(self):
        self.process.kill()
        self.process.wait()
