"""trafilatura, the extraction alone: every page asked for, its main text found, nothing cut or kept.

  trafilatura_peer.py pages SITEMAP STATE
"""
import re
import sys
import urllib.request

import trafilatura


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


for url in re.findall(r"<loc>\s*(\S+?)\s*</loc>", get(sys.argv[2])):
    trafilatura.extract(get(url), output_format="markdown", include_tables=True)
