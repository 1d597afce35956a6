"""freshet keeps a knowledge base fresh: it reads from sources what is new, and only that, and leaves a vector store exactly in
step.

    import freshet

    with freshet.open("docs") as repository:
        report = repository.refresh(sources=[freshet.Files("/srv/docs")])
        for hit in repository.query("ferries", limit=3):
            print(hit.url, hit.text)
"""
from __future__ import annotations

from . import aio, errors, logs, progress, provide
from ._call import Cancel
from ._text import redact, version, version_number
from ._time import NEVER
from .backup import list_backup, restore_backup
from .document import Document, Section
from .errors import Error
from .model import Chunk, Chunks, Element, Info, Root, WriteResult
from .plugins import PluginInfo, Plugins, check_plugin
from .policy import CustomPolicy, Decision, Known, Policy
from .query import Hit, Hits, Vectors
from .provide import (Content, Embedder, EmbedderInfo, Entry, Gone, Host, Listing, Loader, NotModified, ReaderPlugin, Registration,
                      Reject, Removed, State, Store, StoreInfo, Tokenizer, TokenizerInfo, Transformer, TransformerInfo, register)
from .reader import Reader
from .repository import Repository
from .run import Counts, Event, Report, RootResult, Run
from .service import Service
from .sources import Chroma, Files, GitHubRepoLoader, Provided, SitemapLoader, Source, TurboPuffer, URLs

__version__ = version()
open = Repository
"""Opens a repository, made where missing: freshet.open("docs")."""

__all__ = [
    "Cancel", "Chroma", "Chunk", "Chunks", "Content", "Counts", "CustomPolicy", "Decision", "Document", "Element",
    "Embedder", "EmbedderInfo", "Entry", "Error", "Event", "Files", "GitHubRepoLoader", "Gone", "Hit", "Hits", "Host",
    "Info", "Known", "Listing", "Loader", "NEVER", "NotModified", "PluginInfo", "Plugins", "Policy", "Provided", "Reader",
    "ReaderPlugin", "Registration", "Reject", "Removed", "Report", "Repository", "Root", "RootResult", "Run", "Section",
    "Service", "SitemapLoader", "Source", "State", "Store", "StoreInfo", "Tokenizer", "TokenizerInfo", "Transformer",
    "TransformerInfo", "TurboPuffer", "URLs", "Vectors", "WriteResult", "aio", "check_plugin", "errors", "list_backup", "logs",
    "open", "progress", "provide", "redact", "register", "restore_backup", "version", "version_number",
]
