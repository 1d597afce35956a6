#!/usr/bin/env python3
"""freshet mcp: what a client may send, in both ages of the protocol, and what it must not."""
import json
import subprocess
import unittest

from e2e import Case, main

NEWEST = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": NEWEST, "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"}}


class Mcp(Case):
    def setUp(self):
        super().setUp()
        pages = self.home / "pages"
        pages.mkdir()
        for name, text in (("rivers", "A river carries water to the sea.\n\n## Deltas\n\nA delta is where it ends.\n"),
                           ("glaciers", "A glacier carries ice, slowly. " * 200)):
            (pages / f"{name}.md").write_text(f"# {name.title()}\n\n{text}")
        self.pages = pages
        self.config = self.home / "freshet.toml"
        self.config.write_text(f'[[source]]\nname = "docs"\nloader = "files"\noptions = {{ path = "{pages}" }}\n')
        for namespace in ("default", "secret"):
            self.freshet.run("--namespace", namespace, "refresh", "--config", self.config, check=0)

    def speak(self, *lines, arguments=(), check=0):
        """What the server says to these lines, by the id that it answers."""
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        done = subprocess.run(self.freshet.command("mcp", *arguments), input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, check, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ask(self, method, params=None, arguments=()):
        answer, = self.speak({"jsonrpc": "2.0", "id": 1, "method": method, "params": {**(params or {}), "_meta": META}},
                             arguments=arguments)
        return answer

    def call(self, tool, arguments=None, options=()):
        result = self.ask("tools/call", {"name": tool, "arguments": arguments or {}}, options)["result"]
        self.assertEqual(json.loads(result["content"][0]["text"]), result["structuredContent"]) if not result["isError"] else None
        return result

    def said(self, tool, arguments=None, options=()):
        result = self.call(tool, arguments, options)
        self.assertFalse(result["isError"], result)
        return result["structuredContent"]

    def refused(self, tool, arguments, why, options=()):
        result = self.call(tool, arguments, options)
        self.assertTrue(result["isError"], result)
        self.assertIn(why, result["content"][0]["text"])


class Ages(Mcp):
    def test_the_newest_revision_needs_no_handshake(self):
        result = self.ask("server/discover")["result"]
        self.assertEqual((result["supportedVersions"][0], result["resultType"]), (NEWEST, "complete"), result)
        tools = self.ask("tools/list")["result"]
        self.assertEqual([tool["name"] for tool in tools["tools"]], ["search", "read", "neighbours", "sources", "status"])
        self.assertEqual(tools["cacheScope"], "private")

    def test_older_revisions_begin_with_one(self):
        for asked, spoken in (("2025-06-18", "2025-06-18"), ("2024-11-05", "2024-11-05"), ("2199-01-01", "2025-11-25")):
            first, second = self.speak(
                {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": asked, "capabilities": {}}},
                {"jsonrpc": "2.0", "method": "notifications/initialized"},
                {"jsonrpc": "2.0", "id": "two", "method": "tools/list"})
            self.assertEqual(first["result"]["protocolVersion"], spoken, first)
            self.assertEqual(second["id"], "two", second)
            self.assertNotIn("resultType", second["result"])

    def test_a_revision_that_is_not_spoken_is_refused_with_those_that_are(self):
        meta = {**META, "io.modelcontextprotocol/protocolVersion": "1900-01-01"}
        answer, = self.speak({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}})
        self.assertEqual(answer["error"]["code"], -32022, answer)
        self.assertIn(NEWEST, answer["error"]["data"]["supported"])

    def test_without_either_nothing_is_answered(self):
        answer, = self.speak({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        self.assertEqual(answer["error"]["code"], -32600, answer)


class Tools(Mcp):
    def test_search_reads_and_looks_around(self):
        hits = self.said("search", {"query": "delta", "k": 1})["hits"]
        self.assertEqual((hits[0]["title"], hits[0]["uri"]), ("Rivers", (self.pages / "rivers.md").as_uri()), hits)
        self.assertTrue(hits[0]["url"].startswith(hits[0]["uri"]), hits)
        self.assertGreater(hits[0]["score"], 0)
        page = self.said("read", {"uri": hits[0]["uri"]})
        self.assertIn("A delta is where it ends.", page["text"])
        self.assertIsNone(page["next_offset"])
        section = next(each for each in page["sections"] if each["title"] == "Deltas")
        self.assertIn("A delta", self.said("read", {"id": section["id"]})["text"])
        around = self.said("neighbours", {"id": hits[0]["id"], "before": 1, "after": 1})["passages"]
        self.assertIn(hits[0]["id"], [each["id"] for each in around])

    def test_a_budget_is_kept_and_what_was_cut_can_be_read_on(self):
        hit = self.said("search", {"query": "glacier ice", "k": 1, "budget": 20})["hits"][0]
        self.assertTrue(hit["cut"] and len(hit["text"]) <= 80, hit)
        whole, offset = "", 0
        while offset is not None:
            page = self.said("read", {"uri": (self.pages / "glaciers.md").as_uri(), "offset": offset, "budget": 500})
            self.assertLessEqual(len(page["text"]), 2000)
            whole, offset = whole + page["text"], page["next_offset"]
        self.assertEqual(whole.count("A glacier carries ice"), 200)
        self.assertEqual(self.said("search", {"query": "carries", "k": 5, "budget": 1})["left_out"] > 0, True)

    def test_status_and_sources_name_no_directory(self):
        status, sources = self.said("status"), self.said("sources")
        self.assertEqual((status["roots"], status["failing"]), (2, 0), status)
        self.assertEqual([source["name"] for source in sources["sources"]], ["docs"])
        self.assertNotIn(str(self.freshet.repository), json.dumps(status))

    def test_only_what_was_allowed(self):
        self.refused("search", {"query": "ice", "namespace": "secret"}, "not a namespace that was allowed")
        hits = self.said("search", {"query": "ice", "namespace": "secret"}, options=("--allow-namespace", "secret"))["hits"]
        self.assertEqual(len(hits) > 0, True)
        self.refused("status", {"namespace": "default"}, "not a namespace that was allowed", ("--allow-namespace", "secret"))
        answer = self.ask("tools/call", {"name": "refresh", "arguments": {}})
        self.assertEqual(answer["error"]["code"], -32602, answer)
        (self.pages / "deserts.md").write_text("# Deserts\n\nHardly any rain.\n")
        done = self.said("refresh", {"sources": ["docs"]}, ("--config", self.config, "--allow-refresh"))
        self.assertEqual((done["refreshed"], done["failed"]), (1, 0), done)
        self.assertEqual(self.said("search", {"query": "rain"})["hits"][0]["title"], "Deserts")
        self.refused("refresh", {"sources": ["nothing"]}, "nothing", ("--config", self.config, "--allow-refresh"))


class BadInput(Mcp):
    def test_messages_that_are_none(self):
        for line, code in (("{", -32700), ("[]", -32600), ("null", -32600), ('{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
                           ('{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600), ('{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600),
                           ('{"jsonrpc":"2.0","id":1}', -32600), ('{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
                           ('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}', -32602),
                           ("[" * 100000, -32700), ('"' + "x" * (5 << 20) + '"', -32600), ("\xff\xfe", -32700)):
            answers = self.speak(line, "", {"jsonrpc": "2.0", "id": "after", "method": "ping"})
            self.assertEqual([answer.get("error", {}).get("code") for answer in answers], [code, None], line[:80])
            self.assertEqual(answers[1]["id"], "after")

    def test_notifications_and_answers_are_not_answered(self):
        self.assertEqual(self.speak({"jsonrpc": "2.0", "method": "no/such"}, {"jsonrpc": "2.0", "id": 3, "result": {}},
                                    {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}}), [])

    def test_methods_and_tools_that_are_none(self):
        for method in ("resources/list", "prompts/list", "tools/delete", ""):
            self.assertEqual(self.ask(method)["error"]["code"], -32601, method)
        self.assertEqual(self.ask("tools/call", {"name": "delete"})["error"]["code"], -32602)
        self.assertEqual(self.ask("tools/call", {})["error"]["code"], -32602)

    def test_arguments_are_named(self):
        for tool, arguments, why in (("search", {}, "query: is missing"), ("search", {"query": 1}, "query: is not a text"),
                                     ("search", {"query": "x", "k": 0}, "k: has to be"), ("search", {"query": "x", "k": 1.5}, "k: has to be"),
                                     ("search", {"query": "x", "budget": 10**30}, "budget: has to be"),
                                     ("search", {"query": "x", "limt": 1}, "limt: is not an argument"),
                                     ("search", {"query": "x", "filter": "a"}, "filter: is not an object"),
                                     ("search", {"query": "x", "filter": {"$no": 1}}, "$no"),
                                     ("search", {"query": "x", "mode": "magic"}, "magic: is not"), ("search", [1], "arguments: is not an object"),
                                     ("read", {}, "one of uri and id"), ("read", {"uri": "a", "id": "b"}, "one of uri and id"),
                                     ("read", {"uri": "no:such"}, "no such page"), ("read", {"id": "x" * 32}, ""),
                                     ("read", {"uri": (self.pages / "rivers.md").as_uri(), "offset": 10**6}, "offset: is not where"),
                                     ("neighbours", {"id": "x"}, ""), ("neighbours", {"id": "0" * 32}, "no such passage"),
                                     ("search", {"query": "x", "mod": "text"}, 'did you mean "mode"')):
            with self.subTest(tool=tool, arguments=str(arguments)[:60]):
                self.refused(tool, arguments, why)

    def test_a_repository_that_is_not_there_is_told(self):
        self.freshet.repository = self.home / "nowhere"
        self.refused("status", {}, "nowhere")

    def test_a_refresh_is_cancelled(self):
        request = {"jsonrpc": "2.0", "id": 7, "method": "tools/call",
                   "params": {"name": "refresh", "arguments": {}, "_meta": META}}
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
        config = self.home / "slow.toml"
        config.write_text('[[source]]\nname = "slow"\nloader = "urls"\noptions = { urls = ["http://127.0.0.1:9/never"] }\n')
        waiting = {**request, "id": 8}
        answers = self.speak(request, waiting, cancel, {**cancel, "params": {"requestId": 8}},
                             arguments=("--config", config, "--allow-refresh"))
        self.assertEqual([answer["id"] for answer in answers if answer["id"] == 8], [])


if __name__ == "__main__":
    main()
