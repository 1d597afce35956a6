#!/usr/bin/python3
"""How late the service is, by the real clock: for each root, the time between the moment at which it was to be asked for again and
the one at which that was done; and the processor time that it takes meanwhile.

  bench/service_bench.py [--build build] [--roots 1000] [--seconds 60]

Files in one folder, with a TTL of 3 to 12 seconds by their name. A root's times are read from the repository twice a second.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TTLS = range(3, 13)  # seconds


def configuration(home):
    rules = ", ".join(f'{{ glob = "**/{ttl:02}-*.md", policy = {{ ttl = "{ttl}s" }} }}' for ttl in TTLS)
    return f"""
repository = "{home}/repository"
embedder = "hash"
policy = {{ by_url = [{rules}] }}

[[source]]
name = "notes"
loader = "files"
schedule = "6h"
options = {{ path = "{home}/notes", include = ["**/*.md"] }}
"""


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--roots", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    program = str(given.build.resolve() / "bin" / "freshet")
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as folder:
        home = pathlib.Path(folder)
        (home / "notes").mkdir()
        for number in range(given.roots):
            ttl = TTLS[number % len(TTLS)]
            (home / "notes" / f"{ttl:02}-{number}.md").write_text(f"# Page {number}\n\nIts number is {number}.\n")
        config = home / "freshet.toml"
        config.write_text(configuration(home))

        def times():
            listed = subprocess.run([program, "roots", "list", "--config", config, "--json"], stdout=subprocess.PIPE)
            roots = json.loads(listed.stdout).get("roots", [])  # none before the service has made its repository
            return {root["uri"]: (root["checked_ms"], root["ask_again_ms"]) for root in roots}

        service = subprocess.Popen([program, "service", "--config", config, "--quiet"], stdout=subprocess.DEVNULL)
        try:
            while len(times()) < given.roots:
                if service.poll() is not None:
                    raise SystemExit("the service ended")
                time.sleep(0.5)
            late, known, began = [], times(), time.monotonic()
            before = cpu_seconds(service)
            while time.monotonic() < began + given.seconds:
                time.sleep(0.5)
                now = times()
                late += [now[uri][0] - due for uri, (checked, due) in known.items() if now[uri][0] != checked]
                known = now
            cpu = cpu_seconds(service) - before
        finally:
            service.terminate()
            service.wait()
    late.sort()
    print(f"{given.roots} roots, {len(late)} refreshes in {given.seconds:.0f} s of the real clock: late by "
          f"{statistics.median(late):.0f} ms in the median, {late[len(late) * 99 // 100]} ms at most in 99 of 100, {late[-1]} ms at most, "
          f"{sum(one < 0 for one in late)} early; {1e6 * cpu / len(late):.0f} us of processor time a refresh")


if __name__ == "__main__":
    main()
