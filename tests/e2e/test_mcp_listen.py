#!/usr/bin/env python3
"""freshet mcp --listen: who may ask over HTTP, and what is refused."""
import concurrent.futures
import http.client
import json
import socket
import urllib.parse

from e2e import Case, main
from mcp_serve import serve

NEWEST = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": NEWEST, "io.modelcontextprotocol/clientCapabilities": {}}


class Listen(Case):
    def setUp(self):
        super().setUp()
        pages = self.home / "pages"
        pages.mkdir()
        (pages / "rivers.md").write_text("# Rivers\n\nA river carries water to the sea.\n")
        for namespace in ("default", "other", "secret"):
            self.freshet.run("--namespace", namespace, "refresh", "--files", pages, check=0)

    def send(self, url, body, method="POST", path="/mcp", **headers):
        """(status, headers, JSON or None)"""
        where = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
        text = body if isinstance(body, (bytes, str)) else json.dumps(body)
        said = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, text, {name: value for name, value in said.items() if value is not None})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, json.loads(content) if content else None

    def ask(self, url, method, params=None, **headers):
        name = {"Mcp_Name": params["name"]} if params and "name" in params else {}
        message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": {**(params or {}), "_meta": META}}
        return self.send(url, message, **{"MCP_Protocol_Version": NEWEST, "Mcp_Method": method, **name, **headers})

    def test_both_ages_are_answered_and_no_session_is_kept(self):
        with serve(self.freshet) as url:
            status, headers, answer = self.ask(url, "tools/call", {"name": "search", "arguments": {"query": "river"}})
            self.assertEqual((status, headers["Content-Type"], answer["id"]), (200, "application/json", 7), answer)
            self.assertEqual(answer["result"]["structuredContent"]["hits"][0]["title"], "Rivers")
            first = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}}}
            status, headers, answer = self.send(url, first)
            self.assertEqual((status, answer["result"]["protocolVersion"], headers["Mcp-Session-Id"]), (200, "2025-06-18", None))
            self.assertEqual(self.send(url, {"jsonrpc": "2.0", "method": "notifications/initialized"})[::2], (202, None))
            listed = self.send(url, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, MCP_Protocol_Version="2025-06-18")
            self.assertEqual((listed[0], len(listed[2]["result"]["tools"])), (200, 5))

    def test_what_is_refused(self):
        with serve(self.freshet) as url:
            port = urllib.parse.urlsplit(url).port
            ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
            self.assertEqual(self.send(url, ping)[0], 200)
            for status, more in (
                    (403, {"Host": "rebound.example.org"}), (403, {"Host": f"127.0.0.1.example.org:{port}"}),
                    (403, {"Origin": "https://example.org"}), (403, {"Origin": "null"}), (403, {"Origin": f"http://127.0.0.1:{port + 1}"}),
                    (415, {"Content_Type": "text/plain"}), (415, {"Content_Type": None}), (415, {"Content_Encoding": "gzip"}),
                    (404, {"path": "/other"}), (405, {"method": "GET"}),
                    (405, {"method": "DELETE"}), (400, {"MCP_Protocol_Version": "1900-01-01"})):
                got, _, answer = self.send(url, ping, **more)
                self.assertEqual(got, status, (more, answer))
                self.assertIn("error", answer)
            self.assertEqual(self.send(url, ping, Origin=f"http://127.0.0.1:{port}")[0], 200)
            self.assertEqual(self.send(url, ping, Range="bytes=" + "0-,"*500 + "0-")[::2], self.send(url, ping)[::2])
            self.assertEqual(self.send(url, "{")[::2][0], 400)
            self.assertEqual(self.send(url, "[]")[0], 400)
            self.assertEqual(self.send(url, b"x" * (5 << 20))[0], 413)
            self.assertEqual(self.ask(url, "no/such")[0], 404)
            self.assertEqual(self.send(url, ping)[0], 200)

    def test_headers_say_what_the_message_says(self):
        with serve(self.freshet) as url:
            search = {"name": "search", "arguments": {"query": "river"}}
            for header, value in (("MCP_Protocol_Version", "2025-11-25"), ("Mcp_Method", "tools/list"), ("Mcp_Name", "refresh"),
                                  ("Mcp_Name", None)):
                status, _, answer = self.ask(url, "tools/call", search, **{header: value})
                self.assertEqual((status, answer["error"]["code"]), (400, -32020), (header, answer))

    def test_a_token(self):
        token = self.home / "token"
        token.write_text("a long word\n")
        token.chmod(0o600)
        ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        with serve(self.freshet, "--token", f"file:{token}") as url:
            status, headers, _ = self.send(url, ping)
            self.assertEqual((status, headers["WWW-Authenticate"]), (401, "Bearer"))
            for wrong in ("Bearer a long worm", "Bearer ", "Basic a long word", "a long word"):
                self.assertEqual(self.send(url, ping, Authorization=wrong)[0], 401, wrong)
            self.assertEqual(self.send(url, ping, Authorization="Bearer a long word")[0], 200)
        token.chmod(0o644)
        for where, listen, why in ((f"file:{token}", "127.0.0.1:0", "others may read"), ("env:FRESHET_NO_SUCH", "127.0.0.1:0", "nothing in"),
                                   ("a long word", "127.0.0.1:0", "where the token is"), (None, "0.0.0.0:0", "this machine alone"),
                                   (None, "127.0.0.1", "this machine alone"), (None, "127.0.0.1:99999", "this machine alone")):
            more = ("--token", where) if where else ()
            done = self.freshet.run("mcp", "--listen", listen, *more, check=2)
            self.assertIn(why, done.stderr)

    def test_a_port_that_is_taken_is_an_error(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = self.freshet.run("mcp", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("cannot be listened on", done.stderr)

    def test_many_at_once_over_several_namespaces(self):
        allowed = [word for name in ("default", "other") for word in ("--allow-namespace", name)]
        with serve(self.freshet, *allowed) as url, concurrent.futures.ThreadPoolExecutor(12) as pool:
            def search(turn):
                arguments = {"query": "river", "namespace": ("default", "other", "secret")[turn % 3]}
                return self.ask(url, "tools/call", {"name": "search", "arguments": arguments})
            for turn, (status, _, answer) in enumerate(pool.map(search, range(120))):
                self.assertEqual((status, answer["result"]["isError"]), (200, turn % 3 == 2), answer)


if __name__ == "__main__":
    main()
