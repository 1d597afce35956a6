#!/usr/bin/env python3
"""Serves the refresh of a documentation site by a schedule: each night, and whenever somebody starts it in Prefect's pages.

Usage: prefect_deployment.py NAMESPACE SITEMAP... [--settings BLOCK] [--cron "0 3 * * *"]
"""
import argparse

from prefect.types.entrypoint import EntrypointType

from freshet.prefect import refresh_knowledge


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("namespace")
    parser.add_argument("urls", nargs="+", metavar="SITEMAP")
    parser.add_argument("--settings", help="a block of type Freshet settings: repository, store, embedder, secrets")
    parser.add_argument("--cron", default="0 3 * * *")
    words = parser.parse_args()
    # One run at a time: a second one would find the sources' roots taken, and have nothing to do.
    refresh_knowledge.serve(name=words.namespace, cron=words.cron, limit=1, entrypoint_type=EntrypointType.MODULE_PATH,
                            parameters={"urls": words.urls, "namespace": words.namespace, "settings": words.settings})


if __name__ == "__main__":
    main()
