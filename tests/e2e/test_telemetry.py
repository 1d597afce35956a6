"""Spans and metrics as a collector gets them: read strictly by OTLP's own definitions."""
import base64
import json
import os
import signal
import threading
import time

from e2e import Case, Scripted, html, long_text, main  # noqa: F401
from otlp import Collector
from packages import run_with

run_with("opentelemetry-proto==1.45.2")
from google.protobuf import json_format  # noqa: E402
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest  # noqa: E402
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: E402

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def with_bytes(value):
    """OTLP writes ids in hexadecimal digits, where protobuf's JSON has base64."""
    if isinstance(value, list):
        return [with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    out = {key: with_bytes(each) for key, each in value.items()}
    for key, digits in (("traceId", 32), ("spanId", 16), ("parentSpanId", 16)):
        if key in out:
            assert len(out[key]) == digits and set(out[key]) != {"0"}, out[key]
            out[key] = base64.b64encode(bytes.fromhex(out[key])).decode()
    return out


def plain(attributes):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


class Strict(Collector):
    def spans(self):
        found = []
        for body in self.bodies["/v1/traces"]:
            request = json_format.ParseDict(with_bytes(json.loads(body)), ExportTraceServiceRequest())
            for resource in request.resource_spans:
                assert plain(resource.resource.attributes)["service.name"] == "docs"
                for scope in resource.scope_spans:
                    found += scope.spans
        return found

    def metrics(self):
        """The last value of each: {(name, its attributes but the namespace): value}."""
        found = {}
        for body in self.bodies["/v1/metrics"]:
            request = json_format.ParseDict(with_bytes(json.loads(body)), ExportMetricsServiceRequest())
            for metric in request.resource_metrics[0].scope_metrics[0].metrics:
                assert metric.sum.is_monotonic and metric.sum.aggregation_temporality == 2
                for point in metric.sum.data_points:
                    more = {key: value for key, value in plain(point.attributes).items() if key != "freshet.namespace"}
                    found[metric.name, *more.values()] = point.as_int
        return found


class Telemetry(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for i in range(5):
            self.site.page(f"/p{i}.html", html(f"Page {i}", ("Part", long_text(f"word{i}", 8))), ETag=f'"{i}"')
        self.site.sitemap([f"/p{i}.html" for i in range(5)] + ["/missing.html"])
        self.collector = Strict()
        self.addCleanup(self.collector.close)

    def refresh(self, check=1, **more):
        file = self.write_config({"otel": {"endpoint": self.collector.url, "service_name": "docs", "headers": {"x-key": "env:OTEL_TEST_KEY"}},
                                  "source": [{"name": "site", "loader": "sitemap", "options": {"url": f"{self.site.url}/sitemap.xml"}}],
                                  "embedder": "hash", **more})
        os.environ["OTEL_TEST_KEY"] = "opensesame"
        self.addCleanup(os.environ.pop, "OTEL_TEST_KEY", None)
        return self.freshet.json("refresh", "--config", file, check=check)

    def test_spans_of_a_run(self):
        report = self.refresh(traceparent=f"00-{TRACE}-{PARENT}-01")
        spans = self.collector.spans()
        by_name = {}
        for span in spans:
            self.assertEqual(span.trace_id.hex(), TRACE)
            self.assertLessEqual(span.start_time_unix_nano, span.end_time_unix_nano)
            by_name.setdefault(span.name, []).append(span)
        run, = by_name["freshet run"]
        source, = by_name["freshet source"]
        listing, = by_name["freshet list"]
        delivery, = by_name["freshet deliver"]
        self.assertEqual(run.parent_span_id.hex(), PARENT)
        self.assertEqual([source.parent_span_id, delivery.parent_span_id, listing.parent_span_id],
                         [run.span_id, run.span_id, source.span_id])
        roots = {plain(span.attributes)["url.full"]: span for span in by_name["freshet root"]}
        self.assertEqual(len(roots), 6)
        self.assertEqual({span.parent_span_id for span in roots.values()}, {source.span_id})
        missing = roots[f"{self.site.url}/missing.html"]
        self.assertEqual((missing.status.code, plain(missing.attributes)["freshet.outcome"]), (2, "failed"))
        self.assertEqual(sum(span.status.code == 2 for span in spans), 1)
        self.assertEqual(plain(delivery.attributes)["freshet.rows"], report["delivered"]["upserts"])

        fetches = {plain(span.attributes)["url.full"]: span for span in by_name["freshet fetch"]}
        self.assertEqual({uri: span.parent_span_id for uri, span in fetches.items()}, {uri: span.span_id for uri, span in roots.items()})
        self.assertEqual(plain(fetches[f"{self.site.url}/missing.html"].attributes)["freshet.fetched"], "gone")
        embeds = by_name["freshet embed"]
        self.assertEqual(self.total(embeds, "freshet.texts"), report["embedded"]["texts"])
        about = [[link.span_id for link in span.links] or [span.parent_span_id] for span in embeds]
        self.assertEqual(sorted(sum(about, [])), sorted(span.span_id for span in roots.values() if span is not missing))
        self.assertEqual({span.parent_span_id for span in embeds if span.links} - {run.span_id}, set())
        upserts = by_name["freshet upsert"]
        self.assertEqual({span.parent_span_id for span in upserts}, {delivery.span_id})
        self.assertEqual(self.total(upserts, "freshet.rows"), report["delivered"]["upserts"])
        self.assertEqual({plain(span.attributes)["freshet.store"] for span in upserts}, {"sqlite"})
        self.assert_nested(spans)
        self.assertTrue(all(headers["x-key"] == "opensesame" for headers in self.collector.headers))

    def total(self, spans, attribute):
        return sum(plain(span.attributes)[attribute] for span in spans)

    def assert_nested(self, spans):
        """Each has the one around it, and lies in it."""
        known = {span.span_id: span for span in spans}
        self.assertEqual(len(known), len(spans))
        for span in spans:
            if span.name == "freshet run":
                continue
            around = known[span.parent_span_id]
            self.assertLessEqual(around.start_time_unix_nano, span.start_time_unix_nano, (around.name, span.name))
            self.assertGreaterEqual(around.end_time_unix_nano, span.end_time_unix_nano, (around.name, span.name))

    def test_what_takes_time_is_seen_to(self):
        page = self.site.pages["/p3.html"]
        self.site.pages["/p3.html"] = lambda _: time.sleep(0.3) or page
        self.refresh()
        self.site.page("/p1.html", html("Page 1", ("Part", "Something else.")), ETag='"new"')
        self.site.sitemap([f"/p{i}.html" for i in range(5)])
        self.site.pages["/p3.html"] = page
        self.refresh(check=0, policy="always", max_shrink=1.0)
        spans = self.collector.spans()
        self.assert_nested(spans)
        late = {plain(span.attributes).get("url.full"): span.end_time_unix_nano - span.start_time_unix_nano
                for span in spans[:len(spans) // 2] if span.name in ("freshet fetch", "freshet root")}
        self.assertGreaterEqual(late[f"{self.site.url}/p3.html"], 290e6)
        removals = [span for span in spans if span.name == "freshet remove"]
        self.assertGreater(self.total(removals, "freshet.rows"), 0)
        self.assertIn("not modified", {plain(span.attributes)["freshet.fetched"] for span in spans if span.name == "freshet fetch"})

    def test_a_run_that_is_stopped_leaves_no_span_without_the_one_around_it(self):
        self.refresh()
        del self.collector.bodies["/v1/traces"][:]
        asked, hold = threading.Event(), threading.Event()
        page = self.site.pages["/p3.html"]
        self.site.pages["/p3.html"] = lambda _: asked.set() or hold.wait(60) and page
        process = self.freshet.start("refresh", "--config", self.home / "freshet.toml", "--force")
        self.addCleanup(hold.set)
        self.assertTrue(asked.wait(60))
        process.send_signal(signal.SIGINT)
        process.wait(60)
        spans = self.collector.spans()
        self.assert_nested(spans)
        run, = (span for span in spans if span.name == "freshet run")
        self.assertTrue(plain(run.attributes)["freshet.cancelled"])
        stopped, = (span for span in spans if span.name == "freshet root" and plain(span.attributes)["url.full"].endswith("/p3.html"))
        self.assertNotIn("freshet.outcome", plain(stopped.attributes))

    def test_metrics_add_up(self):
        report = self.refresh()
        found = self.collector.metrics()
        for outcome in ("refreshed", "failed", "skipped"):
            self.assertEqual(found["freshet.roots", outcome], report[outcome], found)
        self.assertEqual(found["freshet.chunks", "added"], report["chunks"]["added"])
        self.assertEqual(found["freshet.embedded.texts", "model"], report["embedded"]["texts"])
        self.assertEqual(found["freshet.store.upserts",], report["delivered"]["upserts"])
        self.assertEqual(found["freshet.runs", "partly"], 1)

    def test_who_is_not_sampled_sends_no_spans(self):
        self.refresh(traceparent=f"00-{TRACE}-{PARENT}-00")
        self.assertEqual(self.collector.spans(), [])
        self.assertTrue(self.collector.metrics())

    def test_a_collector_that_refuses_or_hangs_fails_no_run(self):
        self.collector.status = 400
        report = self.refresh()
        self.assertEqual((report["refreshed"], report["failed"]), (5, 1))
        done = self.freshet.run("refresh", "--config", self.home / "freshet.toml", "--force", "--verbose", check=1)
        self.assertIn("spans were dropped", done.stderr)
        self.assertIn("answered 400", done.stderr)
        self.assertNotIn("opensesame", done.stderr)
        self.collector.hold.clear()  # the program waits for it some seconds, and no longer
        self.freshet.json("refresh", "--config", self.home / "freshet.toml", "--force", check=1, timeout=60)
        self.collector.hold.set()

    def test_wrong_words(self):
        for otel, more, words in (({"endpoint": "collector:4318"}, {}, "http://HOST:4318"),
                                  ({"endpiont": "http://x"}, {}, "endpoint"),
                                  ({"endpoint": self.collector.url}, {"traceparent": "00-1"}, "traceparent")):
            file = self.write_config({"otel": otel, "source": [self.site.url], **more})
            error = self.freshet.json("refresh", "--config", file, check=2)["error"]
            self.assertIn(words, json.dumps(error))
            self.assertEqual(self.freshet.run("config", "check", file).returncode, 2)

    def test_the_environment_where_it_is_asked_for(self):
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = self.collector.url
        self.addCleanup(os.environ.pop, "OTEL_EXPORTER_OTLP_ENDPOINT", None)
        pages = ["--url", f"{self.site.url}/p0.html", "--embedder", "hash"]
        self.freshet.json("refresh", *pages)
        self.assertEqual(self.collector.bodies["/v1/traces"], [])
        file = self.write_config({"otel": {"environment": True, "service_name": "docs"}})
        self.freshet.json("refresh", "--config", file, "--force", *pages)
        self.assertTrue(self.collector.spans())


if __name__ == "__main__":
    main()
