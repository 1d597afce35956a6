#!/usr/bin/env python3
"""How one to four shards on Ray scale where the network is what takes the time: a site on loopback whose every page takes 50 ms, asked by
each shard with four requests at once. Prints a row for each number of shards, beside what the limit allows.

    FRESHET_BUILD=build python3 bench/shards_bench.py [PAGES]"""
import asyncio
import os
import pathlib
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "bindings" / "python")]
from packages import run_with  # noqa: E402

run_with("ray==2.60.0 opentelemetry-sdk==1.45.2")
os.environ.update({"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0", "RAY_AUTH_MODE": "disabled", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"})
from support import ENVIRONMENT  # noqa: E402
import freshet.ray  # noqa: E402
import ray  # noqa: E402
from freshet.shards import shards_of  # noqa: E402

LATENCY, AT_ONCE = 0.05, 4


class Slow:
    """Answers every page after LATENCY; on a thread of its own."""

    def __init__(self, pages):
        self.pages, started = pages, threading.Event()

        async def serve():
            server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            started.set()
            await server.serve_forever()
        threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
        started.wait()

    async def talk(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                kind, body = self.answer(path)
                if path.startswith("/p"):
                    await asyncio.sleep(LATENCY)
                status = "200 OK" if kind else "404 Not Found"
                writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind or 'text/plain'}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, path):
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{self.url}/p{number}.html</loc></url>" for number in range(self.pages))
            return "application/xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        if path.startswith("/p"):
            return "text/html", f"<html><title>{path}</title><main><h1>{path}</h1><p>The page {path}, and what is on it.</p></main></html>".encode()
        return None, b"not here"


def measure(site, count, home):
    config = {"sources": [f"{site.url}/sitemap.xml"], "embedder": "hash"}
    shards = shards_of(config, [home / f"of{count}-{index}" for index in range(count)], http={"per_host": AT_ONCE})
    begun = time.monotonic()
    report = freshet.ray.refresh(shards, listing=home / f"listing{count}")
    assert report["refreshed"] == site.pages, report
    return time.monotonic() - begun


def main():
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    site = Slow(pages)
    with tempfile.TemporaryDirectory(prefix="fr") as folder, tempfile.TemporaryDirectory(prefix="shards-") as home:
        environment = {key: ENVIRONMENT[key] for key in ("PYTHONPATH", "FRESHET_LIBRARY", "PYTHONDONTWRITEBYTECODE") if key in ENVIRONMENT}
        ray.init(num_cpus=16, include_dashboard=False, log_to_driver=False, _temp_dir=folder, object_store_memory=100 << 20,
                 runtime_env={"env_vars": {**environment, "FRESHET_LIBRARY": os.environ["FRESHET_LIBRARY"]}})
        first = None
        print(f"{pages} pages, {LATENCY * 1000:.0f} ms each, {AT_ONCE} at once a shard", flush=True)
        for count in (1, 2, 3, 4):
            seconds = measure(site, count, pathlib.Path(home))
            first = first or seconds
            print(f"{count} shards: {seconds:6.1f} s, {pages / seconds:6.1f} pages/s of {count * AT_ONCE / LATENCY:.0f}, {first / seconds:.2f} times one", flush=True)
        ray.shutdown()


if __name__ == "__main__":
    main()
