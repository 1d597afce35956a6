#!/usr/bin/env python3
"""Brings sites and repositories into a namespace of a knowledge base: what a workflow of tasks does elsewhere, with its caching,
retries, concurrency and batches, is what a refresh does by itself.

Usage: refresh_knowledge.py NAMESPACE SITEMAP... [-- OWNER/NAME...]
"""
import datetime
import sys

import freshet


def refresh_knowledge(urls, repos=(), include_globs=None, namespace="default", *, directory="knowledge", store="sqlite", embedder="hash"):
    """Each source is gathered once a day; a page that fails keeps its old content and is asked for again; what has not changed is
    neither read nor embedded nor written again."""
    sources = [freshet.SitemapLoader(urls=urls, cache="24h")] if urls else []
    sources += [freshet.GitHubRepoLoader(repo=repo, include_globs=include_globs, cache="24h") for repo in repos]
    with freshet.open(directory, namespace=namespace) as repository:
        return repository.refresh(sources=sources, policy=freshet.Policy.ttl(datetime.timedelta(days=1)), store=store, embedder=embedder)


def main():
    words = sys.argv[2:]
    urls, repos = (words[:words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    if not sys.argv[1:] or not words:
        sys.exit("usage: refresh_knowledge.py NAMESPACE SITEMAP... [-- OWNER/NAME...]")
    try:
        report = refresh_knowledge(urls, repos, namespace=sys.argv[1])
    except freshet.Error as error:
        sys.exit(f"refresh_knowledge: {error}")
    print(report)
    for root in report.failures:
        print(f"{root['uri']}: {root['error']['message']}")
    return report["exit_code"]


if __name__ == "__main__":
    sys.exit(main())
