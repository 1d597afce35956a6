"""freshet keeps a knowledge base fresh: it reads from sources what is new, and only that, and leaves a vector store exactly in
step.

    import freshet

    with freshet.open("docs") as repository:
        report = repository.refresh(sources=[freshet.Files("/srv/docs")])
        for hit in repository.query("ferries", limit=3):
            print(hit.url, hit.text)
"""
from __future__ import annotations

from . import aio, errors, logs
from ._call import Cancel
from ._text import redact, version, version_number
from ._time import NEVER
from .document import Document, Section
from .errors import Error
from .model import Chunk, Chunks, Element, Info, Root, WriteResult
from .plugins import PluginInfo, Plugins, check_plugin
from .policy import CustomPolicy, Decision, Known, Policy
from .query import Hit, Hits, Vectors
from .reader import Reader
from .repository import Repository
from .run import Counts, Event, Report, RootResult, Run
from .service import Service
from .sources import Chroma, Embedder, Files, GitHubRepoLoader, SitemapLoader, Source, Store, TurboPuffer, URLs

__version__ = version()
open = Repository
"""Opens a repository, made where missing: freshet.open("docs")."""

__all__ = ["NEVER", "Cancel", "Chroma", "Chunk", "Chunks", "Counts", "CustomPolicy", "Decision", "Document", "Element", "Embedder",
           "Error", "Event", "Files", "GitHubRepoLoader", "Hit", "Hits", "Info", "Known", "PluginInfo", "Plugins", "Policy",
           "Reader", "Report", "Repository", "Root", "RootResult", "Run", "Section", "Service", "SitemapLoader", "Source", "Store",
           "TurboPuffer", "URLs", "Vectors", "WriteResult", "aio", "check_plugin", "errors", "logs", "open", "redact", "version",
           "version_number"]
