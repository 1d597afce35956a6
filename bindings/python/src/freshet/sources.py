"""What configurations name, as objects: sources, stores and embedders. Each stands for a piece of JSON, and any of them may be
written as that JSON, too."""
from __future__ import annotations

import datetime
import os
import re
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

from .errors import InvalidArgument
from .provide.plugin import Plugin

if TYPE_CHECKING:
    from .policy import PolicyLike

Pattern = Union[str, "re.Pattern[str]"]
Duration = Union[datetime.timedelta, str]


def _kept(**members: Any) -> dict[str, Any]:
    return {key: each for key, each in members.items() if each is not None}


def _pattern(value: Pattern) -> Any:
    return {"regex": value.pattern} if isinstance(value, re.Pattern) else value


class Source:
    """A place that content comes from: a loader, its options, a policy."""

    def __init__(self, loader: Union[str, type[Plugin]], options: Optional[Mapping[str, Any]] = None, *, name: Optional[str] = None,
                 policy: Optional[PolicyLike] = None, list_every: Optional[Duration] = None, schedule: Any = None,
                 cache: Any = None, metadata: Optional[Mapping[str, Any]] = None, visit: Optional[bool] = None) -> None:
        self.loader, self.options = loader, dict(options or {})
        self.more = _kept(name=name, policy=policy, list_every=list_every, schedule=schedule, cache=cache, metadata=metadata,
                          visit=visit)

    def to_sources(self) -> list[dict[str, Any]]:
        """As a configuration has it. Some of these objects are several sources."""
        return [{"loader": self.loader, "options": self.options, **self.more}]

    def __repr__(self) -> str:
        return f"<freshet.{type(self).__name__} {self.to_sources()}>"


class Files(Source):
    """The files below a folder."""

    def __init__(self, path: Union[str, "os.PathLike[str]"], *, options: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        super().__init__("files", {"path": os.path.abspath(path), **(options or {})}, **more)


class URLs(Source):
    """Pages, each by its URL."""

    def __init__(self, urls: Sequence[str], *, options: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        super().__init__("url", {"urls": list(urls), **(options or {})}, **more)


class SitemapLoader(Source):
    """The pages of one or more sitemaps, each a source of its own. A text in `include` and `exclude` is found anywhere in a
    page's URL; a compiled pattern is searched for, as RE2 reads it."""

    def __init__(self, urls: Union[str, Sequence[str]], include: Sequence[Pattern] = (), exclude: Sequence[Pattern] = (), *,
                 options: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        self.urls = [urls] if isinstance(urls, str) else list(urls)
        if not self.urls:
            raise InvalidArgument("is empty: name at least one sitemap", subject="urls")
        if "name" in more and len(self.urls) > 1:
            raise InvalidArgument("is for one sitemap: several are several sources", subject="name")
        patterns = _kept(include=[_pattern(each) for each in include] or None, exclude=[_pattern(each) for each in exclude] or None)
        super().__init__("sitemap", {**patterns, **(options or {})}, **more)

    def to_sources(self) -> list[dict[str, Any]]:
        return [{"loader": self.loader, "options": {"url": url, **self.options}, **self.more} for url in self.urls]


class GitHubRepoLoader(Source):
    """The files of a GitHub repository, "owner/name", by the loader "git". Refused by a run where that plugin is not there."""

    def __init__(self, repo: str, include_globs: Optional[Sequence[str]] = None, exclude_globs: Optional[Sequence[str]] = None, *,
                 options: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", repo):
            raise InvalidArgument(f"{repo!r} is no repository: write owner/name", subject="repo")
        globs = _kept(include=list(include_globs) if include_globs else None,
                      exclude=list(exclude_globs) if exclude_globs else None)
        super().__init__("git", {"url": f"https://github.com/{repo}.git", **globs, **(options or {})}, **more)


class Provided:
    """A plugin with its options: a store, an embedder, a reader, a tokenizer or a transformer. As one of several stores it may
    have an embedder of its own: Provided("chroma", {…}, embedder="hash")."""

    namespace: Optional[str] = None
    """Of a store: the knowledge base, which is the namespace of the repository that is opened for it."""

    def __init__(self, name: Union[str, type[Plugin]], options: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        self.name, self.options, self.more = name, dict(options or {}), more

    def to_config(self) -> dict[str, Any]:
        return {"name": self.name, **({"options": self.options} if self.options else {}), **self.more}

    def __repr__(self) -> str:
        return f"<freshet.{type(self).__name__} {self.to_config()}>"


class TurboPuffer(Provided):
    """TurboPuffer. The key is read from the environment unless `api_key` refers to another place, as in "file:/run/key"."""

    def __init__(self, namespace: Optional[str] = None, *, region: Optional[str] = None, base_url: Optional[str] = None,
                 api_key: Optional[str] = None, **options: Any) -> None:
        super().__init__("turbopuffer", _kept(region=region, base_url=base_url, key=api_key, **options))
        self.namespace = namespace


class Chroma(Provided):
    """Chroma, served at `url`."""

    def __init__(self, namespace: Optional[str] = None, *, url: str = "http://127.0.0.1:8000", **options: Any) -> None:
        super().__init__("chroma", {"url": url, **options})
        self.namespace = namespace


SourceLike = Union[Source, Mapping[str, Any], str]
"""What may stand where a source is asked for: an address as well, of a site, a sitemap, a page, a feed, a folder or a repository."""


def to_sources(value: Union[SourceLike, Sequence[SourceLike]]) -> list[Any]:
    """The "sources" of a configuration."""
    if isinstance(value, Source):
        return list(value.to_sources())
    if isinstance(value, (Mapping, str)):
        return [value]
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"a source is a Source, a mapping or an address, not {type(value).__name__}")
    return [each for one in value for each in to_sources(one)]
