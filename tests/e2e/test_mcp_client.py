#!/usr/bin/env python3
"""freshet mcp, asked by the official client for Python, in the newest age of the protocol and in the one before."""
import asyncio
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import packages  # noqa: E402

if __name__ == "__main__":
    packages.run_with("mcp==2.3.0")

from mcp import Client, StdioServerParameters  # noqa: E402
from mcp.client.stdio import stdio_client  # noqa: E402

from e2e import Case, main  # noqa: E402


class Official(Case):
    def setUp(self):
        super().setUp()
        pages = self.home / "pages"
        pages.mkdir()
        (pages / "rivers.md").write_text("# Rivers\n\nA river carries water to the sea.\n")
        self.freshet.run("refresh", "--files", pages, check=0)

    def visit(self, mode):
        command = self.freshet.command("mcp")
        server = StdioServerParameters(command=command[0], args=command[1:])

        async def talk():
            async with Client(stdio_client(server), mode=mode) as client:
                tools = await client.list_tools()
                hit = await client.call_tool("search", {"query": "river", "k": 1})
                wrong = await client.call_tool("search", {"query": "river", "k": 0})
                return (client.protocol_version, client.server_info.name), tools, hit, wrong

        return asyncio.run(asyncio.wait_for(talk(), 60))

    def test_both_ages(self):
        for mode, version in (("auto", "2026-07-28"), ("legacy", "2025-11-25")):
            with self.subTest(mode=mode):
                spoken, tools, hit, wrong = self.visit(mode)
                self.assertEqual(spoken, (version, "freshet"))
                self.assertEqual(len(tools.tools), 5)
                self.assertEqual(hit.structured_content["hits"][0]["title"], "Rivers")
                self.assertTrue(wrong.is_error)


if __name__ == "__main__":
    main()
