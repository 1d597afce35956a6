"""Dagster: knowledge bases as assets, and a resource. Needs Dagster: pip install freshet[dagster].

    docs = freshet_assets("docs", [freshet.SitemapLoader(urls=["https://docs.example.org/sitemap.xml"])], fail_after=timedelta(days=2))
    defs = Definitions(assets=[docs], resources={"freshet": FreshetResource(directory="/var/lib/knowledge")})"""
# Dagster looks at annotations as objects: no annotations from __future__ here.
import datetime
from typing import Any, Dict, Iterator, Optional, Sequence, Union

import dagster
from dagster import (AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetExecutionContext, AssetKey, AssetSpec, ConfigurableResource, Failure,
                     FreshnessPolicy, MaterializeResult, MetadataValue)
from pydantic import Field

from .merging import failure_of, markdown, table
from .repository import Repository
from .run import Report
from .sources import SourceLike

CHECK = "confirmed_in_time"


class FreshetResource(ConfigurableResource):
    """A repository, and what its namespaces are delivered to. Secrets are named by where they are: "env:NAME"."""

    directory: str = Field(description="The repository: a directory on a disk of the machine that runs the assets")
    store: Optional[Any] = Field(None, description="As a configuration has it; by default the one used before, else sqlite")
    embedder: Optional[Any] = Field(None, description="As a configuration has it; by default the one used before, else none")
    http: Optional[Dict[str, Any]] = Field(None, description="Limits, proxies, headers")
    otel: Optional[Dict[str, Any]] = Field(None, description="Where spans and metrics go")
    more: Dict[str, Any] = Field(default_factory=dict, description="Other keys of a configuration, such as chunker")

    def open(self, namespace: str) -> Repository:
        return Repository(self.directory, namespace=namespace, http=self.http, otel=self.otel)

    def refresh(self, namespace: str, sources: Sequence[SourceLike], context: Optional[AssetExecutionContext] = None) -> Report:
        """Refreshes a namespace. A run that is terminated ends cleanly; what it had committed stays."""
        with self.open(namespace) as repository, repository.start(self.more, sources=sources, store=self.store, embedder=self.embedder) as run:
            for event in run:
                if context is not None and (event.outcome == "failed" or event.level in ("warning", "error")):
                    context.log.warning("%s %s", event.uri or event.source, event.message)
            return run.wait().report


def oldest(repository: Repository) -> Optional[datetime.datetime]:
    """When the root was confirmed last that was confirmed longest ago; None where a root never was, or there is none."""
    times = [root.checked for root in repository.roots()]
    known = [each for each in times if each is not None]
    return min(known) if known and len(known) == len(times) else None


def freshet_assets(namespace: str, sources: Sequence[SourceLike], *, key: Union[Sequence[str], str, None] = None,
                   fail_after: Optional[datetime.timedelta] = None, warn_after: Optional[datetime.timedelta] = None,
                   resource: str = "freshet", **more: Any) -> dagster.AssetsDefinition:
    """A namespace as an asset: materializing it refreshes it. With `fail_after` its freshness policy is that time window, and its check
    confirmed_in_time fails where the oldest root was confirmed longer ago than that, and warns after `warn_after`: a materialization
    says that somebody looked, the check that all of it was seen. `more` are those of AssetSpec, such as group_name and owners."""
    at = AssetKey(["freshet", namespace] if key is None else key)
    policy = FreshnessPolicy.time_window(fail_window=fail_after, warn_window=warn_after) if fail_after is not None else None
    spec = AssetSpec(at, **{"freshness_policy": policy, "kinds": {"freshet"}, **more})
    checks = [AssetCheckSpec(CHECK, asset=at, description="The oldest root was confirmed in time")] if fail_after is not None else []

    @dagster.multi_asset(name="refresh_" + "".join(each if each.isalnum() else "_" for each in namespace), specs=[spec], check_specs=checks,
                         required_resource_keys={resource})
    def refresh(context: AssetExecutionContext) -> Iterator[Any]:
        with_state: FreshetResource = getattr(context.resources, resource)
        report = with_state.refresh(namespace, sources, context)
        failure = failure_of(report)
        with with_state.open(namespace) as repository:
            when, info = oldest(repository), repository.info
        metadata = _metadata(report, namespace, when, info.documents, info.chunks)
        if failure is not None:
            raise Failure(str(failure), metadata=metadata, allow_retries=failure.transient)
        yield MaterializeResult(asset_key=at, metadata=metadata)
        if fail_after is not None:
            yield _check(at, when, fail_after, warn_after)
    return refresh


def _metadata(report: Report, namespace: str, when: Optional[datetime.datetime], documents: int, chunks: int) -> dict[str, Any]:
    counts = {f"freshet/{key}": report[key] for key in ("listed", "refreshed", "unchanged", "skipped", "removed", "failed", "held")}
    told = {"freshet/documents": documents, "freshet/chunks": chunks, "freshet/rows_written": report["delivered"]["upserts"],
            "freshet/rows_removed": report["delivered"]["removals"], "freshet/rows_pending": report["delivered"]["pending"],
            "freshet/tokens": report["embedded"]["tokens"], "freshet/report": MetadataValue.md(markdown(report, f"Knowledge in {namespace}")),
            "freshet/sources": MetadataValue.json(table(report))}
    if when is not None:
        told["freshet/oldest_confirmed"] = MetadataValue.timestamp(when)
    return {**counts, **told}


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _check(at: AssetKey, when: Optional[datetime.datetime], fail_after: datetime.timedelta,
           warn_after: Optional[datetime.timedelta]) -> AssetCheckResult:
    age = _now() - when if when is not None else None
    failed = age is None or age > fail_after
    late = failed or (warn_after is not None and age is not None and age > warn_after)
    told: dict[str, Any] = {"age_seconds": age.total_seconds()} if age is not None else {}
    return AssetCheckResult(asset_key=at, check_name=CHECK, passed=not late, metadata=told,
                            severity=AssetCheckSeverity.ERROR if failed else AssetCheckSeverity.WARN,
                            description="a root was never confirmed" if age is None else f"the oldest root was confirmed {age} ago")
