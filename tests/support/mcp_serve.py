"""freshet mcp --listen, for as long as a test needs it."""
import contextlib
import re
import signal
import subprocess


@contextlib.contextmanager
def serve(freshet, *more, where="127.0.0.1:0"):
    """Where it answers."""
    process = subprocess.Popen(freshet.command("mcp", "--listen", where, *more), stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        found = re.fullmatch(r"freshet: listens on (http://\S+/mcp)\n", line)
        if not found:
            raise AssertionError(line + process.stderr.read())
        yield found.group(1)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.stderr.close()
