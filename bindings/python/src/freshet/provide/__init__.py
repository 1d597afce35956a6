"""Plugins written in Python: loaders, readers, embedders, stores, transformers and tokenizers as classes."""
from .embedder import Embedder, EmbedderInfo, Reject, Usage
from .host import Call, Host, Request, Response
from .loader import Content, Entry, Gone, Listing, Loader, NotModified, Removed, State
from .plugin import Plugin, Registration, register
from .reader import Builder, ReaderPlugin, ReadRequest
from .store import Page, Row, Search, StoreInfo, Store
from .tokenizer import Tokenizer, TokenizerInfo
from .transformer import TransformChunk, Transformed, Transformer, TransformerInfo

__all__ = ["Builder", "Call", "Content", "Embedder", "EmbedderInfo", "Entry", "Gone", "Host", "Listing", "Loader", "NotModified",
           "Page", "Plugin", "ReadRequest", "ReaderPlugin", "Registration", "Reject", "Removed", "Request", "Response", "Row",
           "Search", "State", "StoreInfo", "Store", "Tokenizer", "TokenizerInfo", "TransformChunk", "Transformed",
           "Transformer", "TransformerInfo", "Usage", "register"]
