#!/usr/bin/env python3
"""freshet.prefect under a real Prefect server on loopback: what it keeps of flows, read back through Prefect's own client."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from packages import run_with  # noqa: E402

VENV = run_with("prefect==3.9.1 opentelemetry-sdk==1.45.2")
HOME = tempfile.TemporaryDirectory(prefix="freshet-prefect-")
PLACE = pathlib.Path(HOME.name)
from sites import Scripted, free_port  # noqa: E402

PORT = free_port()
SERVER = f"http://127.0.0.1:{PORT}"
os.environ.update({"PREFECT_HOME": str(PLACE / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_API_URL": f"{SERVER}/api",
                   "PREFECT_LOGGING_TO_API_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "ERROR", "DO_NOT_TRACK": "1"})

from support import ENVIRONMENT, ROOT, Case, main  # noqa: E402
import freshet  # noqa: E402
from embeddings import Embeddings  # noqa: E402
from opentelemetry import trace  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: E402
from otlp import Collector  # noqa: E402
from turbopuffer_server import Turbopuffer  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate  # noqa: E402
from freshet.prefect import FreshetSettings, refresh_knowledge  # noqa: E402


def wait_until(holds, seconds=60):
    """Until it is true: events and artifacts come a little after what they tell of."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("never true")


def setUpModule():
    global server
    (PLACE / "prefect").mkdir(exist_ok=True)
    with open(PLACE / "server.log", "wb") as log:
        server = subprocess.Popen([VENV / "bin/prefect", "server", "start", "--host", "127.0.0.1", "--port", str(PORT)], stdout=log, stderr=log,
                                  env={**{key: each for key, each in os.environ.items() if key != "PREFECT_API_URL"}, "PREFECT_UI_API_URL": f"{SERVER}/api"},
                                  start_new_session=True)

    def healthy():
        try:
            return urllib.request.urlopen(f"{SERVER}/api/health", timeout=5).status == 200
        except OSError:
            assert server.poll() is None, (PLACE / "server.log").read_text()
            return False
    wait_until(healthy, 120)


def tearDownModule():
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    HOME.cleanup()


class Prefect(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        for name in ("keys", "ferries", "ice"):
            self.site.page(f"/{name}.html", f"<html><title>{name}</title><main><h1>{name}</h1><p>All about {name}.</p></main></html>")
        self.one = self.site.sitemap(["/keys.html", "/ferries.html"], "/one.xml")
        self.two = self.site.sitemap(["/ice.html"], "/two.xml")
        os.environ["FRESHET_REPOSITORY"] = str(self.home / "repository")
        self.client = get_client(sync_client=True)
        self.addCleanup(self.client.__exit__, None, None, None)
        self.client.__enter__()

    def ask(self, what, **filter):
        answer = self.client._client.post(f"/{what}/filter", json=filter)
        answer.raise_for_status()
        return answer.json()

    def last_flow(self):
        return self.client.read_flow_runs(sort="EXPECTED_START_TIME_DESC", limit=1)[0]

    def tasks(self, flow):
        """{name: state's name} of a flow run's tasks, once all of them are told."""
        found = self.ask("task_runs", task_runs={"flow_run_id": {"any_": [str(flow.id)]}})
        return {each["name"]: each for each in found}

    def states(self, flow, count):
        return wait_until(lambda: len(found := {name: each["state_name"] for name, each in self.tasks(flow).items()}) == count
                          and all(each in ("Completed", "Cached", "Failed") for each in found.values()) and found)

    def events(self, name, namespace):
        found = self.ask("events", filter={"event": {"name": [name]}})["events"]
        return [each["payload"] for each in found if each["payload"]["namespace"] == namespace]

    def refresh(self, urls, namespace, **more):
        return refresh_knowledge(urls=urls, namespace=namespace, return_state=True, **more)


class Flow(Prefect):
    def test_what_it_keeps(self):
        state = self.refresh([self.one, self.two], "kept")
        self.assertEqual((state.type.value, state.result()["refreshed"]), ("COMPLETED", 3))
        flow = self.last_flow()
        self.assertEqual(flow.name, f"refresh knowledge in kept from urls {[self.one, self.two]} and repos None")
        names = [f"gather documents using SitemapLoader from {each}" for each in (self.one, self.two)]
        self.assertEqual(self.states(flow, 2), dict.fromkeys(names, "Completed"))
        policy = self.tasks(flow)[names[0]]["empirical_policy"]
        self.assertEqual((policy["retries"], policy["retry_delay"]), (2, [3, 60]))

        artifacts = wait_until(lambda: len(found := self.ask("artifacts", artifacts={"flow_run_id": {"any_": [str(flow.id)]}})) == 4 and found)
        self.assertEqual(sorted(each["type"] for each in artifacts), ["markdown", "progress", "progress", "table"])
        told = {each["type"]: each["data"] for each in artifacts}
        self.assertEqual(told["progress"], 100)
        self.assertIn("3 roots listed: 3 refreshed", told["markdown"])
        self.assertIn("one.xml", told["table"])
        refreshed = wait_until(lambda: len(found := self.events("freshet.root.refreshed", "kept")) == 3 and found)
        self.assertEqual({each["uri"] for each in refreshed}, {f"{self.site.url}/{each}.html" for each in ("keys", "ferries", "ice")})

        asked = len(self.site.requests)
        again = self.refresh([self.one, self.two], "kept")
        self.assertEqual((again.result()["refreshed"], again.result()["skipped"], len(self.site.requests)), (0, 3, asked))
        self.assertEqual(self.states(self.last_flow(), 2), dict.fromkeys(names, "Cached"))
        forced = self.refresh([self.one], "kept", force=True)
        self.assertEqual((self.states(self.last_flow(), 1), len(self.site.requests) > asked), ({names[0]: "Completed"}, True))
        self.assertEqual(forced.result()["failed"], 0)

    def test_what_was_removed_held_and_failed(self):
        many = [f"/p{number}.html" for number in range(10)]
        for each in many:
            self.site.page(each, f"<html><title>{each}</title><p>Page {each}</p></html>")
        sitemap = self.site.sitemap(many, "/many.xml")
        self.refresh([sitemap], "moves")
        self.site.sitemap(many[:9], "/many.xml")
        self.site.answer(many[0], 403)
        report = self.refresh([sitemap], "moves", force=True).result()
        self.assertEqual((report["removed"], report["failed"]), (1, 1))
        self.site.sitemap(many[:2], "/many.xml")
        self.assertEqual(self.refresh([sitemap], "moves", force=True).result()["held"], 7)
        removed, failed = (wait_until(lambda: self.events(f"freshet.root.{name}", "moves")) for name in ("removed", "failed"))
        self.assertEqual((removed[0]["uri"], failed[0]["uri"]), (f"{self.site.url}{many[9]}", f"{self.site.url}{many[0]}"))
        self.assertEqual(failed[0]["status"], "denied")
        self.assertEqual(wait_until(lambda: self.events("freshet.roots.held", "moves"))[0]["held"], 7)

    def test_a_source_that_fails_is_tried_again_and_fails_alone(self):
        asked = []

        def once(handler):
            asked.append(handler.path)
            return (503, {}, b"") if len(asked) <= 3 else (200, {"Content-Type": "application/xml"}, healed)
        healed = self.site.pages["/one.xml"][2]
        self.site.pages["/one.xml"] = once
        begun = time.monotonic()
        state = self.refresh([self.one, f"{self.site.url}/none.xml"], "tried")
        self.assertGreater(time.monotonic() - begun, 3)
        self.assertEqual(state.type.value, "FAILED")
        self.assertRegex(state.message, r"1 of 2 sources failed: http://.*none\.xml: HTTP status 404")
        flow = self.last_flow()
        states = self.states(flow, 2)
        names = [f"gather documents using SitemapLoader from {self.site.url}/{each}.xml" for each in ("one", "none")]
        self.assertEqual(states, {names[0]: "Completed", names[1]: "Failed"})
        found = self.tasks(flow)
        self.assertEqual([found[each]["run_count"] for each in names], [2, 1])
        with freshet.open(self.home / "repository", namespace="tried") as repository:
            self.assertEqual(repository.info.documents, 2)

    def test_a_global_limit_holds(self):
        self.client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="freshet", limit=1))
        self.addCleanup(self.client.delete_global_concurrency_limit_by_name, "freshet")
        lock, now, most, together = threading.Lock(), [0], [0], threading.Event()

        def slow(_):
            """Is answered late, unless both are asked for at once."""
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
                if now[0] == 2:
                    together.set()
            together.wait(1.5)
            with lock:
                now[0] -= 1
            return 200, {"Content-Type": "text/html"}, b"<title>x</title><p>Slow.</p>"
        for each in ("/keys.html", "/ice.html"):
            self.site.pages[each] = slow
        self.site.sitemap(["/keys.html"], "/one.xml")
        self.assertEqual(self.refresh([self.one, self.two], "limited").result()["refreshed"], 2)
        self.assertEqual(most, [1])

    def test_secrets_come_from_a_block(self):
        with_key = Embeddings("sk-only-in-the-block")
        self.addCleanup(with_key.close)
        FreshetSettings(directory=str(self.home / "elsewhere"), secrets={"FRESHET_TEST_KEY": "sk-only-in-the-block"},
                        embedder={"name": "openai", "options": {"base_url": with_key.url, "model": "small", "key": "env:FRESHET_TEST_KEY"}}
                        ).save("tests", overwrite=True)
        report = self.refresh([self.two], "secret", settings="tests").result()
        self.assertEqual((report["embedded"]["texts"], report["delivered"]["upserts"]), (1, 1))
        self.assertNotIn("FRESHET_TEST_KEY", os.environ)
        self.assertTrue((self.home / "elsewhere" / "data.mdb").exists())

    def test_what_is_wrong_is_said(self):
        self.assertRegex(self.refresh([], "wrong").message, "urls and repos: are both empty: name a sitemap or a repository")
        self.assertRegex(self.refresh([self.one], "wrong", settings="nobody").message, "settings: 'nobody' is no block of type freshet-settings")


class Trace(Prefect):
    def setUp(self):
        super().setUp()
        self.collector = Collector()
        self.addCleanup(self.collector.close)

    def part_of(self, span):
        """The one run is a part of it."""
        run, = (each for each in self.collector.spans() if each["name"] == "freshet run")
        self.assertEqual((run["traceId"], run["parentSpanId"]), (f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}"))

    def test_a_run_is_a_part_of_its_task(self):
        made = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(made))
        trace.set_tracer_provider(provider)
        FreshetSettings(directory=str(self.home / "traced"), otel={"endpoint": self.collector.url}).save("traced", overwrite=True)
        self.refresh([self.one], "traced", settings="traced")
        task, = (each for each in made.get_finished_spans() if each.name.startswith("gather documents"))
        self.part_of(task)

    def test_a_run_is_a_part_of_what_calls_it(self):
        with freshet.open(self.home / "repository", otel={"endpoint": self.collector.url}) as repository, \
                TracerProvider().get_tracer("tests").start_as_current_span("around") as around:
            repository.refresh(sources=[self.one])
        self.part_of(around)


class Ends(Prefect):
    FLOW = "import sys\nfrom freshet.prefect import refresh_knowledge\nrefresh_knowledge(urls=sys.argv[1:], namespace='ended')\n"

    def start(self):
        (self.home / "flow.py").write_text(self.FLOW)
        return subprocess.Popen([sys.executable, "-B", self.home / "flow.py", self.one], cwd=self.home,
                                env={**ENVIRONMENT, **os.environ, "PYTHONPATH": ENVIRONMENT["PYTHONPATH"]}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def ended_by(self, number):
        """A flow is told to end while a page keeps it waiting; the next one goes on from what was committed."""
        free = threading.Event()
        self.addCleanup(free.set)
        page = 200, {"Content-Type": "text/html"}, b"<title>keys</title><p>Late.</p>"
        self.site.pages["/keys.html"] = lambda _: free.wait(60) and page
        flow = self.start()
        wait_until(lambda: {"/keys.html", "/ferries.html"} <= set(self.site.requests))
        begun = time.monotonic()
        flow.send_signal(number)
        flow.communicate(timeout=60)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertNotEqual(flow.returncode, 0)
        free.set()
        report = self.refresh([self.one], "ended").result()
        self.assertEqual((report["failed"], report["busy"], report["cancelled"]), (0, 0, False))
        with freshet.open(self.home / "repository", namespace="ended") as repository:
            self.assertEqual((repository.info.documents, repository.verify(deep=True)["in_step"]), (2, True))

    @unittest.skipUnless(os.environ.get("FRESHET_LONG"), "in the campaign: the example with a schedule")
    def test_the_example_that_serves(self):
        serving = subprocess.Popen([sys.executable, "-B", ROOT / "examples/prefect_deployment.py", "docs", self.one], cwd=self.home,
                                   env={**ENVIRONMENT, **os.environ, "PYTHONPATH": ENVIRONMENT["PYTHONPATH"]},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            made, = wait_until(lambda: self.ask("deployments", deployments={"name": {"any_": ["docs"]}}))
            self.assertEqual([each["schedule"]["cron"] for each in made["schedules"]], ["0 3 * * *"])
            self.assertEqual(made["parameters"]["urls"], [self.one])
            run = self.client.create_flow_run_from_deployment(made["id"])
            wait_until(lambda: self.client.read_flow_run(run.id).state.type.value == "COMPLETED", 120)
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(60)
        with freshet.open(self.home / "repository", namespace="docs") as repository:
            self.assertEqual(repository.info.documents, 2)

    @unittest.skipUnless(os.environ.get("FRESHET_LONG"), "in the campaign: Prefect takes its time to start a server of its own")
    def test_without_a_server(self):
        (self.home / "flow.py").write_text(self.FLOW + "print('done')\n")
        alone = {key: each for key, each in os.environ.items() if key != "PREFECT_API_URL"}
        done = subprocess.run([sys.executable, "-B", self.home / "flow.py", self.one], cwd=self.home, capture_output=True, text=True, timeout=240, env={
            **ENVIRONMENT, **alone, "PYTHONPATH": ENVIRONMENT["PYTHONPATH"], "PREFECT_HOME": str(self.home / "alone"), "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true"})
        self.assertEqual((done.returncode, done.stdout[-5:]), (0, "done\n"), done.stderr)
        with freshet.open(self.home / "repository", namespace="ended") as repository:
            self.assertEqual(repository.info.documents, 2)

    def test_cancelled(self):
        self.ended_by(signal.SIGTERM)

    def test_killed(self):
        self.ended_by(signal.SIGKILL)


class FlowOfBefore(Prefect):
    def setUp(self):
        super().setUp()
        self.store, self.embeddings = Turbopuffer(), Embeddings()
        self.addCleanup(self.store.close)
        self.addCleanup(self.embeddings.close)

    def run_it(self):
        done = subprocess.run([sys.executable, "-B", pathlib.Path(__file__).with_name("flow_of_before.py"), self.one, self.two], cwd=self.home,
                              env={**ENVIRONMENT, **os.environ, "PYTHONPATH": ENVIRONMENT["PYTHONPATH"], "TURBOPUFFER_API_KEY": self.store.key,
                                   "TURBOPUFFER_BASE_URL": self.store.url, "OPENAI_API_KEY": self.embeddings.key, "OPENAI_BASE_URL": self.embeddings.url},
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return self.last_flow()

    def test_with_its_imports_changed(self):
        flow = self.run_it()
        self.assertEqual((flow.name, flow.state.type.value), (f"refresh knowledge in docs from urls {[self.one, self.two]} and repos []", "COMPLETED"))
        states = self.states(flow, 2)
        self.assertEqual(states.pop("gather documents using SitemapLoader"), "Completed")
        self.assertEqual(list(states.values()), ["Completed"], [each["state"]["message"] for each in self.tasks(flow).values()])
        self.assertEqual(len(self.store.namespaces["docs"].rows), 3)
        asked, paid = len(self.site.requests), self.embeddings.tokens
        flow = self.run_it()
        self.assertEqual(self.states(flow, 2)["gather documents using SitemapLoader"], "Cached")
        self.assertEqual(len(self.site.requests), asked)
        self.assertLessEqual(self.embeddings.tokens, paid + 1)  # a new process asks how long the model's vectors are
        self.seen(flow)

    def seen(self, flow):
        """What a person sees of it, in Prefect's own pages."""
        try:
            from chromium import Browser
        except SystemExit:
            self.assertNotEqual(os.environ.get("FRESHET_REQUIRE"), "all", "there is no chromium")
            return
        browser = Browser(self.home / "browser")
        self.addCleanup(browser.close)
        browser.go(f"{SERVER}/runs/flow-run/{flow.id}")
        browser.wait_for("document.body && document.body.innerText.includes('refresh knowledge in docs') && document.body.innerText.includes('Completed')")


if __name__ == "__main__":
    main()
