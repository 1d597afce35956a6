"""What a service answers its operators: health, metrics, the API; and who may ask, and what comes of those who ask badly."""
import json
import os
import socket
import time

from e2e import Case, main
from listen import CONFIG, TOKEN, start, words, write_page
from program import skip

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    skip("there is no python3-prometheus-client")

BEARER = {"Authorization": f"Bearer {TOKEN}"}
WITH_TOKEN = 'listen_token = "env:LISTEN_TOKEN"'


class Listen(Case):
    def assert_small(self, service):
        if not os.environ.get("FRESHET_SANITIZE"):  # which takes memory for itself
            self.assertLess(service.memory(), 300 * 1024)

    def pages(self, count=3):
        return [write_page(self, f"page{i}.md", "first") for i in range(count)]

    def test_health_metrics_and_the_api(self):
        uris = self.pages()
        (self.home / "notes" / "bad.md").write_bytes(b"# Bad\n\nIts word is none.\n")
        service = start(self)
        service.wait_for_event("run_ended")
        self.assertEqual(service.json("/healthz"), {"status": "ok"})
        status = service.json("/api/v1/status")
        told = self.freshet.json("status")
        for key in ("roots", "documents", "chunks", "due", "failing", "deliveries_pending", "sources"):
            self.assertEqual(status[key], told[key], key)
        self.assertTrue(status["service"]["running"])
        self.assertEqual(service.json("/api/v1/runs")["runs"], self.freshet.json("runs", "list")["runs"])
        run = service.json("/api/v1/runs")["runs"][0]["id"]
        self.assertEqual(service.json(f"/api/v1/runs/{run}"), self.freshet.json("runs", "show", run))
        self.assertEqual(service.json("/api/v1/runs/999", 404)["error"]["code"], "not_found")
        source, = service.json("/api/v1/sources")["sources"]
        self.assertEqual((source["name"], source["roots"], source["due"], source["configured"]), ("notes", 4, 0, True))
        explained = service.json(f"/api/v1/explain?uri={uris[0]}")
        self.assertEqual((explained["uri"], explained["known"]), (uris[0], True))
        self.assertEqual([each["source"] for each in explained["decisions"]], ["notes"])
        self.check_metrics(service, roots=4)

    def check_metrics(self, service, roots):
        answer = service.ask("/metrics")
        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        families = list(text_string_to_metric_families(answer.body.decode()))
        samples = {}
        for family in families:
            self.assertTrue(family.documentation and family.type in ("gauge", "counter"), family)
            for sample in family.samples:
                self.assertEqual(sample.name.endswith("_total"), family.type == "counter", sample)
                key = (sample.name, *sorted(sample.labels.items()))
                self.assertNotIn(key, samples)
                samples[key] = sample.value
        self.assertEqual(samples["freshet_roots",], roots)
        self.assertEqual(samples["freshet_running",], 1)
        self.assertEqual(samples["freshet_runs_total", ("source", "notes")], 1)
        self.assertEqual(samples["freshet_roots_handled_total", ("outcome", "refreshed"), ("source", "notes")], roots)
        print(f"{len(families)} families, {len(samples)} samples", flush=True)

    def test_roots_come_in_pages(self):
        uris = self.pages(25)
        service = start(self)
        service.wait_for_event("run_ended")
        found, after = [], ""
        while True:
            page = service.json(f"/api/v1/roots?limit=10{after}")
            found += [root["uri"] for root in page["roots"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        self.assertEqual(sorted(found), sorted(uris))
        self.assertEqual(service.json("/api/v1/roots?failing=true"), {"roots": [], "next": None})
        # A page that cannot be read any more is found among the failing ones.
        (self.home / "notes" / "page7.md").unlink()
        (self.home / "notes" / "page7.md").mkdir()
        service.post("/api/v1/trigger", {"uri": uris[7]})
        service.wait_for_event("run_ended")
        failing, = service.json("/api/v1/roots?failing=true")["roots"]
        self.assertEqual((failing["uri"], failing["failures"]), (uris[7], 1))
        for wrong in ("limit=0", "limit=x", "after=zz", "failing=maybe"):
            error = service.json(f"/api/v1/roots?{wrong}", 400)["error"]
            self.assertEqual(error["subject"], wrong.split("=")[0])

    def test_a_trigger_refreshes_what_it_names(self):
        uris = self.pages()
        service = start(self)
        service.wait_for_event("run_ended")
        for number in (0, 1, 2):
            write_page(self, f"page{number}.md", "second")
        self.assertEqual(service.post("/api/v1/trigger", {"uri": uris[1]})["triggers"], 1)
        service.wait_for_event("run_ended")
        self.assertEqual(words(self), {uris[0]: "first", uris[1]: "second", uris[2]: "first"})
        asked = service.post("/api/v1/trigger", {"prefix": uris[0][:-3]})
        self.assertEqual(asked["triggers"], 1)
        service.wait_for_event("run_ended")
        self.assertEqual(words(self)[uris[0]], "second")
        service.post("/api/v1/trigger", {"source": "notes"})
        began = service.wait_for_event("run_started")
        self.assertEqual(began["reason"], "its listing is due")
        self.assertIn("did you mean", service.post("/api/v1/trigger", {"source": "note"}, 404)["error"]["message"])
        for wrong in ({}, {"uri": uris[0], "source": "notes"}, {"url": uris[0]}, {"uri": 7}, []):
            self.assertEqual(service.post("/api/v1/trigger", wrong, 400)["error"]["code"], "invalid_argument")
        json_type = {"Content-Type": "application/json"}
        for body in ("", "{", '{"uri":"a","uri":"b"}', "[" * 100_000, '"\xff"'):
            self.assertEqual(service.ask("/api/v1/trigger", "POST", body.encode("latin-1"), json_type).status, 400)

    def test_who_may_ask(self):
        self.pages()
        service = start(self, service=WITH_TOKEN, LISTEN_TOKEN=TOKEN)
        service.wait_for_event("run_ended")
        self.assertEqual(service.ask("/healthz").status, 200)
        self.assertEqual(service.ask("/").status, 200)
        for headers in ({}, {"Authorization": TOKEN}, {"Authorization": "Bearer " + TOKEN[:-1]},
                        {"Authorization": "Bearer " + "x" * len(TOKEN)}, {"Authorization": "Bearer "}):
            for path in ("/metrics", "/api/v1/status", "/api/v1/events", "/api/v1/explain?uri=a"):
                answer = service.ask(path, headers=headers)
                self.assertEqual((answer.status, answer.headers["www-authenticate"]), (401, "Bearer"))
            self.assertEqual(service.post("/api/v1/trigger", {"source": "notes"}, 401, headers)["error"]["subject"], "token")
        self.assertEqual(service.ask("/metrics", headers=BEARER).status, 200)
        # A page of another origin, also where its name was made to lead here.
        here = f"127.0.0.1:{service.port}"
        for headers in ({"Host": "evil.example.org"}, {"Host": f"evil.example.org:{service.port}"}, {"Host": ""},
                        {"Origin": "https://evil.example.org"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            for path in ("/api/v1/status", "/metrics", "/"):
                answer = service.ask(path, headers={**BEARER, **headers})
                self.assertEqual(answer.status, 403, headers)
            answer = service.ask("/api/v1/trigger", "POST", {"source": "notes"}, {**BEARER, **headers})
            self.assertEqual((answer.status, answer.json()["error"]["code"]), (403, "denied"))
        for headers in ({"Host": "localhost"}, {"Host": f"localhost:{service.port}"}, {"Origin": f"http://{here}"},
                        {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
            self.assertEqual(service.ask("/metrics", headers={**BEARER, **headers}).status, 200, headers)
        # What a form of another page can send without asking first.
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = service.ask("/api/v1/trigger", "POST", '{"source":"notes"}', {**BEARER, "Content-Type": kind})
            self.assertEqual(answer.status, 415)
        for path, method in (("/metrics", "POST"), ("/metrics", "PUT"), ("/metrics", "OPTIONS"), ("/api/v1/trigger", "GET"),
                             ("/api/v1/trigger", "OPTIONS"), ("/", "DELETE"), ("/", "PATCH")):
            answer = service.ask(path, method, headers=BEARER)
            self.assertEqual(answer.status, 405, (path, method))
            self.assertIn("allow", answer.headers)
        for path in ("/", "/metrics", "/healthz", "/api/v1/status", "/nothing"):
            answer = service.ask(path, headers=BEARER)
            self.assertFalse([name for name in answer.headers if name.startswith("access-control")])
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            self.assertIn("default-src 'none'", answer.headers["content-security-policy"])
        # Neither the token nor anything like it is told.
        self.assertNotIn(TOKEN, json.dumps([service.seen, self.freshet.json("status")]))

    def test_the_configuration_says_who_reaches_it(self):
        (self.home / "notes").mkdir()
        config = self.home / "freshet.toml"
        for listen, subject in (('listen = "0.0.0.0:8466"', "service.listen_token"),
                                ('listen = "[::]:8466"', "service.listen_token"),
                                ('listen = "example.org:80"', "service.listen"),
                                ('listen = "127.0.0.1"', "service.listen"),
                                ('listen = "127.0.0.1:70000"', "service.listen"),
                                ('listen = ":8466"', "service.listen"),
                                ('listen = "127.0.0.1:0"\nlisten_token = "hunter22"', "service.listen_token"),
                                ('listen = "127.0.0.1:0"\nhooks = { github = "hunter22" }', "service.hooks.github"),
                                ('listen = "127.0.0.1:0"\nlisten_tokens = "env:A"', "service.listen_tokens")):
            config.write_text(CONFIG.format(service=listen, source="").replace('listen = "127.0.0.1:0"\nrest', "rest"))
            told = self.freshet.json("service", "--config", config, check=2)
            self.assertEqual(told["error"]["subject"], subject)
            self.assertNotIn("hunter22", json.dumps(told))
        config.write_text(CONFIG.format(service='listen_token = "env:NOT_SET_ANYWHERE"', source=""))
        told = self.freshet.run("service", "--config", config, "--json")
        self.assertNotEqual(told.returncode, 0)
        self.assertIn("the environment variable is not set", told.stdout)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            config.write_text(CONFIG.format(service="", source=""))
            told = self.freshet.run("service", "--config", config, "--json", "--listen", "127.0.0.1:%d" % taken.getsockname()[1])
            self.assertIn("cannot be listened on", told.stdout)
            self.assertNotEqual(told.returncode, 0)

    def test_a_configuration_that_is_read_again(self):
        self.pages()
        secret = self.home / "secret"
        secret.write_text(TOKEN)
        secret.chmod(0o600)
        service = start(self, service=f'listen_token = "file:{secret}"')
        service.wait_for_event("run_ended")
        self.assertEqual(service.ask("/metrics", headers=BEARER).status, 200)
        secret.write_text("another-one")
        service.process.send_signal(1)
        service.wait_for_event("reloaded")
        self.assertEqual(service.ask("/metrics", headers=BEARER).status, 401)
        self.assertEqual(service.ask("/metrics", headers={"Authorization": "Bearer another-one"}).status, 200)
        service.config.write_text(service.config.read_text().replace("127.0.0.1:0", "127.0.0.1:1"))
        service.process.send_signal(1)
        wrong = service.wait_for(lambda line: "error" in line)
        self.assertEqual(wrong["error"]["subject"], "service.listen")
        self.assertEqual(service.stop(), 0)

    def test_events_come_as_they_happen(self):
        uris = self.pages()
        service = start(self)
        service.wait_for_event("run_ended")
        with socket.create_connection((service.host, service.port), 60) as stream:
            stream.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            text = b""

            def until(word):
                nonlocal text
                while word not in text:
                    piece = stream.recv(4096)
                    self.assertTrue(piece, text)
                    text += piece

            until(b"retry: ")
            self.assertIn(b"text/event-stream", text)
            write_page(self, "page0.md", "second")
            service.post("/api/v1/trigger", {"uri": uris[0]})
            until(b"event: run_ended")
            self.assertIn(b'"outcome":"refreshed"', text)
            self.assertIn(uris[0].encode(), text)
            self.assertEqual(service.stop(), 0)  # a page that watches holds up nothing

    def test_no_more_than_so_many_watch(self):
        self.pages()
        service = start(self)
        service.wait_for_event("run_ended")
        watching = []
        for _ in range(16):
            stream = socket.create_connection((service.host, service.port), 60)
            self.addCleanup(stream.close)
            stream.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b" 200 ", stream.recv(4096))
            watching.append(stream)
        self.assertIn(b" 503 ", service.raw(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        self.assertEqual(service.ask("/healthz").status, 200)

    def test_those_who_ask_badly(self):
        self.pages()
        service = start(self, service=WITH_TOKEN, LISTEN_TOKEN=TOKEN)
        service.wait_for_event("run_ended")
        host = b"Host: localhost\r\n"
        bearer = b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
        post = b"POST /api/v1/trigger HTTP/1.1\r\n" + host + bearer + b"Content-Type: application/json\r\n"
        for data, status in (
                (b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 431),
                (b"GET / HTTP/1.1\r\n" + host + b"X: y\r\n" * 5_000 + b"\r\n", 431),
                (b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\n" + host + b"\r\n", 431),
                (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n" + host + b"\r\n", 414),
                (b"GET /../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n", 404),
                (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + b"\r\n", 404),
                (b"GET //etc/passwd HTTP/1.1\r\n" + host + b"\r\n", 404),
                (b"GET /metrics/../ HTTP/1.1\r\n" + host + b"\r\n", 404),
                (b"GET /metrics%00 HTTP/1.1\r\n" + host + b"\r\n", 404),
                (b"GET /%0a HTTP/1.1\r\n" + host + b"\r\n", 404),
                (b"GET / HTTP/1.1\r\n\r\n", 403),
                (b"GET / HTTP/1.1\r\n" + host + b"Host: evil.example.org\r\n\r\n", 400),
                (b"GET /metrics HTTP/1.1\r\n" + host + bearer + b"Authorization: Bearer x\r\n\r\n", 400),
                (b"GET nonsense\r\n\r\n", 400),
                (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
                (b"BREW / HTTP/1.1\r\n" + host + b"\r\n", 400),
                (post + b"\r\n", 411),
                (post + b"Content-Length: 99999999999999999999\r\n\r\n", 413),
                (post + b"Content-Length: 999999999\r\n\r\n", 413),
                (post + b"Content-Length: -1\r\n\r\n", 400),
                (post + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400),
                (post + b"Content-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}", 415),
                (post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", 400),
        ):
            answer = service.raw(data)
            self.assertTrue(answer.startswith(b"HTTP/1.1 %d " % status), (data[:80], answer[:200]))
            self.assertIn(b"nosniff", answer, data[:80])
        # A chunked body without an end is cut off at its bound.
        with socket.create_connection((service.host, service.port), 30) as connection:
            connection.sendall(post + b"Transfer-Encoding: chunked\r\n\r\n")
            try:
                for _ in range(64):
                    connection.sendall(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n")
            except OSError:
                pass  # it has hung up
        # Neither ranges nor compression are done, however many are asked for.
        ranges = b"Range: bytes=" + b",".join([b"0-"] * 3_000) + b"\r\nAccept-Encoding: br, gzip\r\n"
        plain = service.ask("/dashboard.js").body
        answer = service.raw(b"GET /dashboard.js HTTP/1.1\r\n" + host + ranges + b"\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "))
        self.assertEqual(answer.split(b"\r\n\r\n", 1)[1], plain)
        head = service.raw(b"HEAD /dashboard.js HTTP/1.1\r\n" + host + b"\r\n")
        self.assertIn(b"Content-Length: %d" % len(plain), head)
        self.assertTrue(head.endswith(b"\r\n\r\n"))
        self.assertEqual(service.ask("/api/v1/events", "HEAD", headers=BEARER).status, 200)
        self.assertEqual(service.ask("/healthz").status, 200)
        self.assert_small(service)

    def test_slow_clients_keep_nobody_out(self):
        self.pages()
        service = start(self)
        service.wait_for_event("run_ended")
        before = service.descriptors()
        slow = []
        for i in range(1_000):
            connection = socket.create_connection((service.host, service.port), 60)
            self.addCleanup(connection.close)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
            slow.append(connection)
            if i % 100 == 99:
                began = time.monotonic()
                self.assertEqual(service.ask("/healthz").status, 200)
                self.assertLess(time.monotonic() - began, 9)
        held = service.descriptors()
        self.assertLess(held - before, 80)
        self.assert_small(service)
        # The last one is asked for the rest of its request for ten seconds, whatever it sends meanwhile.
        began = time.monotonic()
        slow[-1].settimeout(1)
        answer = b""
        while time.monotonic() - began < 30 and not answer:
            try:
                slow[-1].sendall(b"a")
                answer = slow[-1].recv(4096)
            except TimeoutError:
                pass
        took = time.monotonic() - began
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)
        print(f"1,000 connections: {held - before} descriptors; the slow one got 408 after {took:.1f} s", flush=True)
        self.assertEqual(service.ask("/healthz").status, 200)
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    main()
