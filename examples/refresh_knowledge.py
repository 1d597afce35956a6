#!/usr/bin/env python3
"""Brings sites and repositories into a namespace of a vector store: what a workflow of tasks does elsewhere, with its caching,
retries, concurrency and batches, is what a refresh does by itself.

Usage: refresh_knowledge.py NAMESPACE SITEMAP... [-- OWNER/NAME...]
"""
import datetime
import sys

import freshet

DAILY = datetime.timedelta(days=1)


def refresh_tpuf_namespace(namespace, namespace_loaders, reset=False, batch_size=100, max_concurrent=8, *, directory="knowledge",
                           store=None, embedder="openai"):
    """A page that fails keeps its old content and is asked for again; what has not changed is neither read nor embedded nor
    written again. With `reset` everything is written anew, beside what is there, and takes its place when it is whole."""
    store = store or freshet.TurboPuffer(namespace=namespace, max_batch=batch_size, concurrent_writes=max_concurrent)
    with freshet.open(directory, namespace=namespace) as repository:
        return repository.refresh(sources=namespace_loaders, policy=freshet.Policy.ttl(DAILY), store=store, embedder=embedder,
                                  rebuild=reset)


def main():
    words = sys.argv[2:]
    urls, repos = (words[:words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    if not sys.argv[1:] or not words:
        sys.exit("usage: refresh_knowledge.py NAMESPACE SITEMAP... [-- OWNER/NAME...]")
    # Each is gathered once a day. The store and the embedder are those that need no key.
    loaders = [freshet.SitemapLoader(urls=urls, cache="24h")] if urls else []
    loaders += [freshet.GitHubRepoLoader(repo=repo, cache="24h") for repo in repos]
    try:
        report = refresh_tpuf_namespace(sys.argv[1], loaders, store="sqlite", embedder="hash")
    except freshet.Error as error:
        sys.exit(f"refresh_knowledge: {error}")
    print(report)
    for root in report.failures:
        print(f"{root['uri']}: {root['error']['message']}")
    return report["exit_code"]


if __name__ == "__main__":
    sys.exit(main())
