"""The embedder "openai" in whole runs against the stand-in: what is paid, what is refused, and what a failure costs.

The same run against the real service where FRESHET_OPENAI_KEY is set.
"""
import contextlib
import json
import os
import random
import socket
import sqlite3
import threading
import unittest

from e2e import Case, Scripted, html, long_text, main, vectors_of
from embeddings import Embeddings, Refusal, tokens_of, vector_of

SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))


class OpenAi(Case):
    def setUp(self):
        super().setUp()
        self.site, self.server = Scripted(), Embeddings()
        self.addCleanup(self.site.close)
        self.addCleanup(self.server.close)
        os.environ["FRESHET_TEST_KEY"] = self.server.key
        self.addCleanup(os.environ.pop, "FRESHET_TEST_KEY")
        self.pages(6)

    def pages(self, count, sections=4, word="w"):
        paths = [f"/{word}{i}.html" for i in range(count)]
        for path in paths:
            name = path[1:-5]
            self.site.page(path, html(name, *[(f"Part {p}", long_text(f"{name}x{p}", 14)) for p in range(sections)]))
        self.sitemap = self.site.sitemap(paths)

    def refresh(self, *more, batch=100, titles=False, **options):
        """`titles` None: as before."""
        options = {"base_url": self.server.url, "model": "small", "key": "env:FRESHET_TEST_KEY", **options}
        (self.home / "freshet.toml").write_text(
            f'[http]\nbackoff = "1ms"\n[chunker]\nembedding_batch_size = {batch}\n'
            + ("" if titles is None else f"embed_titles = {str(titles).lower()}\n"))
        return ["--config", str(self.home / "freshet.toml"), "refresh", "--sitemap", self.sitemap,
                "--embedder", f"openai={json.dumps(options)}", *more]

    def stored(self):
        """{text: vector} of the store."""
        with contextlib.closing(sqlite3.connect(f"file:{self.freshet.repository}/store.sqlite?mode=ro", uri=True)) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
            vectors = vectors_of(store, number)
            return {text: vectors[n] for n, text in store.execute(f"SELECT n, text FROM rows_{number}") if n in vectors}

    def texts(self):
        """What was paid for but the word at each opening."""
        return {text: times for text, times in self.server.paid.items() if text != "a"}

    def failed(self, report):
        return {root["uri"].rsplit("/", 1)[1]: root["error"] for root in report["roots"] if root["outcome"] == "failed"}

    def assert_vectors(self, dimension=8):
        stored = self.stored()
        self.assertTrue(stored)
        for text, vector in stored.items():
            for mine, theirs in zip(vector, vector_of(text, dimension), strict=True):
                self.assertAlmostEqual(mine, theirs, places=6)

    def test_each_text_is_paid_once_and_has_its_own_vector(self):
        report = self.freshet.json(*self.refresh())
        self.assertEqual(report["failed"], 0, report)
        self.assertEqual(set(self.texts().values()), {1})
        self.assertEqual(report["embedded"]["texts"], len(self.texts()))
        self.assertEqual(report["embedded"]["tokens"], self.server.tokens - tokens_of("a"))
        self.assert_vectors()
        self.server.reset()
        self.freshet.json(*self.refresh())
        self.assertEqual(self.server.requests, [(200, ["a"])])
        self.assert_in_step()

    def test_titles_are_embedded_and_a_renamed_heading_pays_for_its_section_alone(self):
        self.freshet.json(*self.refresh(titles=None))
        for text in self.texts():
            self.assertRegex(text, r"^w\d")
        self.assertTrue(any(text.startswith("w0 > Part 2\n\n") or "Part 2\n" in text for text in self.texts()), list(self.texts()))
        self.assert_in_step()
        self.server.reset()
        self.site.page("/w0.html", html("w0", *[("Part Two" if p == 2 else f"Part {p}", long_text(f"w0x{p}", 14)) for p in range(4)]))
        report = self.freshet.json(*self.refresh(titles=None))
        self.assertEqual(report["failed"], 0, report)
        self.assertTrue(self.texts())
        for text in self.texts():
            self.assertIn("Part Two", text)
        self.assert_in_step()

    def test_a_namespace_without_titles_stays_so_until_it_is_asked(self):
        self.freshet.json(*self.refresh(titles=False))
        without = set(self.texts())
        self.server.reset()
        self.freshet.json(*self.refresh(titles=None))
        self.assertEqual(self.texts(), {})
        self.assertIn("vectors of texts without their titles", self.freshet.run(*self.refresh(titles=True), check=3).stderr)
        self.assertEqual(self.texts(), {})
        self.freshet.json(*self.refresh("--on-change", "generation", titles=True))
        self.assertTrue(self.texts())
        self.assertTrue(without.isdisjoint(self.texts()))  # what begins with its title is the same text
        self.assert_in_step()
        self.server.reset()
        self.freshet.json(*self.refresh("--on-change", "reembed", titles=False))
        self.assertEqual(self.texts(), {})  # they are there still
        self.assert_in_step()

    def test_floats_and_dimensions(self):
        self.server.base64 = False
        self.freshet.json(*self.refresh(model="text-embedding-3-small", dimensions=256))
        self.assert_vectors(256)
        # Both threads' texts and the word are refused, and then no more.
        self.assertLessEqual([status for status, _ in self.server.requests].count(400), 3)
        self.assertEqual(set(self.texts().values()), {1})

    def test_a_question_has_a_prefix_of_its_own(self):
        self.freshet.json(*self.refresh(query_prefix="query: ", document_prefix="passage: "))
        self.assertTrue(all(text.startswith("passage: ") for text in self.texts()))
        self.server.reset()
        hits = self.freshet.json("query", "who?", "--mode", "vector")["hits"]
        self.assertTrue(hits)
        self.assertIn("query: who?", self.server.paid)

    def test_a_text_that_is_refused_fails_its_document_alone(self):
        self.site.page("/w3.html", html("Poison", ("First", long_text("poison", 14)), ("Second", long_text("fine", 14))))

        def poisoned(_, body):
            for index, text in enumerate(body["input"]):
                if "poison" in text.lower():
                    raise Refusal(400, f"Invalid 'input[{index}]': the text is poison.")
        self.server.fault = poisoned
        report = self.freshet.json(*self.refresh(), check=1)
        failed = self.failed(report)
        self.assertEqual(list(failed), ["w3.html"])
        self.assertIn("the text is poison", failed["w3.html"]["message"])
        self.assertEqual(set(self.texts().values()), {1})
        self.assertEqual(report["refreshed"], 5)
        self.server.paid.clear()
        self.freshet.json(*self.refresh(), check=1)
        self.assertEqual(self.texts(), {})  # nothing of it is paid again
        self.assert_in_step()

    def test_limits_of_the_service_are_kept_or_halved(self):
        self.pages(30, sections=10, word="many")
        most = 7

        def small(_, body):
            if len(body["input"]) > most:
                return 413, {}, {"error": "length limit exceeded"}
        self.server.fault = small
        report = self.freshet.json(*self.refresh())
        self.assertEqual(report["failed"], 0, self.failed(report))
        self.assertEqual(set(self.texts().values()), {1})
        self.server.reset()
        self.freshet.json(*self.refresh("--rebuild", document_prefix="d: ", batch=7))
        self.assertNotIn(413, [status for status, _ in self.server.requests])

    def refused(self, **options):
        done = self.freshet.run(*self.refresh(**options))
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn(self.server.key, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_a_wrong_key_model_or_url_is_told_before_anything_is_fetched(self):
        os.environ["FRESHET_TEST_KEY"] = "sk-wrong-0123456789"
        said = self.refused()
        self.assertIn("HTTP status 401: Incorrect API key provided", said)
        self.assertNotIn("sk-wrong", said)
        os.environ["FRESHET_TEST_KEY"] = self.server.key
        self.assertIn("The model `gone` does not exist", self.refused(model="gone"))
        self.assertIn("Invalid URL (POST /v2/embeddings)", self.refused(base_url=self.server.url.replace("v1", "v2")))
        self.assertNotIn("/w0.html", self.site.requests)
        self.assertEqual(len(self.server.requests), 3)

    def test_a_quota_that_is_used_up_is_not_hammered(self):
        def quota(_, body):
            if body["input"] != ["a"]:
                raise Refusal(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota")
        self.server.fault = quota
        report = self.freshet.json(*self.refresh(), check=1)
        failed = self.failed(report)
        self.assertEqual(len(failed), 6)
        self.assertEqual({error["code"] for error in failed.values()}, {"denied"})
        self.assertIn("exceeded your current quota", failed["w0.html"]["message"])
        # What came together is asked for together, and then page by page; nothing a second time.
        asked = [tuple(texts) for status, texts in self.server.requests if status == 429]
        self.assertLessEqual(len(asked), 2 * 6)

    def test_a_budget_ends_the_run_and_the_next_goes_on(self):
        self.pages(12)
        first = self.freshet.json(*self.refresh(max_tokens_total=3000, batch=4), check=1)
        self.assertLessEqual(self.server.tokens, 3000 + 1)
        self.assertTrue(0 < first["refreshed"] < 12, first)
        for error in self.failed(first).values():
            self.assertEqual(error["code"], "limit")
            self.assertIn("the budget of 3000 tokens", error["message"])
        self.freshet.json(*self.refresh())
        self.assertEqual(set(self.texts().values()), {1})
        self.assert_in_step()

    def test_a_model_of_another_size_behind_the_same_name(self):
        self.freshet.json(*self.refresh())
        before = self.stored()
        self.server.embed = lambda body: Embeddings.embed(self.server, {**body, "dimensions": 16})
        said = self.refused()
        self.assertIn("with 8 dimensions; this run asks for vectors of the model \"small\" with 16 dimensions", said)
        self.assertIn("use another namespace, or rebuild", said)
        self.assertEqual(self.stored(), before)

    def test_a_size_that_no_row_was_delivered_with_binds_nobody(self):
        embed = self.server.embed
        sizes = iter([9])  # of the first answer, which says how many dimensions there are; then 8
        self.server.embed = lambda body: embed({**body, "dimensions": next(sizes, 8)})
        self.freshet.run(*self.refresh(), "--json", check=1)
        self.freshet.json(*self.refresh("--force"))
        self.assertTrue(self.stored())
        self.freshet.run("check", check=0)

    def test_faults_at_random_lose_nothing_and_store_nothing_wrong(self):
        print(f"FRESHET_SEED={SEED}", flush=True)
        chance = random.Random(SEED)
        delivered = []

        def torn(handler, body):
            data = json.dumps(self.server.embed(body)).encode()
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data))
            handler.wfile.write(data[:chance.randrange(len(data))])
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return False

        def spoiled(body):
            answer = self.server.embed({**body, "encoding_format": "float"})
            data = answer["data"]
            kind = chance.randrange(6)
            if kind == 0:
                data.pop()
            elif kind == 1:
                data[-1]["index"] = len(data)
            elif kind == 2:
                data[0]["embedding"][3] = float("nan")
            elif kind == 3:
                data[0]["embedding"] = [0.0] * 8
            elif kind == 4:
                data[0]["embedding"].append(1.0)
            else:
                data[0]["embedding"] = "AAAA"
            return 200, {}, answer

        def fault(handler, body):
            draw = chance.random()
            if draw < 0.05:
                raise Refusal(429, "Rate limit reached", "requests", "rate_limit_exceeded")
            if draw < 0.1:
                raise Refusal(500, "The server had an error", "server_error")
            if draw < 0.2:
                return torn(handler, body)
            if draw < 0.3 and body["input"] != ["a"]:  # a wrong size of the model has a test of its own
                return spoiled(body)
            answer = self.server.embed(body)
            chance.shuffle(answer["data"])
            delivered.extend(body["input"])
            return 200, {}, answer
        self.pages(20)
        self.server.fault = fault
        for _ in range(20):
            if self.freshet.run(*self.refresh(batch=5)).returncode == 0:
                break
        self.server.fault = lambda handler, body: None
        report = self.freshet.json(*self.refresh())
        self.assertEqual(report["failed"], 0, report)
        self.assert_vectors()
        self.assert_in_step()
        texts = [text for text in delivered if text != "a"]
        self.assertEqual(len(texts), len(set(texts)))  # what came whole and right was never asked for again

    def test_a_killed_run_pays_again_for_what_was_on_its_way_only(self):
        self.pages(20)
        for stop_at in (2, 5, 9):
            self.server.reset()
            arrived, go_on, count = threading.Event(), threading.Event(), [0]

            def hold(handler, body):
                with self.server.lock:
                    count[0] += 1
                    mine = count[0]
                if mine >= stop_at + 1:  # the word at the opening comes first
                    arrived.set()
                    go_on.wait(60)
                    handler.close_connection = True
                    return False
            self.server.fault = hold
            command = self.refresh("--rebuild" if stop_at > 2 else "--verbose", batch=5, document_prefix=f"{stop_at}: ")
            process = self.freshet.start(*command)
            self.assertTrue(arrived.wait(60))
            process.kill()
            self.assertEqual(process.wait(), -9)
            go_on.set()
            paid = dict(self.texts())
            self.server.fault = lambda handler, body: None
            self.freshet.json(*command)
            again = [text for text, times in self.texts().items() if times > 1]
            self.assertTrue(set(self.texts().values()) <= {1, 2})
            self.assertLessEqual(len(again), 2 * 5, f"{len(paid)} were paid")  # two requests are on their way at most
            self.assert_in_step()

    @unittest.skipUnless("FRESHET_OPENAI_KEY" in os.environ, "FRESHET_OPENAI_KEY is not set: OpenAI itself was not asked")
    def test_openai_itself(self):
        self.pages(2)
        options = {"base_url": "https://api.openai.com/v1", "model": "text-embedding-3-small", "key": "env:FRESHET_OPENAI_KEY"}
        report = self.freshet.json(*self.refresh(**options))
        self.assertEqual((report["failed"], report["embedded"]["texts"]), (0, len(self.stored())), report)
        self.assertEqual({len(vector) for vector in self.stored().values()}, {1536})
        self.assertTrue(self.freshet.json("query", "sentence 3 of w1x2", "--mode", "vector")["hits"])


if __name__ == "__main__":
    main()
