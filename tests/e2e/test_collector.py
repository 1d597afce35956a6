"""Spans and metrics in OpenTelemetry's own collector, made of its modules for Go: what it has taken it writes into a file. In the
campaign, for the minutes that building it takes."""
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from e2e import Case, Scripted, html, long_text, main, skip
from packages import once
from sites import free_port

SOURCE = pathlib.Path(__file__).parent / "collector"
PAGES = 300


def build(home):
    for each in SOURCE.iterdir():
        shutil.copy(each, home)
    done = subprocess.run([GO, "build", "-mod=mod", "-o", "collector", "."], cwd=home, capture_output=True, text=True)
    if done.returncode != 0:
        skip(f"the collector cannot be built: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")


GO = shutil.which("go") or skip("go is not here")
COLLECTOR = once("otel-collector", build) / "collector"


class Real(Case):
    def setUp(self):
        super().setUp()
        self.port, self.kept = free_port(), self.home / "kept.json"
        (self.home / "collector.yaml").write_text(json.dumps({
            "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{self.port}"}}}},
            "exporters": {"file": {"path": str(self.kept)}},
            "service": {"telemetry": {"metrics": {"level": "none"}},
                        "pipelines": {kind: {"receivers": ["otlp"], "exporters": ["file"]} for kind in ("traces", "metrics")}}}))
        self.log = open(self.home / "log", "wb")
        self.addCleanup(self.log.close)
        self.process = subprocess.Popen([COLLECTOR, "--config", f"file:{self.home / 'collector.yaml'}"], stdout=self.log, stderr=self.log)
        self.addCleanup(self.stop)
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, (self.home / "log").read_text()
                time.sleep(0.05)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def test_it_has_what_a_run_did(self):
        site = Scripted()
        self.addCleanup(site.close)
        names = [f"/p{number}.html" for number in range(PAGES)]
        for name in names:
            site.page(name, html(f"Page {name}", ("Part", long_text(f"word{name}", 4))))
        report = self.freshet.json("refresh", "--config", self.write_config({
            "otel": {"endpoint": f"http://127.0.0.1:{self.port}", "service_name": "docs"}, "embedder": "hash",
            "source": [{"loader": "sitemap", "options": {"url": site.sitemap([*names, "/missing.html"])}}]}), check=1)
        self.stop()
        self.assertEqual(self.process.returncode, 0, (self.home / "log").read_text())
        spans, metrics = [], {}
        for message in map(json.loads, self.kept.read_text().splitlines()):
            for resource in message.get("resourceSpans", []):
                self.assertIn({"key": "service.name", "value": {"stringValue": "docs"}}, resource["resource"]["attributes"])
                spans += [span for scope in resource["scopeSpans"] for span in scope["spans"]]
            for resource in message.get("resourceMetrics", []):
                metrics.update({metric["name"]: metric["sum"] for scope in resource["scopeMetrics"] for metric in scope["metrics"]})
        count = {name: sum(span["name"] == name for span in spans) for name in {span["name"] for span in spans}}
        self.assertEqual((count["freshet run"], count["freshet source"], count["freshet root"], count["freshet fetch"]), (1, 1, PAGES + 1, PAGES + 1))
        known = {span["spanId"] for span in spans}
        self.assertEqual([span["name"] for span in spans if span.get("parentSpanId") not in known], ["freshet run"])
        self.assertTrue(any(span.get("links") for span in spans if span["name"] == "freshet embed"))
        upserts, = metrics["freshet.store.upserts"]["dataPoints"]
        self.assertEqual(int(upserts["asInt"]), report["delivered"]["upserts"])


if __name__ == "__main__":
    main()
