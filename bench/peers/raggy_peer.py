"""raggy's loader with its excerpts, as its refresh of a knowledge base has it, and no store: it keeps nothing from one run to the next.

  raggy_peer.py pages SITEMAP STATE
"""
import asyncio
import sys

from raggy.loaders.web import SitemapLoader

if not asyncio.run(SitemapLoader(urls=[sys.argv[2]]).load()):
    sys.exit("read nothing: the table of its tokenizer comes from the network, once")
