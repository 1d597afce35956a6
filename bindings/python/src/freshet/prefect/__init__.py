"""Refreshes as flows of Prefect: a task a source, retries, artifacts and events, over a repository of freshet's (docs/prefect.md).

    from freshet.prefect import refresh_knowledge

    refresh_knowledge(urls=["https://docs.example.org/sitemap.xml"], repos=["owner/name"], namespace="docs")

Needs Prefect 3: pip install freshet[prefect]."""
from __future__ import annotations

from .documents import Document, GitHubRepoLoader, Loader, SitemapLoader, TurboPuffer, URLLoader
from .flows import refresh_knowledge, refresh_sources
from .settings import FreshetSettings
from .tasks import gather

__all__ = ["Document", "FreshetSettings", "GitHubRepoLoader", "Loader", "SitemapLoader", "TurboPuffer", "URLLoader", "gather",
           "refresh_knowledge", "refresh_sources"]
