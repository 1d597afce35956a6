#!/usr/bin/env python3
"""freshet mcp, asked by the official client for Python, in the newest age of the protocol and in the one before; by its
standard streams and over HTTP."""
import asyncio
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import packages  # noqa: E402

if __name__ == "__main__":
    packages.run_with("mcp==2.3.0")

import jsonschema  # noqa: E402
from mcp import Client, StdioServerParameters  # noqa: E402
from mcp.client.stdio import stdio_client  # noqa: E402
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client  # noqa: E402
from mcp_serve import serve  # noqa: E402

from e2e import Case, main  # noqa: E402


class Official(Case):
    def setUp(self):
        super().setUp()
        pages = self.home / "pages"
        pages.mkdir()
        (pages / "rivers.md").write_text("# Rivers\n\nA river carries water to the sea.\n")
        self.freshet.run("refresh", "--files", pages, check=0)

    def stdio(self):
        command = self.freshet.command("mcp")
        return stdio_client(StdioServerParameters(command=command[0], args=command[1:]))

    def visit(self, mode, transport):
        async def talk():
            async with Client(transport(), mode=mode) as client:
                tools = await client.list_tools()
                hit = await client.call_tool("search", {"query": "river", "k": 1})
                wrong = await client.call_tool("search", {"query": "river", "k": 0})
                return (client.protocol_version, client.server_info.name), tools, hit, wrong

        return asyncio.run(asyncio.wait_for(talk(), 60))

    def check_both_ages(self, transport):
        for mode, version in (("auto", "2026-07-28"), ("legacy", "2025-11-25")):
            with self.subTest(mode=mode):
                spoken, tools, hit, wrong = self.visit(mode, transport)
                self.assertEqual(spoken, (version, "freshet"))
                self.assertEqual(len(tools.tools), 5)
                for tool in tools.tools:
                    self.assertRegex(tool.name, r"^[A-Za-z0-9_.-]{1,64}$")
                    jsonschema.Draft202012Validator.check_schema(tool.input_schema)
                    self.assertEqual((tool.input_schema["type"], tool.input_schema["additionalProperties"]), ("object", False))
                self.assertEqual(hit.structured_content["hits"][0]["title"], "Rivers")
                self.assertTrue(wrong.is_error)

    def test_both_ages(self):
        self.check_both_ages(self.stdio)

    def test_both_ages_over_http(self):
        with serve(self.freshet) as url:
            self.check_both_ages(lambda: streamable_http_client(url))

    def test_with_a_token(self):
        token = self.home / "token"
        token.write_text("a long word\n")
        token.chmod(0o600)
        bears = {"Authorization": "Bearer a long word"}
        with serve(self.freshet, "--token", f"file:{token}") as url:
            self.check_both_ages(lambda: streamable_http_client(url, http_client=create_mcp_http_client(headers=bears)))
            with self.assertRaises(BaseException):
                self.visit("legacy", lambda: streamable_http_client(url))


if __name__ == "__main__":
    main()
